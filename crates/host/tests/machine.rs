//! Files and commands: what a run may reach of the machine, and what it may not.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use host::adapters::credentials::FileCredentials;
use host::adapters::files::AllowedFolders;
use node_sdk::ports::{FileError, Files, Sender};

/// `allowed`, `other` (allowed too) and `outside` in a folder that is gone with the test.
struct Machine {
    folder: tempfile::TempDir,
    files: AllowedFolders,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| folder.path().join(name);
        for name in ["allowed/in/.git", "allowed/in/sub", "other", "outside"] {
            fs::create_dir_all(of(name)).unwrap();
        }
        for name in ["allowed/in/a.txt", "allowed/in/[x].txt", "allowed/in/sub/c.txt", "allowed/in/.git/h.txt", "other/o.txt", "outside/secret.txt"] {
            fs::write(of(name), name).unwrap();
        }
        let files = AllowedFolders::open(&[of("allowed"), of("other")], vec![of("allowed/credentials.json")]).unwrap();
        Self { folder, files }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    async fn read(&self, name: &str) -> Result<String, FileError> {
        self.files.read(&self.text(name)).await.map(|content| String::from_utf8(content.to_vec()).unwrap())
    }

    async fn write(&self, name: &str, content: &'static str, append: bool) -> Result<(), FileError> {
        self.files.write(&self.text(name), Bytes::from_static(content.as_bytes()), append, &Sender::default()).await
    }

    /// What a pattern finds, without the folder.
    async fn find(&self, pattern: &str, brackets: bool) -> Result<Vec<String>, FileError> {
        let found = self.files.find(&self.text(pattern), brackets).await?;
        let base = self.text("");
        Ok(found.into_iter().map(|path| path.strip_prefix(&base).unwrap().to_owned()).collect())
    }
}

fn is_outside<T: std::fmt::Debug>(result: &Result<T, FileError>) -> bool {
    matches!(result, Err(FileError::Outside(_)))
}

#[tokio::test]
async fn nothing_outside_of_the_folders_is_reached() {
    let machine = Machine::new();
    let link = |to: PathBuf, at: &str| symlink(to, machine.path(at)).unwrap();
    link(machine.path("outside"), "allowed/absolute");
    link("../outside/secret.txt".into(), "allowed/relative.txt");
    link(machine.path("outside/new.txt"), "allowed/to-be-made.txt");
    fs::write(machine.path("allowed/credentials.json"), "{}").unwrap();
    fs::hard_link(machine.path("allowed/credentials.json"), machine.path("allowed/copy.json")).unwrap();
    let outside = [
        "outside/secret.txt",
        "allowed/../outside/secret.txt",
        "allowed/in/../../outside/secret.txt",
        "allowed-too/x.txt",
        "allowed/absolute/secret.txt",
        "allowed/relative.txt",
        "allowed/credentials.json",
        "allowed/copy.json",
        "outside/is-not-there.txt",
    ];
    for name in outside {
        assert!(is_outside(&machine.read(name).await), "{name}");
        assert!(is_outside(&machine.write(name, "x", false).await), "{name}");
        assert!(is_outside(&machine.write(name, "x", true).await), "{name}");
    }
    assert!(machine.write("allowed/to-be-made.txt", "x", true).await.is_err());
    for pattern in ["outside/*.txt", "allowed/../outside/*", "*/secret.txt", "allowed/absolute/*", "allowed/*.txt"] {
        assert!(is_outside(&machine.find(pattern, false).await), "{pattern}");
    }
    let left: Vec<_> = fs::read_dir(machine.path("outside")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["secret.txt"]);
    assert_eq!(fs::read_to_string(machine.path("outside/secret.txt")).unwrap(), "outside/secret.txt");
    assert_eq!(fs::read_to_string(machine.path("allowed/credentials.json")).unwrap(), "{}");
}

/// Neither by their names nor by links, and not where everything is allowed.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn files_of_the_kernel_are_out_of_reach() {
    for folder in ["/proc", "/proc/self", "/sys", "/dev", "/dev/shm", "/proc/self/task"] {
        let refused = AllowedFolders::open(&[folder.into()], Vec::new()).map(drop).unwrap_err();
        assert!(refused.to_string().contains("kernel"), "{folder}: {refused}");
    }
    let machine = Machine::new();
    let shared = tempfile::Builder::new().tempfile_in("/dev/shm").unwrap();
    let links = [("environment", "/proc/self/environ"), ("folder", "/proc/self"), ("system", "/sys/kernel"), ("shared", "/dev/shm")];
    for (name, to) in links {
        symlink(to, machine.path("allowed").join(name)).unwrap();
    }
    let all = AllowedFolders::open(&["/".into()], Vec::new()).unwrap();
    let shared = shared.path().to_str().unwrap();
    let by_link = |rest: &str| machine.text(&format!("allowed/{rest}"));
    let in_shared = by_link(&format!("shared/{}", shared.strip_prefix("/dev/shm/").unwrap()));
    let names =
        ["/proc/self/environ", "/proc/1/environ", "/sys/kernel/mm/ksm/run", shared, &by_link("environment"), &by_link("folder/maps"), &in_shared];
    for name in names {
        assert!(is_outside(&all.read(name).await), "{name}: {:?}", all.read(name).await.map(|content| content.len()));
        for append in [false, true] {
            assert!(is_outside(&all.write(name, Bytes::from_static(b"x"), append, &Sender::default()).await), "{name}");
        }
    }
    for append in [false, true] {
        let new = by_link("shared/konverte-new");
        assert!(is_outside(&all.write(&new, Bytes::from_static(b"x"), append, &Sender::default()).await));
        assert!(!Path::new("/dev/shm/konverte-new").exists());
    }
    assert!(is_outside(&all.find("/proc/*", false).await));
    assert_eq!(all.find(&machine.text("allowed/*/environ"), false).await.unwrap(), Vec::<String>::new());
    assert!(all.read(&machine.text("allowed/in/a.txt")).await.is_ok());
}

/// What the credentials file names is as secret as the file.
#[tokio::test]
async fn files_that_credentials_name_are_out_of_reach() {
    let machine = Machine::new();
    fs::write(machine.path("allowed/token.txt"), "s3cret").unwrap();
    fs::hard_link(machine.path("allowed/token.txt"), machine.path("allowed/again.txt")).unwrap();
    let content = r#"{"a": {"token": {"$file": "token.txt"}, "user": "ana"}}"#;
    fs::write(machine.path("allowed/credentials.json"), content).unwrap();
    let credentials = FileCredentials::read(&machine.path("allowed/credentials.json"), &|_| None).unwrap();
    let files = AllowedFolders::open(&[machine.path("allowed")], credentials.files()).unwrap();
    for name in ["allowed/token.txt", "allowed/again.txt"] {
        assert!(is_outside(&files.read(&machine.text(name)).await), "{name}");
        for append in [false, true] {
            assert!(is_outside(&files.write(&machine.text(name), Bytes::from_static(b"x"), append, &Sender::default()).await), "{name}");
        }
    }
    assert!(files.read(&machine.text("allowed/in/a.txt")).await.is_ok());
}

#[tokio::test]
async fn links_that_stay_inside_are_followed() {
    let machine = Machine::new();
    for (to, at) in [("in/a.txt".into(), "relative"), (machine.path("allowed/in/a.txt"), "absolute"), (machine.path("other/o.txt"), "across")] {
        symlink(to, machine.path("allowed").join(at)).unwrap();
    }
    assert_eq!(machine.read("allowed/relative").await.unwrap(), "allowed/in/a.txt");
    assert_eq!(machine.read("allowed/absolute").await.unwrap(), "allowed/in/a.txt");
    assert_eq!(machine.read("allowed/across").await.unwrap(), "other/o.txt");
    fs::set_permissions(machine.path("other/o.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    machine.write("allowed/across", "written", false).await.unwrap();
    assert_eq!(fs::read_to_string(machine.path("other/o.txt")).unwrap(), "written", "what the link leads to is replaced, not the link");
    assert_eq!(fs::metadata(machine.path("other/o.txt")).unwrap().permissions().mode() & 0o777, 0o640);
    machine.write("allowed/relative", "!", true).await.unwrap();
    assert_eq!(machine.read("allowed/in/a.txt").await.unwrap(), "allowed/in/a.txt!");
}

/// While a folder becomes a link to the outside and a folder again, whoever reads gets the file inside or an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_made_between_check_and_open_leads_nowhere() {
    let machine = Machine::new();
    fs::write(machine.path("allowed/in/secret.txt"), "inside").unwrap();
    symlink(machine.path("outside"), machine.path("allowed/link")).unwrap();
    let ends = AtomicBool::new(false);
    let [folder, link, spare] = ["allowed/in", "allowed/link", "allowed/spare"].map(|name| machine.path(name));
    let swap = |from: &Path, to: &Path| fs::rename(from, to).unwrap();
    let handle = tokio::runtime::Handle::current();
    let inside = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                swap(&folder, &spare);
                swap(&link, &folder);
                swap(&folder, &link);
                swap(&spare, &folder);
            }
        });
        let reads = scope.spawn(|| {
            let read = || handle.block_on(machine.read("allowed/in/secret.txt"));
            let texts: Vec<String> = (0..3000).filter_map(|_| read().ok()).collect();
            ends.store(true, Ordering::Relaxed);
            texts
        });
        reads.join().unwrap()
    });
    assert!(!inside.is_empty() && inside.iter().all(|text| text == "inside"), "{inside:?}");
}

#[tokio::test]
async fn only_regular_files_of_a_bearable_size_are_read() {
    let machine = Machine::new();
    let pipe = std::process::Command::new("mkfifo").arg(machine.path("allowed/pipe")).status().unwrap();
    assert!(pipe.success());
    let began = Instant::now();
    for name in ["allowed/pipe", "allowed/in"] {
        assert!(matches!(machine.read(name).await, Err(FileError::NotRegular)), "{name}");
        assert!(matches!(machine.write(name, "x", false).await, Err(FileError::NotRegular)), "{name}");
        assert!(matches!(machine.write(name, "x", true).await, Err(FileError::NotRegular)), "{name}");
    }
    fs::File::create(machine.path("allowed/large")).unwrap().set_len(5 << 30).unwrap();
    assert!(matches!(machine.read("allowed/large").await, Err(FileError::TooLarge(_))));
    assert!(began.elapsed() < Duration::from_secs(5), "nothing waits for the other end of a pipe, nothing is read in vain");
    assert_eq!(machine.find("allowed/*", false).await.unwrap(), ["allowed/large"], "pipes and folders are not found");
}

#[tokio::test]
async fn patterns_find_what_they_mean() {
    let machine = Machine::new();
    symlink("../sub", machine.path("allowed/in/sub/circle")).unwrap();
    symlink("nowhere", machine.path("allowed/in/dangling.txt")).unwrap();
    fs::write(machine.path("allowed/in/x.txt"), "").unwrap();
    let rows: [(&str, bool, &[&str]); 12] = [
        ("allowed/in/*.txt", false, &["allowed/in/[x].txt", "allowed/in/a.txt", "allowed/in/x.txt"]),
        ("allowed/in/[x].txt", false, &["allowed/in/[x].txt", "allowed/in/x.txt"]),
        ("allowed/in/[x].txt", true, &["allowed/in/[x].txt"]),
        ("allowed/in/[x]*", true, &["allowed/in/[x].txt"]),
        ("allowed/**/c.txt", false, &["allowed/in/sub/c.txt", "allowed/in/sub/circle/c.txt"]),
        ("allowed/in/{a,x}.txt", false, &["allowed/in/a.txt", "allowed/in/x.txt"]),
        ("allowed/in/?.txt", false, &["allowed/in/a.txt", "allowed/in/x.txt"]),
        ("allowed/in/.git/*", false, &["allowed/in/.git/h.txt"]),
        ("allowed/in/a.txt", false, &["allowed/in/a.txt"]),
        ("allowed/in/a.txt/*", false, &[]),
        ("allowed/in/none*", false, &[]),
        ("allowed/in/sub", false, &[]),
    ];
    for (pattern, brackets, expected) in rows {
        assert_eq!(machine.find(pattern, brackets).await.unwrap(), expected, "{pattern}");
    }
    assert!(matches!(machine.find("allowed/in/!(a).txt", false).await, Err(FileError::Pattern(_))));
}

#[tokio::test]
async fn a_file_that_is_replaced_is_there_all_the_time() {
    let machine = Machine::new();
    machine.write("allowed/new.txt", "one", false).await.unwrap();
    let old = fs::File::open(machine.path("allowed/new.txt")).unwrap();
    machine.write("allowed/new.txt", "second", false).await.unwrap();
    assert_eq!(std::io::read_to_string(old).unwrap(), "one", "who has it open has the old one, whole");
    assert_eq!(machine.read("allowed/new.txt").await.unwrap(), "second");
    assert!(matches!(machine.write("allowed/no/such/a.txt", "x", false).await, Err(FileError::System(_))));
    let left = fs::read_dir(machine.path("allowed")).unwrap().count();
    assert_eq!(left, 2, "nothing else is left in the folder");
}
