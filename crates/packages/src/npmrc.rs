//! npm's own configuration, as far as it says where packages come from.

use std::collections::HashMap;

use url::Url;

use crate::error::{Error, Result, codes};
use crate::spec::Name;

/// The registry that is asked where nothing else is said.
const DEFAULT: &str = "https://registry.npmjs.org/";

/// Where packages come from, and what proves who asks.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    values: HashMap<String, String>,
    registry: Option<String>,
    /// What the environment says of proxies, by its names in lower case.
    environment: HashMap<&'static str, String>,
}

/// The environment's words for proxies.
const PROXIES: [&str; 4] = ["https_proxy", "http_proxy", "proxy", "no_proxy"];

impl Sources {
    /// Reads files of npm's form (`.npmrc`); what a later one says counts. `${NAME}` stands for a variable of the environment, and
    /// `npm_config_registry` wins, as in npm.
    pub fn from_npmrc<'a>(files: impl IntoIterator<Item = &'a str>, environment: impl Fn(&str) -> Option<String>) -> Self {
        let lines = files.into_iter().flat_map(str::lines).map(str::trim).filter(|line| !line.starts_with(['#', ';']));
        let pairs = lines.filter_map(|line| line.split_once('='));
        let values = pairs.map(|(key, value)| (key.trim().to_owned(), with_variables(unquoted(value.trim()), &environment)));
        let mut values: HashMap<String, String> = values.collect();
        // npm's variables win over its files.
        let either = |name: &str| [name.to_owned(), name.to_uppercase()].iter().find_map(|name| environment(name)).filter(|value| !value.is_empty());
        for key in ["registry", "cafile", "proxy", "https-proxy", "noproxy"] {
            let known = either(&format!("npm_config_{}", key.replace('-', "_")));
            values.extend(known.map(|value| (key.to_owned(), value)));
        }
        let environment = PROXIES.into_iter().filter_map(|name| Some((name, either(name)?))).collect();
        Self { values, registry: None, environment }
    }

    /// The registry of the command line wins over those of npm's configuration, for packages of all scopes.
    ///
    /// # Errors
    /// [`codes::NAME`]: it is not an address of HTTP.
    pub fn with_registry(mut self, url: &str) -> Result<Self> {
        if !Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(Error::new(codes::NAME, format!("`{url}` is not the address of a registry.")).help("For example https://npm.example.com/."));
        }
        self.registry = Some(url.to_owned());
        Ok(self)
    }

    /// The file of the authorities that npm trusts, where its configuration names one.
    pub fn authorities(&self) -> Option<&str> {
        self.values.get("cafile").map(String::as_str)
    }

    /// The proxy for this address, by npm's rules: `https-proxy` and `proxy` of its configuration, else `HTTPS_PROXY`, and `HTTP_PROXY` for what is not
    /// encrypted; none for the hosts of `noproxy`, else `NO_PROXY`, and those below them.
    pub fn proxy(&self, url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        // `null` is npm's word for none.
        let configured = |key: &str| self.values.get(key).filter(|value| !matches!(value.as_str(), "" | "null" | "false"));
        let names: &[&str] = if url.scheme() == "https" { &PROXIES[..1] } else { &PROXIES[..3] };
        let of_environment = || names.iter().find_map(|name| self.environment.get(name));
        let proxy = configured("https-proxy").or_else(|| configured("proxy")).or_else(of_environment)?;
        let without = configured("noproxy").or_else(|| self.environment.get("no_proxy")).map_or("", String::as_str);
        let host = url.host_str()?;
        let below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if without.split(',').map(|name| name.trim().trim_matches('.')).any(|name| !name.is_empty() && below(name)) {
            return None;
        }
        Some(if proxy.contains("://") { proxy.clone() } else { format!("http://{proxy}") })
    }

    /// Where an archive is fetched that a lock names: one of npm's public registry comes from the registry of this package, which may be a
    /// mirror of it.
    pub fn archive(&self, url: &str, package: &Name) -> String {
        url.strip_prefix(DEFAULT).map_or_else(|| url.to_owned(), |path| self.registry(package) + path)
    }

    /// The registry of this package; its address ends with a slash.
    pub fn registry(&self, package: &Name) -> String {
        let of_scope = || package.scope().and_then(|scope| self.values.get(&format!("{scope}:registry")));
        let url = self.registry.as_ref().or_else(of_scope).or_else(|| self.values.get("registry")).map_or(DEFAULT, String::as_str);
        format!("{}/", url.trim_end_matches('/'))
    }

    /// The value of `authorization` for this address: npm keeps tokens by host and path. A longer path wins.
    pub fn authorization(&self, url: &str) -> Option<String> {
        let (_, place) = url.split_once("://")?;
        let folders = place.match_indices('/').map(|(at, _)| &place[..=at]).collect::<Vec<_>>();
        folders.into_iter().rev().find_map(|folder| {
            let value = |key: &str| {
                let exact = self.values.get(&format!("//{folder}:{key}"));
                exact.or_else(|| self.values.get(&format!("//{}:{key}", folder.trim_end_matches('/'))))
            };
            value("_authToken").map(|token| format!("Bearer {token}")).or_else(|| value("_auth").map(|basic| format!("Basic {basic}")))
        })
    }
}

fn unquoted(value: &str) -> &str {
    let quoted = |mark| value.strip_prefix(mark).and_then(|rest: &str| rest.strip_suffix(mark));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

/// npm leaves a variable that is not set as it stands.
fn with_variables(value: &str, environment: &impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let whole = &rest[start..=start + length];
        out.push_str(&rest[..start]);
        out.push_str(&environment(&whole[2..whole.len() - 1]).unwrap_or_else(|| whole.to_owned()));
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let user = "registry=https://npm.example.com/all\n; a comment\n@ours:registry = \"https://ours.example.com\"\n//ours.example.com/:_authToken=${TOKEN}\n//npm.example.com/all/:_auth=dTpw\n";
        Sources::from_npmrc([user, "//other.example.com/:_authToken=${MISSING}"], |name| (name == "TOKEN").then(|| "s3cret".into()))
    }

    #[test]
    fn scopes_have_their_own_registry() {
        let name = |text| Name::new(text).unwrap();
        assert_eq!(sources().registry(&name("a")), "https://npm.example.com/all/");
        assert_eq!(sources().registry(&name("@ours/a")), "https://ours.example.com/");
        assert_eq!(sources().with_registry("http://localhost:1").unwrap().registry(&name("@ours/a")), "http://localhost:1/");
        assert_eq!(Sources::default().registry(&name("a")), DEFAULT);
        for bad in ["", "npm.example.com", "file:///etc", "ftp://npm.example.com"] {
            assert_eq!(sources().with_registry(bad).unwrap_err().code, codes::NAME, "{bad}");
        }
    }

    #[test]
    fn a_mirror_stands_for_the_public_registry_alone() {
        let archive = |url| sources().archive(url, &Name::new("a").unwrap());
        assert_eq!(archive("https://registry.npmjs.org/a/-/a-1.0.0.tgz"), "https://npm.example.com/all/a/-/a-1.0.0.tgz");
        assert_eq!(archive("https://other.example.com/a/-/a-1.0.0.tgz"), "https://other.example.com/a/-/a-1.0.0.tgz");
        assert_eq!(Sources::default().archive("https://registry.npmjs.org/a.tgz", &Name::new("a").unwrap()), "https://registry.npmjs.org/a.tgz");
    }

    #[test]
    fn a_proxy_is_found_as_npm_finds_it() {
        let environment = [("HTTPS_PROXY", "http://env:1"), ("http_proxy", "plain:2"), ("NO_PROXY", "inner.example.com, .local,")];
        let of = |npmrc: &str, url: &str| {
            let known = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            Sources::from_npmrc([npmrc], known).proxy(url)
        };
        for (npmrc, url, expected) in [
            ("", "https://registry.npmjs.org/a", Some("http://env:1")),
            ("", "http://npm.example.com/a", Some("http://env:1")),
            ("", "https://a.inner.example.com:8443/a", None),
            ("", "https://winner.example.com/a", Some("http://env:1")),
            ("", "http://npm.local/a", None),
            ("proxy=http://user:word@own:3", "https://registry.npmjs.org/a", Some("http://user:word@own:3")),
            ("proxy=http://own:3\nhttps-proxy=own:4", "https://registry.npmjs.org/a", Some("http://own:4")),
            ("https-proxy=null\nnoproxy=example.com", "https://npm.example.com/a", None),
            ("noproxy=example.com", "https://a.inner.test/a", Some("http://env:1")),
        ] {
            assert_eq!(of(npmrc, url).as_deref(), expected, "{npmrc} {url}");
        }
        let plain = Sources::from_npmrc([""], |name| (name == "HTTP_PROXY").then(|| "plain:2".to_owned()));
        assert_eq!((plain.proxy("http://h/"), plain.proxy("https://h/")), (Some("http://plain:2".to_owned()), None));
        assert_eq!(Sources::default().proxy("https://registry.npmjs.org/a"), None);
    }

    #[test]
    fn a_token_goes_to_its_own_place_alone() {
        let of = |url| sources().authorization(url);
        assert_eq!(of("https://ours.example.com/@ours/a/-/a-1.tgz").as_deref(), Some("Bearer s3cret"));
        assert_eq!(of("https://npm.example.com/all/a").as_deref(), Some("Basic dTpw"));
        assert_eq!(of("https://npm.example.com/a"), None);
        assert_eq!(of("https://ours.example.com.evil.org/a"), None);
        assert_eq!(of("https://other.example.com/a").as_deref(), Some("Bearer ${MISSING}"));
    }
}
