//! The error bodies of the API, one function for each kind.

use serde_json::{Value, json};

use crate::http::Response;

/// An answer that is an error.
#[derive(Debug, Clone)]
pub(crate) struct Failure(pub(crate) Response);

impl Failure {
    fn json(status: u16, body: &Value) -> Self {
        Self(Response::json_of(status, body))
    }

    /// No token was sent to the application API.
    pub(crate) fn no_token() -> Self {
        Self::json(401, &json!({ "errors": ["You need to sign in or sign up before continuing."] }))
    }

    /// The application API does not know the token.
    pub(crate) fn bad_token() -> Self {
        Self::unauthorized("Invalid Access Token")
    }

    /// A bot's or a platform app's token where only a user's is taken.
    pub(crate) fn bots_denied() -> Self {
        Self::unauthorized("Access to this endpoint is not authorized for bots")
    }

    /// The user or bot does not belong to the account.
    pub(crate) fn not_a_member() -> Self {
        Self::unauthorized("You are not authorized to access this account")
    }

    /// The account is suspended.
    pub(crate) fn suspended() -> Self {
        Self::unauthorized("Account is suspended")
    }

    /// An agent does what takes an administrator: 401, never 403.
    pub(crate) fn role() -> Self {
        Self::unauthorized("You are not authorized to do this action")
    }

    /// Team members that are not users of the account.
    pub(crate) fn team_members() -> Self {
        Self::unauthorized("Invalid User IDs")
    }

    /// A missing, unknown or other token at the platform API.
    pub(crate) fn platform_token() -> Self {
        Self::unauthorized("Invalid access_token")
    }

    /// A record that this platform app neither made nor was granted.
    pub(crate) fn not_permissible() -> Self {
        Self::unauthorized("Non permissible resource")
    }

    /// Nothing there, in the words of the application API.
    pub(crate) fn not_found() -> Self {
        Self::json(404, &json!({ "error": "Resource could not be found" }))
    }

    /// Nothing there, in the words of the web framework: platform and public API, and unknown routes.
    pub(crate) fn no_page() -> Self {
        Self::json(404, &json!({ "status": 404, "error": "Not Found" }))
    }

    /// Only some inboxes can do it.
    pub(crate) fn forbidden(error: &str) -> Self {
        Self::json(403, &json!({ "error": error }))
    }

    /// The real server has the route, the emulator does not.
    pub(crate) fn elsewhere(method: &str, path: &str) -> Self {
        Self::json(501, &json!({ "error": format!("The emulator does not have {method} {path}. The real server does.") }))
    }

    /// The body is not JSON.
    pub(crate) fn bad_request() -> Self {
        Self::json(400, &json!({ "status": 400, "error": "Bad Request" }))
    }

    /// The content type says of the body what nobody reads.
    pub(crate) fn unread(media_type: &str) -> Self {
        let what = if media_type.is_empty() { "without a content type".to_owned() } else { format!("of type {media_type}") };
        Self::json(415, &json!({ "error": format!("The server does not read a body {what}: send application/json or a form") }))
    }

    /// The server raises, for example on a value outside a stored set.
    pub(crate) fn internal() -> Self {
        Self::json(500, &json!({ "status": 500, "error": "Internal Server Error" }))
    }

    /// The body is empty where its root key is needed.
    pub(crate) fn missing_param(root: &str) -> Self {
        Self::custom(&format!("param is missing or the value is empty: {root}"))
    }

    /// A check of the model failed.
    pub(crate) fn invalid(attribute: &str, problem: &str) -> Self {
        Problems::default().and(attribute, problem).into_failure()
    }

    /// A hand-written check failed.
    pub(crate) fn custom(error: &str) -> Self {
        Self::custom_value(error.into())
    }

    /// A hand-written check failed, with an error that need not be text.
    #[expect(clippy::needless_pass_by_value, reason = "reads best with the value built in place")]
    pub(crate) fn custom_value(error: Value) -> Self {
        Self::json(422, &json!({ "error": error }))
    }

    /// A status with no body.
    pub(crate) fn bare(status: u16) -> Self {
        Self(Response::empty(status))
    }

    fn unauthorized(error: &str) -> Self {
        Self::json(401, &json!({ "error": error }))
    }
}

/// Failed checks of one model.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<(String, String)>);

impl Problems {
    pub(crate) fn add(&mut self, attribute: &str, problem: &str) {
        self.0.push((attribute.to_owned(), problem.to_owned()));
    }

    /// Adds `problem` where `wrong`.
    pub(crate) fn when(&mut self, wrong: bool, attribute: &str, problem: &str) {
        if wrong {
            self.add(attribute, problem);
        }
    }

    /// Adds a problem where the text is blank.
    pub(crate) fn blank(&mut self, attribute: &str, value: Option<&str>) {
        self.when(value.is_none_or(|value| value.trim().is_empty()), attribute, "can't be blank");
    }

    /// Fails where there is any.
    pub(crate) fn done(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into_failure()) }
    }

    fn and(mut self, attribute: &str, problem: &str) -> Self {
        self.add(attribute, problem);
        self
    }

    fn into_failure(self) -> Failure {
        let sentences = self.0.iter().map(|(attribute, problem)| format!("{} {problem}", humanize(attribute)));
        let message = sentences.collect::<Vec<_>>().join(", ");
        let mut attributes: Vec<&str> = self.0.iter().map(|(attribute, _)| attribute.as_str()).collect();
        attributes.dedup();
        Failure::json(422, &json!({ "message": message, "attributes": attributes }))
    }
}

/// `phone_number` as people read it: `Phone number`.
fn humanize(attribute: &str) -> String {
    let text = attribute.strip_suffix("_id").unwrap_or(attribute).replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
