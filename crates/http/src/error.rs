//! Why there is no answer. The words are Node.js's, as far as n8n shows them: they become data.

use std::error::Error;
use std::io;
use std::time::Duration;

use node_sdk::ports::{HttpError, HttpErrorKind, TlsFault};
use node_sdk::size::size;
use rustls::CertificateError;
use url::{Host, Url};

use crate::policy::{ResolveError, ResolveErrorKind, not_allowed};

/// Node.js's words for a server that vouches for itself.
pub(crate) const SELF_SIGNED: &str = "self-signed certificate";
/// Node.js's advice for an authority that it does not know. It is part of a text that becomes data, hence kept.
const USE_SYSTEM_CA: &str = "if the root CA is installed locally, try running Node.js with --use-system-ca";

/// A failure of this kind, in these words.
pub(crate) fn failure(kind: HttpErrorKind, message: impl Into<String>, maybe_sent: bool) -> HttpError {
    HttpError { kind, message: message.into(), maybe_sent }
}

/// The answer is over its limit.
pub(crate) fn too_large(limit: u64) -> HttpError {
    failure(HttpErrorKind::TooLarge, format!("The answer is larger than {}", size(limit)), true)
}

/// No answer within `limit`.
pub(crate) fn timeout(limit: Duration, maybe_sent: bool) -> HttpError {
    failure(HttpErrorKind::Timeout, format!("timeout of {}ms exceeded", limit.as_millis()), maybe_sent)
}

/// A failure before the answer's head was there. `peer` is what was connected to: the proxy, where there is one.
pub(crate) fn before_answer(error: &reqwest::Error, peer: &Url) -> HttpError {
    use HttpErrorKind::{
        BrokenPipe, ConnectTimeout, Dns, DnsAgain, Forbidden, InvalidRequest, Malformed, NoNetwork, Other, Proxy, ProxyRefused, Refused, Reset, Tls,
        Unreachable,
    };
    let sent = !(error.is_connect() || error.is_builder());
    if let Some(resolve) = find::<ResolveError>(error) {
        let kind = match resolve.kind {
            ResolveErrorKind::Forbidden => Forbidden,
            ResolveErrorKind::NotFound => Dns,
            ResolveErrorKind::Again => DnsAgain,
        };
        return failure(kind, resolve.to_string(), false);
    }
    if let Some(tls) = tls_error(error) {
        let (fault, words) = tls_fault(tls);
        return failure(Tls(fault), words, sent);
    }
    let address = address(peer);
    let system = find::<io::Error>(error).map(io::Error::kind);
    match system {
        Some(io::ErrorKind::ConnectionRefused) => return failure(Refused, format!("connect ECONNREFUSED {address}"), sent),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => return failure(Reset, "read ECONNRESET", sent),
        Some(io::ErrorKind::UnexpectedEof) if error.is_connect() => {
            return failure(Reset, "Client network socket disconnected before secure TLS connection was established", sent);
        }
        Some(io::ErrorKind::BrokenPipe) => return failure(BrokenPipe, "write EPIPE", sent),
        Some(io::ErrorKind::TimedOut) => return failure(ConnectTimeout, format!("connect ETIMEDOUT {address}"), sent),
        Some(io::ErrorKind::HostUnreachable) => return failure(Unreachable, format!("connect EHOSTUNREACH {address}"), sent),
        Some(io::ErrorKind::NetworkUnreachable) => {
            let from = if matches!(peer.host(), Some(Host::Ipv6(_))) { "::" } else { "0.0.0.0" };
            return failure(NoNetwork, format!("connect ENETUNREACH {address} - Local ({from}:0)"), sent);
        }
        _ => {}
    }
    if error.is_builder() {
        return failure(InvalidRequest, root_cause(error), false);
    }
    if error.is_connect() {
        let cause = root_cause(error);
        let said = |word: &str| chain(error).any(|e| e.to_string().contains(word));
        let kind = match () {
            () if said("tunnel") => ProxyRefused,
            () if said("proxy") => Proxy,
            () => Other,
        };
        return failure(kind, cause, false);
    }
    if chain(error).any(|e| e.downcast_ref::<hyper::Error>().is_some_and(|e| e.is_parse())) {
        return failure(Malformed, format!("Parse Error: {}", root_cause(error)), true);
    }
    failure(Reset, "socket hang up", true)
}

/// Why the way to a server that is not asked over HTTP does not hold: the kind, and Node.js's words, for example `connect ECONNREFUSED 127.0.0.1:25`.
pub fn lost(error: &io::Error, host: &str, port: u16) -> (HttpErrorKind, String) {
    use HttpErrorKind as Kind;
    use io::ErrorKind as Io;
    if let Some(tls) = tls_error(error) {
        let (fault, words) = tls_fault(tls);
        return (Kind::Tls(fault), words);
    }
    if not_allowed(error) {
        return (Kind::Forbidden, error.to_string());
    }
    match error.kind() {
        Io::ConnectionRefused => (Kind::Refused, format!("connect ECONNREFUSED {host}:{port}")),
        Io::TimedOut => (Kind::ConnectTimeout, format!("connect ETIMEDOUT {host}:{port}")),
        Io::HostUnreachable => (Kind::Unreachable, format!("connect EHOSTUNREACH {host}:{port}")),
        Io::NetworkUnreachable => (Kind::NoNetwork, format!("connect ENETUNREACH {host}:{port}")),
        Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::UnexpectedEof => (Kind::Reset, "read ECONNRESET".to_owned()),
        // What the system says of a name that it cannot find has no kind of its own.
        _ if error.to_string().contains("lookup") => (Kind::Dns, format!("getaddrinfo ENOTFOUND {host}")),
        _ => (Kind::Other, error.to_string()),
    }
}

/// What was connected to, as Node.js tells it: by its address, of which `localhost` has a known one.
fn address(peer: &Url) -> String {
    let host = match peer.host_str().unwrap_or_default() {
        "localhost" => "127.0.0.1",
        host => host.trim_start_matches('[').trim_end_matches(']'),
    };
    format!("{host}:{}", peer.port_or_known_default().unwrap_or(0))
}

/// A failure while the answer's body came in.
pub(crate) fn in_body() -> HttpError {
    failure(HttpErrorKind::Aborted, "aborted", true)
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

/// rustls's errors travel inside of [`io::Error`]s, which do not show them as their source.
pub(crate) fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    chain(error).find_map(|error| {
        let unwrapped = std::iter::successors(Some(error), |error| Some(error.downcast_ref::<io::Error>()?.get_ref()? as &(dyn Error + 'static)));
        unwrapped.filter_map(|error| error.downcast_ref::<rustls::Error>()).last()
    })
}

fn root_cause(error: &reqwest::Error) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The fault, and Node.js's words for it.
pub(crate) fn tls_fault(error: &rustls::Error) -> (TlsFault, String) {
    use CertificateError as Certificate;
    let rustls::Error::InvalidCertificate(reason) = error else {
        // What OpenSSL calls a protocol error.
        return (TlsFault::Protocol, format!("write EPROTO {error}"));
    };
    let (fault, words) = match reason {
        Certificate::Expired | Certificate::ExpiredContext { .. } => (TlsFault::Expired, "certificate has expired"),
        Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => (TlsFault::Certificate, "certificate is not yet valid"),
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
            (TlsFault::OtherName, "Hostname/IP does not match certificate's altnames")
        }
        Certificate::Revoked => (TlsFault::Certificate, "certificate revoked"),
        Certificate::BadSignature => (TlsFault::Certificate, "certificate signature failure"),
        reason if reason.to_string().contains(SELF_SIGNED) => return (TlsFault::SelfSigned, format!("{SELF_SIGNED}; {USE_SYSTEM_CA}")),
        _ => return (TlsFault::UnknownAuthority, format!("unable to verify the first certificate; {USE_SYSTEM_CA}")),
    };
    (fault, words.to_owned())
}
