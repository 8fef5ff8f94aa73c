//! Which file a `require` or an `import` means, among the packages of a lock: by Node.js's rules, with the lock's graph in the place of nested folders.
//!
//! A file is known by its id: `NAME@VERSION/PATH`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};

use bytes::Bytes;
use serde_json::Value;

use crate::bundles::Bundles;
use crate::cache::{Cache, Kept};
use crate::error::{Error, Result, codes};
use crate::facts::{Fact, Facts};
use crate::integrity::Integrity;
use crate::left_out::{LeftOut, left_out};
use crate::lock::{Library, Lock, Package};
use crate::manifest::Manifest;
use crate::paths::{self, Folder, below, folder_of, joined};
use crate::reach::{self, is_builtin};
use crate::requires;
use crate::spec::Name;

/// What a name means.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A file.
    File {
        /// Its id.
        id: String,
        /// What it is.
        form: Form,
    },
    /// A module of Node.js, without `node:`.
    BuiltIn(String),
    /// One of n8n's own packages, which the host stands in for, with its path.
    StandIn(String),
    /// Nothing that is here, and why.
    Missing(String),
    /// A package whose files cannot be read, and why.
    Unreadable(Error),
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CommonJS.
    Script,
    /// An ES module.
    Module,
    /// JSON.
    Json,
}

/// Whether a name is asked for by `require` or by `import`: packages may answer differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// `require`.
    Require,
    /// `import`.
    Import,
}

/// The files that one package of nodes and what it uses consist of.
#[derive(Debug)]
pub struct Modules {
    cache: Cache,
    root: String,
    /// [`Lock::identity`] of the package.
    identity: Integrity,
    facts: OnceLock<Facts>,
    packages: BTreeMap<String, Held>,
    manifests: Mutex<BTreeMap<(String, String), Value>>,
}

#[derive(Debug)]
struct Held {
    contents: Integrity,
    uses: BTreeMap<String, String>,
    /// Its files, once somebody asks for them; `None` where they cannot be read.
    kept: OnceLock<Option<Kept>>,
}

impl Held {
    fn new(contents: Integrity, uses: BTreeMap<String, String>) -> Self {
        Self { contents, uses, kept: OnceLock::new() }
    }
}

impl Modules {
    /// Those of a package of a lock.
    pub fn new(lock: &Lock, cache: &Cache, name: &str, package: &Package) -> Self {
        let root = format!("{name}@{}", package.version);
        let held = |library: &Library| Held::new(library.contents.clone(), library.uses.clone());
        let libraries = lock.libraries_of(package).into_iter().filter_map(|key| Some((key.to_owned(), held(lock.libraries.get(key)?))));
        let packages = libraries.chain([(root.clone(), held(&package.library))]).collect();
        let identity = lock.identity(name, package);
        Self { cache: cache.clone(), root, identity, facts: OnceLock::new(), packages, manifests: Mutex::default() }
    }

    /// `NAME@VERSION` of the package of nodes.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The id of a file of the package of nodes itself.
    pub fn own(&self, path: &str) -> String {
        format!("{}/{path}", self.root)
    }

    /// What all of these packages are, in one hash.
    pub fn identity(&self) -> &Integrity {
        &self.identity
    }

    /// What is known of what a file exports, without running it: see [`Facts`].
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.facts().0.get(id)
    }

    fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::kept(&self.cache, &self.identity).ok().flatten().unwrap_or_default())
    }

    /// The modules of other packages that the files of the package of nodes ask for.
    ///
    /// # Errors
    /// Those of the cache; [`codes::NO_NODES`]: the package is not one of nodes.
    pub fn borrowed(&self) -> Result<BTreeSet<String>> {
        let Some(own) = self.packages.get(&self.root) else { return Ok(BTreeSet::new()) };
        let files = self.cache.read(&own.contents, &self.root)?;
        let mut borrowed = BTreeSet::new();
        for path in reach::from_nodes(&Manifest::of(&files, &self.root)?, &files).files {
            let from = self.own(&path);
            if self.form_of(&from) != Form::Script {
                continue;
            }
            let text = files.get(&path).map(|content| String::from_utf8_lossy(content)).unwrap_or_default();
            let targets = requires::of(&text).map(|asked| self.resolve(&from, asked, Asker::Require));
            borrowed.extend(targets.filter_map(|target| match target {
                Target::File { id, form } if form != Form::Json && !self.is_own(&id) => Some(id),
                _ => None,
            }));
        }
        Ok(borrowed)
    }

    /// The files with which something begins: those of types, and those of libraries that run when they are used.
    ///
    /// # Errors
    /// Those of the cache; [`codes::NO_NODES`]: the package is not one of nodes.
    pub fn beginnings(&self) -> Result<BTreeSet<String>> {
        let (manifest, _) = self.read(&self.own("package.json"))?;
        let manifest = Manifest::read(Some(&manifest), &self.root)?;
        let types = manifest.nodes().chain(manifest.credentials()).filter(|file| self.has(&self.root, file)).map(|file| self.own(file));
        Ok(types.chain(self.facts().0.keys().cloned()).collect())
    }

    /// What was compiled of them by an engine.
    pub fn bundles(&self, engine: &str) -> Bundles {
        Bundles::new(&self.cache, &self.identity, engine)
    }

    /// Whether a file belongs to the package of nodes itself.
    pub fn is_own(&self, id: &str) -> bool {
        split(id).is_some_and(|(key, _)| key == self.root)
    }

    /// The content of a file, checked, and its hash.
    ///
    /// # Errors
    /// [`codes::NOT_INSTALLED`]: it is not there. Those of the cache.
    pub fn read(&self, id: &str) -> Result<(Bytes, Integrity)> {
        let nothing = || Error::new(codes::NOT_INSTALLED, format!("The packages that are installed have no file {id}."));
        let (key, path) = split(id).ok_or_else(nothing)?;
        let held = self.packages.get(key).ok_or_else(nothing)?;
        let kept = held.kept.get_or_init(|| self.cache.open(&held.contents, key).ok());
        let Some(kept) = kept else { return Err(self.unreadable(key).unwrap_or_else(nothing)) };
        let content = kept.read(path)?.ok_or_else(nothing)?;
        Ok((content, kept.hash(path).ok_or_else(nothing)?))
    }

    /// What a file is.
    pub fn form_of(&self, id: &str) -> Form {
        split(id).map_or(Form::Script, |(key, path)| self.form(key, path))
    }

    fn has(&self, key: &str, path: &str) -> bool {
        let Some(held) = self.packages.get(key) else { return false };
        held.kept.get_or_init(|| self.cache.open(&held.contents, key).ok()).as_ref().is_some_and(|kept| kept.hash(path).is_some())
    }

    /// Why the files of a package cannot be read.
    fn unreadable(&self, key: &str) -> Option<Error> {
        let held = self.packages.get(key)?;
        let kept = held.kept.get_or_init(|| self.cache.open(&held.contents, key).ok());
        if kept.is_some() { None } else { self.cache.open(&held.contents, key).err() }
    }

    /// What a name means that the file `from` asks for; "" asks on behalf of the package of nodes.
    pub fn resolve(&self, from: &str, asked: &str, asker: Asker) -> Target {
        let bare = asked.strip_prefix("node:");
        if bare.is_some() || is_builtin(asked) {
            let name = bare.unwrap_or(asked);
            // Libraries with the name of a module of Node.js's are meant by their users: `punycode/`.
            return Target::BuiltIn(name.to_owned());
        }
        let (key, folder) = match split(from) {
            Some((key, path)) => (key, folder_of(path)),
            None => (self.root.as_str(), ""),
        };
        if asked.starts_with('.') {
            let found = joined(folder, asked).and_then(|path| self.file(key, &path));
            return found.unwrap_or_else(|| {
                Target::Missing(match asked.ends_with(".node") {
                    true => "it is an addon, machine code that packages cannot load here".into(),
                    false => format!("{key} does not hold it"),
                })
            });
        }
        if asked.starts_with('/') || asked.contains(':') {
            return Target::Missing("packages reach no files but their own".into());
        }
        if let Some(path) = asked.strip_prefix('#') {
            let found = self.manifest(key, "").and_then(|manifest| mapped(&manifest["imports"], &format!("#{path}"), asker));
            let found = found.and_then(|path| self.file(key, path.trim_start_matches("./")));
            return found.unwrap_or_else(|| Target::Missing(format!("{key} does not say what it is")));
        }
        self.package(key, asked.trim_end_matches('/'), asker)
    }

    fn package(&self, user: &str, asked: &str, asker: Asker) -> Target {
        let Some(name) = Name::of_require(asked) else { return Target::Missing("it is not the name of a package".into()) };
        let own = self.packages.get(user).is_some_and(|_| split_key(user).is_some_and(|(own, _)| own == name.as_str()));
        // A lock of before may name one that the host stands in for by now.
        if !own && left_out(&name) == Some(LeftOut::FromTheHost) {
            return Target::StandIn(asked.to_owned());
        }
        let key = if own { Some(user.to_owned()) } else { self.used(user, name.as_str()) };
        let Some(key) = key else {
            return match left_out(&name) {
                Some(LeftOut::OutOfReach(why)) => Target::Missing(format!("it {why}, which the box does not let it do")),
                _ => Target::Missing(format!("{user} was installed without it")),
            };
        };
        if let Some(error) = self.unreadable(&key) {
            return Target::Unreadable(error);
        }
        let inside = asked[name.as_str().len()..].trim_start_matches('/');
        let found = match self.manifest(&key, "").filter(|manifest| !manifest["exports"].is_null()) {
            Some(manifest) => {
                let subpath = if inside.is_empty() { ".".to_owned() } else { format!("./{inside}") };
                mapped(&manifest["exports"], &subpath, asker).and_then(|path| self.file(&key, path.trim_start_matches("./")))
            }
            None => self.file(&key, inside),
        };
        // What a package does not export is taken all the same, as older versions of Node.js did.
        found.or_else(|| self.file(&key, inside)).unwrap_or_else(|| Target::Missing(format!("{key} does not hold {inside:?}")))
    }

    /// Which version of a package is meant: the user's own, else that of the package of nodes, else the only one that there is.
    fn used(&self, user: &str, name: &str) -> Option<String> {
        let of = |key: &str| self.packages.get(key)?.uses.get(name).cloned();
        of(user).or_else(|| of(&self.root)).or_else(|| {
            let mut all = self.packages.keys().filter(|key| split_key(key).is_some_and(|(own, _)| own == name));
            all.next().filter(|_| all.next().is_none()).cloned()
        })
    }

    /// The file that a path means.
    fn file(&self, key: &str, path: &str) -> Option<Target> {
        let found = paths::file(&Of { modules: self, key }, path)?;
        Some(Target::File { form: self.form(key, &found), id: format!("{key}/{found}") })
    }

    fn form(&self, key: &str, path: &str) -> Form {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending {
            "json" => return Form::Json,
            "mjs" => return Form::Module,
            "cjs" => return Form::Script,
            _ => {}
        }
        let mut folder = path;
        loop {
            folder = folder_of(folder);
            match self.manifest(key, folder).map(|manifest| manifest["type"] == "module") {
                Some(true) => return Form::Module,
                Some(false) => return Form::Script,
                None if folder.is_empty() => return Form::Script,
                None => {}
            }
        }
    }

    /// The `package.json` of a folder.
    fn manifest(&self, key: &str, folder: &str) -> Option<Value> {
        let place = (key.to_owned(), folder.to_owned());
        let known = self.manifests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&place).cloned();
        known.or_else(|| {
            let path = below(folder, "package.json");
            let text = if self.has(key, &path) { self.read(&format!("{key}/{path}")).ok() } else { None };
            // That there is none is not kept: code may ask for any number of folders that are not there.
            let read: Value = text.and_then(|(text, _)| serde_json::from_slice(&text).ok())?;
            self.manifests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(place, read.clone());
            Some(read)
        })
    }
}

/// `NAME@VERSION` and the path of an id.
fn split(id: &str) -> Option<(&str, &str)> {
    let at = id.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
    let end = at + id[at..].find('/')?;
    Some((&id[..end], &id[end + 1..]))
}

/// The name and the version of a key.
fn split_key(key: &str) -> Option<(&str, &str)> {
    let at = key.rfind('@').filter(|at| *at > 0)?;
    Some((&key[..at], &key[at + 1..]))
}

/// The files of one of the packages.
struct Of<'a> {
    modules: &'a Modules,
    key: &'a str,
}

impl Folder for Of<'_> {
    fn has(&self, path: &str) -> bool {
        self.modules.has(self.key, path)
    }

    fn manifest(&self, folder: &str) -> Option<Value> {
        self.modules.manifest(self.key, folder)
    }
}

/// What `exports` or `imports` of a package say of a path.
fn mapped(exports: &Value, subpath: &str, asker: Asker) -> Option<String> {
    let map = match exports {
        Value::Object(map) if map.keys().any(|key| key.starts_with('.') || key.starts_with('#')) => map,
        conditions if subpath == "." => return chosen(conditions, asker),
        _ => return None,
    };
    if let Some(exact) = map.get(subpath) {
        return chosen(exact, asker);
    }
    // The pattern with the longest beginning wins.
    let fitting = map.iter().filter_map(|(key, value)| {
        let (before, after) = key.split_once('*').or_else(|| key.ends_with('/').then_some((key.as_str(), "")))?;
        let middle = subpath.strip_prefix(before)?.strip_suffix(after)?;
        Some((before.len(), key.ends_with('/'), middle, value))
    });
    let (_, folder, middle, value) = fitting.max_by_key(|(length, ..)| *length)?;
    let path = chosen(value, asker)?;
    Some(if folder { format!("{path}{middle}") } else { path.replace('*', middle) })
}

fn chosen(value: &Value, asker: Asker) -> Option<String> {
    match value {
        Value::String(path) => Some(path.clone()),
        Value::Array(list) => list.iter().find_map(|entry| chosen(entry, asker)),
        Value::Object(conditions) => conditions.iter().find_map(|(condition, value)| match (condition.as_str(), asker) {
            ("node" | "default", _) | ("require", Asker::Require) | ("import", Asker::Import) => chosen(value, asker),
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Files;

    fn held(cache: &Cache, files: &[(&str, &str)], uses: &[(&str, &str)]) -> Held {
        let files: Files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into())).collect();
        let uses = uses.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect();
        Held::new(cache.put(&files).unwrap(), uses)
    }

    fn modules(cache: &Cache) -> Modules {
        let exports = r#"{"type": "module", "exports": {".": {"import": "./e.js", "require": "./c.cjs"}, "./sub/*": "./lib/*.js", "./no": null}}"#;
        let packages = [
            (
                "p@1.0.0",
                held(
                    cache,
                    &[("dist/A.node.js", ""), ("dist/help/index.js", ""), ("dist/d.json", "{}")],
                    &[("x", "x@2.0.0"), ("@s/y", "@s/y@1.0.0")],
                ),
            ),
            ("x@1.0.0", held(cache, &[("package.json", r#"{"main": "lib"}"#), ("lib/index.js", "1")], &[])),
            (
                "x@2.0.0",
                held(
                    cache,
                    &[("package.json", r#"{"main": "./main"}"#), ("main.js", ""), ("esm/package.json", r#"{"type": "module"}"#), ("esm/a.js", "")],
                    &[],
                ),
            ),
            ("@s/y@1.0.0", held(cache, &[("package.json", exports), ("e.js", ""), ("c.cjs", ""), ("lib/z.js", "")], &[("x", "x@1.0.0")])),
            ("punycode@2.0.0", held(cache, &[("index.js", "")], &[])),
        ];
        Modules {
            cache: cache.clone(),
            root: "p@1.0.0".into(),
            identity: Integrity::of(b""),
            facts: OnceLock::new(),
            packages: packages.map(|(key, held)| (key.to_owned(), held)).into(),
            manifests: Mutex::default(),
        }
    }

    #[test]
    fn names_mean_what_they_mean_in_nested_folders() {
        let folder = tempfile::tempdir().unwrap();
        let modules = modules(&Cache::new(folder.path()));
        let file = |id: &str, form| Target::File { id: id.to_owned(), form };
        for (from, asked, target) in [
            ("", "./dist/A.node", file("p@1.0.0/dist/A.node.js", Form::Script)),
            ("p@1.0.0/dist/A.node.js", "./help", file("p@1.0.0/dist/help/index.js", Form::Script)),
            ("p@1.0.0/dist/help/index.js", "../d", file("p@1.0.0/dist/d.json", Form::Json)),
            ("p@1.0.0/dist/A.node.js", "x", file("x@2.0.0/main.js", Form::Script)),
            ("p@1.0.0/dist/A.node.js", "x/esm/a", file("x@2.0.0/esm/a.js", Form::Module)),
            ("@s/y@1.0.0/e.js", "x", file("x@1.0.0/lib/index.js", Form::Script)),
            ("p@1.0.0/dist/A.node.js", "@s/y", file("@s/y@1.0.0/c.cjs", Form::Script)),
            ("p@1.0.0/dist/A.node.js", "@s/y/sub/z", file("@s/y@1.0.0/lib/z.js", Form::Module)),
            ("x@2.0.0/main.js", "@s/y", file("@s/y@1.0.0/c.cjs", Form::Script)),
            ("p@1.0.0/dist/A.node.js", "punycode/", file("punycode@2.0.0/index.js", Form::Script)),
            ("p@1.0.0/dist/A.node.js", "punycode", Target::BuiltIn("punycode".into())),
            ("p@1.0.0/dist/A.node.js", "node:fs/promises", Target::BuiltIn("fs/promises".into())),
            ("p@1.0.0/dist/A.node.js", "n8n-workflow", Target::StandIn("n8n-workflow".into())),
            ("p@1.0.0/dist/A.node.js", "@n8n/utils/sleep", Target::StandIn("@n8n/utils/sleep".into())),
        ] {
            assert_eq!(modules.resolve(from, asked, Asker::Require), target, "{asked} from {from}");
        }
        assert_eq!(modules.resolve("p@1.0.0/a.js", "@s/y", Asker::Import), file("@s/y@1.0.0/e.js", Form::Module));
    }

    #[test]
    fn nothing_leads_out_of_the_packages() {
        let folder = tempfile::tempdir().unwrap();
        let modules = modules(&Cache::new(folder.path().join("cache")));
        std::fs::write(folder.path().join("secret.js"), "1").unwrap();
        for asked in [
            "../../../../secret",
            "./../../../../secret.js",
            "x/../../../../../secret",
            "/etc/passwd",
            "..",
            "x/..",
            "file:///etc/passwd",
            r"x\..\y",
            "",
        ] {
            let target = modules.resolve("p@1.0.0/dist/A.node.js", asked, Asker::Require);
            assert!(matches!(target, Target::Missing(_)), "{asked}: {target:?}");
        }
        for id in ["p@1.0.0/../../secret.js", "p@1.0.0//etc/passwd", "nothing@1.0.0/a.js", "p@1.0.0/dist/../dist/A.node.js", "p", ""] {
            assert!(modules.read(id).is_err(), "{id}");
        }
        assert!(modules.read("p@1.0.0/dist/d.json").is_ok());
    }
}
