//! What n8n has code for and no rule can say: signatures, tokens for tokens.

mod aws;
mod generic;
mod google;
mod services;

use futures_util::future::BoxFuture;
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant};
use serde_json::{Map, Value};

use crate::request::invalid;

/// A function of a type.
type Function<T> = for<'a> fn(&'a CredentialCall<'a>) -> BoxFuture<'a, Result<T, NodeError>>;

/// The functions of a type; most have none.
#[derive(Default, Clone, Copy)]
pub(crate) struct Code {
    sign_in: Option<Function<Map<String, Value>>>,
    grant: Option<Function<Grant>>,
    test: Option<Function<String>>,
}

/// The functions of the type of this name.
pub(crate) fn of(name: &str) -> Code {
    let none = Code::default();
    match name {
        "awsAssumeRole" => Code { grant: Some(|call| Box::pin(aws::assumed_role(call))), ..none },
        "ciscoSecureEndpointApi" => Code { grant: Some(|call| Box::pin(services::cisco_secure_endpoint(call))), ..none },
        "githubAppApi" => Code { sign_in: Some(|call| Box::pin(services::github_app(call))), ..none },
        "googleApi" => Code { grant: Some(|call| Box::pin(google::grant(call))), test: Some(|call| Box::pin(google::test(call))), ..none },
        "salesforceJwtApi" => Code { sign_in: Some(|call| Box::pin(services::salesforce(call))), ..none },
        "httpCustomAuth" => Code { grant: Some(|call| Box::pin(async { generic::custom(call) })), ..none },
        "httpDigestAuth" => Code { grant: Some(|call| Box::pin(async { Ok(generic::digest(call)) })), ..none },
        "httpMultipleHeadersAuth" => Code { grant: Some(|call| Box::pin(async { Ok(generic::headers(call)) })), ..none },
        _ => none,
    }
}

impl Code {
    pub(crate) async fn sign_in(&self, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        run(self.sign_in, call).await
    }

    pub(crate) async fn grant(&self, call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
        run(self.grant, call).await
    }

    pub(crate) async fn test(&self, call: &CredentialCall<'_>) -> Result<String, NodeError> {
        run(self.test, call).await
    }
}

async fn run<T>(function: Option<Function<T>>, call: &CredentialCall<'_>) -> Result<T, NodeError> {
    match function {
        Some(function) => function(call).await,
        None => Err(invalid("The credential type needs code of its own, which konverte does not have")),
    }
}

/// The field that holds a token that was fetched.
fn access_token(token: String) -> Map<String, Value> {
    Map::from_iter([(crate::oauth2::TOKEN.to_owned(), Value::String(token))])
}

/// Seconds since 1970.
fn now(call: &CredentialCall<'_>) -> i64 {
    call.clock.now_millis().div_euclid(1000)
}
