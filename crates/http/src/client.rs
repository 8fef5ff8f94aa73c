//! A request and its redirects, over whoever answers each of them.

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::ports::{HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse};
use url::Url;

use crate::error::failure;
use crate::exchange::{Deadline, Exchange, Outgoing, parse};
use crate::network::Network;
use crate::policy::Policy;
use crate::redirect;

/// The HTTP client. Cheap to keep, made once: it holds the connections.
pub struct Client {
    exchange: Arc<dyn Exchange>,
}

impl Client {
    /// A client that may reach what `policy` allows.
    pub fn new(policy: Policy) -> Self {
        Self::over(Arc::new(Network::new(policy)))
    }

    /// A client whose requests, each redirect one of its own, are answered by `exchange`.
    pub fn over(exchange: Arc<dyn Exchange>) -> Self {
        Self { exchange }
    }
}

impl Default for Client {
    /// A client that may reach everything.
    fn default() -> Self {
        Self::over(Arc::new(Network::default()))
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let deadline = Deadline::of(&request.options);
        let first = parse(&request.url)?;
        let mut url = first.clone();
        let mut followed = 0;
        let does = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        may_go(&request, request.options.proxy_url()?.as_ref())?;
        loop {
            // What happens after a redirect: the first address has had the request, and may have done what it asks for.
            let late = |error: HttpError| HttpError { maybe_sent: error.maybe_sent || followed > 0 && does, ..error };
            may_go(&request, Some(&url)).map_err(late)?;
            let outgoing = Outgoing::new(&request, &first, &url, deadline).map_err(late)?;
            let mut answer = self.exchange.exchange(&outgoing).await.map_err(late)?;
            answer.redirected = followed > 0;
            let target = if request.options.max_redirects == 0 { None } else { redirect::target(&answer, &url)? };
            let Some(to) = target else {
                answer.url = url.into();
                return Ok(answer);
            };
            if followed == request.options.max_redirects {
                return Err(failure(HttpErrorKind::TooManyRedirects, "Maximum number of redirects exceeded", true));
            }
            if let Some(error) = redirect::loses_method(&request, answer.status, &to) {
                return Err(late(error));
            }
            followed += 1;
            if request.options.secret_body && redirect::leaves(&first, &to) {
                return Err(redirect::not_taken_along(&first, &to));
            }
            redirect::follow(&mut request, answer.status);
            url = to;
        }
    }
}

/// Whether a request may go to this address.
fn may_go(request: &HttpRequest, url: Option<&Url>) -> Result<(), HttpError> {
    let refusal = request.options.reach.as_ref().and_then(|reach| reach.refusal(url?.host_str()?));
    refusal.map_or(Ok(()), |why| Err(failure(HttpErrorKind::NotGranted, why, false)))
}
