//! What a credential lacks, and what of it its type does not know.

use node_sdk::CredentialType as _;
use node_sdk::names::similar;
use serde_json::{Map, Value};

use super::{Authenticate, Described, EVERYWHERE, OAUTH1, OAUTH2, Parts, SignIn};
use crate::{formula, oauth1, oauth2};

impl Described {
    /// What is missing, so that nothing is sent with it.
    pub(super) fn missing_in(&self, fields: &Map<String, Value>) -> Vec<String> {
        // Without a token these say so themselves where they sign.
        if self.is(OAUTH2) || self.is(OAUTH1) {
            return Vec::new();
        }
        let names = || self.description.properties.iter().filter_map(|property| property["name"].as_str());
        let says_something = names().any(|name| fields.get(name).is_some_and(|value| !value.is_null() && value != ""));
        // Services that one runs oneself may want no key.
        let mut wanted = if says_something { self.required() } else { self.needed() };
        // n8n sends with an empty list of headers.
        wanted.retain(|name| !self.description.properties.iter().any(|known| known["name"] == **name && known["type"] == "fixedCollection"));
        let missing = self.unset(wanted, fields);
        if !says_something && missing.is_empty() && self.asks() {
            return vec!["none of its fields is filled in".to_owned()];
        }
        missing
    }

    /// What is missing, or not known of the type.
    pub(super) fn faults_of(&self, fields: &Map<String, Value>) -> Vec<String> {
        let mut faults = match () {
            () if self.is(OAUTH2) => oauth2::missing(&self.complete(fields)),
            () if self.is(OAUTH1) => oauth1::missing(&self.complete(fields)),
            () => Some(self.unset(self.needed(), fields)).filter(|unset| !unset.is_empty()).unwrap_or_else(|| self.missing_in(fields)),
        };
        if self.description.strict {
            let names: Vec<&str> = self.description.properties.iter().filter_map(|property| property.get("name")?.as_str()).collect();
            let signed_in = |name: &str| name == oauth2::DATA || self.is(OAUTH2) && oauth2::GIVEN.contains(&name);
            let unknown = fields.keys().filter(|name| !names.contains(&name.as_str()) && !EVERYWHERE.contains(&name.as_str()) && !signed_in(name));
            faults.extend(unknown.map(|name| match similar(name, names.iter().copied()).first() {
                Some(near) => format!("`{name}` is not a field of this type (did you mean `{near}`?)"),
                None => format!("`{name}` is not a field of this type"),
            }));
        }
        faults
    }

    /// What a person is asked for before signing in: what the way needs, and what is made a part of its addresses and scopes.
    pub(super) fn to_fill_in_of(&self, fields: &Map<String, Value>) -> Vec<String> {
        const OF_WAY: [&str; 4] = ["authUrl", "accessTokenUrl", "scope", "authQueryParameters"];
        let complete = self.complete(fields);
        let text = |name: &str| complete.get(name).and_then(Value::as_str).unwrap_or_default();
        let wanted: &[&str] = match () {
            () if self.is(OAUTH1) => &["requestTokenUrl", "authUrl", "accessTokenUrl", "consumerKey", "consumerSecret"],
            () if self.is(OAUTH2) && text("clientCredentialType") == "certificate" => {
                &["authUrl", "accessTokenUrl", "clientId", "privateKey", "certificate"]
            }
            () if self.is(OAUTH2) && text("grantType") == "clientCredentials" => &["accessTokenUrl", "clientId", "clientSecret"],
            () if self.is(OAUTH2) => &["authUrl", "accessTokenUrl", "clientId", "clientSecret"],
            () => return self.empty(self.needed(), fields),
        };
        let makes = |name: &str| {
            let mut other = fields.clone();
            other.insert(name.to_owned(), "x".into());
            let other = self.complete(&other);
            OF_WAY.iter().any(|of_way| *of_way != name && other.get(*of_way) != complete.get(*of_way))
        };
        let required = self.required();
        let asked = |name: &str| wanted.contains(&name) || (!OF_WAY.contains(&name) && (required.iter().any(|known| known == name) || makes(name)));
        let properties = self.description.properties.iter().filter(|property| property["type"] == "string");
        let empty = properties
            .filter_map(|property| property["name"].as_str())
            .filter(|name| complete.get(*name).is_none_or(|value| value.is_null() || value == ""));
        empty.filter(|name| asked(name)).map(str::to_owned).collect()
    }

    /// Fields that every credential must have.
    fn required(&self) -> Vec<String> {
        let required =
            |property: &&Value| property.get("required").and_then(Value::as_bool) == Some(true) && property.get("displayOptions").is_none();
        self.description.properties.iter().filter(required).filter_map(|property| property["name"].as_str().map(str::to_owned)).collect()
    }

    /// Of these fields those that are not filled in, as phrases.
    fn unset(&self, names: Vec<String>, fields: &Map<String, Value>) -> Vec<String> {
        self.empty(names, fields).into_iter().map(|name| format!("the field `{name}` is missing")).collect()
    }

    /// Of these fields those that are not filled in.
    fn empty(&self, mut names: Vec<String>, fields: &Map<String, Value>) -> Vec<String> {
        let complete = self.complete(fields);
        names.retain(|name| match fields.get(name) {
            None | Some(Value::Null) => complete.get(name).is_none_or(|default| default.is_null() || default == ""),
            // Services that want a key alone take it as the user of an empty password.
            Some(value) => name != "password" && value == "",
        });
        names
    }

    /// Fields without which a request proves nothing: those that are required, and secrets that always stand in it.
    fn needed(&self) -> Vec<String> {
        let text = |property: &Value, key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut needed = self.required();
        let given = |name: &str| {
            let property = self.description.properties.iter().find(|property| text(property, "name").as_deref() == Some(name));
            let by_itself =
                |property: &Value| property.get("default").is_some_and(|default| default != "") || property.get("displayOptions").is_some();
            property.is_some_and(by_itself) || self.held() == Some(name)
        };
        let is_secret = |name: &&str| ["token", "key", "secret"].iter().any(|word| name.to_ascii_lowercase().contains(word));
        let mut texts = Vec::new();
        if let Some(Authenticate::Rule { properties }) = &self.description.authenticate {
            let Parts { headers, qs, body, auth } = &**properties;
            texts.extend([headers, qs, body, auth].into_iter().flat_map(Map::values));
        }
        if let Some(SignIn::Request { request, .. }) = &self.description.sign_in {
            texts.extend(["form", "body"].iter().filter_map(|name| request.get(*name)?.as_object()).flat_map(Map::values));
        }
        let named = texts.into_iter().filter_map(Value::as_str).flat_map(formula::plain_fields);
        for name in named.filter(is_secret).filter(|name| !given(name)) {
            if !needed.iter().any(|known| known == name) {
                needed.push(name.to_owned());
            }
        }
        needed
    }

    /// Whether it has a text that every credential is asked for and that has no default.
    fn asks(&self) -> bool {
        self.description.properties.iter().any(|property| {
            let has_default = property.get("default").is_some_and(|default| default != "");
            property["type"] == "string"
                && property.get("displayOptions").is_none()
                && !has_default
                && property["name"].as_str().is_some_and(|name| Some(name) != self.held() && !EVERYWHERE.contains(&name))
        })
    }
}
