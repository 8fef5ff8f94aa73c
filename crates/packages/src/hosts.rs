//! Where the requests of a package may go.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Host;

use crate::error::{Error, Result, codes};

/// Where requests may go. The addresses that a credential names always count besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosts {
    /// To any host.
    Any,
    /// To these alone: names and addresses, in lower case; `*.example.com` stands for all names below `example.com`.
    These(BTreeSet<String>),
}

impl Hosts {
    /// Whether requests may go to this host, as it stands in a URL.
    pub fn allow(&self, host: &str) -> bool {
        let Self::These(hosts) = self else { return true };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let below = |listed: &String| listed.strip_prefix('*').is_some_and(|end| host.len() > end.len() && host.ends_with(end));
        hosts.contains(&host) || hosts.iter().any(below)
    }

    /// These, and those of the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::These(mut all), Self::These(more)) => {
                all.extend(more);
                Self::These(all)
            }
            _ => Self::Any,
        }
    }

    /// Whether the other allows nothing more.
    pub fn cover(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::These(_), Self::Any) => false,
            (Self::These(_), Self::These(others)) => others.iter().all(|host| self.allow(host)),
        }
    }
}

impl std::fmt::Display for Hosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("any host"),
            Self::These(hosts) if hosts.is_empty() => f.write_str("no host but those of credentials"),
            Self::These(hosts) => f.write_str(&Vec::from_iter(hosts.iter().map(String::as_str)).join(", ")),
        }
    }
}

/// Reads a host that a person grants, for example `api.example.com`, `*.example.com`, `localhost` or `[::1]`.
///
/// # Errors
/// [`codes::HOST`]: it is none.
pub fn parse(text: &str) -> Result<String> {
    let (below, name) = text.strip_prefix("*.").map_or(("", text), |name| ("*.", name));
    let host = Host::parse(name.trim_end_matches('.')).ok();
    let host = host.filter(|host| match host {
        Host::Domain(name) => name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && (below.is_empty() || name.contains('.')),
        _ => below.is_empty(),
    });
    host.map(|host| format!("{below}{host}")).ok_or_else(|| {
        Error::new(codes::HOST, format!("`{text}` is not a host."))
            .help("A host is a name or an address, without scheme, port and path: api.example.com, *.example.com, 192.0.2.7.")
    })
}

impl Serialize for Hosts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_str("any"),
            Self::These(hosts) => hosts.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Hosts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected \"any\" or a list of hosts")]
        enum Written {
            Word(String),
            List(BTreeSet<String>),
        }
        let wrong = || serde::de::Error::custom("expected \"any\" or a list of hosts");
        match Written::deserialize(deserializer)? {
            Written::Word(word) if word == "any" => Ok(Self::Any),
            Written::Word(_) => Err(wrong()),
            Written::List(hosts) if hosts.iter().all(|host| parse(host).is_ok_and(|parsed| parsed == *host)) => Ok(Self::These(hosts)),
            Written::List(_) => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn these(hosts: &[&str]) -> Hosts {
        Hosts::These(hosts.iter().map(|host| parse(host).unwrap()).collect())
    }

    #[test]
    fn a_grant_is_of_whole_names() {
        let hosts = these(&["API.example.com", "*.slack.com", "192.0.2.7", "[::1]"]);
        for allowed in ["api.example.com", "Api.Example.com", "api.example.com.", "a.slack.com", "a.b.slack.com", "192.0.2.7", "[::1]"] {
            assert!(hosts.allow(allowed), "{allowed}");
        }
        for refused in ["example.com", "x.api.example.com", "slack.com", "evilslack.com", ".slack.com.evil.org", "api.example.com.evil.org", ""] {
            assert!(!hosts.allow(refused), "{refused}");
        }
        assert!(Hosts::Any.allow("anywhere.example"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for bad in ["", "https://a.example", "a.example/x", "a.example:80", "*", "*.com", "a b", "*.192.0.2.7", "user@a.example"] {
            assert_eq!(parse(bad).unwrap_err().code, codes::HOST, "{bad}");
        }
        assert_eq!(parse("bücher.example").unwrap(), "xn--bcher-kva.example");
    }

    #[test]
    fn grants_are_compared_and_joined() {
        assert!(these(&["*.a.example"]).cover(&these(&["x.a.example"])));
        assert!(!these(&["x.a.example"]).cover(&these(&["y.a.example"])));
        assert!(!these(&["x.a.example"]).cover(&Hosts::Any));
        assert_eq!(these(&["a.example"]).and(these(&["b.example"])), these(&["a.example", "b.example"]));
        assert_eq!(these(&["a.example"]).and(Hosts::Any), Hosts::Any);
    }
}
