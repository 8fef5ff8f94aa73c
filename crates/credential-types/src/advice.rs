//! What a person can do about a service that gives no token: one table for all steps of signing in.

use node_sdk::apart;
use node_sdk::credential::CredentialCall;
use serde_json::Value;

use crate::text::sign_in_help;

/// What a service was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A person's consent, in a browser.
    Consent,
    /// The token for the code that the browser brought.
    Code,
    /// Another token for the refresh token.
    Renewal,
    /// The client's own token.
    Client,
    /// The token for a word that a service account has signed.
    Assertion,
    /// OAuth 1: what a person is asked to consent to.
    RequestToken,
    /// OAuth 1: the user's keys.
    Keys,
}

impl Step {
    /// The field with the address that was asked.
    fn address(self) -> &'static str {
        match self {
            Self::Consent => "authUrl",
            Self::RequestToken => "requestTokenUrl",
            _ => "accessTokenUrl",
        }
    }

    fn is_oauth1(self) -> bool {
        matches!(self, Self::RequestToken | Self::Keys)
    }
}

/// What to do about an answer; `None`: its own words are all that is known. `body`: what it says, a text where that is no data; the words for
/// errors are those of RFC 6749 (4.1.2.1 and 5.2), of the problem reporting extension of OAuth 1, and of services that have their own.
pub(crate) fn advice(call: &CredentialCall<'_>, kind: &str, step: Step, (status, body): (u16, &Value)) -> Option<String> {
    if let Some(help) = apart::advice(&body.to_string()) {
        return Some(help.to_owned());
    }
    let word = ["error", "oauth_problem"].iter().find_map(|name| body.get(*name)?.as_str()).unwrap_or_default();
    by_word(call, kind, step, word).or_else(|| by_status(call, kind, step, (status, body)))
}

fn by_word(call: &CredentialCall<'_>, kind: &str, step: Step, word: &str) -> Option<String> {
    Some(match word {
        "invalid_client" | "incorrect_client_credentials" | "consumer_key_unknown" | "consumer_key_rejected" | "signature_invalid" => client(call, step),
        "unauthorized_client" | "consumer_key_refused" => format!(
            "The service knows the client, and does not let it in this way: look at what the application may do there (grant types, who may sign in), and whether \
             its tenant or workspace is the one in `{}`.",
            step.address()
        ),
        "unsupported_grant_type" | "unsupported_response_type" => {
            "The service has no such way of signing in: look at `grantType` in the credentials file, and at what the service documents.".to_owned()
        }
        "redirect_uri_mismatch" | "invalid_redirect_uri" | "bad_redirect_uri" => {
            "The redirect address is none that the service has: register the address that `konverte credentials authorize` shows, letter by letter and with its port, \
             or give the registered one with `--redirect URL`."
                .to_owned()
        }
        "invalid_scope" => "Look at the field `scope` in the credentials file: the service has no such scope, or not for this application.".to_owned(),
        "access_denied" | "permission_denied" if step == Step::Consent => {
            "Who was asked said no, or may not say yes (some services want an administrator to). Begin again to be asked again.".to_owned()
        }
        "temporarily_unavailable" | "server_error" | "slow_down" => later(step),
        "invalid_grant" if step == Step::Assertion => {
            "A signature holds for minutes: look at this machine's clock, and at the account and its key in the credentials file.".to_owned()
        }
        "invalid_request" if matches!(step, Step::Consent | Step::Code) => {
            "The service misses something in the request, or does not take something: what it says tells what. One that wants a proof key has it with `--pkce`; one that \
             wants the client in the form has it there where `authentication` is `body`. A code holds once and for a few minutes: begin again."
                .to_owned()
        }
        "invalid_grant" | "bad_verification_code" | "invalid_code" | "verifier_invalid" | "token_expired" | "token_rejected" | "interaction_required"
        | "consent_required" | "login_required" => return used_up(kind, step),
        _ => return None,
    })
}

fn by_status(call: &CredentialCall<'_>, kind: &str, step: Step, (status, body): (u16, &Value)) -> Option<String> {
    match status {
        429 | 500.. => Some(later(step)),
        // A page is for people, and so is what a browser is sent on to.
        300..400 | 404 | 405 | 410 => Some(elsewhere(step)),
        _ if is_page(body) => Some(elsewhere(step)),
        400 | 401 | 403 if step.is_oauth1() => used_up(kind, step).or_else(|| Some(client(call, step))),
        401 if matches!(step, Step::Code | Step::Client) => Some(client(call, step)),
        400 | 401 => used_up(kind, step),
        _ => None,
    }
}

/// Whether the answer is a page in the place of data.
pub(crate) fn is_page(body: &Value) -> bool {
    body.as_str().is_some_and(|text| text.trim_start().starts_with('<'))
}

fn client(call: &CredentialCall<'_>, step: Step) -> String {
    if step.is_oauth1() {
        return "Look at `consumerKey` and `consumerSecret` in the credentials file, at the redirect address that the service has, and at this machine's clock: services \
                refuse a signature that is minutes old."
            .to_owned();
    }
    if call.text("clientCredentialType") == "certificate" {
        return "The service does not take the client's signature: look at `clientId`, `privateKey` and `certificate` in the credentials file, at the certificate that the \
                service has, and at this machine's clock."
            .to_owned();
    }
    "The service does not know the client, or not with this secret: look at `clientId` and `clientSecret` (and at `authentication`: header or body) in the credentials \
     file, and at what the service says of the application."
        .to_owned()
}

/// What held once, or no longer.
fn used_up(kind: &str, step: Step) -> Option<String> {
    Some(match step {
        Step::Renewal => format!(
            "The service no longer takes the refresh token: it was used up (by n8n, or on another machine), withdrawn, or has ended. {}",
            sign_in_help(kind)
        ),
        Step::Code => "The code in the answer holds once and for a few minutes, for this client and with the redirect address that the question had: begin again.".to_owned(),
        Step::Keys => "What the service gave for this sign-in holds once and for a few minutes: begin again.".to_owned(),
        _ => return None,
    })
}

fn later(step: Step) -> String {
    match step {
        Step::Code | Step::Keys => {
            "The service fails, or wants to be left alone for a while: begin again, or try again later. Nothing was changed.".to_owned()
        }
        _ => "The service fails, or wants to be left alone for a while: try again later. Nothing was changed.".to_owned(),
    }
}

fn elsewhere(step: Step) -> String {
    format!("No tokens are given out at the address in `{}`: compare it with the one that the service documents.", step.address())
}

/// What to do where nobody answers at all.
pub(crate) fn no_answer(step: Step) -> String {
    format!("Look at `{}` in the credentials file, and whether this machine reaches that address.", step.address())
}
