//! One reqwest client, with its pool of connections, for each proxy and TLS choice in use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use node_sdk::ports::{HttpError, HttpErrorKind, TlsChoice};
use node_sdk::sync::lock;
use url::Url;

use crate::error::failure;
use crate::exchange::Outgoing;
use crate::policy::{Policy, Resolver};
use crate::tls;

/// Idle connections are dropped before the 5 s after which common servers (Node.js, Puma behind it) close them: a request on a
/// connection that the server just closed fails, and may not be sent again.
const IDLE: Duration = Duration::from_secs(4);

/// More choices than this in one process are items that each bring their own; their pools are not worth keeping.
const MOST: usize = 32;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    proxy: Option<Url>,
    tls: Option<TlsChoice>,
    accept_invalid: bool,
    fresh: bool,
}

pub(crate) struct Pool {
    policy: Policy,
    clients: Mutex<HashMap<Key, reqwest::Client>>,
    servers: Mutex<HashMap<String, KeepAlive>>,
}

/// How a server that has answered treats its connections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepAlive {
    /// It keeps them open, or says in its answer that it does not.
    Kept,
    /// It closes them without saying so, so that the next request on one is lost.
    ClosedSilently,
}

/// More servers than this are not remembered at a time.
const MOST_SERVERS: usize = 4096;

impl Pool {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, clients: Mutex::default(), servers: Mutex::default() }
    }

    /// What is known of a server; `None`: it has not answered yet.
    pub(crate) fn keep_alive(&self, server: &str) -> Option<KeepAlive> {
        lock(&self.servers).get(server).copied()
    }

    /// Remembers how a server treats its connections. One that closed some is not trusted again.
    pub(crate) fn remember(&self, server: &str, keep_alive: KeepAlive) {
        let mut servers = lock(&self.servers);
        if servers.len() >= MOST_SERVERS && !servers.contains_key(server) {
            servers.clear();
        }
        let known = servers.entry(server.to_owned()).or_insert(keep_alive);
        if keep_alive == KeepAlive::ClosedSilently {
            *known = keep_alive;
        }
    }

    /// The client for a request; `fresh`: with a connection of its own for each.
    pub(crate) fn client(&self, request: &Outgoing<'_>, fresh: bool) -> Result<reqwest::Client, HttpError> {
        let options = request.options;
        let key = Key { proxy: request.proxy.clone(), tls: options.tls.clone(), accept_invalid: options.accept_invalid_certificates, fresh };
        let mut clients = lock(&self.clients);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(&key)?;
        if clients.len() >= MOST {
            clients.clear();
        }
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, key: &Key) -> Result<reqwest::Client, HttpError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(key.tls.as_ref(), key.accept_invalid)?)
            .dns_resolver(Arc::clone(&Resolver::shared(self.policy)))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .http1_title_case_headers()
            .pool_idle_timeout(IDLE);
        if key.fresh {
            builder = builder.pool_max_idle_per_host(0);
        }
        if let Some(proxy) = &key.proxy {
            let proxy = reqwest::Proxy::all(proxy.clone()).map_err(|_| failure(HttpErrorKind::Proxy, "The proxy is not valid", false))?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| failure(HttpErrorKind::Other, error.to_string(), false))
    }
}
