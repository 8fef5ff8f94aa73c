//! Which file of a package a path means: the rules of CommonJS, for those who ask while a package is installed and while it runs.

use serde_json::Value;

use crate::archive::Files;

/// The files of one package.
pub(crate) trait Folder {
    /// Whether there is such a file.
    fn has(&self, path: &str) -> bool;

    /// The `package.json` of a folder.
    fn manifest(&self, folder: &str) -> Option<Value>;
}

impl Folder for Files {
    fn has(&self, path: &str) -> bool {
        self.contains_key(path)
    }

    fn manifest(&self, folder: &str) -> Option<Value> {
        serde_json::from_slice(self.get(&below(folder, "package.json"))?).ok()
    }
}

/// A path below a folder; "" is the package's own.
pub(crate) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder that a file is in; "" is the package's own.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path from a folder; `None`: it leads out of the package.
pub(crate) fn joined(folder: &str, asked: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in asked.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The file that a path means: itself, with an ending, or the main file of a folder. A main file that is a folder has its index; what that
/// folder's own `package.json` says counts no more.
pub(crate) fn file(files: &impl Folder, path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let main = || {
        let manifest = files.manifest(path)?;
        let main = joined(path, manifest["main"].as_str()?)?;
        with_ending(files, &main).or_else(|| index(files, &main))
    };
    with_ending(files, path).or_else(main).or_else(|| index(files, path))
}

fn with_ending(files: &impl Folder, path: &str) -> Option<String> {
    ["", ".js", ".json", ".cjs", ".mjs"].into_iter().map(|ending| format!("{path}{ending}")).find(|path| files.has(path))
}

fn index(files: &impl Folder, folder: &str) -> Option<String> {
    ["index.js", "index.json", "index.cjs", "index.mjs"].into_iter().map(|name| below(folder, name)).find(|path| files.has(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_what_it_means_in_node() {
        let files: Files = [
            ("package.json", r#"{"main": "./dist/"}"#),
            ("dist/index.js", ""),
            ("a/package.json", r#"{"main": "../b"}"#),
            ("b/package.json", r#"{"main": "../a"}"#),
            ("c/package.json", r#"{"main": "../b"}"#),
            ("c/index.js", ""),
            ("d/package.json", r#"{"main": "../../out"}"#),
            ("d/index.cjs", ""),
            ("e/package.json", r#"{"main": "lib"}"#),
            ("e/lib.js", ""),
            ("e.json", ""),
            ("f/package.json", "no JSON"),
            ("f/index.js", ""),
            ("g/package.json", r#"{"main": "."}"#),
        ]
        .map(|(path, text)| (path.to_owned(), text.into()))
        .into();
        let meant = |path: &str| file(&files, path);
        let some = |path: &str| Some(path.to_owned());
        assert_eq!(meant(""), some("dist/index.js"));
        assert_eq!((meant("a"), meant("b"), meant("g")), (None, None, None), "they lead to each other");
        assert_eq!((meant("c"), meant("d"), meant("f")), (some("c/index.js"), some("d/index.cjs"), some("f/index.js")));
        assert_eq!((meant("e"), meant("e/"), meant("e/lib")), (some("e.json"), some("e.json"), some("e/lib.js")));
        assert_eq!((joined("a/b", "../../c"), joined("a", "../../c")), (some("c"), None));
    }
}
