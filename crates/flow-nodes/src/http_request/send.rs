//! Sending a request of an item, and what its failures are called.

use node_sdk::RunContext;
use node_sdk::ports::HttpResponse;
use request::auth::{Access, SendError};
use request::draft::Draft;

use super::failure::{ErrorObject, Failure};
use super::settings::{Authentication, Settings};

/// What the requests of one item share.
pub(super) struct Sender<'a> {
    pub(super) cx: &'a RunContext,
    pub(super) settings: &'a Settings,
    pub(super) access: &'a Access,
}

impl Sender<'_> {
    /// Sends; a status that is no success is a failure, unless the node takes any.
    pub(super) async fn checked(&self, draft: Draft) -> Result<HttpResponse, Failure> {
        let answer = self.any_status(draft).await?;
        if self.settings.never_error || (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let object = ErrorObject::status(&answer, self.settings.parses()).for_service(self.is_predefined());
        Err(object.help(self.access.help(answer.status)).into())
    }

    /// Sends; any status is an answer.
    pub(super) async fn any_status(&self, draft: Draft) -> Result<HttpResponse, Failure> {
        self.access.send(self.cx, draft).await.map_err(|error| match error {
            SendError::NotAllowed(why) => ErrorObject::new("Error", why).into(),
            SendError::Unsendable(why) => ErrorObject::new("AxiosError", why.to_string()).code("ERR_BAD_REQUEST").into(),
            SendError::Credential(error) => error.into(),
            SendError::Network(error) => ErrorObject::network(&error, self.settings.parses()).for_service(self.is_predefined()).into(),
        })
    }

    /// The credential of a service: errors have n8n's form for those.
    fn is_predefined(&self) -> bool {
        matches!(self.settings.authentication, Authentication::Predefined(_))
    }
}
