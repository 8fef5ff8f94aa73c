//! The words that name a package: on the command line, and in the `dependencies` of another.

use std::fmt;
use std::path::{Path, PathBuf};

use nodejs_semver::{Range, Version};

use crate::error::{Error, Result, codes};

/// The name of a package, checked by npm's rules: it becomes part of addresses and of paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Checks a name.
    ///
    /// # Errors
    /// [`codes::NAME`]: npm allows no such name.
    pub fn new(text: &str) -> Result<Self> {
        let bare =
            text.strip_prefix('@').map_or(Some(text), |scoped| scoped.split_once('/').filter(|(scope, _)| is_word(scope)).map(|(_, name)| name));
        match bare {
            Some(bare) if is_word(bare) && text.len() <= 214 => Ok(Self(text.to_owned())),
            _ => Err(Error::new(codes::NAME, format!("`{text}` is not the name of an npm package."))),
        }
    }

    /// The package that a `require` of this text is of: `@scope/name/file.js` is of `@scope/name`. `None` for paths and for names that
    /// npm does not allow.
    pub fn of_require(text: &str) -> Option<Self> {
        let parts = if text.starts_with('@') { 2 } else { 1 };
        let end = text.match_indices('/').nth(parts - 1).map_or(text.len(), |(at, _)| at);
        Self::new(&text[..end]).ok()
    }

    /// As npm writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `@scope`, where it has one.
    pub fn scope(&self) -> Option<&str> {
        self.0.starts_with('@').then(|| self.0.split('/').next().unwrap_or_default())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters, digits and `-._~`, not a dot or an underscore first: npm's rule, with the upper case that old packages have.
fn is_word(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    !text.is_empty() && !text.starts_with(['.', '_']) && text.chars().all(allowed) && text != "node_modules"
}

/// Which versions are meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// npm's range, for example `^1.2.0`.
    Range(Range),
    /// A tag of the registry, for example `latest`.
    Tag(String),
}

/// A package, and which of its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The package.
    pub name: Name,
    /// Its versions; `None` where the words say nothing of them.
    pub wanted: Option<Wanted>,
}

impl Spec {
    /// Reads `NAME` or `NAME@VERSION`, as on the command line.
    ///
    /// # Errors
    /// [`codes::NAME`]: no such name or version is possible.
    pub fn parse(text: &str) -> Result<Self> {
        let at = text.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
        let Some(at) = at else { return Ok(Self { name: Name::new(text)?, wanted: None }) };
        Ok(Self { name: Name::new(&text[..at])?, wanted: Some(wanted(&text[at + 1..])?) })
    }

    /// Reads an entry of `dependencies`: the name under which it is used, and a range, a tag, or `npm:NAME@RANGE`.
    ///
    /// # Errors
    /// [`codes::NAME`]: an address, a folder or a repository, from which nothing is fetched.
    pub fn of_dependency(used_as: &str, text: &str) -> Result<Self> {
        match text.trim().strip_prefix("npm:") {
            Some(alias) => Self::parse(alias),
            None => Ok(Self { name: Name::new(used_as)?, wanted: Some(wanted(text.trim())?) }),
        }
    }
}

/// What a person asks to add.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// A package of the registry.
    Registry(Spec),
    /// What is installed in a folder.
    Folder(PathBuf),
}

impl Wish {
    /// Reads it. A name is one, also where a folder of that name is there: `./NAME` is the folder.
    ///
    /// # Errors
    /// [`codes::NAME`]: it is neither a name nor a folder.
    pub fn parse(text: &str) -> Result<Self> {
        let path = Path::new(text);
        if text.starts_with('.') || path.is_absolute() {
            return Ok(Self::Folder(path.to_owned()));
        }
        match Spec::parse(text) {
            Err(_) if path.is_dir() => Ok(Self::Folder(path.to_owned())),
            parsed => parsed.map(Self::Registry),
        }
    }
}

/// Whether a version comes before another one, by the rules of semver. What is no version comes before none.
pub fn is_older(version: &str, than: &str) -> bool {
    let read = |text: &str| text.parse::<Version>().ok();
    read(version).zip(read(than)).is_some_and(|(version, than)| version < than)
}

fn wanted(text: &str) -> Result<Wanted> {
    if let Ok(range) = Range::parse(if text.is_empty() { "*" } else { text }) {
        return Ok(Wanted::Range(range));
    }
    if is_word(text) {
        return Ok(Wanted::Tag(text.to_owned()));
    }
    Err(Error::new(codes::NAME, format!("`{text}` is neither a version nor a range of versions."))
        .help("Packages come from the registry: addresses, folders and repositories are not followed."))
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(range) => range.fmt(f),
            Self::Tag(tag) => f.write_str(tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_before_they_become_paths() {
        for good in ["lodash", "@n8n/di", "JSONStream", "a.b", "@e965/xlsx"] {
            assert_eq!(Name::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "..", "a/b", "@a", "@a/", "@/a", "@../x", "a b", ".bin", "node_modules", "a\\b", "é", "@a/b/c"] {
            assert_eq!(Name::new(bad).unwrap_err().code, codes::NAME, "{bad}");
        }
    }

    #[test]
    fn versions_are_compared_as_versions() {
        for (older, newer) in [("1.9.0", "1.10.0"), ("2.0.0-beta.2", "2.0.0-beta.10"), ("2.0.0-rc.1", "2.0.0")] {
            assert!(is_older(older, newer) && !is_older(newer, older), "{older} {newer}");
        }
        assert!(!is_older("1.0.0", "1.0.0") && !is_older("x", "1.0.0"));
    }

    #[test]
    fn a_require_is_of_a_package() {
        let of = |text| Name::of_require(text).map(|name| name.to_string());
        assert_eq!(of("lodash/get").as_deref(), Some("lodash"));
        assert_eq!(of("@n8n/di/dist/x.js").as_deref(), Some("@n8n/di"));
        assert_eq!(of("./own"), None);
        assert_eq!(of("/etc/passwd"), None);
        assert_eq!(of("@scope"), None);
    }

    #[test]
    fn words_of_the_command_line_and_of_dependencies() {
        assert_eq!(Spec::parse("n8n-nodes-base").unwrap().wanted, None);
        assert!(matches!(Spec::parse("@a/b@1.2.3").unwrap(), Spec { name, wanted: Some(Wanted::Range(_)) } if name.as_str() == "@a/b"));
        assert!(matches!(Spec::parse("a@latest").unwrap().wanted, Some(Wanted::Tag(tag)) if tag == "latest"));
        assert_eq!(Spec::of_dependency("string-width-cjs", "npm:string-width@^4.2.0").unwrap().name.as_str(), "string-width");
        assert!(matches!(Spec::of_dependency("a", "").unwrap().wanted, Some(Wanted::Range(_))));
        for bad in ["git+https://x/y.git", "file:../a", "https://x/y.tgz", "user/repo", "workspace:*", "../a"] {
            assert_eq!(Spec::of_dependency("a", bad).unwrap_err().code, codes::NAME, "{bad}");
        }
    }
}
