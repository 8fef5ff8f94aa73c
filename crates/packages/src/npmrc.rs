//! npm's own configuration, as far as it says where packages come from.

use std::collections::HashMap;

use crate::error::{Error, Result, codes};
use crate::spec::Name;

/// The registry that is asked where nothing else is said.
const DEFAULT: &str = "https://registry.npmjs.org/";

/// Where packages come from, and what proves who asks.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    values: HashMap<String, String>,
    registry: Option<String>,
}

impl Sources {
    /// Reads files of npm's form (`.npmrc`); what a later one says counts. `${NAME}` stands for a variable of the environment, and
    /// `npm_config_registry` wins, as in npm.
    pub fn from_npmrc<'a>(files: impl IntoIterator<Item = &'a str>, environment: impl Fn(&str) -> Option<String>) -> Self {
        let lines = files.into_iter().flat_map(str::lines).map(str::trim).filter(|line| !line.starts_with(['#', ';']));
        let pairs = lines.filter_map(|line| line.split_once('='));
        let values = pairs.map(|(key, value)| (key.trim().to_owned(), with_variables(unquoted(value.trim()), &environment)));
        let mut values: HashMap<String, String> = values.collect();
        // npm's variables win over its files.
        for key in ["registry", "cafile"] {
            let known = [format!("npm_config_{key}"), format!("NPM_CONFIG_{}", key.to_uppercase())].iter().find_map(|name| environment(name));
            values.extend(known.filter(|value| !value.is_empty()).map(|value| (key.to_owned(), value)));
        }
        Self { values, registry: None }
    }

    /// The registry of the command line wins over those of npm's configuration, for packages of all scopes.
    ///
    /// # Errors
    /// [`codes::NAME`]: it is not an address of HTTP.
    pub fn with_registry(mut self, url: &str) -> Result<Self> {
        if !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(Error::new(codes::NAME, format!("`{url}` is not the address of a registry.")).help("For example https://npm.example.com/."));
        }
        self.registry = Some(url.to_owned());
        Ok(self)
    }

    /// The file of the authorities that npm trusts, where its configuration names one.
    pub fn authorities(&self) -> Option<&str> {
        self.values.get("cafile").map(String::as_str)
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
    fn a_token_goes_to_its_own_place_alone() {
        let of = |url| sources().authorization(url);
        assert_eq!(of("https://ours.example.com/@ours/a/-/a-1.tgz").as_deref(), Some("Bearer s3cret"));
        assert_eq!(of("https://npm.example.com/all/a").as_deref(), Some("Basic dTpw"));
        assert_eq!(of("https://npm.example.com/a"), None);
        assert_eq!(of("https://ours.example.com.evil.org/a"), None);
        assert_eq!(of("https://other.example.com/a").as_deref(), Some("Bearer ${MISSING}"));
    }
}
