//! What a person reads of each error that this API, and what stands before it, can make: message, description and help, in both modes.
//!
//! The file `advice.golden` beside this one is read as a person would, before it is changed.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Answer, N8N, Place, World, answer};
use konverte_sandbox::{Options, Outcome, Request, Sandbox};
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse, TlsFault};
use node_sdk::{Item, NodeError, NodeInfo, Registry, service};
use serde_json::{Value, json};

/// An action with its parameters, all of them, so that n8n's defaults add little.
type Action = (&'static str, &'static str, Value);

fn contact() -> Action {
    ("Contacts", "Contact Details", json!({"account_id": 1, "id": 1}))
}

fn update() -> Action {
    ("Contacts", "Contact Update", json!({"account_id": 1, "id": 1, "name": "Ana"}))
}

fn team(name: &str) -> Action {
    ("Teams", "Create A Team", json!({"account_id": 1, "name": name, "description": "x", "allow_auto_assign": true}))
}

fn message(conversation: u64, kind: &str) -> Action {
    let parameters = json!({"account_id": 1, "conversation_id": conversation, "content": "Hi", "private": false, "content_type": kind});
    ("Messages", "Create A New Message In A Conversation", parameters)
}

fn priority(priority: &str) -> Action {
    ("Conversations", "Toggle Priority Of A Conversation", json!({"account_id": 1, "conversation_id": 1, "priority": priority}))
}

fn inbox_of_contact() -> Action {
    ("Contact", "Contact Inbox Creation", json!({"account_id": 1, "id": 1, "inbox_id": 1, "source_id": ""}))
}

fn user() -> Action {
    ("Users", "Get Details Of A User", json!({"id": 1}))
}

/// What the emulator answers, as the real server does, to this token.
fn emulated() -> Vec<(&'static str, &'static str, Action)> {
    let weak = json!({"name": "Rui", "email": "rui@example.com", "password": "weak", "custom_attributes": "{}"});
    let members = ("Teams", "Add New Agent To Team", json!({"account_id": 1, "team_id": 1, "user_ids": "[99]"}));
    let taken = json!({"account_id": 1, "id": 2, "email": "bea@example.com", "identifier": "sandbox-2", "phone_number": "12"});
    let filter = json!({"account_id": 1, "page": 1, "payload": "[{\"attribute_key\": \"name\", \"filter_operator\": \"eq\", \"values\": [\"a\"], \"query_operator\": null}]"});
    let rule = json!({"account_id": 1, "page": 1, "payload": "[{\"attribute_key\": \"name\", \"filter_operator\": \"equal_to\", \"values\": [\"a\"], \"query_operator\": \"XOR\"}]"});
    let key = json!({"account_id": 1, "page": 1, "payload": "[{\"attribute_key\": \"phone\", \"filter_operator\": \"equal_to\", \"values\": [\"a\"], \"query_operator\": null}]"});
    let status =
        |status: &str| ("Conversations", "Toggle Status Of A Conversation", json!({"account_id": 1, "conversation_id": 1, "status": status}));
    let inbox = |channel: &str| ("Inboxes", "Inbox Creation", json!({"account_id": 1, "name": "x", "channel": channel}));
    vec![
        ("unknown token", "nonsense", contact()),
        ("a platform app's token for an account", "sandbox-platform", contact()),
        ("a bot's token where none is taken", "sandbox-bot", contact()),
        ("an agent's token for an administrator's action", "sandbox-agent", team("x")),
        ("a user's token for the platform", "sandbox-admin", user()),
        ("an account that the user is not in", "sandbox-admin", ("Contacts", "Contact Details", json!({"account_id": 9, "id": 1}))),
        ("a contact that is not there", "sandbox-admin", ("Contacts", "Contact Details", json!({"account_id": 1, "id": 99}))),
        ("a conversation that is not there", "sandbox-admin", message(99, "text")),
        ("a platform record that is not there", "sandbox-platform", ("Users", "Get Details Of A User", json!({"id": 99}))),
        ("an inbox that is not there", "nobody", ("Inbox API", "Get Details Of A Inbox", json!({"inbox_identifier": "none"}))),
        ("a value that is not stored", "sandbox-admin", priority("none")),
        (
            "a record that is not there, as 500",
            "sandbox-admin",
            ("Automation Rule", "Get Details Of A Single Automation Rule", json!({"account_id": 1, "id": 99})),
        ),
        ("cards without items", "sandbox-admin", message(1, "cards")),
        ("a weak password", "sandbox-platform", ("Users", "Create A User", weak)),
        ("a blank name", "sandbox-admin", team(" ")),
        ("a phone number without its plus", "sandbox-admin", ("Contacts", "Contact Update", taken)),
        ("nobody of the account", "sandbox-admin", members),
        ("an operator of the document", "sandbox-admin", ("Contacts", "Contact Filter", filter)),
        ("conditions that are joined by nothing known", "sandbox-admin", ("Contacts", "Contact Filter", rule)),
        ("a key that nobody filters by", "sandbox-admin", ("Contacts", "Contact Filter", key)),
        ("a state that is not stored", "sandbox-admin", status("closed")),
        ("an inbox without a channel", "sandbox-admin", inbox("{}")),
        ("an inbox of an unknown kind", "sandbox-admin", inbox("{\"type\": \"pigeon\"}")),
    ]
}

/// An error that a script makes: its name, the action, the answer.
type Scripted = (&'static str, Action, fn() -> Answer);

/// What stands before the server, and what is seldom.
fn scripted() -> Vec<Scripted> {
    fn json(status: u16, body: &'static str) -> Answer {
        Ok(answer(status, &[("content-type", "application/json")], body))
    }
    fn page(status: u16, text: &str, title: &str) -> Answer {
        let page = format!("<html><head><title>{title}</title></head><body>{title}</body></html>");
        Ok(HttpResponse { status_text: text.to_owned(), ..answer(status, &[("content-type", "text/html")], page) })
    }
    fn bare(status: u16, text: &str) -> Answer {
        Ok(HttpResponse { status_text: text.to_owned(), ..answer(status, &[], "") })
    }
    fn moved(url: &str, answer: Answer) -> Answer {
        answer.map(|answer| HttpResponse { redirected: true, url: url.to_owned(), ..answer })
    }
    fn fault(kind: HttpErrorKind, message: &str, maybe_sent: bool) -> Answer {
        Err(HttpError { kind, message: message.to_owned(), maybe_sent })
    }
    use HttpErrorKind as Kind;
    let self_signed = || {
        fault(
            Kind::Tls(TlsFault::SelfSigned),
            "self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca",
            false,
        )
    };
    vec![
        ("no token arrives", contact(), || json(401, r#"{"errors":["You need to sign in or sign up before continuing."]}"#)),
        ("a suspended account", contact(), || json(401, r#"{"error":"Account is suspended"}"#)),
        ("not this platform app's", user(), || json(401, r#"{"error":"Non permissible resource"}"#)),
        ("the licence is used up", team("x"), || json(402, r#"{"error":"Account limit exceeded. Please purchase more licenses"}"#)),
        ("a firewall", contact(), || page(403, "Forbidden", "403 Forbidden")),
        ("another site", contact(), || page(404, "Not Found", "404 Not Found")),
        ("a method that a proxy stops", update(), || bare(405, "Method Not Allowed")),
        ("no JSON", contact(), || bare(406, "Not Acceptable")),
        ("a slow sender", contact(), || bare(408, "Request Timeout")),
        ("too large", message(1, "text"), || page(413, "Payload Too Large", "413 Request Entity Too Large")),
        ("a teapot", contact(), || bare(418, "I'm a teapot")),
        ("nothing of what is needed", team("x"), || json(422, r#"{"error":"param is missing or the value is empty: team"}"#)),
        ("taken", update(), || json(422, r#"{"message":"Email has already been taken","attributes":["email"]}"#)),
        ("a survey too late", contact(), || json(422, r#"{"error":"You cannot update the CSAT survey after 14 days"}"#)),
        ("refused without a word", contact(), || bare(422, "Unprocessable Entity")),
        ("too many messages", message(1, "text"), || json(422, r#"{"error":"Too many messages"}"#)),
        ("too many requests", contact(), || Ok(answer(429, &[("content-type", "text/plain")], "Retry later\n"))),
        ("too many searches", ("Contacts", "Contact Search", json!({"account_id": 1, "q": "a"})), || Ok(answer(429, &[], "Retry later\n"))),
        ("too many requests for hours", contact(), || Ok(answer(429, &[("retry-after", "7200")], "Retry later\n"))),
        ("the server breaks", team("x"), || json(500, r#"{"status":500,"error":"Internal Server Error"}"#)),
        ("the server breaks with a page", contact(), || page(500, "Internal Server Error", "We're sorry, but something went wrong (500)")),
        ("the server breaks on a priority that it stores", priority("high"), || json(500, r#"{"status":500,"error":"Internal Server Error"}"#)),
        ("a contact without a phone", inbox_of_contact(), || json(422, r#"{"error":"The contact has no phone number"}"#)),
        ("a password that is not confirmed", team("x"), || {
            json(422, r#"{"message":"Password confirmation doesn't match Password","attributes":[]}"#)
        }),
        ("a status of a message elsewhere", team("x"), || json(403, r#"{"error":"The status of a message can only be set in an API inbox"}"#)),
        ("a gateway, reading", contact(), || page(502, "Bad Gateway", "502 Bad Gateway")),
        ("a gateway, creating", team("x"), || page(502, "Bad Gateway", "502 Bad Gateway")),
        ("not available", contact(), || page(503, "Service Unavailable", "503 Service Temporarily Unavailable")),
        ("a gateway's time-out", update(), || bare(504, "Gateway Timeout")),
        ("a redirect to nowhere", contact(), || bare(300, "Multiple Choices")),
        ("a redirect that is followed and finds nothing", contact(), || {
            moved("https://desk.example.com/api/v1/accounts/1/contacts/1", json(404, r#"{"error":"Resource could not be found"}"#))
        }),
        ("a redirect that leaves the token behind", contact(), || {
            moved("https://other.example.com/x", json(401, r#"{"errors":["You need to sign in or sign up before continuing."]}"#))
        }),
        ("a redirect that would make a GET of a POST", team("x"), || {
            fault(Kind::Redirects, "301 leads to https://desk.example.com/api/v1/accounts/1/teams, where the POST would become a GET", false)
        }),
        ("a POST that became a GET", team("x"), || {
            moved("https://desk.example.com/api/v1/accounts/1/teams", json(404, r#"{"status":404,"error":"Not Found"}"#))
        }),
        ("redirects in a circle", contact(), || fault(Kind::TooManyRedirects, "Maximum number of redirects exceeded", true)),
        ("a redirect to another protocol", contact(), || fault(Kind::Redirects, "Redirected request failed: Unsupported protocol ftp:", true)),
        ("a web page in place of an answer", contact(), || page(200, "OK", "Konverte")),
        ("text in place of an answer", contact(), || Ok(answer(200, &[("content-type", "text/plain")], "ok"))),
        ("nobody listens", contact(), || fault(Kind::Refused, "connect ECONNREFUSED 127.0.0.1:3000", false)),
        ("no way", contact(), || fault(Kind::Unreachable, "connect EHOSTUNREACH 192.0.2.1:443", false)),
        ("no host", contact(), || fault(Kind::Dns, "getaddrinfo ENOTFOUND desk.exmaple.com", false)),
        ("no name server", contact(), || fault(Kind::DnsAgain, "getaddrinfo EAI_AGAIN desk.example.com", false)),
        ("reset, reading", contact(), || fault(Kind::Reset, "socket hang up", true)),
        ("reset, creating", team("x"), || fault(Kind::Reset, "read ECONNRESET", true)),
        ("broken off", contact(), || fault(Kind::Aborted, "aborted", true)),
        ("no answer in time, reading", contact(), || fault(Kind::Timeout, "timeout of 500ms exceeded", true)),
        ("no answer in time, creating", team("x"), || fault(Kind::Timeout, "timeout of 500ms exceeded", true)),
        ("no connection in time", contact(), || fault(Kind::ConnectTimeout, "connect ETIMEDOUT 192.0.2.1:443", false)),
        ("not the whole answer in time", contact(), || fault(Kind::BodyTimeout, "timeout of 500ms exceeded", true)),
        ("self-signed", contact(), self_signed),
        ("no TLS", contact(), || fault(Kind::Tls(TlsFault::Protocol), "write EPROTO", false)),
        ("no HTTP", contact(), || fault(Kind::Malformed, "Parse Error: invalid HTTP version parsed", true)),
        ("not compressed", contact(), || fault(Kind::Decode, "incorrect header check", true)),
    ]
}

/// What is said of it, as the engine hands it on.
async fn told(
    type_name: &str,
    (resource, operation, parameters): &Action,
    token: &str,
    script: impl Fn(Request) -> Answer + Send + Sync + 'static,
) -> String {
    let mut all = json!({"resource": resource, "operation": operation});
    all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    let world = World::with(
        move |request| {
            let target = request.url.trim_start_matches("http://server.test").to_owned();
            script(Request { method: request.method.clone(), target, headers: request.headers.clone(), body: request.body.clone() })
        },
        Some(json!({"url": "http://server.test", "accessToken": token})),
    );
    let error = match Place::new(type_name, all).run(&world, vec![Item::empty()]).await {
        Ok(_) => {
            let said = world.said.lock().unwrap();
            return said
                .iter()
                .map(|(code, text)| format!("done; {code} {text}"))
                .reduce(|a, b| format!("{a}\n    {b}"))
                .unwrap_or("done".to_owned());
        }
        Err(error) => error,
    };
    let NodeError { code, message, description, help, .. } = service::explained(error, &NodeInfo::default(), &Registry::new());
    let description = description.map(|text| format!(" / {text}")).unwrap_or_default();
    format!("{code} {message}{description}\n    {}", help.unwrap_or("(the page of the code)".to_owned()))
}

#[tokio::test]
async fn each_error_says_what_helps() {
    let mut all = String::new();
    for (name, token, action) in emulated() {
        let _ = writeln!(all, "## {name}");
        for (mode, type_name) in [("native", "konverte"), ("n8n", N8N)] {
            let sandbox = Sandbox::new(Options { as_server: true, ..Options::default() }).unwrap();
            let ask = move |request: Request| {
                let Outcome::Answer(response) = sandbox.handle(&request) else { panic!("it answers at once") };
                let headers: Vec<(&str, &str)> = response.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Ok(answer(response.status, &headers, response.body))
            };
            let _ = writeln!(all, "{mode}: {}", told(type_name, &action, token, ask).await);
        }
    }
    for (name, action, script) in scripted() {
        let _ = writeln!(all, "## {name}");
        for (mode, type_name) in [("native", "konverte"), ("n8n", N8N)] {
            let asked = AtomicUsize::new(0);
            let ask = move |_| {
                assert!(asked.fetch_add(1, Ordering::Relaxed) < 20, "it ends");
                script()
            };
            let _ = writeln!(all, "{mode}: {}", told(type_name, &action, "tok-123", ask).await);
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/advice.golden");
    let wanted = std::fs::read_to_string(golden).unwrap_or_default();
    if wanted != all {
        let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("advice.golden");
        std::fs::write(&written, &all).unwrap();
        let line = wanted.lines().zip(all.lines()).position(|(a, b)| a != b).unwrap_or(0);
        panic!("advice.golden differs from line {} on: {:?}; read {} and copy it", line + 1, all.lines().nth(line), written.display());
    }
}

/// Nobody is told what does not fit: native mode speaks of nothing that is not there.
#[test]
fn nothing_misleads() {
    let golden = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/advice.golden")).unwrap();
    let mut mode = "";
    for line in golden.lines() {
        mode = if line.starts_with("native: ") {
            "native"
        } else if line.starts_with("n8n: ") {
            "n8n"
        } else {
            mode
        };
        assert!(!line.contains("<html") && !line.contains(".."), "{line}");
        for words in [
            "Node.js",
            "ECONN",
            "getaddrinfo",
            "EPROTO",
            "socket hang up",
            "timeout of",
            "Parse Error",
            "perhaps",
            "Retry On Fail",
            "in the node settings",
            "the node type konverte",
        ] {
            assert!(mode != "native" || !line.contains(words), "{words}: {line}");
        }
    }
}
