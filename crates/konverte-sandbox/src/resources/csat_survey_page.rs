//! The satisfaction survey's page.

use super::Handlers;
use crate::answer::Answer;
use crate::call::Call;
use crate::failure::Failure;
use crate::http::Response;

pub(super) const HANDLERS: Handlers = &[("get-csat-survey-page", show)];

/// A page for any uuid. The real server refuses a caller who asks for JSON alone.
fn show(call: &mut Call<'_>) -> Answer {
    let wants_html = call.accept.is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    if call.as_server && !wants_html {
        return Err(Failure::bare(406));
    }
    let page = "<!DOCTYPE html><html><head><title>Survey</title></head><body><div id=\"app\"></div></body></html>";
    Ok(Response::new(200, "text/html; charset=utf-8", page))
}
