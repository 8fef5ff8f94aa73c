//! What a person is asked, and what they are told where a service gives no token.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use node_sdk::consent::{Consent, Redirect};
use node_sdk::credential::{CredentialCall, CredentialType, TokenOptions};
use node_sdk::ports::{HttpErrorKind, KnownBy};
use node_sdk::{NodeError, Provider as _};
use node_testkit::{FakeHttp, FakePorts};
use serde_json::{Map, Value, json};

const REDIRECT: Redirect<'static> = Redirect { address: "http://127.0.0.1:8976/callback", pkce: false };

/// A credential of a type at work; the fakes answer with this status and body.
async fn with<T>((name, more): (&str, Value), ports: &FakePorts, work: impl AsyncFnOnce(&dyn CredentialType, &CredentialCall<'_>) -> T) -> T {
    let kind = credential_types::provider().credential(name).unwrap();
    let mut fields = json!({"authUrl": "https://o.test/authorize", "accessTokenUrl": "https://o.test/token", "requestTokenUrl": "https://o.test/request",
        "clientId": "c", "clientSecret": "s", "consumerKey": "c", "consumerSecret": "s"});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let fields = kind.complete(fields.as_object().unwrap());
    let (token, learned, signed_in) = (TokenOptions::default(), |_: &str| {}, |_: &Map<String, Value>| {});
    let (http, clock, random) = (&*ports.http, &*ports.clock, &*ports.random);
    let (sender, known_by) = (None, KnownBy::Place);
    let (token, learned, signed_in) = (&token, &learned, &signed_in);
    let call = CredentialCall { fields: &fields, method: "GET", token, http, clock, random, sender, known_by, learned, signed_in };
    work(&*kind, &call).await
}

fn answering(status: u16, body: &str) -> FakePorts {
    let ports = FakePorts::default();
    let body = body.to_owned();
    ports.http.respond(move |_| {
        let mut answer = FakeHttp::json(status, &Value::Null);
        answer.body = body.clone().into();
        Ok(answer)
    });
    ports
}

fn asked() -> Consent {
    Consent { url: String::new(), mark: (&["state", "oauth_token"], "m".to_owned()), kept: Some("k".to_owned()) }
}

/// The error of a step.
async fn error(step: &str, (status, body): (u16, &str), more: Value) -> NodeError {
    let ports = answering(status, body);
    let answer = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let kind = if step.starts_with("keys") { "oAuth1Api" } else { "oAuth2Api" };
    with((kind, more), &ports, async |kind, call| {
        let consented = async |pairs: &[(&str, &str)]| kind.consented(call, (&asked(), REDIRECT), &answer(pairs)).await;
        match step {
            "consent" => consented(&[("state", "m"), ("error", body)]).await.map(drop),
            "code" => consented(&[("state", "m"), ("code", "a-code")]).await.map(drop),
            "keys" => consented(&[("oauth_token", "m"), ("oauth_verifier", "v")]).await.map(drop),
            "keys: request" => kind.ask_consent(call, REDIRECT).await.map(drop),
            _ => kind.sign_in(call).await.map(drop),
        }
    })
    .await
    .unwrap_err()
}

#[tokio::test]
async fn what_helps_is_told_by_what_the_service_says() {
    let refresh = || json!({"oauthTokenData": {"access_token": "old", "refresh_token": "r"}});
    let client = || json!({"grantType": "clientCredentials"});
    let later = "try again later";
    let elsewhere = "No tokens are given out at the address in `accessTokenUrl`";
    let (renewal, again, client_help) = ("no longer takes the refresh token", "begin again", "look at `clientId` and `clientSecret`");
    let page = "<!DOCTYPE html><a href=\"?a=b\">Sign in</a>";
    for (step, status, body, more, help) in [
        ("code", 401, r#"{"error": "invalid_client"}"#, json!({}), client_help),
        ("code", 401, "", json!({}), client_help),
        ("code", 400, r#"{"error": "unauthorized_client"}"#, json!({}), "does not let it in this way"),
        ("code", 400, r#"{"error": "invalid_grant"}"#, json!({}), again),
        ("code", 400, r#"{"error": "redirect_uri_mismatch"}"#, json!({}), "register the address"),
        ("consent", 0, "invalid_request", json!({}), "`--pkce`"),
        ("code", 200, "error=bad_verification_code&error_description=over", json!({}), again),
        ("code", 200, page, json!({}), elsewhere),
        ("code", 404, page, json!({}), elsewhere),
        ("code", 405, "", json!({}), elsewhere),
        ("code", 307, "", json!({}), elsewhere),
        ("code", 502, page, json!({}), later),
        ("renewal", 400, r#"{"error": "invalid_grant"}"#, refresh(), renewal),
        ("renewal", 400, r#"{"error": {"message": "Error validating access token", "code": 190}}"#, refresh(), renewal),
        ("renewal", 401, r#"{"error": "invalid_client"}"#, refresh(), client_help),
        ("renewal", 400, r#"{"error": "unsupported_grant_type"}"#, refresh(), "`grantType`"),
        ("renewal", 404, "not found", refresh(), elsewhere),
        ("renewal", 503, r#"{"error": "temporarily_unavailable"}"#, refresh(), later),
        ("renewal", 429, "", refresh(), later),
        ("client", 401, r#"{"error": "invalid_client"}"#, client(), client_help),
        ("client", 400, r#"{"error": "invalid_scope"}"#, client(), "`scope`"),
        ("consent", 0, "access_denied", json!({}), "said no"),
        ("consent", 0, "invalid_scope", json!({}), "`scope`"),
        ("consent", 0, "server_error", json!({}), later),
        ("keys: request", 401, "Failed to validate oauth signature and token", json!({}), "`consumerKey` and `consumerSecret`"),
        ("keys: request", 404, page, json!({}), "`requestTokenUrl`"),
        ("keys", 401, "oauth_problem=verifier_invalid", json!({}), again),
        ("keys", 503, "", json!({}), later),
    ] {
        let error = error(step, (status, body), more).await;
        let told = error.help.clone().unwrap_or_default();
        assert!(told.contains(help), "{step} {status} {body}: {} {told}", error.message);
    }
    let said = error("renewal", (400, r#"{"error": {"message": "Session has expired"}}"#), refresh()).await.message;
    assert_eq!(said, "The OAuth 2 token could not be renewed: Session has expired");
    assert!(error("renewal", (403, r#"{"error": "a_word_of_its_own"}"#), refresh()).await.help.is_none(), "what is not known is not guessed");
}

#[tokio::test]
async fn who_does_not_answer_is_named() {
    let ports = FakePorts::default();
    ports.http.respond(|_| Err(FakeHttp::failure(HttpErrorKind::Refused, "connect ECONNREFUSED 127.0.0.1:1")));
    let fields = json!({"grantType": "clientCredentials"});
    let error = with(("oAuth2Api", fields), &ports, async |kind, call| kind.sign_in(call).await).await.unwrap_err();
    assert_eq!(error.message, "No OAuth 2 token could be had: connect ECONNREFUSED 127.0.0.1:1");
    assert!(error.help.unwrap().starts_with("Look at `accessTokenUrl`"));
    assert!(ports.http.requests()[0].options.secret_body, "a redirect must not take the client's secret to another server");
}

#[tokio::test]
async fn an_address_is_asked_with_each_name_once() {
    let ask = async |more: Value| {
        let ports = FakePorts::default();
        with(("oAuth2Api", more), &ports, async |kind, call| kind.ask_consent(call, REDIRECT).await).await
    };
    let names = |url: &str| {
        let url = url::Url::parse(url).unwrap();
        url.query_pairs().filter(|(name, _)| name != "state").map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    let ours = "client_id=c redirect_uri=http://127.0.0.1:8976/callback response_type=code";
    let own = json!({"authUrl": "https://o.test/authorize?client_id=x&team=t&access_type=online&a=1&a=2", "authQueryParameters": "access_type=offline&client_id=y"});
    let url = ask(own).await.unwrap().unwrap().url;
    assert_eq!(names(&url), format!("team=t a=1 a=2 {ours} access_type=offline"));
    assert_eq!(names(&ask(json!({})).await.unwrap().unwrap().url), ours);
    for (field, text) in [("authUrl", "localhost:8080/authorize"), ("authUrl", "o.test"), ("accessTokenUrl", "file:///token")] {
        let error = ask(json!({field: text})).await.map(drop).unwrap_err();
        assert_eq!(error.message, format!("Nobody can sign in with the credential: its `{field}` is no address"));
    }
}

/// What the file held before may be another person's; only a renewal keeps it.
#[tokio::test]
async fn who_signs_in_anew_keeps_nothing_of_the_token_before() {
    let before = json!({"oauthTokenData": {"access_token": "old", "refresh_token": "of another", "id_token": "of another", "scope": "a"}});
    let ports = answering(200, r#"{"access_token": "new"}"#);
    let answer = [("state".to_owned(), "m".to_owned()), ("code".to_owned(), "a-code".to_owned())];
    let kept = with(("oAuth2Api", before), &ports, async |kind, call| kind.consented(call, (&asked(), REDIRECT), &answer).await).await.unwrap();
    assert_eq!(kept["oauthTokenData"], json!({"access_token": "new"}));
}

#[tokio::test]
async fn what_a_type_extends_says_how_its_people_sign_in() {
    let ports = FakePorts::default();
    for (kind, begins, says) in [
        ("microsoftTeamsOAuth2Api", "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?", ["prompt=select_account", "offline_access"]),
        ("googleDriveOAuth2Api", "https://accounts.google.com/o/oauth2/v2/auth?", ["access_type=offline", "auth%2Fdrive"]),
        ("jiraSoftwareCloudOAuth2Api", "https://auth.atlassian.com/authorize?", ["audience=api.atlassian.com", "jira-work"]),
        ("redditOAuth2Api", "https://www.reddit.com/api/v1/authorize?", ["duration=permanent", "identity"]),
    ] {
        let fields = json!({"authUrl": null, "accessTokenUrl": null});
        let url = with((kind, fields), &ports, async |kind, call| kind.ask_consent(call, REDIRECT).await).await.unwrap().unwrap().url;
        assert!(url.starts_with(begins) && says.iter().all(|part| url.contains(part)), "{kind}: {url}");
    }
}
