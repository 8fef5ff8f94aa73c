//! How records look in answers. Views give Unix seconds; what the API calls raw rows gives ISO 8601.

mod contacts;
mod conversations;
mod inboxes;
mod people;
mod setup;

use jiff::Timestamp;

use crate::state::State;

/// Shows records to one caller.
pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    /// Where uploaded files are fetched.
    pub(crate) origin: &'a str,
    /// The calling user.
    pub(crate) caller: Option<u64>,
    /// Show what the real server shows where it differs from its documentation.
    pub(crate) as_server: bool,
    /// Whether the caller may see the tokens and keys of bots and inboxes.
    pub(crate) secrets: bool,
}

/// ISO 8601 with milliseconds.
pub(crate) fn iso(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// The number in an address of an uploaded file.
pub(crate) const FILES: &str = "/_sandbox/files/";

impl View<'_> {
    fn file_url(&self, file: Option<u64>) -> String {
        file.map_or_else(String::new, |file| format!("{}{FILES}{file}", self.origin))
    }
}

/// Whether a field of a bot or of a channel is for administrators alone. A website's token stands in its pages.
fn is_secret(key: &str) -> bool {
    let has_end = ["token", "secret", "password"].iter().any(|end| key.ends_with(end));
    key == "provider_config" || (has_end && key != "website_token")
}
