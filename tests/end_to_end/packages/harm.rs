//! What can go wrong, and who may wish it: each is a clear error, and nothing is lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::json;

use super::made_up::{LICENCE, MadeUp, Project, http, node_class};
use crate::support::finish;

const NAME: &str = "n8n-nodes-made-up";

type Tar = tar::Builder<flate2::write::GzEncoder<Vec<u8>>>;

/// The words fail with this code and message, and lock and cache are as they were.
#[track_caller]
fn harmless(project: &Project, words: &[&str], code: i32, says: &str) {
    let before = (project.lock(), project.kept());
    project.run(words).refused(code, says);
    let after = (project.lock(), project.kept());
    assert_eq!(after.0, before.0);
    assert!(after.1.iter().all(|name| !name.starts_with('.')), "nothing unfinished is left: {:?}", after.1);
}

#[test]
fn a_network_that_fails_changes_nothing() {
    let project = Project::added();
    harmless(&project, &["add", "n8n-nodes-other", "--yes", "--registry", "http://127.0.0.1:9"], 1, "KV0802");
    harmless(&project, &["add", "n8n-nodes-gone", "--yes"], 1, "answers with 404");
    harmless(&project, &["add", "n8n-nodes-made-up@7", "--yes"], 1, "KV0803");
    harmless(&project, &["add", "../../etc", "--yes"], 1, "KV0815");
    harmless(&project, &["add", "UP PER", "--yes"], 2, "KV0801");
    project.registry.publish_nodes(NAME, "2.0.0", LICENCE);
    for (path, broken) in [
        ("/a", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()),
        ("/a", http(200, "", b"{\"versions\": []}")),
        ("/a", http(500, "", b"")),
        ("/n8n-nodes-made-up/-/2.0.0.tgz", http(403, "", b"")),
    ] {
        project.registry.answers(path, broken);
        harmless(&project, &["add", NAME, "--yes"], 1, "KV0802");
    }
}

#[test]
fn what_is_not_as_promised_changes_nothing() {
    let project = Project::added();
    project.registry.publish_nodes(NAME, "2.0.0", LICENCE);
    project.registry.answers("/n8n-nodes-made-up/-/2.0.0.tgz", http(200, "", b"something else"));
    harmless(&project, &["add", NAME, "--yes"], 1, "KV0804");
    project.registry.publish_nodes(NAME, "2.0.0", LICENCE);
    project.registry.publish("a", "1.3.0", "", &json!({}), &[("index.js", "a")]);
    project.registry.answers("/a/-/1.3.0.tgz", http(200, "", b"something else"));
    harmless(&project, &["add", NAME, "--yes"], 1, "KV0804");
    project.registry.publish("n8n-nodes-none", "1.0.0", LICENCE, &json!({}), &[("a.js", "1")]);
    harmless(&project, &["add", "n8n-nodes-none", "--yes"], 1, "KV0806");
    project.registry.publish("n8n-nodes-gone", "1.0.0", LICENCE, &json!({"n8n": {"nodes": ["gone.js"]}}), &[("a.js", "1")]);
    harmless(&project, &["add", "n8n-nodes-gone", "--yes"], 1, "KV0806");
    // A dependency that is an address is the fault of the package, not of who asked for it.
    let dependencies = json!({"dependencies": {"sheet": "https://files.example/sheet.tgz"}, "n8n": {"nodes": ["a.js"]}});
    project.registry.publish("n8n-nodes-sheet", "1.0.0", LICENCE, &dependencies, &[("a.js", "require('sheet')")]);
    harmless(&project, &["add", "n8n-nodes-sheet", "--yes"], 1, "1.0.0 depends on `sheet`");
    let archive = |add: &dyn Fn(&mut Tar, tar::Header)| {
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        add(&mut tar, header);
        tar.into_inner().expect("packed").finish().expect("packed")
    };
    let link = archive(&|tar, mut header| {
        header.set_entry_type(tar::EntryType::Symlink);
        tar.append_link(&mut header, "package/a.js", "/etc/passwd").expect("packed");
    });
    let parent = archive(&|tar, mut header| {
        // The library that packs refuses such a path itself.
        header.as_gnu_mut().expect("a header of GNU").name[..19].copy_from_slice(b"package/../../a.js\0");
        header.set_cksum();
        tar.append(&header, &b""[..]).expect("packed");
    });
    for (name, archive, says) in
        [("n8n-nodes-link", link, "a link, `package/a.js`"), ("n8n-nodes-parent", parent, "`package/../../a.js`, which leads out of it")]
    {
        project.registry.publish_archive(name, "1.0.0", &json!({}), archive);
        harmless(&project, &["add", name, "--yes"], 1, says);
    }
    project.run(&["verify"]).says(0, "4 packages");
}

#[test]
fn a_cache_that_was_damaged_is_seen_and_mended() {
    let project = Project::added();
    let place = |name: &String| project.cache().join("packages").join(name);
    let kept = project.kept();
    fs::write(place(&kept[0]), "half").expect("written");
    fs::remove_file(place(&kept[1])).expect("removed");
    let swapped = fs::read(place(&kept[3])).expect("read");
    fs::write(place(&kept[2]), swapped).expect("written");
    let ran = project.run(&["verify"]);
    ran.refused(1, "KV0804");
    assert_eq!((ran.stderr.matches("KV0804").count(), ran.stderr.matches("KV0809").count()), (2, 1), "{}", ran.stderr);
    project.run(&["install", "--offline"]).refused(1, "KV0809");
    project.run(&["install"]).says(0, "3 of them");
    project.run(&["verify"]).says(0, "4 packages");
}

#[test]
fn a_cache_that_has_half_of_it_stops_a_run_before_it_begins() {
    let project = Project::added();
    let at = json!("https://api.made-up.example/v1");
    assert_eq!(project.played().lines(), [json!({"a": 1, "at": at})]);
    for name in project.kept() {
        let file = project.cache().join("packages").join(&name);
        let whole = fs::read(&file).expect("read");
        fs::remove_file(&file).expect("removed");
        let ran = project.played();
        ran.refused(4, "KV0809");
        ran.says(4, "`konverte packages install` brings what is missing");
        fs::write(&file, whole).expect("written");
    }
    // What is damaged is seen when it is read, and not used: of the package itself before the run, of a library when it is asked for.
    let mut codes = Vec::new();
    for name in project.kept() {
        let file = project.cache().join("packages").join(name);
        let whole = fs::read(&file).expect("read");
        assert_eq!(project.played().code, 0, "and what is asked for is compiled");
        fs::write(&file, &whole[..whole.len() / 2]).expect("cut off");
        let compiled = project.played();
        // Where nothing is compiled, all that is asked for is read.
        for folder in fs::read_dir(project.cache().join("derived")).expect("a folder").flatten() {
            if folder.file_name().to_string_lossy().starts_with("bundles-") {
                fs::remove_dir_all(folder.path()).expect("removed");
            }
        }
        let ran = project.played();
        codes.push((compiled.code, ran.code));
        if ran.code != 0 {
            ran.refused(ran.code, "KV0804");
            ran.says(ran.code, "was changed in the cache");
            ran.says(ran.code, "help: `konverte packages install` brings it again");
            project.run(&["install"]).says(0, "1 of them");
        }
        fs::write(&file, whole).expect("written");
    }
    codes.sort_unstable();
    // What comes compiled is not read, nor what nobody asks for: `c`.
    assert_eq!(codes, [(0, 0), (0, 1), (0, 1), (4, 4)]);
    project.run(&["verify"]).says(0, "4 packages");
    assert_eq!(project.played().code, 0);
}

#[test]
fn what_was_made_of_a_package_is_not_used_when_it_was_changed() {
    let project = Project::added();
    let made: Vec<_> = files(&project.cache().join("derived"));
    assert!(
        ["nodes.lines", "credentials.index", "facts.json", "needs.json"].iter().all(|name| made.iter().any(|file| file.ends_with(name))),
        "{made:?}"
    );
    for file in made {
        let whole = fs::read(&file).expect("read");
        let mut garbled = whole.clone();
        garbled[whole.len() - 3] ^= 1;
        for damaged in [garbled.as_slice(), b""] {
            fs::write(&file, damaged).expect("written");
            let ran = project.played();
            // What is compiled is compiled again, and kept.
            let compiled = file.components().any(|part| part.as_os_str().to_string_lossy().starts_with("bundles-"));
            let descriptions = ["json", "index", "lines"].iter().any(|end| file.extension().is_some_and(|extension| extension == *end));
            assert_ne!(compiled, descriptions, "{}", file.display());
            // Descriptions of credential types are read when one is asked for, and this workflow has none.
            let unread = file.ends_with("credentials.lines");
            if compiled || unread {
                assert_eq!(ran.code, 0);
                fs::write(&file, damaged).expect("written");
            } else {
                ran.refused(4, "is not as it was made");
                ran.says(4, "`konverte packages install` makes it anew");
            }
            project.run(&["verify"]).refused(1, &file.file_name().expect("a name").to_string_lossy());
            project.run(&["install"]).says(0, "0 of them");
            project.run(&["verify"]).says(0, "4 packages");
            assert_eq!((fs::read(&file).expect("read"), project.played().code), (whole.clone(), 0), "{}", file.display());
        }
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_lock_that_cannot_be_used_stays_as_it_is() {
    let project = Project::added();
    let good = project.lock().expect("a lock");
    for bad in [
        String::new(),
        good.replace("a@1.2.0", "../a@1.2.0"),
        good.replace("\"lockVersion\": 1", "\"lockVersion\": 7"),
        good.replace("http://", "file://"),
    ] {
        project.folder.file("packages.lock.json", &bad);
        for words in [&["add", NAME, "--yes"][..], &["install"], &["list"], &["verify"], &["grant", NAME, "--any-host"], &["remove", NAME]] {
            harmless(&project, words, 1, "KV0807");
        }
    }
    fs::remove_file(project.folder.path().join("packages.lock.json")).expect("removed");
    harmless(&project, &["install"], 1, "KV0807");
    harmless(&project, &["verify"], 1, "packages add NAME` makes it");
    harmless(&project, &["remove", NAME], 2, "KV0811");
}

#[test]
fn without_a_home_a_place_has_to_be_named() {
    let project = Project::new();
    let mut command = project.command(&["add", NAME, "--yes"]);
    finish(command.env_remove("HOME").env_remove("KONVERTE_CACHE").output().expect("the program starts")).refused(1, "HOME is not set");
    let mut command = project.command(&["add", NAME, "--yes", "--cache", "own"]);
    finish(command.env_remove("HOME").env_remove("KONVERTE_CACHE").output().expect("the program starts")).says(0, "was added");
    assert!(project.folder.path().join("own/packages").is_dir());
    let mut command = project.command(&["add", NAME, "--yes"]);
    finish(command.env_remove("KONVERTE_CACHE").output().expect("the program starts")).says(0, "was added");
    #[cfg(target_os = "linux")]
    assert!(project.folder.path().join(".cache/konverte/packages").is_dir());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_changes_nothing() {
    let project = Project::added();
    let large: String = (0..200_000).map(|number: u32| number.wrapping_mul(2_654_435_761).to_string()).collect();
    let large = format!("{}// {large}", node_class("a"));
    let manifest = json!({"n8n": {"nodes": ["a.js"]}});
    project.registry.publish("n8n-nodes-large", "1.0.0", LICENCE, &manifest, &[("a.js", &large)]);
    let add = project.command(&["add", "n8n-nodes-large", "--yes"]);
    // No file may grow over 100 KiB, as if no more were left.
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\""]).arg(add.get_program()).args(add.get_args());
    limited.current_dir(project.folder.path()).env_clear().envs(add.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let before = (project.lock(), project.kept());
    finish(limited.output().expect("sh")).refused(1, "KV0808");
    assert_eq!((project.lock(), project.kept()), before);
    project.run(&["add", "n8n-nodes-large", "--yes"]).says(0, "was added");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_nothing_is_left() {
    use nix::sys::signal::{Signal, kill};
    let project = Project::added();
    project.registry.publish_nodes(NAME, "2.0.0", LICENCE);
    project.registry.answers("/b", Vec::new());
    let before = (project.lock(), project.kept());
    let child = project.command(&["add", NAME, "--yes"]).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    while !project.registry.asked().iter().any(|(path, _)| path == "/n8n-nodes-made-up/-/2.0.0.tgz")
        || project.registry.asked().last().is_none_or(|(path, _)| path.contains("made-up"))
    {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let process = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a process"));
    kill(process, Signal::SIGTERM).expect("sent");
    assert_eq!(finish(child.wait_with_output().expect("ends")).code, 143);
    assert_eq!((project.lock(), project.kept()), before);
}

#[test]
fn a_token_goes_to_no_other_host() {
    let project = Project::new();
    let other = MadeUp::with_nodes();
    let host = project.registry.url.trim_start_matches("http://");
    project.folder.file(".npmrc", format!("//{host}/:_authToken=s3cret-token\n"));
    let redirect = |path: &str| http(302, &format!("Location: {}{path}\r\n", other.url), b"");
    for path in ["/n8n-nodes-made-up", "/a", "/a/-/1.2.0.tgz", "/b"] {
        project.registry.answers(path, redirect(path));
    }
    project.run(&["add", NAME, "--yes"]).says(0, "was added");
    assert!(project.registry.asked().iter().any(|(_, headers)| headers.contains("s3cret-token")));
    assert!(!other.asked().is_empty() && other.asked().iter().all(|(_, headers)| !headers.contains("s3cret")), "{:?}", other.asked());
}

#[test]
fn an_archive_is_fetched_over_http_alone() {
    let project = Project::new();
    let versions = |tarball: &str| {
        let dist = json!({"tarball": tarball, "integrity": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
        let answer = json!({"dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "n8n-nodes-evil", "version": "1.0.0", "dist": dist}}});
        http(200, "", answer.to_string().as_bytes())
    };
    for tarball in ["file:///etc/passwd", "/etc/passwd", "ftp://127.0.0.1/a.tgz", "data:,a"] {
        project.registry.answers("/n8n-nodes-evil", versions(tarball));
        harmless(&project, &["add", "n8n-nodes-evil", "--yes"], 1, "KV0802");
    }
}

#[test]
fn a_licence_cannot_paint_the_terminal() {
    let project = Project::new();
    project.registry.publish_nodes(NAME, "1.0.0", "Free.\u{1b}[2J\u{1b}]0;owned\u{7}\rAccepted.\u{202e}");
    let ran = project.run(&["add", NAME]);
    ran.refused(2, "KV0812");
    assert!(!ran.stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !ran.stderr.contains("\rAccepted"), "{:?}", ran.stderr);
}
