//! What goes wrong, in words.

use std::io;

use konverte_http::lost;
use node_sdk::ports::{HttpErrorKind, ServiceError, SqlFault};
use node_sdk::size::size;
use postgres_protocol::message::backend::{ErrorFields, ErrorResponseBody};
use serde_json::{Map, Value};

use fallible_iterator::FallibleIterator as _;

use crate::settings::Settings;

/// The connection cannot be opened, or broke.
pub(crate) fn network(error: &io::Error, settings: &Settings) -> ServiceError {
    use HttpErrorKind as Kind;
    let (kind, words) = lost(error, &settings.host, settings.port);
    match kind {
        Kind::Tls(_) => ServiceError::undone(kind, words).help("Set \"Ignore SSL Issues\" in the credential where you trust the way to the server."),
        Kind::Refused => ServiceError::undone(kind, words).help("See that the server runs, and that the credential's host and port are right."),
        Kind::Reset => {
            let help = "See that the credential names a PostgreSQL server, and whether it was restarted.";
            ServiceError::undone(kind, "Connection terminated unexpectedly").help(help)
        }
        _ => ServiceError::undone(kind, words),
    }
}

/// The server does not speak as a PostgreSQL server does.
pub(crate) fn strange() -> ServiceError {
    let help = "See that the credential's host and port are those of a PostgreSQL server.";
    ServiceError::undone(HttpErrorKind::Malformed, "The server does not answer as a PostgreSQL server does").help(help)
}

/// The rows have more bytes than they may.
pub(crate) fn too_large(most: u64) -> ServiceError {
    let error = ServiceError::undone(HttpErrorKind::TooLarge, format!("The answer is larger than {}", size(most)));
    error.help("Raise --max-response, or ask for fewer rows at once.")
}

/// What the server says no with.
pub(crate) fn fault(body: &ErrorResponseBody) -> SqlFault {
    let mut fields = Map::new();
    let mut message = String::new();
    let mut told: ErrorFields<'_> = body.fields();
    while let Ok(Some(field)) = told.next() {
        let text = String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'M' => message = text,
            kind => {
                if let Some((_, name)) = FIELDS.iter().find(|(letter, _)| *letter == kind) {
                    fields.insert((*name).to_owned(), Value::String(text));
                }
            }
        }
    }
    SqlFault { message, fields }
}

/// The fields of an error, by the letters of the protocol and the names of Node.js's library.
const FIELDS: [(u8, &str); 16] = [
    (b'S', "severity"),
    (b'C', "code"),
    (b'D', "detail"),
    (b'H', "hint"),
    (b'P', "position"),
    (b'p', "internalPosition"),
    (b'q', "internalQuery"),
    (b'W', "where"),
    (b's', "schema"),
    (b't', "table"),
    (b'c', "column"),
    (b'd', "dataType"),
    (b'n', "constraint"),
    (b'F', "file"),
    (b'L', "line"),
    (b'R', "routine"),
];
