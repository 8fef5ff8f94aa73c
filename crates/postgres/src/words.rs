//! What goes wrong, in words.

use std::io;

use konverte_http::{not_allowed, tls};
use node_sdk::ports::{HttpErrorKind, ServiceError, SqlFault};
use postgres_protocol::message::backend::{ErrorFields, ErrorResponseBody};
use serde_json::{Map, Value};

use fallible_iterator::FallibleIterator as _;

use crate::settings::Settings;

/// The connection cannot be opened, or broke.
pub(crate) fn network(error: &io::Error, settings: &Settings) -> ServiceError {
    use HttpErrorKind as Kind;
    if let Some((fault, words)) = tls::fault(error) {
        let help = "Set \"Ignore SSL Issues\" in the credential where you trust the way to the server.";
        return ServiceError::undone(Kind::Tls(fault), words).help(help);
    }
    if not_allowed(error) {
        return ServiceError::undone(Kind::Forbidden, error.to_string());
    }
    let address = settings.address();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            let help = "See that the server runs, and that the credential's host and port are right.";
            ServiceError::undone(Kind::Refused, format!("connect ECONNREFUSED {address}")).help(help)
        }
        io::ErrorKind::TimedOut => ServiceError::undone(Kind::ConnectTimeout, format!("connect ETIMEDOUT {address}")),
        io::ErrorKind::HostUnreachable => ServiceError::undone(Kind::Unreachable, format!("connect EHOSTUNREACH {address}")),
        io::ErrorKind::NetworkUnreachable => ServiceError::undone(Kind::NoNetwork, format!("connect ENETUNREACH {address}")),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            let help = "See that the credential names a PostgreSQL server, and whether it was restarted.";
            ServiceError::undone(Kind::Reset, "Connection terminated unexpectedly").help(help)
        }
        // What the system says of a name that it cannot find has no kind of its own.
        _ if error.to_string().contains("lookup") => ServiceError::undone(Kind::Dns, format!("getaddrinfo ENOTFOUND {}", settings.host)),
        _ => ServiceError::undone(Kind::Other, error.to_string()),
    }
}

/// The server does not speak as a PostgreSQL server does.
pub(crate) fn strange() -> ServiceError {
    let help = "See that the credential's host and port are those of a PostgreSQL server.";
    ServiceError::undone(HttpErrorKind::Malformed, "The server does not answer as a PostgreSQL server does").help(help)
}

/// The rows have more bytes than they may.
pub(crate) fn too_large(most: u64) -> ServiceError {
    let error = ServiceError::undone(HttpErrorKind::TooLarge, format!("The answer is larger than {most} bytes"));
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
