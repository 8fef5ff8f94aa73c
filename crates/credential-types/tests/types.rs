//! The table of types as a whole, and what the recordings of n8n do not show.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use node_sdk::credential::{CredentialCall, CredentialPlace, CredentialType, Grant, Session, TokenOptions, Verdict};
use node_sdk::ports::{Clock, HttpBody, HttpErrorKind, HttpOptions, HttpRequest, KnownBy};
use node_sdk::{NodeError, Provider};
use node_testkit::{FakeHttp, FakePorts};
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// A credential type among the fakes of the world.
#[derive(Default)]
struct Trial {
    ports: FakePorts,
    learned: Mutex<Vec<String>>,
    token: TokenOptions,
}

impl Trial {
    fn answers(self, answer: impl Fn(&HttpRequest) -> (u16, Value) + Send + Sync + 'static) -> Self {
        self.ports.http.respond(move |request| {
            let (status, body) = answer(request);
            Ok(FakeHttp::json(status, &body))
        });
        self
    }

    async fn with<T>(&self, kind: &dyn CredentialType, fields: Value, work: impl AsyncFnOnce(&CredentialCall<'_>) -> T) -> T {
        let fields = kind.complete(&map(fields));
        let learned = |secret: &str| self.learned.lock().unwrap().push(secret.to_owned());
        let (http, clock, random) = (&*self.ports.http, &*self.ports.clock, &*self.ports.random);
        let (sender, known_by, token) = (None, KnownBy::Place, &self.token);
        let (learned, signed_in) = (&learned, &|_: &Map<String, Value>| {});
        let call = CredentialCall { fields: &fields, method: "GET", token, http, clock, random, sender, known_by, learned, signed_in };
        work(&call).await
    }

    async fn grant(&self, name: &str, fields: Value) -> Result<Grant, NodeError> {
        let kind = kind(name);
        self.with(&*kind, fields, async |call| kind.grant(call).await).await
    }

    async fn sign_in(&self, name: &str, fields: Value) -> Map<String, Value> {
        let kind = kind(name);
        self.with(&*kind, fields, async |call| kind.sign_in(call).await).await.unwrap()
    }

    async fn test(&self, kind: &dyn CredentialType, fields: Value) -> Vec<Verdict> {
        let place = CredentialPlace { node: "N", parameters: &Map::new() };
        self.with(kind, fields, async |call| kind.test(call, &[place]).await).await
    }

    /// Method and address of what was sent.
    fn sent(&self) -> Vec<String> {
        self.ports.http.requests().iter().map(|request| format!("{} {}", request.method, request.url)).collect()
    }
}

fn kind(name: &str) -> Arc<dyn CredentialType> {
    credential_types::provider().credential(name).unwrap_or_else(|| panic!("{name} is not there"))
}

fn text(request: &HttpRequest) -> String {
    match &request.body {
        HttpBody::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        _ => String::new(),
    }
}

#[tokio::test]
async fn every_type_grants_or_is_refused_and_every_text_of_it_is_understood() {
    let types = credential_types::provider().credentials();
    assert!(types.len() > 325, "{} types", types.len());
    let trial = Trial::default().answers(|_| (200, json!({"access_token": "t", "token": "t", "id": "t"})));
    for kind in types {
        let name = kind.name().to_owned();
        let properties = kind.properties();
        let names = properties.iter().map(|property| property["name"].as_str().unwrap());
        let made_up: Map<String, Value> = names.map(|field| (field.to_owned(), json!(format!("https://{field}.test")))).collect();
        let mut fields = Map::from_iter(made_up.into_iter().filter(|(field, _)| field != "json" && field != "grantType"));
        fields.insert("useSystemCredentialsForRole".into(), json!(false));
        match trial.with(&*kind, Value::Object(fields.clone()), async |call| kind.grant(call).await).await {
            Ok(_) => assert_eq!(kind.refusal(), None, "{name}"),
            // What is made up opens nothing of Amazon's, and is no key.
            Err(error) => {
                let known = ["cannot be assumed", "no RSA key", "cannot sign"].iter().any(|words| error.message.contains(words));
                assert!(kind.refusal().is_some() || known, "{name}: {}", error.message);
            }
        }
        for verdict in trial.test(&*kind, Value::Object(fields)).await {
            let said = verdict.result.map_or_else(|error| error.message, |proof| proof.message);
            assert!(!said.contains("description of the credential type"), "{name}: {said}");
        }
    }
    assert!(kind("ghostAdminApi").refusal().unwrap().contains("code of its own"));
    assert!(credential_types::provider().credential("madeUpApi").is_none());
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    let said = |name: &str, fields: Value| kind(name).faults(&map(fields)).join(", ");
    assert_eq!(said("httpBasicAuth", json!({"user": "u", "password": ""})), "");
    assert_eq!(said("httpHeaderAuth", json!({"name": "X", "wert": 1})), "the field `value` is missing, `wert` is not a field of this type");
    assert_eq!(said("githubApi", json!({"server": "x"})), "the field `accessToken` is missing");
    assert_eq!(said("auth0ManagementApi", json!({"domain": "d", "clientId": "c"})), "the field `clientSecret` is missing");
    let missing = |name: &str, fields: Value| kind(name).missing(&map(fields)).join(", ");
    assert_eq!(missing("elasticsearchApi", json!({"url": "x", "password": ""})), "none of its fields is filled in");
    assert_eq!(missing("ollamaApi", json!({"baseUrl": "http://ollama.test"})), "");
    assert_eq!(missing("ollamaApi", json!({"url": "http://ollama.test"})), "the field `apiKey` is missing");
    assert_eq!(said("oAuth2Api", json!({"accessToken": "t"})), "");
    let without = json!({"grantType": "clientCredentials", "clientId": "c", "accessTokenUrl": "u"});
    assert_eq!(said("oAuth2Api", without), "the field `clientSecret` is missing");
    assert_eq!(said("gmailOAuth2", json!({"clientId": "c"})), "it holds no access token");
}

#[tokio::test]
async fn rules_choose_by_fields_and_leave_out_what_is_undefined() {
    let trial = Trial::default();
    let headers = async |name: &str, fields: Value| trial.grant(name, fields).await.unwrap().headers;
    let of = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    assert_eq!(headers("openAiApi", json!({"apiKey": "k"})).await, of(&[("Authorization", "Bearer k")]));
    let all = json!({"apiKey": "k", "organizationId": "o", "header": true, "headerName": "X-A", "headerValue": "v"});
    assert_eq!(headers("openAiApi", all).await, of(&[("Authorization", "Bearer k"), ("OpenAI-Organization", "o"), ("X-A", "v")]));
    assert_eq!(headers("mailerLiteApi", json!({"apiKey": "k", "classicApi": false})).await, of(&[("Authorization", "Bearer k")]));
    assert_eq!(headers("schemaRegistryApi", json!({"authentication": "none"})).await, of(&[]));
    assert_eq!(headers("twilioApi", json!({"accountSid": "a", "authToken": "t"})).await, of(&[("Authorization", "Basic YTp0")]));
    let token = json!({"oauthTokenData": {"access_token": "t", "token_type": "bearer"}});
    assert_eq!(headers("gmailOAuth2", token.clone()).await, of(&[("Authorization", "Bearer t")]));
    let of_options = async |token: TokenOptions, fields: Value| {
        let trial = Trial { token, ..Trial::default() };
        trial.grant("shopifyOAuth2Api", fields).await.unwrap().headers
    };
    let plain = TokenOptions::default();
    let bare = TokenOptions { keep_bearer: Some(false), ..plain.clone() };
    assert_eq!(of_options(bare, token.clone()).await, of(&[("Authorization", "t")]));
    let twice = TokenOptions { key_to_include_in_access_token_header: Some("X-T".into()), token_type: Some("OAuth".into()), ..plain.clone() };
    assert_eq!(of_options(twice, token).await, of(&[("Authorization", "OAuth t"), ("X-T", "t")]));
    let of_user = TokenOptions { property: Some("authed_user.access_token".into()), ..plain };
    let both = json!({"oauthTokenData": {"access_token": "t", "authed_user": {"access_token": "u"}}});
    assert_eq!(of_options(of_user, both).await, of(&[("Authorization", "Bearer u")]));
}

#[tokio::test]
async fn client_credentials_fill_in_addresses_from_other_fields() {
    let trial = Trial::default().answers(|_| (200, json!({"access_token": "t", "expires_in": 60})));
    let fields = json!({"grantType": "clientCredentials", "host": "https://h.test/", "clientId": "c", "clientSecret": "s"});
    let databricks = kind("databricksOAuth2Api");
    assert_eq!(databricks.session(&databricks.complete(&map(fields.clone()))), Session::Missing);
    let session = trial.sign_in("databricksOAuth2Api", fields).await;
    assert_eq!(trial.sent(), ["POST https://h.test/oidc/v1/token"]);
    assert_eq!(session["oauthTokenData"]["access_token"], "t");
    assert_eq!(*trial.learned.lock().unwrap(), ["t"]);
}

/// What a service answers beside a token that is there, and what is kept then.
#[tokio::test]
async fn what_a_service_gives_is_kept_where_it_is_a_token_and_an_end() {
    let fields = json!({"accessTokenUrl": "https://o.test/token", "clientId": "c", "clientSecret": "s", "oauthTokenData":
        {"access_token": "old", "refresh_token": "r", "expires_in": 60, "n8n_expires_at": "1", "scope": "a"}});
    let renewed = async |answer: Value| {
        let (trial, kind) = (Trial::default().answers(move |_| (200, answer.clone())), kind("oAuth2Api"));
        trial.with(&*kind, fields.clone(), async |call| kind.sign_in(call).await).await.map(|session| session["oauthTokenData"].clone())
    };
    for none in [json!({"access_token": ""}), json!({"access_token": null}), json!({"access_token": "", "error": "invalid_grant"})] {
        let message = renewed(none.clone()).await.unwrap_err().message;
        assert!(message.starts_with("The OAuth 2 token could not be renewed: "), "{none}: {message}");
    }
    let plain = json!({"access_token": "t", "refresh_token": "r", "scope": "a"});
    assert_eq!(renewed(json!({"access_token": "t"})).await.unwrap(), plain, "the old end is not the new token's");
    for empty in [json!(""), json!(null)] {
        assert_eq!(renewed(json!({"access_token": "t", "refresh_token": empty})).await.unwrap(), plain, "the refresh token stays");
    }
    let both = renewed(json!({"access_token": "t", "error": "a word"})).await.unwrap();
    assert_eq!(both["access_token"], "t");
    let now = Trial::default().ports.clock.now_millis();
    let end = async |seconds: Value| renewed(json!({"access_token": "t", "expires_in": seconds})).await.unwrap()["n8n_expires_at"].clone();
    assert_eq!(end(json!(1e300)).await, i64::MAX.to_string());
    assert_eq!(end(json!("60")).await, (now + 60_000).to_string());
    assert_eq!(end(json!(-60)).await, (now - 60_000).to_string());
    assert_eq!(end(json!("soon")).await, Value::Null);
}

#[tokio::test]
async fn a_test_that_is_refused_is_tried_once_more_with_a_session_of_its_own() {
    let trial = Trial::default().answers(|request| match request.url.ends_with("/users/login") {
        true => (200, json!({"token": "t"})),
        false => (401, json!({"message": "no"})),
    });
    let fields = json!({"url": "https://w.test", "username": "u", "password": "p", "token": "old"});
    let error = trial.test(&*kind("wekanApi"), fields).await[0].result.clone().unwrap_err();
    assert_eq!(trial.sent(), ["GET https://w.test/api/user", "POST https://w.test/users/login", "GET https://w.test/api/user"]);
    assert_eq!(error.message, "The service does not take the credential (GET https://w.test/api/user answers 401): no");
    let busy = Trial::default().answers(|_| (503, json!({"message": "soon"})));
    let error = busy.test(&*kind("wekanApi"), json!({"url": "https://w.test", "token": "t"})).await[0].result.clone().unwrap_err();
    assert_eq!(error.message, "Nothing is known of the credential (GET https://w.test/api/user answers 503): soon");
    let stored = json!({"environmentUrl": "https://w.test", "oauthTokenData": {"access_token": "t"}});
    let error = trial.test(&*kind("microsoftDataverseOAuth2Api"), stored).await[0].result.clone().unwrap_err();
    assert!(error.help.unwrap().contains("holds no refresh token"));
    assert!(trial.test(&*kind("slackApi"), json!({"accessToken": "t"})).await.is_empty());
}

#[tokio::test]
async fn a_dry_run_has_a_word_in_the_place_of_a_token() {
    let trial = Trial::default();
    trial.ports.http.respond(|_| Err(FakeHttp::failure(HttpErrorKind::HeldBack, "dry run")));
    assert_eq!(trial.sign_in("metabaseApi", json!({"url": "https://m.test"})).await["sessionToken"], "token-of-a-dry-run");
}

#[tokio::test]
async fn no_message_holds_a_key() {
    let fields = json!({"email": "a@b", "privateKey": "s3cr3t", "httpNode": true, "scopes": "x"});
    let error = Trial::default().grant("googleApi", fields).await.err().unwrap();
    assert_eq!(error.message, "The field `privateKey` of the credential holds no RSA key in PEM");
}

#[tokio::test]
async fn types_from_json_are_types_like_any_other() {
    let types = json!({"acmeApi": {
        "properties": [{"name": "key", "type": "string"}, {"name": "site", "type": "string", "default": "eu", "typeOptions": {"of": "ours"}}],
        "authenticate": {"type": "generic", "properties": {"headers": {"X-Key": "={{$credentials.key}}"}, "qs": {"site": "={{ $credentials.site }}"}}},
        "test": {"request": {"baseURL": "https://acme.test/api/", "url": "/me", "method": "POST", "body": {"a": ["={{$credentials.site}}"]}}},
    }, "acmeOAuth2Api": {"extends": ["oAuth2Api"], "properties": [{"name": "scope", "type": "hidden", "default": "all"}]}});
    let provider = credential_types::from_json(types.as_object().unwrap()).unwrap();
    let acme = provider.credential("acmeApi").unwrap();
    assert_eq!(acme.properties()[1]["typeOptions"], json!({"of": "ours"}));
    let trial = Trial::default();
    assert!(trial.test(&*acme, json!({"key": "k"})).await[0].result.is_ok());
    let sent = trial.ports.http.requests();
    assert_eq!((trial.sent(), text(&sent[0])), (vec!["POST https://acme.test/api/me?site=eu".to_owned()], r#"{"a":["eu"]}"#.to_owned()));
    assert!(sent[0].headers.contains(&("X-Key".into(), "k".into())) && sent[0].options.secret_headers == ["X-Key"]);
    let oauth2 = provider.credential("acmeOAuth2Api").unwrap();
    assert!(oauth2.properties().iter().any(|property| property["name"] == "accessTokenUrl"));
    assert!(credential_types::from_json(&map(json!({"x": {"properties": 1}}))).is_err());
}

/// A request of n8n's, with the signature that it had.
#[test]
fn a_hidden_field_has_its_default_and_of_several_of_one_name_the_last_one() {
    let hidden = |name: &str, default: &str| json!({"name": name, "type": "hidden", "default": default});
    let of_first = json!({"name": "way", "type": "hidden", "default": "c=3", "displayOptions": {"show": {"kind": ["other"]}}});
    let properties =
        [hidden("kind", "own"), hidden("way", "a=1"), hidden("way", "b=2"), of_first, json!({"name": "key", "type": "string", "default": "k"})];
    let types = json!({"acmeApi": {"properties": properties}});
    let acme = credential_types::from_json(types.as_object().unwrap()).unwrap().credential("acmeApi").unwrap();
    for (given, way, key) in [(json!({}), "b=2", "k"), (json!({"way": "", "key": ""}), "b=2", ""), (json!({"way": "d=4"}), "d=4", "k")] {
        let complete = acme.complete(&map(given));
        assert_eq!((complete["way"].as_str(), complete["key"].as_str()), (Some(way), Some(key)));
    }
}

#[tokio::test]
async fn requests_are_signed_with_the_keys_of_an_assumed_role() {
    let keys =
        ["<AccessKeyId>ASIAEXAMPLE</AccessKeyId>", "<SecretAccessKey>sEcReT/assumed</SecretAccessKey>", "<SessionToken>sess-tok</SessionToken>"];
    let trial = Trial::default().answers(move |_| (200, json!(keys.concat())));
    let clock = &trial.ports.clock;
    clock.sleep(Duration::from_millis(u64::try_from(1_773_480_413_589 - clock.now_millis()).unwrap())).await;
    let grant = trial.grant("awsAssumeRole", json!({"stsAccessKeyId": "k", "stsSecretAccessKey": "s", "roleArn": "arn"})).await.unwrap();
    let url = "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15".to_owned();
    let request = HttpRequest { method: "POST".into(), url, headers: Vec::new(), body: HttpBody::Empty, options: HttpOptions::default() };
    let signed = grant.signed(request).unwrap();
    let start = "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260314/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token";
    let want = format!("{start}, Signature=e1a7794de790517fc53df54ef7da1243d8766d9a58fc146c70eeb6f797f85795");
    assert_eq!(signed.headers.last(), Some(&("Authorization".to_owned(), want)));
    assert_eq!(text(&trial.ports.http.requests()[0]), "RoleArn=arn&RoleSessionName=n8n-session&Action=AssumeRole&Version=2011-06-15");
}
