//! Which node files are there for what no box lets them do, such as databases: known when a package is installed, so that nothing of it has to be
//! read to say so of a workflow.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::archive::Files;
use crate::cache::Cache;
use crate::error::Result;
use crate::integrity::Integrity;
use crate::left_out::purpose;
use crate::manifest::Manifest;
use crate::reach::own_file;
use crate::requires;

/// What is made here, and its form.
pub(crate) const FORM: &str = "needs-2";
/// Its file.
const FILE: &str = "needs.json";

/// What such node files need, as a phrase, by their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Needs(pub BTreeMap<String, String>);

impl Needs {
    /// Those of a package: what its node files reach through its own files.
    pub fn of(manifest: &Manifest, files: &Files) -> Self {
        let mut asked = BTreeMap::new();
        let needs = manifest.nodes().filter_map(|file| Some((file.to_owned(), need(file, files, &mut asked)?)));
        Self(needs.collect())
    }

    /// Keeps them in the cache, beside the package with these contents.
    ///
    /// # Errors
    /// [`crate::codes::CACHE`]: the cache cannot be written.
    pub fn keep(&self, cache: &Cache, contents: &Integrity) -> Result<()> {
        cache.put_value(contents, FORM, FILE, self)
    }

    /// What was kept; `None`: nothing was.
    ///
    /// # Errors
    /// [`crate::codes::INTEGRITY`]: it is not as it was made.
    pub fn kept(cache: &Cache, contents: &Integrity) -> Result<Option<Self>> {
        cache.value(contents, FORM, FILE)
    }
}

/// What a node file needs. `asked` remembers what each file asks for: node files share many.
fn need<'f>(node: &str, files: &'f Files, asked: &mut BTreeMap<String, Vec<&'f str>>) -> Option<String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![node.to_owned()]);
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) || path.ends_with(".json") {
            continue;
        }
        let of_file = || files.get(&path).and_then(|content| std::str::from_utf8(content).ok()).map(|text| requires::of(text).collect());
        for name in asked.entry(path.clone()).or_insert_with(|| of_file().unwrap_or_default()).iter() {
            match purpose(name) {
                Some(why) => return Some(format!("{name}, which {why}")),
                None if name.starts_with('.') => open.extend(own_file(files, &path, name)),
                None => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_is_there_for_a_database_says_so() {
        let nodes = r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["a/Pg.node.js", "a/Read.node.js", "a/Mail.node.js", "a/Send.node.js"]}}"#;
        let files: Files = [
            ("package.json", nodes),
            ("a/Pg.node.js", r#"require("./v2/way")"#),
            ("a/v2/way.js", r#"require("../Pg.node.js"); require("pg-promise/lib/x")"#),
            ("a/Read.node.js", r#"require("pdfjs-dist"); require("@smithy/node-http-handler")"#),
            ("a/Mail.node.js", r#"require("nodemailer/lib/mail-composer"); require("pg.x")"#),
            ("a/Send.node.js", r#"require("nodemailer")"#),
        ]
        .map(|(path, text)| (path.to_owned(), text.into()))
        .into();
        let needs = Needs::of(&Manifest::of(&files, "p").unwrap(), &files);
        let expected =
            [("a/Pg.node.js", "pg-promise/lib/x, which opens sockets (Postgres)"), ("a/Send.node.js", "nodemailer, which opens sockets (SMTP)")];
        assert_eq!(needs.0, expected.map(|(path, need)| (path.to_owned(), need.to_owned())).into());
        let folder = tempfile::tempdir().unwrap();
        let (cache, contents) = (Cache::new(folder.path()), crate::cache::contents(&files));
        assert_eq!(Needs::kept(&cache, &contents), Ok(None));
        needs.keep(&cache, &contents).unwrap();
        assert_eq!(Needs::kept(&cache, &contents), Ok(Some(needs)));
    }
}
