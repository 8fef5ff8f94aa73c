//! Inboxes.

use serde_json::{Value, json};

use super::{View, is_secret};
use crate::state::Inbox;

/// A website's chat window.
const WEBSITE: &str = "Channel::WebWidget";

/// What an API inbox shows of its channel, and how the channel calls it.
const API_KEYS: [(&str, &str); 7] = [
    ("callback_webhook_url", "callback_webhook_url"),
    ("hmac_mandatory", "hmac_mandatory"),
    ("hmac_token", "hmac_token"),
    ("webhook_url", "webhook_url"),
    ("inbox_identifier", "identifier"),
    ("additional_attributes", "additional_attributes"),
    ("secret", "secret"),
];

/// What a website's inbox shows of its channel, be it null.
const WEBSITE_KEYS: [&str; 5] = ["website_url", "website_token", "welcome_title", "welcome_tagline", "widget_color"];

impl View<'_> {
    /// The few fields of an inbox that contacts carry.
    pub(crate) fn slim_inbox(&self, inbox: &Inbox) -> Value {
        json!({
            "id": inbox.id, "avatar_url": self.file_url(inbox.avatar), "channel_id": inbox.channel_id, "name": inbox.name,
            "channel_type": inbox.channel_type, "provider": inbox.channel.get("provider"),
        })
    }

    pub(crate) fn inbox(&self, inbox: &Inbox) -> Value {
        let channel = |key: &str| inbox.channel.get(key).cloned().unwrap_or(Value::Null);
        let mut shown = json!({
            "id": inbox.id, "avatar_url": self.file_url(inbox.avatar), "channel_id": inbox.channel_id, "name": inbox.name,
            "channel_type": inbox.channel_type, "greeting_enabled": inbox.greeting_enabled,
            "greeting_message": inbox.greeting_message, "working_hours_enabled": inbox.working_hours_enabled,
            "enable_email_collect": inbox.enable_email_collect, "csat_survey_enabled": inbox.csat_survey_enabled,
            "enable_auto_assignment": inbox.enable_auto_assignment, "auto_assignment_config": {},
            "out_of_office_message": inbox.out_of_office_message, "working_hours": working_hours(),
            "timezone": inbox.timezone,
            "allow_messages_after_resolved": inbox.allow_messages_after_resolved,
            "lock_to_single_conversation": inbox.lock_to_single_conversation, "sender_name_type": "friendly",
            "business_name": null,
        });
        if let Value::Object(fields) = &mut shown {
            if inbox.is_api() {
                fields.extend(API_KEYS.iter().map(|(name, key)| ((*name).to_owned(), channel(key))));
            } else {
                fields.extend(inbox.channel.clone());
            }
            if inbox.channel_type == WEBSITE {
                fields.extend(WEBSITE_KEYS.iter().map(|key| ((*key).to_owned(), channel(key))));
                fields.insert("web_widget_script".into(), self.widget_script(inbox).into());
            }
            fields.insert("provider".into(), channel("provider"));
            fields.retain(|key, _| self.secrets || !is_secret(key));
        }
        shown
    }

    /// An API inbox as its visitors see it.
    pub(crate) fn public_inbox(&self, inbox: &Inbox) -> Value {
        json!({
            "identifier": inbox.channel_text("identifier"), "identity_validation_enabled": inbox.channel.get("hmac_mandatory"),
            "name": inbox.name, "timezone": inbox.timezone, "working_hours": working_hours(),
            "working_hours_enabled": inbox.working_hours_enabled, "csat_survey_enabled": inbox.csat_survey_enabled,
            "greeting_enabled": inbox.greeting_enabled,
        })
    }

    /// What a website has in its pages to show the chat window.
    fn widget_script(&self, inbox: &Inbox) -> String {
        let (origin, token) = (self.origin, inbox.channel_text("website_token").unwrap_or_default());
        format!("<script src=\"{origin}/packs/js/sdk.js\" data-token=\"{token}\" defer></script>")
    }
}

/// Nine to six on weekdays, the hours that every inbox of the emulator keeps. Day 0 is Sunday.
fn working_hours() -> Value {
    (0..7)
        .map(|day| {
            let closed = day == 0 || day == 6;
            json!({
                "day_of_week": day, "closed_all_day": closed, "open_hour": if closed { None } else { Some(9) },
                "open_minutes": if closed { None } else { Some(0) }, "close_hour": if closed { None } else { Some(18) },
                "close_minutes": if closed { None } else { Some(0) }, "open_all_day": false,
            })
        })
        .collect()
}
