//! Which credential an item uses.

use std::collections::HashMap;

use futures_util::lock::Mutex;
use node_sdk::credential::TokenOptions;
use node_sdk::params::raw_at;
use node_sdk::ports::Credential;
use node_sdk::{NodeError, PrepareContext, RunContext};
use request::auth::{self, Access};
use serde_json::Value;

use super::settings::{Authentication, Settings};

/// The credentials of a run of the node, each as it was when the run first asked for it: items are sent side by side, so they begin alike,
/// whichever of them is the first to get another token. A run that goes on after a crash sends them again as they were.
#[derive(Default)]
pub(super) struct Begun(Mutex<HashMap<String, Credential>>);

impl Begun {
    async fn credential(&self, cx: &RunContext, name: &str) -> Result<Credential, NodeError> {
        let mut begun = self.0.lock().await;
        if let Some(known) = begun.get(name) {
            return Ok(known.clone());
        }
        let credential = cx.credential(name).await?;
        begun.insert(name.to_owned(), credential.clone());
        Ok(credential)
    }
}

/// The credential that the node names, for one of its items.
pub(super) async fn load(cx: &RunContext, index: usize, settings: &Settings, begun: &Begun) -> Result<Access, NodeError> {
    let mut access = match &settings.authentication {
        Authentication::None => Access::default(),
        Authentication::Generic(name) | Authentication::Predefined(name) => {
            let help = "Use a generic credential (header, bearer, basic, query, custom) with what the service documents, or an access token of type \
                oAuth2Api.";
            let kind = auth::credential_type(cx, name).map_err(|error| error.parameter("authentication").help(help))?;
            let credential = begun.credential(cx, name).await?;
            Access::begun((cx, index), (name, kind), &credential, (&settings.method, &token_options(name))).await?.within_domains()
        }
    };
    access.cross_origin = settings.credentials_cross_origin;
    if settings.certificates {
        access.add_certificates(cx).await?;
    }
    Ok(access)
}

/// How HTTP Request sends the tokens of a type, where it has a way of its own with them.
fn token_options(type_name: &str) -> TokenOptions {
    let plain = TokenOptions::default();
    match type_name {
        "clickUpOAuth2Api" => TokenOptions { keep_bearer: Some(false), ..plain },
        "goToWebinarOAuth2Api" | "microsoftAzureMonitorOAuth2Api" => TokenOptions { token_expired_status_code: Some(403), ..plain },
        "shopifyOAuth2Api" => TokenOptions { key_to_include_in_access_token_header: Some("X-Shopify-Access-Token".to_owned()), ..plain },
        _ => plain,
    }
}

/// The types that the node's parameters name.
pub(super) fn types(cx: &PrepareContext<'_>) -> Vec<String> {
    let word = |name: &str| raw_at(cx.parameters, name).and_then(Value::as_str).unwrap_or_default();
    let kind = match word("authentication") {
        "genericCredentialType" => word("genericAuthType"),
        "predefinedCredentialType" => word("nodeCredentialType"),
        _ => "",
    };
    Some(kind.to_owned()).filter(|kind| !kind.is_empty()).into_iter().collect()
}
