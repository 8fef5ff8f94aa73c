//! Sending, with what a credential does about it: where it may be used, answers to a challenge, a new token for an old one.

use node_sdk::RunContext;
use node_sdk::ports::{HttpRequest, HttpResponse};

use super::auth::{self, Access, Sessions, digest};
use super::draft::Draft;
use super::failure::{Failure, Told};
use super::settings::Settings;

/// What the requests of one item share.
pub(super) struct Sender<'a> {
    pub(super) cx: &'a RunContext,
    pub(super) settings: &'a Settings,
    pub(super) access: &'a Access,
    pub(super) sessions: &'a Sessions,
}

impl Sender<'_> {
    /// Sends; a status that is no success is a failure, unless the node takes any.
    pub(super) async fn checked(&self, draft: Draft) -> Result<HttpResponse, Failure> {
        let answer = self.any_status(draft).await?;
        if self.settings.never_error || (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let help = self.access.holder.as_ref().and_then(|holder| holder.help(answer.status));
        Err(Told::status(&answer, self.settings.parses()).for_service(self.access.predefined).help(help).into())
    }

    /// Sends; any status is an answer.
    pub(super) async fn any_status(&self, draft: Draft) -> Result<HttpResponse, Failure> {
        self.access.allows(&draft.url)?;
        let grant = &self.access.grant;
        if let Some((user, password)) = &grant.digest {
            let request = draft.build()?;
            let answer = self.exchange(request.clone()).await?;
            let challenge = if answer.status == 401 { digest::challenge(&answer) } else { None };
            return match challenge {
                Some(challenge) => self.exchange(digest::answer(request, (user, password), &challenge, &*self.cx.ports.random)).await,
                None => Ok(answer),
            };
        }
        let Some(holder) = self.access.holder.as_ref().filter(|holder| holder.can_renew()) else {
            return self.exchange(grant.signed(draft.build()?)?).await;
        };
        let mut again = draft.clone();
        let method = draft.method.clone();
        let answer = self.exchange(grant.signed(draft.build()?)?).await?;
        match holder.renewed(self.cx, (answer.status, &method), self.sessions).await? {
            Some(grant) => {
                auth::add(&grant, &mut again);
                self.exchange(grant.signed(again.build()?)?).await
            }
            None => Ok(answer),
        }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let sent = self.cx.ports.http.send(request).await;
        sent.map_err(|error| Told::network(&error, self.settings.parses()).for_service(self.access.predefined).into())
    }
}
