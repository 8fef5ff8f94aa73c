//! OAuth 1 through the program: a request token, a person's consent, the keys; and requests that are signed with them.

use serde_json::{Value, json};

use super::lab::Lab;
use super::oauth1::{CONSUMER, SECRET};
use crate::support::http;

fn lab_with(secret: &str) -> Lab {
    let fields = |url: &str| {
        json!({"requestTokenUrl": format!("{url}/1/request_token"), "authUrl": format!("{url}/1/authenticate?oauth_token=none&app=konverte"),
            "accessTokenUrl": format!("{url}/1/access_token"), "consumerKey": CONSUMER, "consumerSecret": secret, "signatureMethod": "HMAC-SHA1"})
    };
    Lab::of("oAuth1Api", fields)
}

#[test]
fn a_person_signs_in_and_requests_are_signed() {
    let lab = lab_with(SECRET);
    let waiting = lab.begin(&[]);
    assert!(waiting.url.contains("/1/authenticate?app=konverte&oauth_token=request%2F1%2Bx") && !waiting.url.contains("none"), "{}", waiting.url);
    assert_eq!(Lab::visit(&waiting).0, 200);
    lab.end(waiting).says(0, "signed in: the credential \"Main\" (oAuth1Api)");
    assert_eq!(lab.data()["screen_name"], "ana", "what else the service says is kept");
    let url = format!("{}/1/me", lab.server.url);
    let mut form = http(&format!("{url}?a=x%20y&b=%C3%A9"));
    form["parameters"]["method"] = "POST".into();
    form["parameters"]["sendBody"] = true.into();
    form["parameters"]["contentType"] = "form-urlencoded".into();
    form["parameters"]["bodyParameters"] = json!({"parameters": [{"name": "text", "value": "a&b = ü~*'"}]});
    for node in [http(&format!("{url}?a=x%20y&b=%C3%A9")), form] {
        let ran = lab.seen(crate::support::finish(lab.request_of(node, &[]).wait_with_output().expect("ends")));
        assert!(ran.code == 0 && ran.stdout.contains("name=ana"), "{} {}", ran.stdout, ran.stderr);
    }
    assert_eq!(lab.leaks(), 0);
}

/// The consumer's secret in the file, what is tried, and what has to come of it.
type Case = (&'static str, &'static str, fn(&Lab));

#[test]
fn what_the_service_refuses_is_told_and_nothing_is_kept() {
    let cases: [Case; 6] = [
        (SECRET, "denied", |lab| {
            lab.server.steps.denies();
            let waiting = lab.begin(&[]);
            assert_eq!(Lab::visit(&waiting).0, 200);
            lab.end(waiting).says(1, "Who was asked said no");
        }),
        (SECRET, "a verifier that the service did not give", |lab| {
            let ran = lab.paste(&[], |address| address.replace("oauth_verifier=verifier", "oauth_verifier=another"));
            ran.says(1, "No OAuth 1 token could be had: verifier_invalid");
            ran.says(1, "begin again");
        }),
        (SECRET, "an answer to another question", |lab| {
            lab.paste(&[], |address| address.replace("oauth_token=request", "oauth_token=other")).says(1, "no answer to this question");
        }),
        (SECRET, "no verifier", |lab| {
            lab.paste(&[], |address| address.replace("oauth_verifier", "other")).says(1, "holds no oauth_verifier");
        }),
        ("another-s3cret", "a wrong secret", |lab| {
            let ran = lab.refused(&[]);
            ran.says(1, "No request token could be had: signature_invalid");
            ran.says(1, "Look at `consumerKey` and `consumerSecret`");
            assert_eq!(ran.stdout, "", "nobody is asked");
        }),
        (SECRET, "a clock that is wrong by an hour", |lab| lab.refused(&["--now", "2001-01-01T00:00:00Z"]).says(1, "set the clock")),
    ];
    for (secret, name, case) in cases {
        let lab = lab_with(secret);
        case(&lab);
        assert_eq!(lab.data(), Value::Null, "{name}");
        assert_eq!(lab.leaks(), 0, "{name}");
    }
}
