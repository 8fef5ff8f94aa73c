//! One reqwest client, with its pool of connections, for each proxy and TLS choice in use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use node_sdk::ports::{HttpError, HttpErrorKind, HttpOptions, TlsChoice};

use crate::error::failure;
use crate::policy::{Policy, Resolver};
use crate::tls;

/// Idle connections are dropped before the 5 s after which common servers (Node.js, Puma behind it) close them: a request on a
/// connection that the server just closed fails, and may not be sent again.
const IDLE: Duration = Duration::from_secs(4);

/// More choices than this in one process are items that each bring their own; their pools are not worth keeping.
const MOST: usize = 32;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    proxy: Option<String>,
    tls: Option<TlsChoice>,
    accept_invalid: bool,
    fresh: bool,
}

pub(crate) struct Pool {
    policy: Policy,
    clients: Mutex<HashMap<Key, reqwest::Client>>,
}

impl Pool {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, clients: Mutex::default() }
    }

    /// The client for these options.
    pub(crate) fn client(&self, options: &HttpOptions) -> Result<reqwest::Client, HttpError> {
        let key = Key {
            proxy: options.proxy.clone(),
            tls: options.tls.clone(),
            accept_invalid: options.accept_invalid_certificates,
            fresh: options.fresh_connection,
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
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
            let proxy = reqwest::Proxy::all(proxy).map_err(|_| failure(HttpErrorKind::Proxy, "The proxy is not valid", false))?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| failure(HttpErrorKind::Other, error.to_string(), false))
    }
}
