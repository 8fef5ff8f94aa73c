//! Files and commands: what a run may reach of the machine, and what it may not.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use host::adapters::commands::Commands;
use host::adapters::credentials::FileCredentials;
use host::adapters::files::AllowedFolders;
use node_sdk::ports::{FileError, Files, Process, Sender};

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
    let devices = AllowedFolders::open(&["/dev".into()], Vec::new()).unwrap();
    assert!(matches!(devices.read("/dev/zero").await, Err(FileError::NotRegular)));
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

fn commands() -> Commands {
    Commands { environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned()), ("SHOWN".to_owned(), "yes".to_owned())] }
}

#[tokio::test]
async fn commands_see_the_environment_they_are_given_and_nothing_else() {
    let ran = commands().run("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | sort; cat; exit 3", &Sender::default()).await.unwrap();
    assert_eq!((ran.exit_code, ran.stdout.as_str(), ran.stderr.as_str()), (3, "PATH=/usr/bin:/bin\nSHOWN=yes\n", ""));
    assert_eq!(commands().run("kill -9 $$", &Sender::default()).await.unwrap().exit_code, 137);
}

/// Also what a command leaves in the background while it is waited for.
#[tokio::test]
async fn what_a_command_started_ends_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let command = format!("(sleep 1; touch {0}) & sleep 1; touch {0}", mark.display());
    let began = Instant::now();
    let commands = commands();
    assert!(tokio::time::timeout(Duration::from_millis(200), commands.run(&command, &Sender::default())).await.is_err());
    let endless = commands.run("yes", &Sender::default()).await.unwrap_err();
    assert!(endless.message.contains("more than 64 MiB"), "{}", endless.message);
    tokio::time::sleep(Duration::from_millis(1500).saturating_sub(began.elapsed())).await;
    assert!(!mark.exists());
}
