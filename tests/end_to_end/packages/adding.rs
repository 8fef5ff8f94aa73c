//! What the commands do where all is well.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::made_up::{LICENCE, MadeUp, Project, node_class};
#[cfg(target_os = "linux")]
use crate::support::at_a_terminal;
use crate::support::{Folder, Ran, chain, command, finish};

const NAME: &str = "n8n-nodes-made-up";

#[test]
fn a_package_is_added_listed_granted_verified_and_removed() {
    let project = Project::new();
    let ran = project.run(&["add", NAME, "--yes"]);
    ran.says(0, "n8n-nodes-made-up 1.0.0 was added, with 3 libraries");
    for said in
        [LICENCE, "licence: SEE LICENSE", "node types (1): made", "left out (1): chokidar", "Node.js modules (1): crypto", "api.made-up.example"]
    {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "");
    let asked = project.registry.asked();
    assert!(asked.iter().all(|(path, _)| !["chokidar", "never", "n8n-workflow"].iter().any(|name| path.contains(name))), "{asked:?}");

    let listed = project.run(&["list", "--json"]).json()["packages"][0].clone();
    let facts = ["name", "version", "hosts", "libraries", "installed", "nodes"].map(|key| listed[key].clone());
    assert_eq!(json!(facts), json!([NAME, "1.0.0", ["api.made-up.example"], 3, true, ["made"]]));
    assert_eq!(listed["licence"]["name"], "SEE LICENSE");
    let shown = project.run(&["list"]).stdout;
    for said in [
        "n8n-nodes-made-up 1.0.0",
        "1 node type, 0 credential types, 3 libraries; installed",
        "may go to api.made-up.example",
        "walls on this system",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    #[cfg(target_os = "linux")]
    assert!(project.run(&["list", "--json"]).json()["walls"].as_array().is_some_and(|walls| walls.iter().any(|wall| wall["name"] == "seccomp")));

    project
        .run(&["grant", NAME, "--host", "Files.Example.com", "--host", "*.cdn.example"])
        .says(0, "may go to *.cdn.example, api.made-up.example, files");
    assert_eq!(project.run(&["list", "--json"]).json()["packages"][0]["hosts"].as_array().map(Vec::len), Some(3));
    project.run(&["grant", NAME, "--host", "one.example", "two.example"]).says(0, "one.example, two.example");
    project.run(&["grant", NAME, "--any-host"]).says(0, "any host");
    project.run(&["grant", NAME]).refused(2, "Nothing is granted");
    project.run(&["grant", NAME, "--host", "https://a.example/"]).refused(2, "KV0810");
    project.run(&["grant", "other", "--any-host"]).refused(2, "KV0811");
    project.run(&["verify"]).says(0, "4 packages are as the lock says");

    project.run(&["remove", "other"]).refused(2, "KV0811");
    project.run(&["remove", NAME]).says(0, "was taken out");
    assert_eq!(project.run(&["list", "--json"]).json()["packages"], json!([]));
    assert!(!project.lock().expect("a lock").contains("a@1.2.0"), "its libraries went with it");
}

#[test]
fn without_a_terminal_and_a_yes_nothing_is_kept() {
    let project = Project::new();
    let ran = project.run(&["add", NAME]);
    ran.refused(2, "KV0812");
    assert!(ran.stderr.contains(LICENCE), "the licence is shown: {}", ran.stderr);
    project.run(&["add", NAME, "--any-host"]).refused(2, "KV0812");
    assert_eq!((project.lock(), project.kept().len()), (None, 0));
    assert_eq!(project.registry.asked().iter().filter(|(path, _)| path.contains("/-/")).count(), 2, "the package alone was fetched, each time");
}

#[test]
fn the_accepted_licence_counts_until_its_text_changes() {
    let project = Project::added();
    project.registry.publish_nodes(NAME, "1.1.0", LICENCE);
    let ran = project.run(&["add", NAME]);
    ran.says(0, "n8n-nodes-made-up 1.1.0 was added");
    assert!(!ran.stderr.contains(LICENCE) && ran.stderr.contains("was accepted on"), "{}", ran.stderr);
    project.registry.publish_nodes(NAME, "1.2.0", "You may use this on Mondays.");
    let before = project.lock();
    project.run(&["add", NAME]).refused(2, "You may use this on Mondays.");
    assert_eq!(project.lock(), before);
    project.run(&["add", &format!("{NAME}@1.0.0")]).says(0, "1.0.0 was added");
    project.run(&["add", NAME, "--yes", "--host", "only.example"]).says(0, "may go to: only.example");
    let hosts = || project.run(&["list", "--json"]).json()["packages"][0]["hosts"].clone();
    assert_eq!(hosts(), json!(["only.example"]));
    let more = format!("const at = ['https://elsewhere.example/', 'https://only.example/']; {}", node_class("Made"));
    let manifest = json!({"license": "SEE LICENSE", "n8n": {"nodes": ["dist/Made.node.js"]}});
    project.registry.publish(NAME, "1.3.0", LICENCE, &manifest, &[("dist/Made.node.js", &more)]);
    let ran = project.run(&["add", NAME, "--yes"]);
    ran.says(
        0,
        "hosts that were not granted (1): elsewhere.example what was granted stays as it is: `konverte packages grant n8n-nodes-made-up --host",
    );
    assert_eq!(ran.stderr.matches("elsewhere.example").count(), 1, "{}", ran.stderr);
    assert_eq!(hosts(), json!(["only.example"]), "what was granted stays");
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_is_asked_and_answers() {
    let project = Project::new();
    for no in ["n\n", "\n", "maybe\n", "\u{4}"] {
        let ran = at_a_terminal(project.command(&["add", NAME]), no);
        ran.says(2, "Nothing was kept");
        assert!(ran.stderr.contains("under these terms, with requests to api.made-up.example?"), "{}", ran.stderr);
        assert_eq!((project.lock(), project.kept().len()), (None, 0), "{no:?}");
    }
    at_a_terminal(project.command(&["add", NAME, "--any-host"]), "y\n").says(0, "was added");
    assert_eq!(project.run(&["list", "--json"]).json()["packages"][0]["hosts"], "any");
}

#[test]
fn a_lock_brings_the_same_everywhere() {
    let project = Project::added();
    let lock = project.lock().expect("a lock");
    fs::remove_dir_all(project.cache()).expect("removed");
    project.run(&["install", "--offline"]).refused(1, "KV0809");
    project.run(&["verify"]).refused(1, "KV0809");
    let listed = project.run(&["list", "--json"]).json()["packages"][0].clone();
    assert_eq!(json!([listed["installed"], listed["nodes"]]), json!([false, null]));
    let before = project.registry.asked().len();
    let ran = project.run(&["install"]);
    ran.says(0, "4 packages are there; 4 of them");
    assert!(ran.stderr.contains("n8n-nodes-made-up 1.0.0: licence SEE LICENSE, accepted on"), "{}", ran.stderr);
    assert!(ran.stderr.contains("; requests may go to api.made-up.example"), "{}", ran.stderr);
    assert!(project.registry.asked()[before..].iter().all(|(path, _)| path.contains("/-/")), "no list of versions is fetched");
    assert_eq!(project.lock().expect("a lock"), lock);
    project.run(&["install"]).says(0, "0 of them, 0 bytes");
    project.run(&["install", "--offline"]).says(0, "4 packages are there");
}

/// Everything below it can be read and nothing can be written.
#[cfg(unix)]
fn seal(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if path.is_dir() {
        fs::read_dir(path).expect("a folder").flatten().for_each(|entry| seal(&entry.path()));
    }
    let mode = fs::metadata(path).expect("there").permissions().mode();
    fs::set_permissions(path, fs::Permissions::from_mode(mode & !0o222)).expect("set");
}

#[cfg(unix)]
#[test]
fn an_image_runs_as_another_user_on_a_read_only_root() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let project = Project::added();
    let image = Folder::new();
    let cache = image.path().join("cache");
    fs::copy(project.folder.path().join("packages.lock.json"), image.path().join("packages.lock.json")).expect("copied");
    let mut install = project.command(&["install", "--lock"]);
    let install = install.arg(image.path().join("packages.lock.json")).arg("--cache").arg(&cache);
    // A mask that hides what is made from others.
    let mut masked = std::process::Command::new("sh");
    masked.args(["-c", "umask 077; exec \"$0\" \"$@\""]).arg(install.get_program()).args(install.get_args());
    finish(masked.env("PATH", "/usr/bin:/bin").output().expect("sh")).says(0, "4 packages are there");
    fs::set_permissions(image.path(), fs::Permissions::from_mode(0o755)).expect("set");
    let program = image.path().join("konverte");
    fs::hard_link(env!("CARGO_BIN_EXE_konverte"), &program)
        .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_konverte"), &program).map(drop))
        .expect("copied");
    [image.path().join("packages.lock.json"), cache.clone()].iter().for_each(|path| seal(path));
    fs::copy(project.workflow(), image.path().join("workflow.json")).expect("copied");
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.args(words).arg("--cache").arg(&cache).env_clear().current_dir(image.path());
        if nix::unistd::geteuid().is_root() {
            command.uid(65534).gid(65534);
        }
        finish(command.output().expect("the program starts"))
    };
    run(&["packages", "verify"]).says(0, "4 packages are as the lock says");
    run(&["packages", "install", "--offline"]).says(0, "4 packages are there");
    assert_eq!(run(&["packages", "list", "--json"]).json()["packages"][0]["installed"], true);
    run(&["packages", "install"]).says(0, "0 of them");
    let ran = run(&["run", "workflow.json", "--output", "ndjson"]);
    assert_eq!((ran.code, ran.lines()), (0, vec![json!({"a": 1, "at": "https://api.made-up.example/v1"})]), "{}", ran.stderr);
}

#[test]
fn several_may_run_at_once() {
    let project = Project::new();
    let names: Vec<String> = (0..8).map(|number| format!("n8n-nodes-{number}")).collect();
    names.iter().for_each(|name| project.registry.publish_nodes(name, "1.0.0", LICENCE));
    let start = |words: &[&str]| project.command(words).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let all: Vec<_> = names.iter().map(|name| start(&["add", name, "--yes"])).collect();
    all.into_iter().for_each(|child| finish(child.wait_with_output().expect("ends")).says(0, "was added"));
    let listed = || project.run(&["list", "--json"]).json()["packages"].as_array().map_or(0, Vec::len);
    assert_eq!(listed(), 8);
    project.run(&["verify"]).says(0, "11 packages are as the lock says");
    let all: Vec<_> = names[1..].iter().map(|name| start(&["remove", name])).collect();
    all.into_iter().for_each(|child| finish(child.wait_with_output().expect("ends")).says(0, "was taken out"));
    assert_eq!(listed(), 1);
    let left: Vec<_> = fs::read_dir(project.folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 2, "the lock and the cache, and nothing else: {left:?}");
}

#[test]
fn what_is_granted_while_a_package_is_added_counts() {
    let project = Project::added();
    let archive = "/c/-/3.1.0.tgz";
    let fetches = || project.registry.asked().iter().filter(|(path, _)| path == archive).count();
    let before = fetches();
    project.registry.answers(archive, Vec::new());
    let mut command = project.command(&["add", NAME, "--yes"]);
    let adding = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    while fetches() == before {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    project.run(&["grant", NAME, "--host", "late.example"]).says(0, "late.example");
    project.registry.publish("c", "3.1.0", "", &json!({}), &[("index.js", "exports.c = 1")]);
    finish(adding.wait_with_output().expect("ends")).says(0, "was added");
    assert_eq!(project.run(&["list", "--json"]).json()["packages"][0]["hosts"], json!(["api.made-up.example", "late.example"]));
}

#[test]
fn an_installation_of_n8n_is_a_package_too() {
    let project = Project::new();
    let write = |path: &str, text: &str| {
        let path = project.folder.path().join("n8n/node_modules").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    let manifest = json!({"name": NAME, "version": "1.0.0", "n8n": {"nodes": ["a.node.js"]}, "dependencies": {"a": "1", "gone": "1"}});
    write("n8n-nodes-made-up/package.json", &manifest.to_string());
    write("n8n-nodes-made-up/a.node.js", &format!("require('a'); require('gone'); {}", node_class("a")));
    write("n8n-nodes-made-up/node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}"#);
    write("a/package.json", r#"{"name": "a", "version": "9.0.0"}"#);
    write("b/package.json", r#"{"name": "b", "version": "1.0.0"}"#);
    let uses = |project: &Project| -> Value {
        let lock: Value = serde_json::from_str(&project.lock().expect("a lock")).expect("JSON");
        json!([lock["packages"][NAME]["uses"], lock["libraries"]["a@1.0.0"]["uses"], lock["libraries"].as_object().map(serde_json::Map::len)])
    };
    for folder in ["./n8n", "n8n/node_modules", "n8n/node_modules/n8n-nodes-made-up"] {
        let ran = project.run(&["add", folder, "--yes"]);
        ran.says(0, "was added, with 2 libraries");
        assert!(ran.stderr.contains("not installed there (1): gone"), "{}", ran.stderr);
        assert_eq!(uses(&project), json!([{"a": "a@1.0.0"}, {"b": "b@1.0.0"}, 2]), "{folder}");
    }
    assert_eq!(project.registry.asked().len(), 0, "no registry is asked");
    fs::remove_dir_all(project.cache()).expect("removed");
    project.run(&["install"]).says(0, "3 of them");
    fs::remove_dir_all(project.cache()).expect("removed");
    fs::remove_dir_all(project.folder.path().join("n8n/node_modules/b")).expect("removed");
    project.run(&["install"]).refused(1, "KV0809");
    write("n8n-nodes-other/package.json", &manifest.to_string().replace(NAME, "n8n-nodes-other"));
    project.run(&["add", "./n8n", "--yes"]).refused(1, "holds more than one package of nodes");
    project.run(&["add", "./cache", "--yes"]).refused(1, "KV0815");
}

/// A folder with a package of this name, with one node type.
fn package_in(folder: &Folder, name: &str, type_name: &str, execute: &str) -> String {
    let package = folder.path().join("package");
    let manifest = json!({"name": name, "version": "1.0.0", "n8n": {"nodes": ["a.node.js"]}, "dependencies": {"a": "1"}});
    let code =
        format!("const {{ a }} = require('a'); {} exports.{type_name}.prototype.execute = async function () {{ {execute} }};", node_class(type_name));
    fs::create_dir_all(package.join("node_modules/a")).expect("made");
    for (path, text) in [
        ("package.json", manifest.to_string()),
        ("a.node.js", code),
        ("node_modules/a/package.json", json!({"name": "a", "version": "1.0.0"}).to_string()),
        ("node_modules/a/index.js", "exports.a = 1".to_owned()),
    ] {
        fs::write(package.join(path), text).expect("written");
    }
    package.display().to_string()
}

/// `konverte WORD WORKFLOW --packages PACKAGE` with more words.
fn with_package(folder: &Folder, word: &str, workflow: &str, package: &str, more: &[&str]) -> Ran {
    let mut command = command(&[&[word, workflow, "--packages", package], more].concat());
    finish(command.env("KONVERTE_CACHE", folder.path().join("cache")).output().expect("the program starts"))
}

#[test]
fn a_package_that_no_lock_names_runs_and_sends_nothing_but_where_its_credentials_say() {
    let folder = Folder::new();
    let sends = "await this.helpers.httpRequest({url: 'http://127.0.0.1:9/x'}); return [[{json: {a}}]];";
    let workflow = folder.workflow(&chain(&[json!({"name": "A", "type": format!("{NAME}.a"), "typeVersion": 1, "parameters": {}})]));
    let package = package_in(&folder, NAME, "A", "return [[{json: {a}}]];");
    let ran = with_package(&folder, "run", &workflow, &package, &["--output", "ndjson"]);
    assert_eq!((ran.code, ran.lines()), (0, vec![json!({"a": 1})]), "{}", ran.stderr);
    let checked = with_package(&folder, "check", &workflow, &package, &["--format", "json"]);
    assert_eq!((checked.code, checked.json()["message"].clone()), (0, json!(format!("1 node comes from {NAME}@1.0.0: \"A\""))));
    let package = package_in(&folder, NAME, "A", sends);
    let ran = with_package(&folder, "run", &workflow, &package, &["--output", "ndjson"]);
    ran.says(1, "may not send requests to 127.0.0.1");
}

#[test]
fn what_a_node_tells_the_editor_alone_is_shown_with_verbose_only() {
    let folder = Folder::new();
    let workflow = folder.workflow(&chain(&[json!({"name": "A", "type": format!("{NAME}.a"), "typeVersion": 1, "parameters": {}})]));
    let package = package_in(&folder, NAME, "A", "this.sendMessageToUI({ body: 'of a person' }); return [[{json: {a}}]];");
    for format in ["text", "json"] {
        let told = |more: &[&str]| with_package(&folder, "run", &workflow, &package, &[&["--log-format", format], more].concat()).stderr;
        assert!(!told(&[]).contains("of a person"), "{format}: {}", told(&[]));
        assert!(told(&["--verbose"]).contains("of a person"), "{format}: {}", told(&["--verbose"]));
    }
}

#[test]
fn konvertes_own_node_wins_unless_the_package_is_preferred() {
    let folder = Folder::new();
    let workflow = folder.workflow(&chain(&[json!({"name": "A", "type": "n8n-nodes-base.limit", "typeVersion": 1, "parameters": {}})]));
    let package = package_in(&folder, "n8n-nodes-base", "Limit", "return [[{json: {mine: a}}]];");
    let played = |more: &[&str]| with_package(&folder, "run", &workflow, &package, &[&["--output", "ndjson"], more].concat()).lines();
    assert_eq!(played(&[]), [json!({})]);
    assert_eq!(played(&["--prefer", "packages"]), [json!({"mine": 1})]);
    let project = Project::new();
    fs::write(
        folder.path().join("package/package.json"),
        json!({"name": "n8n-nodes-base", "version": "2.41.1", "n8n": {"nodes": ["a.node.js"]}}).to_string(),
    )
    .expect("written");
    project.run(&["add", &package]).refused(2, "It is not the 2.41.1 that was compared with a real n8n: its files differ.");
    assert_eq!(with_package(&folder, "check", &workflow, &package, &[]).stdout, "");
    with_package(&folder, "run", &workflow, &package, &["--prefer", "ours"]).refused(2, "--prefer");
}

#[test]
fn what_was_granted_to_a_package_is_not_granted_to_a_folder_that_calls_itself_so() {
    let project = Project::added();
    project.run(&["grant", NAME, "--any-host"]).says(0, "any host");
    let folder = project.folder.path().join("other");
    fs::create_dir(&folder).expect("made");
    let manifest = json!({"name": NAME, "version": "1.0.0", "n8n": {"nodes": ["a.node.js"]}});
    let code = format!("const at = 'https://other.example/'; {}", node_class("a"));
    for (path, text) in [("package.json", manifest.to_string()), ("a.node.js", code), ("LICENSE", LICENCE.to_owned())] {
        fs::write(folder.join(path), text).expect("written");
    }
    project.run(&["add", "./other"]).refused(2, "KV0812");
    let hosts = || project.run(&["list", "--json"]).json()["packages"][0]["hosts"].clone();
    assert_eq!(hosts(), json!("any"));
    project.run(&["add", "./other", "--yes"]).says(0, "may go to: other.example");
    assert_eq!(hosts(), json!(["other.example"]));
}

#[test]
fn npms_configuration_says_which_registry() {
    let project = Project::new();
    let other = MadeUp::with_nodes();
    let host = other.url.trim_start_matches("http://");
    project.folder.file(".npmrc", format!("//{host}/:_authToken=${{TOKEN}}\n"));
    let mut command = project.command(&["add", NAME, "--yes", "--registry", &other.url]);
    finish(command.env("TOKEN", "s3cret-token").output().expect("the program starts")).says(0, "was added");
    assert!(other.asked().iter().all(|(_, headers)| headers.contains("authorization: bearer s3cret-token")));
    assert_eq!(project.registry.asked().len(), 0);
    assert!(!project.lock().expect("a lock").contains("s3cret"));
    project.run(&["add", NAME, "--yes", "--registry", "nowhere"]).refused(2, "KV0801");
}

#[test]
fn the_command_is_shown() {
    let help = finish(command(&["--help"]).output().expect("the program starts")).stdout;
    assert!(help.contains("packages"), "{help}");
    assert!(finish(command(&["packages", "--help"]).output().expect("the program starts")).stdout.contains("verify"));
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().map_or(0, |known| known.len()) }).sum()
}

#[test]
fn n8n_nodes_base_costs_no_more_than_promised() {
    #[expect(clippy::disallowed_methods, reason = "a test may ask whether it is to run")]
    let accepted = std::env::var("KONVERTE_TEST_PACKAGES").is_ok_and(|value| value == "1");
    if !accepted {
        eprintln!("skipped: fetches n8n-nodes-base, whose licence KONVERTE_TEST_PACKAGES=1 accepts");
        return;
    }
    let project = Project::new();
    let mut command = project.command(&["add", "n8n-nodes-base", "--yes"]);
    command.env_remove("npm_config_registry");
    #[expect(clippy::disallowed_methods, reason = "what npm needs to reach the registry here")]
    command.envs(["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    let ran = finish(command.output().expect("the program starts"));
    if ran.stderr.contains("does not answer") {
        eprintln!("SKIPPED: what n8n-nodes-base costs; the registry does not answer: is there a network?");
        return;
    }
    ran.says(0, "n8n-nodes-base 2.41.1 was added, with 175 libraries");
    let fetched = ran.stderr.lines().last().and_then(|line| line.rsplit_once("; ")?.1.split(' ').next()?.parse::<f64>().ok());
    assert!(fetched.is_some_and(|megabytes| megabytes < 40.0), "{}", ran.stderr);
    assert!(size(&project.cache()) < 100_000_000, "{}", size(&project.cache()));
    let listed = project.run(&["list", "--json"]).json()["packages"][0].clone();
    assert_eq!((&listed["hosts"], listed["credentials"].as_array().map(Vec::len)), (&json!("any"), Some(409)));
    project.run(&["verify"]).says(0, "176 packages");
}
