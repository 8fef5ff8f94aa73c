//! What a handler answers: a response or a failure.

use serde_json::Value;

use crate::failure::Failure;
use crate::http::Response;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Failure>;

/// 200 with JSON.
#[expect(clippy::needless_pass_by_value, reason = "reads best with the value built in place")]
pub(crate) fn json(body: Value) -> Answer {
    Ok(Response::json_of(200, &body))
}

/// 200 without a body.
pub(crate) fn empty() -> Answer {
    Ok(Response::empty(200))
}

/// 204.
pub(crate) fn no_content() -> Answer {
    Ok(Response::empty(204))
}
