//! Sending, with what a credential does about it: where it may be used, answers to a challenge, a new token for an old one.

use node_sdk::RunContext;
use node_sdk::ports::{HttpRequest, HttpResponse};

use super::auth::{Grant, Tokens, digest};
use super::draft::Draft;
use super::failure::{Failure, Told};
use super::settings::Settings;

/// What the requests of one item share.
pub(super) struct Sender<'a> {
    pub(super) cx: &'a RunContext,
    pub(super) settings: &'a Settings,
    pub(super) grant: &'a Grant,
    pub(super) tokens: &'a Tokens,
}

impl Sender<'_> {
    /// Sends; a status that is no success is a failure, unless the node takes any.
    pub(super) async fn checked(&self, draft: Draft) -> Result<HttpResponse, Failure> {
        let answer = self.any_status(draft).await?;
        if self.settings.never_error || (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(Told::status(&answer, self.settings.parses()).for_service(self.grant.predefined).into())
    }

    /// Sends; any status is an answer.
    pub(super) async fn any_status(&self, draft: Draft) -> Result<HttpResponse, Failure> {
        self.grant.allows(&draft.url)?;
        let request = draft.build()?;
        if let Some(login) = &self.grant.digest {
            let answer = self.exchange(request.clone()).await?;
            let challenge = if answer.status == 401 { digest::challenge(&answer) } else { None };
            return match challenge {
                Some(challenge) => self.exchange(digest::answer(request, login, &challenge, &*self.cx.ports.random)).await,
                None => Ok(answer),
            };
        }
        let Some(oauth2) = &self.grant.oauth2 else { return self.exchange(request).await };
        let answer = self.exchange(request.clone()).await?;
        if answer.status != oauth2.expired_status || !oauth2.renewable() {
            return Ok(answer);
        }
        let token = self.tokens.renew(self.cx, oauth2).await?;
        self.exchange(oauth2.with_token(request, &token)).await
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let sent = self.cx.ports.http.send(request).await;
        sent.map_err(|error| Told::network(&error, self.settings.parses()).for_service(self.grant.predefined).into())
    }
}
