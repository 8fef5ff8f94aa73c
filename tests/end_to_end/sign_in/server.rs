//! An authorization server with a service behind it. What it grants, to whom and for how long is decided by `oxide-auth`; here stand its doors, and
//! the faults that they may have.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::endpoint::{AccessTokenFlow, AuthorizationFlow, OwnerConsent, RefreshFlow, Solicitation};
use oxide_auth::frontends::simple::endpoint::{FnSolicitor, Generic, Vacant};
use oxide_auth::frontends::simple::extensions::{AddonList, Extended};
use oxide_auth::frontends::simple::request::{Request, Response, Status};
use oxide_auth::primitives::authorizer::AuthMap;
use oxide_auth::primitives::generator::RandomGenerator;
use oxide_auth::primitives::issuer::{Issuer as _, TokenMap};
use oxide_auth::primitives::registrar::{Client, ClientMap, ExactUrl, PasswordPolicy, RegisteredUrl, RegistrarError};
use serde_json::{Value, json};

use super::oauth1::{self, ThreeSteps};

pub(super) const CLIENT: &str = "the-client";
pub(super) const SECRET: &str = "the-cl1ent-s3cret";

/// What a door does in the place of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fault {
    #[default]
    None,
    /// The person says no.
    Denied,
    /// No key of this name stands in the answer with a token.
    Without(&'static str),
    /// The answer with a token comes late.
    Slow,
    /// The server says that it is down, before it looks at the request.
    Down,
    /// What comes back is not HTTP, and the server did not look at the request.
    Garbled,
    /// The answer is a form.
    Form,
    /// The answer is a page.
    Page,
    /// The status of a success, and an error.
    Smiling,
    /// It repeats what it was sent.
    Parrot,
    /// It sends the request for a token on to this port, with all that is in it.
    Moved(u16),
}

/// How the server keeps its client's secret: as it is, for a hash that is slow on purpose would make the tests slow.
struct Plain;

impl PasswordPolicy for Plain {
    fn store(&self, _: &str, secret: &[u8]) -> Vec<u8> {
        secret.to_vec()
    }

    fn check(&self, _: &str, secret: &[u8], stored: &[u8]) -> Result<(), RegistrarError> {
        if secret == stored { Ok(()) } else { Err(RegistrarError::Unspecified) }
    }
}

/// What the server knows.
struct Known {
    registrar: ClientMap,
    authorizer: AuthMap<RandomGenerator>,
    issuer: TokenMap<RandomGenerator>,
    fault: Fault,
    /// Whatever must stand in no output: codes, tokens, proof keys.
    secrets: Vec<String>,
    renewals: usize,
}

#[derive(Clone)]
pub(super) struct AuthServer {
    pub(super) url: String,
    /// Its doors of OAuth 1.
    pub(super) steps: Arc<ThreeSteps>,
    known: Arc<Mutex<Known>>,
}

impl AuthServer {
    /// Sends people back to this address alone.
    pub(super) fn start(redirect: &str) -> Self {
        let door = tiny_http::Server::http("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", door.server_addr().to_ip().expect("an address"));
        let mut registrar = ClientMap::new();
        registrar.set_password_policy(Plain);
        let address = RegisteredUrl::Exact(ExactUrl::new(redirect.to_owned()).expect("an address"));
        registrar.register_client(Client::confidential(CLIENT, address, "all".parse().expect("a scope"), SECRET.as_bytes()));
        let issuer = TokenMap::new(RandomGenerator::new(16));
        let authorizer = AuthMap::new(RandomGenerator::new(16));
        let known = Known { registrar, authorizer, issuer, fault: Fault::None, secrets: vec![SECRET.to_owned()], renewals: 0 };
        let steps = Arc::new(ThreeSteps::new(&url, redirect));
        let server = Self { url, steps, known: Arc::new(Mutex::new(known)) };
        let serving = server.clone();
        std::thread::spawn(move || {
            for request in door.incoming_requests() {
                let serving = serving.clone();
                // Each on its own, so that two may come at once.
                std::thread::spawn(move || serving.answer(request));
            }
        });
        server
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().expect("nobody panicked")
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.known().fault = fault;
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        self.known().secrets.iter().cloned().chain(self.steps.secrets()).collect()
    }

    pub(super) fn renewals(&self) -> usize {
        self.known().renewals
    }

    /// Withdraws a token, of either kind.
    pub(super) fn withdraw(&self, token: &str) {
        self.known().issuer.revoke(token);
    }

    /// Whether the service takes an access token.
    pub(super) fn takes(&self, token: &str) -> bool {
        self.known().issuer.recover_token(token).is_ok_and(|grant| grant.is_some())
    }

    /// Whether a refresh token brings another one.
    pub(super) fn renews(&self, token: &str) -> bool {
        self.known().issuer.recover_refresh(token).is_ok_and(|grant| grant.is_some())
    }

    fn answer(&self, mut request: tiny_http::Request) {
        let mut body = String::new();
        request.as_reader().read_to_string(&mut body).expect("text");
        let (path, query) =
            request.url().split_once('?').map_or((request.url().to_owned(), String::new()), |(path, query)| (path.into(), query.into()));
        let auth = request.headers().iter().find(|header| header.field.equiv("Authorization")).map(|header| header.value.to_string());
        let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<HashMap<_, _>>();
        let asked = Request { query: pairs(&query), urlbody: pairs(&body), auth };
        let moved = match self.known().fault {
            Fault::Moved(port) if path == "/token" => Some(format!("http://127.0.0.1:{port}/token")),
            _ => None,
        };
        let (status, location, kind, text) = match path.as_str() {
            _ if moved.is_some() => (307, moved, "text/plain", String::new()),
            path if path.starts_with(oauth1::PATH) => {
                let (status, location, text) = self.steps.answer(&request.method().to_string(), path, (&query, &body), asked.auth.as_deref());
                (status, location, "application/x-www-form-urlencoded", text)
            }
            "/authorize" => self.authorize(asked),
            "/token" => match self.token(asked, &body) {
                Some((status, kind, text)) => (status, None, kind, text),
                None => {
                    let mut writer = request.into_writer();
                    return writer.write_all(b"?\r\n\r\n").and_then(|()| writer.flush()).expect("sent");
                }
            },
            _ => self.service(&asked),
        };
        let mut answer = tiny_http::Response::from_string(text).with_status_code(status);
        answer.add_header(tiny_http::Header::from_bytes("Content-Type", kind).expect("a header"));
        if let Some(location) = location {
            answer.add_header(tiny_http::Header::from_bytes("Location", location).expect("a header"));
        }
        // Who does not wait for the answer does not get it.
        let _ = request.respond(answer);
    }

    /// A person is at the door, and says yes unless the fault is that they do not.
    fn authorize(&self, asked: Request) -> (u16, Option<String>, &'static str, String) {
        let mut known = self.known();
        let Known { registrar, authorizer, fault, secrets, .. } = &mut *known;
        let consent = if *fault == Fault::Denied { OwnerConsent::Denied } else { OwnerConsent::Authorized("ana".to_owned()) };
        let mut consent = Some(consent);
        let solicitor = FnSolicitor(move |_: &mut Request, _: Solicitation<'_>| consent.take().unwrap_or(OwnerConsent::Denied));
        let endpoint = Generic { registrar: &*registrar, authorizer, issuer: Vacant, solicitor, scopes: Vacant, response: Vacant };
        let mut flow = AuthorizationFlow::prepare(Extended::extend_with(endpoint, proof_keys())).unwrap_or_else(|_| panic!("it is whole"));
        match flow.execute(asked) {
            Ok(answer) => {
                let location = answer.location.map(String::from);
                let code = location.iter().filter_map(|location| location.split("code=").nth(1)?.split('&').next());
                secrets.extend(code.map(|code| {
                    url::form_urlencoded::parse(format!("c={code}").as_bytes()).next().map_or_else(String::new, |(_, code)| code.into_owned())
                }));
                (status(answer.status), location, "text/plain", String::new())
            }
            Err(_) => (400, None, "text/plain", "This application is not known, or not with this address.".to_owned()),
        }
    }

    /// `None`: no answer in HTTP.
    fn token(&self, asked: Request, sent: &str) -> Option<(u16, &'static str, String)> {
        const JSON: &str = "application/json";
        let mut known = self.known();
        known.secrets.extend(["code", "code_verifier", "refresh_token"].iter().filter_map(|name| asked.urlbody.get(*name).cloned()));
        let fault = known.fault;
        match fault {
            Fault::Down => return Some((503, "text/plain", "down".to_owned())),
            Fault::Garbled => return None,
            Fault::Page => return Some((200, "text/html", "<html>Welcome</html>".to_owned())),
            Fault::Smiling => {
                return Some((200, JSON, json!({"error": "bad_verification_code", "error_description": "The code is over."}).to_string()));
            }
            Fault::Parrot => {
                return Some((
                    400,
                    JSON,
                    json!({"error": "invalid_request", "error_description": format!("You sent {sent} by {:?}", asked.auth)}).to_string(),
                ));
            }
            _ => {}
        }
        let answer = known.granted(asked);
        let text = answer.body.as_ref().map_or("", |body| body.as_str()).to_owned();
        let mut told: Value = serde_json::from_str(&text).unwrap_or_default();
        let given: Vec<String> = ["access_token", "refresh_token"].iter().filter_map(|name| told[*name].as_str().map(str::to_owned)).collect();
        known.secrets.extend(given);
        drop(known);
        match (fault, told.as_object_mut()) {
            (Fault::Slow, _) => std::thread::sleep(Duration::from_millis(1500)),
            (Fault::Without(name), Some(told)) => drop(told.remove(name)),
            (Fault::Form, Some(told)) => {
                let form = told.iter().map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
                return Some((
                    status(answer.status),
                    "application/x-www-form-urlencoded",
                    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish(),
                ));
            }
            _ => {}
        }
        Some((status(answer.status), JSON, told.to_string()))
    }

    /// The service takes whom the server knows.
    fn service(&self, asked: &Request) -> (u16, Option<String>, &'static str, String) {
        let token = asked.auth.as_deref().and_then(|header| header.strip_prefix("Bearer "));
        match token.is_some_and(|token| self.takes(token)) {
            true => (200, None, "application/json", json!({"ok": true}).to_string()),
            false => (401, None, "application/json", json!({"error": "invalid_token"}).to_string()),
        }
    }
}

impl Known {
    fn granted(&mut self, asked: Request) -> Response {
        let kind = asked.urlbody.get("grant_type").cloned().unwrap_or_default();
        let Self { registrar, authorizer, issuer, renewals, .. } = self;
        let solicitor = FnSolicitor(|_: &mut Request, _: Solicitation<'_>| OwnerConsent::Authorized(CLIENT.to_owned()));
        let refused = || Response {
            status: Status::BadRequest,
            body: Some(oxide_auth::frontends::simple::request::Body::Json(json!({"error": "invalid_request"}).to_string())),
            ..Response::default()
        };
        match kind.as_str() {
            "refresh_token" => {
                *renewals += 1;
                let endpoint = Generic { registrar: &*registrar, authorizer: Vacant, issuer, solicitor: Vacant, scopes: Vacant, response: Vacant };
                let mut flow = RefreshFlow::prepare(endpoint).unwrap_or_else(|_| panic!("it is whole"));
                flow.execute(asked).unwrap_or_else(|_| refused())
            }
            "client_credentials" => {
                let endpoint = Generic { registrar: &*registrar, authorizer: Vacant, issuer, solicitor, scopes: Vacant, response: Vacant };
                let mut flow = oxide_auth::endpoint::ClientCredentialsFlow::prepare(endpoint).unwrap_or_else(|_| panic!("it is whole"));
                flow.execute(asked).unwrap_or_else(|_| refused())
            }
            _ => {
                let endpoint = Generic { registrar: &*registrar, authorizer, issuer, solicitor: Vacant, scopes: Vacant, response: Vacant };
                let mut flow = AccessTokenFlow::prepare(Extended::extend_with(endpoint, proof_keys())).unwrap_or_else(|_| panic!("it is whole"));
                flow.allow_credentials_in_body(true);
                flow.execute(asked).unwrap_or_else(|_| refused())
            }
        }
    }
}

/// Proof keys are looked at where they are sent.
fn proof_keys() -> AddonList {
    let mut addons = AddonList::new();
    addons.push_code(Pkce::optional());
    addons
}

fn status(status: Status) -> u16 {
    match status {
        Status::Ok => 200,
        Status::Redirect => 302,
        Status::BadRequest => 400,
        Status::Unauthorized => 401,
    }
}

/// What a browser gets for a GET: the status, where it is sent, and the page.
pub(super) fn browse(url: &str) -> (u16, Option<String>, String) {
    let url = url::Url::parse(url).expect("an address");
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().expect("a port"))).expect("somebody listens");
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", url.authority()).expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, page) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let location = head.lines().find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("location")));
    (status, location.map(|(_, value)| value.to_owned()), page.to_owned())
}
