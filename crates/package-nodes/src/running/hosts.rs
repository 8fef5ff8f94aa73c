//! Where the requests of a package's code may go: where its lock lets it, and where the credentials of its node lead.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::ports::{HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, Reach, Room};
use node_sdk::{NodeError, Ports, RunContext};
use packages::hosts::{self, Hosts};
use serde_json::Value;
use url::Url;

use super::attending::MOST_BYTES;
use super::codes;
use crate::Package;

/// The hosts of a package.
#[derive(Debug)]
pub(super) struct Granted {
    package: String,
    hosts: Hosts,
}

impl Granted {
    /// Those that the lock names, and these.
    pub(super) fn new(package: &Package, more: Vec<String>) -> Self {
        let more = more.iter().filter_map(|host| hosts::parse(host).ok()).collect();
        Self { package: package.name.clone(), hosts: package.hosts().and(Hosts::These(more)) }
    }

    /// Whether what code made of a request's options leads to a host that it may not go to, and that they did not name.
    pub(super) fn check(&self, before: &Value, made: &Value) -> Result<(), NodeError> {
        let named = |options: &Value| -> BTreeSet<String> {
            let address = |key: &str| Url::parse(options.get(key)?.as_str()?).ok()?.host_str().map(str::to_owned);
            ["url", "uri", "baseURL", "baseUrl"].into_iter().filter_map(address).collect()
        };
        let of_header = |options: &Value| {
            let headers = options.get("headers").and_then(Value::as_object);
            headers.into_iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("host")).and_then(|(_, value)| Some(value.as_str()?.to_owned()))
        };
        let (hosts, known) = (named(made), named(before));
        let header = of_header(made).filter(|header| of_header(before).as_ref() != Some(header) && !hosts.iter().any(|host| is_of(header, host)));
        match hosts.difference(&known).chain(&header).find_map(|host| self.refusal(name_of(host))) {
            Some(why) => Err(NodeError::coded(codes::HOST, why)),
            None => Ok(()),
        }
    }
}

/// What a `Host` header names, without its port.
fn name_of(header: &str) -> &str {
    match header.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => header,
    }
}

/// Whether a `Host` header, with a port or without, names this host.
fn is_of(header: &str, host: &str) -> bool {
    name_of(header).eq_ignore_ascii_case(host)
}

impl Reach for Granted {
    fn refusal(&self, host: &str) -> Option<String> {
        let name = &self.package;
        if self.hosts.allow(host) {
            return None;
        }
        // The text may be a header's, which code wrote: it comes into a command only where it is a host.
        Some(match hosts::parse(host) {
            Ok(_) => format!("The package {name} may not send requests to {host}; `konverte packages grant {name} --host {host}` lets it"),
            Err(_) => format!("The package {name} may not send requests whose Host header names no host"),
        })
    }
}

/// The error of a request that may not go where it was to go; `None`: it is another one.
pub(crate) fn refused(error: &HttpError) -> Option<NodeError> {
    (error.kind == HttpErrorKind::NotGranted).then(|| NodeError::coded(codes::HOST, error.message.clone()))
}

/// Sends a request that may go to these hosts alone. What stands between the code and the network sees nothing of a request that may not.
pub(super) async fn send(http: &dyn HttpClient, mut request: HttpRequest, granted: Granted) -> Result<HttpResponse, HttpError> {
    let host = |address: &str| Url::parse(address).ok()?.host_str().map(str::to_owned);
    let proxy = request.options.proxy_url()?.and_then(|proxy| proxy.host_str().map(str::to_owned));
    let hosts = host(&request.url).into_iter().chain(proxy);
    // Behind one address there may be many hosts, and the header says which is meant.
    let headers = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value.clone());
    let other = headers.filter(|header| !host(&request.url).is_some_and(|host| is_of(header, &host)));
    let hosts = hosts.chain(other.map(|header| name_of(&header).to_owned()));
    if let Some(message) = hosts.into_iter().find_map(|host| granted.refusal(&host)) {
        return Err(HttpError { kind: HttpErrorKind::NotGranted, message, maybe_sent: false });
    }
    request.options.reach = Some(Arc::new(granted));
    http.send(request).await
}

/// The room of a run for the bodies of its answers.
pub(crate) fn room() -> Arc<Room> {
    Room::new(MOST_BYTES)
}

/// The surroundings of a run of a package's node: all that is sent in it goes where the package and the node's credentials may go, and its answers
/// are in memory as far as there is room.
pub(crate) fn guarded(cx: &RunContext, package: &Arc<Package>, room: &Arc<Room>) -> RunContext {
    let guard = Guard { cx: cx.clone(), package: package.clone(), room: room.clone() };
    RunContext { ports: Arc::new(Ports { http: Arc::new(guard), ..(*cx.ports).clone() }), ..cx.clone() }
}

struct Guard {
    cx: RunContext,
    package: Arc<Package>,
    room: Arc<Room>,
}

#[async_trait]
impl HttpClient for Guard {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        request.options.room = Some(self.room.clone());
        if self.package.hosts() == Hosts::Any {
            return self.cx.ports.http.send(request).await;
        }
        let item = request.options.sender.as_ref().and_then(|sender| sender.item).unwrap_or(0);
        let mut named = Vec::new();
        for name in self.cx.node.credentials.keys() {
            // A credential that cannot be used says so where it is used.
            let Ok(kind) = request::auth::credential_type(&self.cx, name) else { continue };
            if let Ok(fields) = request::auth::fields(&self.cx, item, (name, &*kind)).await {
                named.extend(credential_types::hosts_of(&*kind, &fields));
            }
        }
        send(&*self.cx.ports.http, request, Granted::new(&self.package, named)).await
    }
}
