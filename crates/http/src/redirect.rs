//! Redirects, by the rules that n8n was seen to follow.
//!
//! * 301 and 302 turn POST into GET, 303 turns everything but HEAD into GET; body and content headers go. Other methods stay as
//!   they are; 307 and 308 keep all.
//! * When the target has another origin than the first request, `cookie` is not sent and `authorization` only where the request
//!   says so. All other headers go along, as n8n has it, but those that the request calls secret: these stay with the origin
//!   that they were meant for. Back at the first origin everything is sent again.
//! * What a request sends to sign in (`secret_body`) is for its own origin: a redirect that leaves it is an error.
//! * Cookies that a redirect sets are not sent to its target.

use node_sdk::ports::{HttpBody, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse};
use url::{Position, Url};

use crate::error::failure;

/// Where an answer points to; `None`: it is no redirect.
pub(crate) fn target(answer: &HttpResponse, from: &Url) -> Result<Option<Url>, HttpError> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.header("location").filter(|text| !text.is_empty()) else { return Ok(None) };
    let failed = |what: String| failure(HttpErrorKind::Redirects, format!("Redirected request failed: {what}"), true);
    let to = from.join(location).map_err(|_| failed("Invalid URL".into()))?;
    match to.scheme() {
        "http" | "https" => Ok(Some(to)),
        other => Err(failed(format!("Unsupported protocol {other}:"))),
    }
}

/// Whether the request that follows `status` is a GET, and was none.
fn becomes_get(method: &str, status: u16) -> bool {
    match status {
        301 | 302 => method == "POST",
        303 => !matches!(method, "GET" | "HEAD"),
        _ => false,
    }
}

/// The error of a request that keeps its method, where the redirect would change it. After a 303 it may have been done. Of the target it
/// tells no query: that may hold more than an address.
pub(crate) fn loses_method(request: &HttpRequest, status: u16, to: &Url) -> Option<HttpError> {
    let (method, target) = (&request.method, &to[..Position::AfterPath]);
    let message = || format!("{status} leads to {target}, where the {method} would become a GET");
    (request.options.keeps_method && becomes_get(method, status)).then(|| failure(HttpErrorKind::Redirects, message(), status == 303))
}

/// Changes the method, body and content headers for the request that follows `status`.
pub(crate) fn follow(request: &mut HttpRequest, status: u16) {
    if becomes_get(&request.method, status) {
        request.method = "GET".into();
        request.body = HttpBody::Empty;
        request.headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
    }
}

/// Whether a request to `to` leaves the origin of the first one.
pub(crate) fn leaves(first: &Url, to: &Url) -> bool {
    // Origins are made anew each time they are asked for, and most requests are not redirected.
    first != to && first.origin() != to.origin()
}

/// The error of a request whose body is for the first origin alone. Of the target it tells no query: that may hold more than an address.
pub(crate) fn not_taken_along(first: &Url, to: &Url) -> HttpError {
    let target = &to[..Position::AfterPath];
    let asked = first.origin().ascii_serialization();
    failure(HttpErrorKind::Redirects, format!("{asked} sends the request on to {target}, and the secrets in it are not for others"), true)
}

/// Whether a header goes along to another origin.
pub(crate) fn goes_along(name: &str, options: &HttpOptions) -> bool {
    if options.secret_headers.iter().any(|secret| secret.eq_ignore_ascii_case(name)) {
        return false;
    }
    match name.to_ascii_lowercase().as_str() {
        "cookie" | "host" | "proxy-authorization" => false,
        "authorization" => options.keep_headers_across_origins,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn methods() {
        let table = [
            (301, "POST", "GET"),
            (302, "POST", "GET"),
            (302, "PUT", "PUT"),
            (302, "DELETE", "DELETE"),
            (303, "PUT", "GET"),
            (303, "HEAD", "HEAD"),
            (307, "POST", "POST"),
            (308, "PATCH", "PATCH"),
        ];
        for (status, before, after) in table {
            let headers = vec![("Content-Type".to_owned(), "a/b".to_owned()), ("X-Own".to_owned(), "1".to_owned())];
            let mut request = HttpRequest {
                method: before.into(),
                url: String::new(),
                headers,
                body: HttpBody::Bytes(Bytes::from_static(b"x")),
                options: HttpOptions::default(),
            };
            follow(&mut request, status);
            assert_eq!(request.method, after, "{status} {before}");
            assert_eq!(request.headers.len(), if before == after { 2 } else { 1 }, "{status} {before}");
            assert_eq!(matches!(request.body, HttpBody::Empty), before != after);
        }
    }

    #[test]
    fn a_method_that_is_to_be_kept() {
        let to = Url::parse("https://b.test/x?key=1").unwrap();
        let lost = |method: &str, status, keeps_method| {
            let options = HttpOptions { keeps_method, ..HttpOptions::default() };
            let request = HttpRequest { method: method.into(), url: String::new(), headers: Vec::new(), body: HttpBody::Empty, options };
            loses_method(&request, status, &to).map(|error| (error.message, error.maybe_sent))
        };
        let words = |status: u16, method: &str| format!("{status} leads to https://b.test/x, where the {method} would become a GET");
        assert_eq!(lost("POST", 301, true), Some((words(301, "POST"), false)));
        assert_eq!(lost("PUT", 303, true), Some((words(303, "PUT"), true)));
        for (method, status, keeps_method) in [("POST", 301, false), ("POST", 308, true), ("PATCH", 302, true), ("GET", 303, true)] {
            assert_eq!(lost(method, status, keeps_method), None, "{method} {status}");
        }
    }

    #[test]
    fn headers_across_origins() {
        let [first, same, other] = ["http://a:1/x", "http://a:1/y", "http://a:2/"].map(|url| Url::parse(url).unwrap());
        assert_eq!([&first, &same, &other].map(|to| leaves(&first, to)), [false, false, true]);
        let secret = || vec!["X-Token".to_owned(), "Authorization".to_owned()];
        for (name, keep, secret_headers, goes) in [
            ("Authorization", false, vec![], false),
            ("authorization", true, vec![], true),
            ("authorization", true, secret(), false),
            ("Cookie", true, vec![], false),
            ("X-Api-Key", false, secret(), true),
            ("x-token", true, secret(), false),
            ("x-token", false, vec![], true),
        ] {
            let options = HttpOptions { keep_headers_across_origins: keep, secret_headers, ..HttpOptions::default() };
            assert_eq!(goes_along(name, &options), goes, "{name}");
        }
    }
}
