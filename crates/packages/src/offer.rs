//! What a person is asked before anything is kept: the package itself, its terms, its nodes, and what they may reach.

use std::collections::BTreeMap;
use std::path::Path;

use crate::archive::{self, Files};
use crate::built_in::{self, TESTED};
use crate::cache;
use crate::error::{Error, Result, codes};
use crate::folder::{self, Installed};
use crate::hosts::Hosts;
use crate::integrity::Integrity;
use crate::left_out::{LeftOut, left_out};
use crate::lock::Source;
use crate::manifest::Manifest;
use crate::named;
use crate::reach::{self, Reached};
use crate::registry::Registry;
use crate::spec::{Name, Spec, Wish};
use crate::types::Types;

/// A package, fetched and read, of which nothing is kept yet.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Where it came from.
    pub source: Source,
    /// Bytes that were fetched for it.
    pub fetched: usize,
    /// What is kept of it.
    pub files: Files,
    /// The hash of that.
    pub contents: Integrity,
    /// Its node types and credential types.
    pub types: Types,
    /// What its nodes reach.
    pub reached: Reached,
    /// Those of its dependencies that its nodes reach, without what is left out.
    pub needs: BTreeMap<String, String>,
    /// What is not fetched of what they reach, and why.
    pub left_out: BTreeMap<Name, LeftOut>,
    /// Its terms.
    pub licence: String,
    /// The hosts that its files name.
    pub hosts: Hosts,
    /// What lies beside it where it was found in a folder.
    pub installed: Option<Installed>,
}

impl Offer {
    /// Fetches or reads the package alone.
    ///
    /// # Errors
    /// It is not there, is not what it has to be, or has no nodes.
    pub async fn of_wish(registry: &Registry, wish: &Wish) -> Result<Self> {
        match wish {
            Wish::Registry(spec) => Self::fetch(registry, spec).await,
            Wish::Folder(folder) => Self::read(folder),
        }
    }

    /// The version that [`Self::fetch`] takes of a package of which only the name is said: of n8n-nodes-base the one that was compared with a
    /// real n8n, of others the registry's `latest`.
    ///
    /// # Errors
    /// [`codes::REGISTRY`]: it is not there, or there is no answer. [`codes::VERSION`]: it has no `latest`.
    pub async fn newest(registry: &Registry, name: &Name) -> Result<String> {
        if name.as_str() == TESTED.0 {
            return Ok(TESTED.1.to_owned());
        }
        let versions = registry.versions(name).await?;
        let spec = || Spec { name: name.clone(), wanted: None };
        versions.choose(None).map(|newest| newest.version.to_string()).ok_or_else(|| crate::closure::no_version(&spec(), Some(&versions)))
    }

    /// Fetches the package alone.
    ///
    /// # Errors
    /// It is not there, is not what it has to be, or has no nodes.
    pub async fn fetch(registry: &Registry, spec: &Spec) -> Result<Self> {
        let (version, url, integrity) = match &spec.wanted {
            wanted if spec.name.as_str() == TESTED.0 && wanted.as_ref().is_none_or(|wanted| wanted.to_string() == TESTED.1) => built_in::archive(),
            wanted => {
                let versions = registry.versions(&spec.name).await?;
                let published = versions.choose(wanted.as_ref()).ok_or_else(|| crate::closure::no_version(spec, Some(&versions)))?;
                (published.version.to_string(), published.archive().to_owned(), published.integrity()?)
            }
        };
        let archive = registry.archive(&spec.name, &url, &integrity).await?;
        let of = format!("{}@{version}", spec.name);
        let files = archive::unpack(&archive, &of)?;
        let offer = Self { fetched: archive.len(), ..Self::of(files, Source::Registry { url, integrity: integrity.or_stronger(&archive) }, &of)? };
        if offer.manifest.key()? == of {
            return Ok(offer);
        }
        Err(Error::new(codes::ARCHIVE, format!("The archive of {of} holds {} {}.", offer.manifest.name, offer.manifest.version)))
    }

    /// Reads a package that is installed in a folder, or in the `node_modules` of it.
    ///
    /// # Errors
    /// [`codes::FOLDER`], [`codes::NO_NODES`]: it is not there, or not one.
    pub fn read(folder: &Path) -> Result<Self> {
        let folder = folder::find(folder)?;
        let of = folder.display().to_string();
        let mut offer = Self::of(folder::files(&folder)?, Source::Folder { folder: of.clone() }, &of)?;
        offer.manifest.key()?;
        let installed = folder::libraries(&folder, &offer.needs)?;
        offer.left_out.extend(installed.left_out.clone());
        offer.installed = Some(installed);
        Ok(offer)
    }

    /// Reads a package from its files.
    ///
    /// # Errors
    /// [`codes::NO_NODES`]: it has no nodes.
    pub fn of(files: Files, source: Source, of: &str) -> Result<Self> {
        let manifest = Manifest::of(&files, of)?;
        if !manifest.nodes().chain(manifest.credentials()).any(|path| files.contains_key(path)) {
            return Err(Error::new(codes::NO_NODES, format!("{of} does not hold the files of nodes that its package.json names.")));
        }
        let reached = reach::from_nodes(&manifest, &files);
        let mut all = manifest.peers();
        all.extend(manifest.dependencies.clone());
        let named = reached.names.iter().filter_map(|name| all.get_key_value(name.as_str()));
        let left_out: BTreeMap<Name, LeftOut> = reached.names.iter().filter_map(|name| Some((name.clone(), left_out(name)?))).collect();
        let needs = named.map(|(name, range)| (name.clone(), range.clone())).collect();
        // What lies in a folder may call itself as it likes.
        let is_published = matches!(source, Source::Registry { .. });
        let any = manifest.name == TESTED.0 && is_published;
        let hosts = if any { Hosts::Any } else { Hosts::These(named::hosts(&manifest, &files, &reached)) };
        let licence = licence(&files);
        let (types, contents) = (Types::of(&manifest, &files), cache::contents(&files));
        Ok(Self { manifest, source, fetched: 0, files, contents, types, reached, needs, left_out, licence, hosts, installed: None })
    }

    /// Whether it is, to the byte, what was compared with a real n8n.
    pub fn is_tested(&self) -> bool {
        self.manifest.name == TESTED.0 && self.contents == built_in::lock().packages[TESTED.0].library.contents
    }

    /// The hash of its terms: another text has to be accepted again.
    pub fn licence_hash(&self) -> Integrity {
        Integrity::of(self.licence.as_bytes())
    }
}

/// The texts of the licences at the top of a package, one after the other.
fn licence(files: &Files) -> String {
    let top = files.iter().filter(|(path, _)| !path.contains('/') && archive::is_licence(path));
    top.map(|(_, text)| String::from_utf8_lossy(text).trim().to_owned()).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(entries: &[(&str, &str)]) -> Result<Offer> {
        let files = entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into())).collect();
        Offer::of(files, Source::Folder { folder: "p".into() }, "p")
    }

    #[test]
    fn says_what_the_nodes_need_and_may_reach() {
        let manifest = r#"{"name": "p", "version": "1.0.0", "license": "MIT", "n8n": {"nodes": ["./a.js"], "credentials": ["./c.js"]},
            "dependencies": {"lodash": "^4.0.0", "unused": "1", "kafkajs": "2"}, "peerDependencies": {"n8n-workflow": "*"}}"#;
        let code =
            r#"require("lodash"); require("n8n-workflow"); require("kafkajs"); const a = 'https://api.example.org/v1', b = "https://docs.n8n.io/x";"#;
        let fields = "exports.C = class { properties = [{name: 'site', default: 'my.example.net'}, {name: 'key', default: ''}] };";
        let files = [("package.json", manifest), ("a.js", code), ("c.js", fields), ("LICENSE", "Free.\n"), ("lib/LICENSE", "Other.")];
        let offer = offer(&files).unwrap();
        let needs = [("kafkajs", "2"), ("lodash", "^4.0.0"), ("n8n-workflow", "*")].map(|(name, range)| (name.to_owned(), range.to_owned()));
        assert_eq!(offer.needs, BTreeMap::from(needs));
        assert_eq!(offer.left_out.keys().map(Name::as_str).collect::<Vec<_>>(), ["kafkajs", "n8n-workflow"]);
        assert_eq!(offer.hosts, Hosts::These(["api.example.org", "my.example.net"].map(str::to_owned).into()));
        assert_eq!((offer.licence.as_str(), offer.manifest.license()), ("Free.", "MIT"));
    }

    #[test]
    fn only_the_registry_s_n8n_nodes_base_is_offered_any_host() {
        let manifest = r#"{"name": "n8n-nodes-base", "version": "9.9.9", "n8n": {"nodes": ["a.js"]}}"#;
        let files = [("package.json", manifest), ("a.js", "'https://api.example.org/'")].map(|(path, text)| (path.to_owned(), text.into()));
        let hosts = |source| Offer::of(files.clone().into(), source, "p").unwrap().hosts;
        assert_eq!(hosts(Source::Registry { url: "https://r.example/p.tgz".into(), integrity: Integrity::of(b"p") }), Hosts::Any);
        assert_eq!(hosts(Source::Folder { folder: "p".into() }), Hosts::These(["api.example.org".to_owned()].into()));
    }

    #[test]
    fn a_package_without_nodes_is_refused() {
        for entries in [
            &[("a.js", "1")][..],
            &[("package.json", "{")],
            &[("package.json", r#"{"name": "p", "version": "1.0.0"}"#)],
            &[("package.json", r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["gone.js"]}}"#)],
            &[("package.json", r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["a.node.ee.js"]}}"#), ("a.node.ee.js", "1")],
        ] {
            assert_eq!(offer(entries).unwrap_err().code, codes::NO_NODES, "{entries:?}");
        }
    }
}
