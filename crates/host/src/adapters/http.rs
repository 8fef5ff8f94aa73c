//! What stands between nodes and the network: the size limit, the emulator.

use std::sync::Arc;

use konverte_sandbox::{SandboxClient, action_at};
use node_sdk::async_trait;
use node_sdk::ports::{HttpClient, HttpError, HttpRequest, HttpResponse};

/// An answer may not be larger than this.
pub(crate) struct Limited {
    pub(crate) inner: Arc<dyn HttpClient>,
    pub(crate) max_response: u64,
}

#[async_trait]
impl HttpClient for Limited {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let own = request.options.max_response.unwrap_or(u64::MAX);
        request.options.max_response = Some(own.min(self.max_response));
        self.inner.send(request).await
    }
}

/// Gives each action sent to the emulator the seeded token of its row's first kind, unless it brings a seeded one.
pub(crate) struct Seeded(pub(crate) SandboxClient);

#[async_trait]
impl HttpClient for Seeded {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(target) = SandboxClient::target(&request.url) {
            let token = action_at(&request.method, target).and_then(|action| self.0.tokens().for_action(action));
            let header = request.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("api-access-token"));
            match (header, token) {
                (Some((_, value)), Some(token)) if !self.0.tokens().contains(value) => *value = token.to_owned(),
                (None, Some(token)) => request.headers.push(("Api-Access-Token".to_owned(), token.to_owned())),
                _ => {}
            }
        }
        self.0.send(request).await
    }
}
