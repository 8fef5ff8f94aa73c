//! One exchange over the network: connections, proxies, and the answer's body.

use std::borrow::Cow;

use async_trait::async_trait;
use bytes::Bytes;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpOptions, HttpResponse, Room};
use reqwest::Method;
use url::Position;

use crate::error::{before_answer, failure, in_body, timeout, too_large};
use crate::exchange::{Deadline, Exchange, Outgoing, latin1};
use crate::policy::Policy;
use crate::pool::{KeepAlive, Pool};

/// The network. Cheap to keep, made once: it holds the connections.
pub struct Network {
    policy: Policy,
    pool: Pool,
}

impl Network {
    /// As far as `policy` lets it reach.
    pub fn new(policy: Policy) -> Self {
        Self { policy, pool: Pool::new(policy) }
    }
}

impl Default for Network {
    /// All of it.
    fn default() -> Self {
        Self::new(Policy { allow_private: true })
    }
}

#[async_trait]
impl Exchange for Network {
    async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
        if ![Some(&request.url), request.proxy.as_ref()].into_iter().flatten().all(|reached| self.policy.allows_url(reached)) {
            return Err(failure(HttpErrorKind::Forbidden, "The address is not public, and requests to such addresses are not allowed", false));
        }
        let answer = self.head(request).await?;
        read(answer, request).await
    }
}

impl Network {
    /// Sends the request; the answer is there as far as its head.
    ///
    /// A server may close a kept connection without saying so, and what was just sent on it is lost: from then on each request to
    /// it has a connection of its own, as n8n's all have. What only reads is sent again at once; whether to repeat another is not
    /// ours to say.
    async fn head(&self, request: &Outgoing<'_>) -> Result<reqwest::Response, HttpError> {
        let Outgoing { method, url, proxy, options, deadline, .. } = request;
        let origin = &url[..Position::BeforePath];
        let server = proxy.as_ref().map_or(Cow::Borrowed(origin), |proxy| format!("{origin} {proxy}").into());
        loop {
            let keep_alive = self.pool.keep_alive(&server);
            let fresh = options.fresh_connection || keep_alive == Some(KeepAlive::ClosedSilently);
            let client = self.pool.client(request, fresh)?;
            let answer = deadline.bound(client.execute(built(request))).await.ok_or_else(|| timeout(deadline.limit, true))?;
            let error = match answer {
                Ok(answer) => {
                    if keep_alive.is_none() {
                        self.pool.remember(&server, KeepAlive::Kept);
                    }
                    return Ok(answer);
                }
                Err(error) => before_answer(&error, proxy.as_ref().unwrap_or(url)),
            };
            let lost = matches!(error.kind, HttpErrorKind::Reset | HttpErrorKind::BrokenPipe) && !fresh && keep_alive.is_some();
            if lost {
                self.pool.remember(&server, KeepAlive::ClosedSilently);
            }
            if !(lost && matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)) {
                return Err(error);
            }
        }
    }
}

fn built(request: &Outgoing<'_>) -> reqwest::Request {
    let mut built = reqwest::Request::new(request.method.clone(), request.url.clone());
    *built.headers_mut() = request.brought.clone();
    *built.body_mut() = request.body.clone().map(reqwest::Body::from);
    built
}

async fn read(mut answer: reqwest::Response, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
    let status = answer.status();
    let phrase = answer.extensions().get::<hyper::ext::ReasonPhrase>();
    let status_text = match phrase {
        Some(phrase) => latin1(phrase.as_bytes()),
        None => status.canonical_reason().unwrap_or_default().to_owned(),
    };
    let headers: Vec<(String, String)> = answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes()))).collect();
    let raw = read_body(&mut answer, request.options, request.deadline).await?;
    request.finished(status.as_u16(), status_text, headers, raw)
}

async fn read_body(answer: &mut reqwest::Response, options: &HttpOptions, mut deadline: Deadline) -> Result<Bytes, HttpError> {
    let over = |len: usize| options.max_response.filter(|limit| len as u64 > *limit).map(too_large);
    if let Some(error) = answer.content_length().and_then(|len| over(usize::try_from(len).unwrap_or(usize::MAX))) {
        return Err(error);
    }
    let mut body = options.room.clone().unwrap_or_else(|| Room::new(usize::MAX)).enter();
    let mut len = 0;
    loop {
        let chunk = deadline.bound(answer.chunk()).await;
        let chunk = chunk.ok_or_else(|| failure(HttpErrorKind::BodyTimeout, timeout(deadline.limit, true).message, true))?;
        let Some(chunk) = chunk.map_err(|_| in_body())? else { return Ok(body.finish()) };
        len += chunk.len();
        if let Some(error) = over(len) {
            return Err(error);
        }
        deadline.pause(body.add(&chunk)).await;
    }
}
