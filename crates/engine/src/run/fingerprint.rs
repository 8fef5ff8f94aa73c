//! What a request is known again by: hashes, so that no journal holds what was sent.

use std::fmt::Write as _;
use std::sync::Arc;

use node_sdk::ports::{HttpBody, HttpRequest};
use sha2::{Digest, Sha256};

/// Of method and address.
pub(super) fn address(request: &HttpRequest) -> Arc<str> {
    short(&[request.method.as_bytes(), request.url.as_bytes()]).into()
}

/// Of the body. That of a form is of its parts: the boundary between them is another each time.
pub(super) fn body<'a>(body: &'a HttpBody) -> String {
    match body {
        HttpBody::Empty => short(&[]),
        HttpBody::Bytes(bytes) => short(&[bytes]),
        HttpBody::Multipart(parts) => {
            let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default().as_bytes();
            let fields = parts.iter().flat_map(|part| [part.name.as_bytes(), text(&part.file_name), text(&part.content_type), &part.content]);
            short(&fields.collect::<Vec<_>>())
        }
    }
}

/// Half of a SHA-256 over the fields, each with its length, in hexadecimal.
fn short(fields: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update((field.len() as u64).to_le_bytes());
        hash.update(field);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
