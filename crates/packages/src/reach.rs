//! What the files of nodes and credentials reach: files of their own package, and other packages.

use std::collections::BTreeSet;

use crate::archive::Files;
use crate::manifest::Manifest;
use crate::paths;
use crate::requires;
use crate::spec::Name;

/// What can be reached by literal requires.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reached {
    /// Files of the package.
    pub files: BTreeSet<String>,
    /// Names that are neither paths nor Node's own modules with `node:` before them: other packages, and Node's modules.
    pub names: BTreeSet<Name>,
    /// Node's own modules that are asked for, without `node:`.
    pub built_ins: BTreeSet<String>,
}

/// Node's modules, as far as they can be asked for without `node:`. A test in `package-nodes` holds them against those that the box knows.
pub const BUILT_INS: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Whether a name without `node:` is one of Node's own modules. What only begins like one is of a package: `punycode/`, `process/browser`.
pub fn is_builtin(name: &str) -> bool {
    BUILT_INS.contains(&name)
}

/// Follows the requires of the node and credential files through the files of their package.
pub fn from_nodes(manifest: &Manifest, files: &Files) -> Reached {
    from(manifest.nodes().chain(manifest.credentials()).map(str::to_owned).collect(), files)
}

/// Whether a file, or one of its package that it reaches, holds this text.
pub fn mentions(file: &str, files: &Files, text: &str) -> bool {
    let holds = |path: &String| files.get(path).is_some_and(|content| String::from_utf8_lossy(content).contains(text));
    from(vec![file.to_owned()], files).files.iter().any(holds)
}

fn from(mut open: Vec<String>, files: &Files) -> Reached {
    let mut reached = Reached::default();
    while let Some(path) = open.pop() {
        let Some(content) = files.get(&path) else { continue };
        if !reached.files.insert(path.clone()) || path.ends_with(".json") {
            continue;
        }
        for asked in requires::of(&String::from_utf8_lossy(content)) {
            if asked.starts_with('.') {
                open.extend(own_file(files, &path, asked));
            } else {
                reached.add(asked);
            }
        }
    }
    reached
}

impl Reached {
    fn add(&mut self, asked: &str) {
        let bare = asked.strip_prefix("node:");
        let name = bare.unwrap_or(asked);
        if bare.is_some() || is_builtin(name) {
            self.built_ins.insert(name.to_owned());
        } else {
            self.names.extend(Name::of_require(name));
        }
    }
}

/// The file that a relative require means.
pub fn own_file(files: &Files, from: &str, asked: &str) -> Option<String> {
    paths::file(files, &paths::joined(paths::folder_of(from), asked)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requires_are_followed_through_the_package_alone() {
        let files: Files = [
            (
                "package.json",
                r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["dist/A.node.js", "dist/E.node.ee.js"], "credentials": ["dist/c.js"]}}"#,
            ),
            ("dist/A.node.js", r#"require("./help"); require("lodash/get"); require("crypto"); require("node:fs/promises")"#),
            ("dist/help/index.js", r#"require("../../up.js"); require("../../../../outside"); require("./data"); require("process/browser")"#),
            ("dist/help/data.json", r#"{"a": "require('x')"}"#),
            ("dist/c.js", r#"require("@a/b/c")"#),
            ("up.js", r#"require("./dist/A.node")"#),
            ("unused.js", r#"require("never")"#),
        ]
        .map(|(path, text)| (path.to_owned(), text.into()))
        .into();
        let reached = from_nodes(&Manifest::of(&files, "p").unwrap(), &files);
        assert_eq!(Vec::from_iter(&reached.files), ["dist/A.node.js", "dist/c.js", "dist/help/data.json", "dist/help/index.js", "up.js"]);
        assert_eq!(reached.names.iter().map(Name::as_str).collect::<Vec<_>>(), ["@a/b", "lodash", "process"]);
        assert_eq!(Vec::from_iter(&reached.built_ins), ["crypto", "fs/promises"]);
    }
}
