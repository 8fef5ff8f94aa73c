//! `packages add DIR --watch`: a package that its author is writing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::made_up::{Project, node_class};

/// What the command says, line by line.
struct Said(Receiver<String>);

impl Said {
    fn of(child: &mut Child) -> Self {
        let (sender, said) = channel();
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self(said)
    }

    /// Waits for a line with these words; gives what was said up to it.
    #[track_caller]
    fn until(&self, words: &str) -> String {
        let (start, mut all) = (Instant::now(), String::new());
        while let Ok(line) = self.0.recv_timeout(Duration::from_secs(60).saturating_sub(start.elapsed())) {
            all = all + &line + "\n";
            if line.contains(words) {
                return all;
            }
        }
        panic!("`{words}` was not said, but:\n{all}")
    }
}

#[test]
fn a_folder_is_added_again_when_it_changes() {
    let project = Project::new();
    let write = |path: &str, text: &str| {
        let path = project.folder.path().join("own").join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    let manifest = |nodes: &[&str]| json!({"name": "n8n-nodes-own", "version": "1.0.0", "license": "MIT", "n8n": {"nodes": nodes}}).to_string();
    write("package.json", &manifest(&["dist/One.node.js"]));
    write("dist/One.node.js", &node_class("One"));
    project.run(&["add", "n8n-nodes-made-up", "--yes", "--watch"]).refused(2, "--watch takes a folder");

    let mut child = project.command(&["add", "./own", "--yes", "--watch"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let said = Said::of(&mut child);
    said.until("n8n-nodes-own 1.0.0 was added");
    said.until("watching ");

    write("dist/Two.node.js", &format!("const at = 'https://two.example/'; {}", node_class("Two")));
    write("package.json", &manifest(&["dist/One.node.js", "dist/Two.node.js"]));
    let told = said.until("n8n-nodes-own 1.0.0 was loaded again");
    for part in ["changed: dist/Two.node.js, package.json", "new node types (1): two", "hosts that were not granted (1): two.example"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("licence"), "what is known is not told again: {told}");

    write("package.json", "{");
    said.until("KV08");
    write("package.json", &manifest(&["dist/Two.node.js"]));
    let told = said.until("was loaded again");
    assert!(told.contains("gone node types (1): one"), "{told}");
    write("dist/Two.node.js", "exports.Two = class { constructor() { this.description = nothing; } };");
    said.until("dist/Two.node.js: nothing is not defined");
    write("dist/Two.node.js", &node_class("Two"));
    said.until("was loaded again");
    // What is not the package's own is not watched.
    write("node_modules/other/index.js", "");
    write("notes.txt", "");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(said.0.try_recv().ok(), None);

    kill(Pid::from_raw(i32::try_from(child.id()).expect("an id")), Signal::SIGINT).expect("it is there");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(project.run(&["list", "--json"]).json()["packages"][0]["hosts"], json!([]), "no host was granted by a change");
}
