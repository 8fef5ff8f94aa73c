//! A made-up registry on a loopback port, and a project that takes packages from it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use packages::integrity::Integrity;
use serde_json::{Value, json};
use tar::{Builder, Header};

use crate::support::{Folder, Ran, chain, command, finish};

pub(crate) const LICENCE: &str = "You may use this on Sundays.";

/// What is answered to a path, and what was asked.
#[derive(Default)]
struct Shared {
    answers: BTreeMap<String, Vec<u8>>,
    /// Path and headers.
    asked: Vec<(String, String)>,
    versions: BTreeMap<String, Value>,
}

/// The registry; it ends with the tests.
#[derive(Clone)]
pub(crate) struct MadeUp {
    pub(crate) url: String,
    shared: Arc<Mutex<Shared>>,
}

impl MadeUp {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::<Mutex<Shared>>::default();
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = serving.clone();
                // A client that goes away is no failure of the server.
                std::thread::spawn(move || answer(stream, &shared).ok());
            }
        });
        Self { url, shared }
    }

    /// Publishes a version with these files; the text of its licence and `package.json` come besides.
    pub(crate) fn publish(&self, name: &str, version: &str, licence: &str, manifest: &Value, files: &[(&str, &str)]) {
        let mut whole = json!({"name": name, "version": version, "license": "SEE LICENSE"});
        whole.as_object_mut().expect("an object").extend(manifest.as_object().cloned().unwrap_or_default());
        let text = whole.to_string();
        let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, content) in files.iter().chain(&[("package.json", text.as_str()), ("LICENSE.md", licence)]) {
            let mut header = Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.append_data(&mut header, format!("package/{path}"), content.as_bytes()).expect("packed");
        }
        self.publish_archive(name, version, &whole["dependencies"], tar.into_inner().expect("packed").finish().expect("packed"));
    }

    pub(crate) fn publish_archive(&self, name: &str, version: &str, dependencies: &Value, archive: Vec<u8>) {
        let path = format!("/{name}/-/{version}.tgz");
        let dist = json!({"tarball": format!("{}{path}", self.url), "integrity": String::from(Integrity::of(&archive))});
        let published =
            json!({"name": name, "version": version, "dependencies": dependencies.as_object().cloned().unwrap_or_default(), "dist": dist});
        let mut shared = self.shared.lock().expect("whole");
        let known = shared.versions.entry(name.to_owned()).or_insert_with(|| json!({"versions": {}}));
        known["versions"][version] = published;
        known["dist-tags"] = json!({"latest": version});
        let versions = http(200, "", known.to_string().as_bytes());
        shared.answers.insert(format!("/{}", name.replace('/', "%2f")), versions);
        shared.answers.insert(path, http(200, "", &archive));
    }

    /// A package with a node that needs the libraries `a` and `b`, of which `a` needs `c`.
    pub(crate) fn with_nodes() -> Self {
        let registry = Self::start();
        registry.publish_nodes("n8n-nodes-made-up", "1.0.0", LICENCE);
        registry.publish("a", "1.2.0", "", &json!({"dependencies": {"c": "^3.0.0"}}), &[("index.js", "exports.a = 1")]);
        registry.publish("b", "2.0.0", "", &json!({}), &[("index.js", "exports.b = 1")]);
        registry.publish("c", "3.1.0", "", &json!({}), &[("index.js", "exports.c = 1")]);
        registry
    }

    pub(crate) fn publish_nodes(&self, name: &str, version: &str, licence: &str) {
        let manifest =
            json!({"dependencies": {"a": "^1.0.0", "b": "2.x", "chokidar": "4.0.0", "never": "1.0.0"}, "n8n": {"nodes": ["dist/Made.node.js"]}});
        let code = format!(
            "const {{ a }} = require('a'); require('b'); require('chokidar'); require('n8n-workflow'); require('crypto'); const at = 'https://api.made-up.example/v1'; {} \
             exports.Made.prototype.execute = async () => [[{{ json: {{ a, at }} }}]];",
            node_class("Made")
        );
        self.publish(name, version, licence, &manifest, &[("dist/Made.node.js", &code)]);
    }

    /// Makes this version the one that is `latest`.
    pub(crate) fn tag_latest(&self, name: &str, version: &str) {
        let mut shared = self.shared.lock().expect("whole");
        let known = shared.versions.get_mut(name).expect("it is published");
        known["dist-tags"] = json!({"latest": version});
        let versions = http(200, "", known.to_string().as_bytes());
        shared.answers.insert(format!("/{name}"), versions);
    }

    /// Answers a path with these bytes from now on.
    pub(crate) fn answers(&self, path: &str, answer: Vec<u8>) {
        self.shared.lock().expect("whole").answers.insert(path.to_owned(), answer);
    }

    /// What was asked so far: path and headers.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        self.shared.lock().expect("whole").asked.clone()
    }
}

/// The code of a node type that is called like its class.
pub(crate) fn node_class(class: &str) -> String {
    node_type(class, &class.to_lowercase(), &[1])
}

/// The code of a node type with an implementation for each version.
pub(crate) fn node_type(class: &str, name: &str, versions: &[u32]) -> String {
    let description = |version: u32| {
        json!({"displayName": class, "name": name, "group": ["output"], "version": version, "description": "",
            "defaults": {"name": class}, "inputs": ["main"], "outputs": ["main"], "properties": []})
    };
    let members = match versions {
        [only] => format!("this.description = {};", description(*only)),
        all => {
            let each: Vec<String> = all.iter().map(|version| format!("{version}: {{ description: {} }}", description(*version))).collect();
            format!("this.description = {}; this.nodeVersions = {{ {} }};", description(all[0]), each.join(", "))
        }
    };
    format!("exports.{class} = class {{ constructor() {{ {members} }} }};")
}

/// An answer as it is sent.
pub(crate) fn http(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Made-up\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn answer(mut stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let headers = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    shared.lock().expect("whole").asked.push((path.clone(), headers.to_ascii_lowercase()));
    // An empty answer comes when there is another one.
    for _ in 0..6_000 {
        match shared.lock().expect("whole").answers.get(&path) {
            Some(answer) if answer.is_empty() => {}
            Some(answer) => return stream.write_all(answer),
            None => return stream.write_all(&http(404, "", b"{}")),
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok(())
}

/// A folder of workflows with its lock, and a cache.
pub(crate) struct Project {
    pub(crate) folder: Folder,
    pub(crate) registry: MadeUp,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self { folder: Folder::new(), registry: MadeUp::with_nodes() }
    }

    /// One that has added the package.
    pub(crate) fn added() -> Self {
        let project = Self::new();
        project.run(&["add", "n8n-nodes-made-up", "--yes"]).says(0, "was added, with 3 libraries");
        project
    }

    /// A workflow with the node of the package.
    pub(crate) fn workflow(&self) -> String {
        self.folder.workflow(&chain(&[json!({"name": "Made", "type": "n8n-nodes-made-up.made", "typeVersion": 1, "parameters": {}})]))
    }

    /// Runs it.
    pub(crate) fn played(&self) -> Ran {
        let mut command = command(&["run", &self.workflow(), "--output", "ndjson"]);
        finish(command.env("KONVERTE_CACHE", self.cache()).output().expect("the program starts"))
    }

    /// `konverte packages` with these words, in the folder.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = command(&[&["packages"], words].concat());
        command.current_dir(self.folder.path()).env("KONVERTE_CACHE", self.cache()).env("HOME", self.folder.path());
        command.env("npm_config_registry", &self.registry.url);
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        finish(self.command(words).output().expect("the program starts"))
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// The text of the lock, where there is one.
    pub(crate) fn lock(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join("packages.lock.json")).ok()
    }

    /// The names of what the cache keeps.
    pub(crate) fn kept(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.cache().join("packages")).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}
