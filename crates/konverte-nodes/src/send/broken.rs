//! Why there is no answer, in our words, and what to do about it: the whole of native mode's errors, and the help in n8n mode.

use node_sdk::ports::{HttpError, HttpErrorKind, TlsFault};

/// What happened, as the beginning of a sentence that the reason ends; "" where the reason says it.
pub(super) fn what(error: &HttpError) -> &'static str {
    use HttpErrorKind as Kind;
    match error.kind {
        Kind::Refused => "The service refused the connection",
        Kind::Unreachable => "No way leads to the service's host",
        Kind::NoNetwork => "No way leads to the service's network",
        Kind::Dns => "There is no host of this name",
        Kind::DnsAgain => "The host's name could not be looked up",
        Kind::Reset | Kind::BrokenPipe => "The connection broke before an answer came",
        Kind::Aborted => "The connection broke before the answer was complete",
        Kind::Timeout => "No answer came in time",
        Kind::ConnectTimeout => "No connection came about in time",
        Kind::BodyTimeout => "The answer began in time and did not end in time",
        Kind::TooManyRedirects => "The server redirects in a circle",
        Kind::Redirects => "The server redirects, and the request cannot follow",
        Kind::ProxyRefused => "The proxy opens no way to the service",
        Kind::Tls(TlsFault::Protocol) => "The other side does not speak TLS",
        Kind::Tls(_) => "The server's certificate is not to be trusted",
        Kind::Decode => "The answer is not compressed as its header says",
        Kind::Malformed => "What came back is not HTTP",
        _ => "",
    }
}

/// Which host, how long, or what else [`what`] does not say; without the words that people know from Node.js.
pub(super) fn reason(error: &HttpError) -> Option<&str> {
    use HttpErrorKind as Kind;
    let text = error.message.as_str();
    let after = |words: &str| text.strip_prefix(words).and_then(|rest| rest.split_once(' ')).map(|(_, rest)| rest);
    match error.kind {
        Kind::Refused | Kind::Unreachable | Kind::NoNetwork | Kind::ConnectTimeout => after("connect ").or_else(|| waited(text)),
        Kind::Dns | Kind::DnsAgain => after("getaddrinfo "),
        Kind::Timeout | Kind::BodyTimeout => waited(text),
        Kind::Reset | Kind::BrokenPipe | Kind::Aborted | Kind::TooManyRedirects | Kind::Decode | Kind::Tls(TlsFault::Protocol) => None,
        Kind::Redirects => Some(text.trim_start_matches("Redirected request failed: ").trim_end_matches(':')),
        Kind::Malformed => Some(text.trim_start_matches("Parse Error: ")),
        Kind::Tls(_) => text.split("; if the root CA").next(),
        _ => Some(text),
    }
}

/// `500ms` of `timeout of 500ms exceeded`.
fn waited(text: &str) -> Option<&str> {
    text.strip_prefix("timeout of ")?.strip_suffix(" exceeded")
}

/// What to do, with the options that these nodes have; `None`: the page of the code says it.
pub(super) fn help(error: &HttpError) -> Option<&'static str> {
    use HttpErrorKind as Kind;
    Some(match error.kind {
        Kind::InvalidUrl => "The field `url` of the node's credential is missing, or is no address. It begins with http:// or https://.",
        Kind::Refused => "Nobody listens there: check host and port of the credential's URL, and that the service runs.",
        Kind::Unreachable | Kind::NoNetwork => "Check the credential's URL, and the network of this machine.",
        Kind::Dns => "Check the credential's URL for typing errors.",
        Kind::DnsAgain => "The name server does not answer: check the network of this machine, or try again later.",
        Kind::Reset | Kind::BrokenPipe | Kind::Aborted => {
            "The service, or what stands before it, closed the connection. Where it does so each time, look whether the credential's URL has the right scheme and port."
        }
        Kind::Timeout | Kind::BodyTimeout => "Raise requestOptions.timeout (milliseconds; 300,000 where it is not set), or ask for less at once.",
        Kind::ConnectTimeout => "Check host and port of the credential's URL: nothing answers there, or a firewall keeps the way.",
        Kind::Redirects | Kind::TooManyRedirects => {
            "Put the address that the redirects lead to into the credential's URL, mostly https:// in place of http://."
        }
        Kind::Tls(TlsFault::Protocol) => "The credential's URL probably should begin with http://.",
        Kind::Tls(_) => {
            "Check the host in the credential's URL and the server's certificate. Where you trust the way to the server, requestOptions.allowUnauthorizedCerts takes any."
        }
        Kind::Decode => "Look at the server, and at what stands before it.",
        Kind::Malformed => "Another kind of service listens there: check scheme, host and port of the credential's URL.",
        Kind::ProxyRefused => {
            "The proxy (requestOptions.proxy) is there: look whether it allows this host, and whether it wants a user and a password."
        }
        _ => return None,
    })
}
