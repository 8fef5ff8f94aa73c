//! Which addresses may be reached.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::TcpStream;
use url::{Host, Url};

/// The network policy of a process: of a [`crate::Client`], and of whoever opens connections for something else than HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Loopback, private, link-local and other addresses that are not public may be reached. True for a shell, false for a server
    /// that runs other people's workflows.
    pub allow_private: bool,
}

impl Policy {
    /// Whether this address may be reached.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allow_private || is_public(address)
    }

    /// Connects to a server that is named or has an address: to the first of its addresses that may be reached and answers.
    ///
    /// # Errors
    /// Those of the system; [`crate::lost`] knows the one which says that none of its addresses may be reached.
    pub async fn connect(self, host: &str, port: u16) -> io::Result<TcpStream> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
        let allowed: Vec<SocketAddr> = found.iter().copied().filter(|address| self.allows(address.ip())).collect();
        if allowed.is_empty() && !found.is_empty() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, ResolveError { name: host.to_owned(), kind: ResolveErrorKind::Forbidden }));
        }
        TcpStream::connect(&allowed[..]).await
    }

    /// Whether this URL may be requested, as far as its text tells: names are checked again when they are resolved.
    pub(crate) fn allows_url(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            _ => true,
        }
    }
}

/// Whether a connection was refused by the policy and not by the system.
pub(crate) fn not_allowed(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|why| why.is::<ResolveError>())
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (b == 18 || b == 19);
    let near = address.is_loopback() || address.is_private() || address.is_link_local();
    !(near || shared || benchmark || address.is_documentation() || a == 0 || a >= 224)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    // IPv4 inside of IPv6: NAT64 and 6to4.
    let translated = (first == 0x64 && address.segments()[1] == 0xff9b) || first == 0x2002;
    let site_local = first & 0xffc0 == 0xfec0;
    let near = site_local || address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
    !(near || translated || address.is_unspecified() || address.is_multicast())
}

/// Resolves names by the system, and gives only addresses that the policy allows.
pub(crate) struct Resolver(pub(crate) Policy);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let failed = |kind| ResolveError { name: name.as_str().to_owned(), kind };
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map_err(|error| failed(why(&error)))?.collect();
            if found.is_empty() {
                return Err(failed(ResolveErrorKind::NotFound).into());
            }
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| policy.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(failed(ResolveErrorKind::Forbidden).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The system's resolver has no other word for it: the standard library hands its text on, in the C locale.
fn why(error: &io::Error) -> ResolveErrorKind {
    let text = error.to_string();
    let later = ["Temporary failure", "Try again"].iter().any(|words| text.contains(words));
    if later { ResolveErrorKind::Again } else { ResolveErrorKind::NotFound }
}

impl Resolver {
    pub(crate) fn shared(policy: Policy) -> Arc<Self> {
        Arc::new(Self(policy))
    }
}

/// Why a name gave no address.
#[derive(Debug)]
pub(crate) struct ResolveError {
    pub(crate) name: String,
    pub(crate) kind: ResolveErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResolveErrorKind {
    NotFound,
    /// It cannot be looked up now.
    Again,
    Forbidden,
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ResolveErrorKind::NotFound => write!(f, "getaddrinfo ENOTFOUND {}", self.name),
            ResolveErrorKind::Again => write!(f, "getaddrinfo EAI_AGAIN {}", self.name),
            ResolveErrorKind::Forbidden => write!(f, "the address of {} is not public, and requests to such addresses are not allowed", self.name),
        }
    }
}

impl std::error::Error for ResolveError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_that_does_not_answer_is_no_unknown_name() {
        let said = |text: &str| why(&io::Error::other(format!("failed to lookup address information: {text}")));
        assert_eq!(said("Temporary failure in name resolution"), ResolveErrorKind::Again);
        assert_eq!(said("Try again"), ResolveErrorKind::Again);
        assert_eq!(said("Name or service not known"), ResolveErrorKind::NotFound);
        let error = ResolveError { name: "a.test".into(), kind: ResolveErrorKind::Again };
        assert_eq!(error.to_string(), "getaddrinfo EAI_AGAIN a.test");
    }

    #[test]
    fn addresses_that_are_not_public() {
        let policy = Policy { allow_private: false };
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fec0::1",
        ] {
            assert!(!policy.allows(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "2606:4700::1111"] {
            assert!(policy.allows(public.parse().unwrap()), "{public}");
        }
        assert!(!policy.allows_url(&Url::parse("http://0x7f.1/").unwrap()));
        assert!(Policy { allow_private: true }.allows("127.0.0.1".parse().unwrap()));
    }

    #[tokio::test]
    async fn connections_go_where_the_policy_lets_them() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(Policy { allow_private: true }.connect("localhost", port).await.is_ok());
        for host in ["localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"] {
            let error = Policy { allow_private: false }.connect(host, port).await.unwrap_err();
            assert!(not_allowed(&error), "{host}: {error}");
        }
        let missing = Policy { allow_private: true }.connect("no.such.name.invalid", port).await.unwrap_err();
        assert!(!not_allowed(&missing), "{missing}");
    }
}
