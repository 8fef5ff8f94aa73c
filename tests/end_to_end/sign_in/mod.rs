//! Signing in, and what may go wrong with it: no token is lost, and no secret stands in what the program writes.

mod lab;
mod oauth1;
mod server;
mod three_steps;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use nix::sys::signal::Signal;
use serde_json::json;

use lab::{Lab, NAME, TYPE};
use server::{Fault, browse};

/// A fault, and what has to come of it. The token that the file held before, where it held one, is looked at afterwards.
type Case = (&'static str, fn(&Lab));

const FAULTS: [Case; 37] = [
    ("none", |lab| {
        std::fs::set_permissions(lab.file(), std::fs::Permissions::from_mode(0o640)).expect("set");
        lab.sign_in(&[]).says(0, "signed in: the credential \"Main\" (oAuth2Api)");
        assert_eq!(std::fs::metadata(lab.file()).expect("there").permissions().mode() & 0o777, 0o640, "a file keeps its mode");
        lab.run(&[]).says(0, "");
    }),
    ("an answer with another state", |lab| {
        let waiting = lab.begin(&[]);
        let (status, _, page) = browse(&format!("http://127.0.0.1:{}/callback?code=made-up&state=guessed", lab.port));
        assert!(status == 400 && page.contains("was not used"), "{page}");
        assert_eq!(Lab::visit(&waiting).0, 200, "the right one is taken afterwards");
        lab.end(waiting).says(0, "an answer to another question came, and was not used");
    }),
    ("another path than the redirect address's", |lab| {
        let waiting = lab.begin(&[]);
        assert_eq!(browse(&format!("http://127.0.0.1:{}/", lab.port)).0, 404);
        assert_eq!(Lab::visit(&waiting).0, 200);
        assert_eq!(lab.end(waiting).code, 0);
    }),
    ("the person says no", |lab| {
        lab.server.fault(Fault::Denied);
        let waiting = lab.begin(&[]);
        assert_eq!(Lab::visit(&waiting).0, 200);
        lab.end(waiting).says(1, "The service says no: access_denied");
    }),
    ("the port is in use", |lab| {
        let _taken = TcpListener::bind(("127.0.0.1", lab.port)).expect("free");
        lab.refused(&[]).refused(1, "KV0721");
    }),
    ("the service has another redirect address", |lab| {
        let port = (lab.port ^ 1).to_string();
        let waiting = lab.begin_at(&port);
        assert_eq!(Lab::visit(&waiting).0, 400, "the service does not send the person back");
        assert_eq!(lab.end_by(waiting, Signal::SIGINT).code, 130);
    }),
    ("interrupted while it waits", |lab| {
        let waiting = lab.begin(&[]);
        assert_eq!(lab.end_by(waiting, Signal::SIGTERM).code, 143);
    }),
    ("a wrong client secret", |lab| {
        lab.write(&json!([lab.entry(&json!({"clientSecret": "another-s3cret"}))]));
        let waiting = lab.begin(&[]);
        Lab::visit(&waiting);
        lab.end(waiting).says(1, "look at `clientId` and `clientSecret`");
    }),
    ("a code that is over", |lab| {
        let ran = lab.paste(&[], |address| address.replace("code=", "code=x"));
        ran.says(1, "begin again");
    }),
    ("pasted: another state", |lab| lab.paste(&[], |address| address.replace("state=", "state=x")).says(1, "its state is another one")),
    ("pasted: the query alone", |lab| {
        assert_eq!(lab.paste(&[], |address| address.split_once('?').expect("a query").1.to_owned()).code, 0);
    }),
    ("pasted: nothing", |lab| lab.paste(&[], |_| String::new()).says(1, "no answer to this question")),
    ("no refresh token", |lab| {
        lab.server.fault(Fault::Without("refresh_token"));
        lab.sign_in(&[]).says(0, "the service gave no refresh token");
        assert!(lab.server.takes(&lab.token("access_token")));
    }),
    ("no expires_in", |lab| {
        lab.server.fault(Fault::Without("expires_in"));
        lab.sign_in(&[]).says(0, "signed in");
    }),
    ("no access token", |lab| {
        lab.server.fault(Fault::Without("access_token"));
        lab.sign_in_fails("holds no access_token");
    }),
    ("a slow answer", |lab| {
        lab.server.fault(Fault::Slow);
        lab.sign_in(&[]).says(0, "signed in");
    }),
    ("the server is down", |lab| {
        lab.server.fault(Fault::Down);
        lab.sign_in_fails("try again later");
    }),
    ("an answer that is not HTTP", |lab| {
        lab.server.fault(Fault::Garbled);
        lab.sign_in_fails("No OAuth 2 token could be had");
    }),
    ("the answer is a form", |lab| {
        lab.server.fault(Fault::Form);
        lab.sign_in(&[]).says(0, "signed in");
    }),
    ("the answer is a page", |lab| {
        lab.server.fault(Fault::Page);
        lab.sign_in_fails("holds no access_token");
    }),
    ("an error with the status of a success", |lab| {
        lab.server.fault(Fault::Smiling);
        lab.sign_in_fails("The code is over.");
    }),
    ("the server repeats what it was sent", |lab| {
        lab.server.fault(Fault::Parrot);
        lab.sign_in_fails("You sent");
        lab.paste(&["--pkce"], |address| address).says(1, "You sent");
    }),
    ("the answer comes from another server", |lab| {
        let other = TcpListener::bind("127.0.0.1:0").expect("a port");
        other.set_nonblocking(true).expect("set");
        lab.server.fault(Fault::Moved(other.local_addr().expect("an address").port()));
        lab.sign_in_fails("the secrets in it are not for others");
        assert!(other.accept().is_err(), "nobody came");
    }),
    ("no address to come back to", |lab| {
        for (address, why) in [
            ("127.0.0.1:8976/callback", "is no address"),
            ("localhost:8976/callback", "http://localhost:8976/callback would be one"),
            ("https://h.test/#a", "no `#`"),
        ] {
            lab.refused(&["--redirect", address]).refused(2, why);
        }
    }),
    ("pasted: at another port", |lab| {
        let ran = lab.paste_at(&["--paste", "--port", &lab.port.to_string()], |address| address);
        ran.says(0, &format!("register this redirect address with the service: http://127.0.0.1:{}/callback", lab.port));
    }),
    ("proof keys", |lab| {
        lab.write(&json!([lab.entry(&json!({"grantType": "pkce", "authentication": "body"}))]));
        let waiting = lab.begin(&[]);
        assert!(waiting.url.contains("code_challenge_method=S256"), "{}", waiting.url);
        Lab::visit(&waiting);
        assert_eq!(lab.end(waiting).code, 0);
    }),
    ("nobody to ask for what is missing", |lab| {
        lab.write(&json!([lab.entry(&json!({"clientId": "", "clientSecret": ""}))]));
        lab.refused(&[]).refused(2, "`clientId`, `clientSecret`");
    }),
    ("a file that cannot be written", |lab| {
        std::fs::set_permissions(lab.file(), std::fs::Permissions::from_mode(0o400)).expect("set");
        lab.refused(&[]).refused(2, "cannot be changed");
    }),
    ("two credentials of one name", |lab| {
        let mut second = lab.entry(&json!({}));
        second["id"] = "8".into();
        lab.write(&json!([lab.entry(&json!({})), second]));
        let ran = lab.refused(&[]);
        ran.says(2, "\"Main\" (id 7, oAuth2Api) and \"Main\" (id 8, oAuth2Api)");
    }),
    ("an encrypted export", |lab| {
        lab.write(&json!([{"id": "7", "name": NAME, "type": TYPE, "data": "U2FsdGVkX18"}]));
        lab.refused(&[]).says(2, "n8n export:credentials --all --decrypted");
    }),
    ("a file that is no JSON", |lab| {
        lab.folder.file("credentials.json", "[{\n");
        lab.refused(&[]).says(2, "credentials.json:2:1");
    }),
    ("the token is over", |lab| {
        lab.sign_in(&[]);
        lab.server.withdraw(&lab.token("access_token"));
        assert_eq!((lab.run(&[]).code, lab.run(&[]).code, lab.server.renewals()), (0, 0, 1), "the one that came is kept and used again");
    }),
    ("the refresh token was withdrawn", |lab| {
        lab.sign_in(&[]);
        let before = lab.data();
        ["access_token", "refresh_token"].iter().for_each(|name| lab.server.withdraw(&lab.token(name)));
        lab.run(&[]).says(1, "konverte credentials authorize oAuth2Api");
        assert_eq!(lab.data(), before, "the file is as it was");
        lab.sign_in(&[]).says(0, "signed in");
    }),
    ("two processes renew at the same time", |lab| {
        lab.sign_in(&[]);
        lab.server.withdraw(&lab.token("access_token"));
        lab.server.fault(Fault::Slow);
        let both = [lab.request(&[]), lab.request(&[])];
        for child in both {
            let ran = lab.seen(crate::support::finish(child.wait_with_output().expect("ends")));
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }
        assert_eq!(lab.server.renewals(), 1, "one renewal for both");
    }),
    ("a clock that is wrong by an hour", |lab| {
        lab.sign_in(&[]);
        for now in ["2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"] {
            assert_eq!(lab.run(&["--now", now]).code, 0, "what the service takes is not looked at twice");
        }
        lab.server.withdraw(&lab.token("access_token"));
        assert_eq!((lab.run(&["--now", "2001-01-01T00:00:00Z"]).code, lab.server.renewals()), (0, 1));
    }),
    ("renewed without expires_in", |lab| {
        lab.sign_in(&[]);
        lab.server.withdraw(&lab.token("access_token"));
        lab.server.fault(Fault::Without("expires_in"));
        assert_eq!(lab.run(&[]).code, 0);
    }),
    ("the server is down when the token is renewed", |lab| {
        lab.sign_in(&[]);
        let before = lab.data();
        lab.server.withdraw(&lab.token("access_token"));
        for fault in [Fault::Down, Fault::Garbled, Fault::Page] {
            lab.server.fault(fault);
            assert_eq!(lab.run(&[]).code, 1);
            assert_eq!(lab.data(), before);
        }
        lab.server.fault(Fault::None);
        assert_eq!(lab.run(&[]).code, 0, "it was not used up");
    }),
];

/// Each fault with a server and a file of its own: first with a credential that nobody has signed in with, then with one that holds a token.
#[test]
fn faults_lose_no_token_and_show_no_secret() {
    let (mut tried, mut lost, mut shown) = (0, Vec::new(), Vec::new());
    for (name, case) in FAULTS {
        let lab = Lab::new();
        case(&lab);
        tried += usize::from(name != "none");
        // Whatever token the file holds brings another one, or opens the service.
        let good = |lab: &Lab| lab.server.takes(&lab.token("access_token")) || lab.server.renews(&lab.token("refresh_token"));
        if lab.file_is_json() && !lab.data().is_null() && !good(&lab) {
            lost.push(name);
        }
        if lab.leaks() > 0 {
            shown.push(name);
        }
    }
    println!("{tried} faults of signing in tried, {} tokens lost, {} secrets in any output", lost.len(), shown.len());
    assert!(tried >= 20 && lost.is_empty() && shown.is_empty(), "lost: {lost:?}; shown: {shown:?}");
}

/// What fails leaves the token of an earlier sign-in as it was.
#[test]
fn a_sign_in_that_fails_keeps_the_token_that_is_there() {
    let lab = Lab::new();
    lab.sign_in(&[]).says(0, "signed in");
    let before = lab.content();
    for fault in [Fault::Denied, Fault::Down, Fault::Garbled, Fault::Page, Fault::Smiling, Fault::Parrot, Fault::Without("access_token")] {
        lab.server.fault(fault);
        let waiting = lab.begin(&[]);
        Lab::visit(&waiting);
        assert_eq!(lab.end(waiting).code, 1, "{fault:?}");
        assert_eq!(lab.content(), before, "{fault:?}");
    }
    lab.server.fault(Fault::Without("refresh_token"));
    assert_eq!(lab.sign_in(&[]).code, 0);
    assert_eq!(lab.data().get("refresh_token"), None, "the one before may be another person's");
    assert_eq!(lab.leaks(), 0);
}

/// The guide's command, run with a server behind it, prints what the guide shows.
#[test]
fn the_guide_shows_what_a_sign_in_prints() {
    let lab = Lab::new();
    let guide = std::fs::read_to_string(crate::support::repository("docs/sign-in.md")).expect("the guide");
    let block = guide.split("```console sign-in\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the block");
    let (command, shown) = block.split_once('\n').expect("lines below it");
    assert_eq!(command, format!("$ konverte credentials authorize {TYPE} --credentials credentials.json --name {NAME}"));
    let ran = lab.sign_in(&[]);
    let printed = ran.stderr.replace(&lab.port.to_string(), "8976").replace(&lab.file().display().to_string(), "credentials.json");
    let mut lines = printed.lines();
    for line in shown.lines().filter(|line| *line != "…") {
        assert!(lines.any(|printed| printed == line), "{line}\nis not in\n{printed}");
    }
}

#[test]
fn credentials_of_a_file_are_tested_also_those_that_no_workflow_uses() {
    let lab = Lab::new();
    let client = |more: &serde_json::Value| {
        let mut entry = lab.entry(&json!({"grantType": "clientCredentials"}));
        entry["data"].as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        entry
    };
    let unknown = json!({"id": "9", "name": "Other", "type": "someApi", "data": {"key": "k"}});
    let test = |names: &[&str]| {
        let file = lab.file().display().to_string();
        lab.konverte(&[&["--verbose", "credentials", "test", "--credentials", &file, "--format", "json"], names].concat())
    };
    let said =
        |ran: &crate::support::Ran| ran.lines().iter().map(|line| format!("{} {}", line["level"], line["message"])).collect::<Vec<_>>().join("\n");
    let key = json!({"id": "10", "name": "Key", "type": "httpHeaderAuth", "data": {"name": "X-Key", "value": "k"}});
    let user = json!({"id": "11", "name": "User", "type": "httpBasicAuth", "data": {"user": "u", "password": "p"}});
    lab.write(&json!([client(&json!({})), unknown, key, user]));
    let all = test(&[]);
    assert_eq!(all.code, 0, "{}", all.stdout);
    assert!(said(&all).contains("The server gives a token for it.") && said(&all).contains("does not know the type `someApi`"), "{}", all.stdout);
    assert!(lab.server.takes(&lab.token("access_token")), "what a test fetches is kept");
    assert_eq!(test(&["Main"]).code, 0);
    for name in ["Other", "Key", "User"] {
        test(&[name]).says(1, &format!("The credential \"{name}\" could not be tested"));
    }
    test(&["Nobody"]).refused(2, "It has `Main`, `Other`, `Key`, `User`.");
    lab.write(&json!([client(&json!({"clientSecret": "another-s3cret"}))]));
    let refused = test(&[]);
    assert!(refused.code == 3 && said(&refused).contains("No OAuth 2 token could be had"), "{}", refused.stdout);
    assert_eq!(lab.leaks(), 0);
}

/// What is missing is asked for; a secret is not shown while it is typed.
#[cfg(target_os = "linux")]
#[test]
fn what_is_missing_is_asked_for_at_the_terminal() {
    let lab = Lab::new();
    std::fs::remove_file(lab.file()).expect("there");
    let typed = [
        ("authUrl: ", format!("{}/authorize", lab.server.url)),
        ("accessTokenUrl: ", format!("{}/token", lab.server.url)),
        ("clientId: ", server::CLIENT.to_owned()),
        ("clientSecret: ", server::SECRET.to_owned()),
    ];
    let ran = lab.at_a_terminal(&typed);
    ran.says(0, "signed in: the credential \"Main\" (oAuth2Api)");
    assert!(ran.stderr.contains(server::CLIENT) && !ran.stderr.contains(server::SECRET), "{}", ran.stderr);
    assert!(lab.server.takes(&lab.token("access_token")));
    assert_eq!(lab.content()[0]["data"]["clientSecret"], server::SECRET);
    assert_eq!(std::fs::metadata(lab.file()).expect("made").permissions().mode() & 0o777, 0o600);
}

#[test]
fn who_cannot_sign_in_is_told_why_and_nothing_is_kept() {
    for (kind, says) in [("smtp", "The fields of smtp are `user`, `password`"), ("slackOAuth2Api", "konverte packages add n8n-nodes-base")] {
        let lab = Lab::of(kind, |_| json!({}));
        lab.write(&json!([]));
        lab.refused(&[]).says(2, says);
        assert_eq!(lab.content(), json!([]), "{kind}");
    }
}
