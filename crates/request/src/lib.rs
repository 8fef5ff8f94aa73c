//! What nodes that send requests share.
//!
//! * [`draft`]: a request while it is put together, as n8n's HTTP client writes it.
//! * [`auth`]: what a credential adds to it, challenges, sessions that end.
//! * [`answer`], [`file`]: what came back: headers, text, JSON, files; and the files of items that are sent.
//! * [`helper`]: `this.helpers.httpRequest` of code.
//! * [`query`]: query strings and forms as n8n writes them.
//! * [`failure`], [`common_errors`]: n8n's words for what went wrong, what the server said, and our codes.
//! * [`retry`]: which failures may be sent again, when, and how often.
//! * [`throttle`]: one wait for all requests that a server's limit concerns.
//! * [`paging`]: walking a list page by page.
//!
//! Requests leave through the `HttpClient` port, time and chance come from `Clock` and `Random`.

pub mod answer;
pub mod auth;
pub mod common_errors;
pub mod draft;
pub mod failure;
pub mod file;
pub mod helper;
pub mod paging;
pub mod query;
pub mod retry;
pub mod throttle;
