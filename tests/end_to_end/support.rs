//! Running the binary, and small workflows to run.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

/// How a run of the program ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Standard output as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// The JSON of each line of standard output.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// The exit code, this text on standard error, and nothing on standard output.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, words: &str) {
        self.says(code, words);
        assert_eq!(self.stdout, "", "nothing has run, so nothing stands on standard output");
    }

    /// The exit code, and this text on standard error (whatever its line breaks).
    #[track_caller]
    pub(crate) fn says(&self, code: i32, words: &str) {
        let flat: String = self.stderr.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        assert_eq!(self.code, code, "{}", self.stderr);
        assert!(flat.contains(words), "\"{words}\" is not in: {flat}");
    }
}

/// The program with these arguments and no environment.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_konverte"));
    command.args(args).env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    command
}

pub(crate) fn konverte(args: &[&str]) -> Ran {
    finish(command(args).output().expect("the program starts"))
}

pub(crate) fn konverte_with_stdin(args: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
    let mut child = command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let bytes = stdin.as_ref().to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(&bytes));
    let ran = finish(child.wait_with_output().expect("the program ends"));
    let _ = writer.join();
    ran
}

pub(crate) fn finish(output: std::process::Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs the command at a terminal, types this where it asks for a yes, and gives what it shows and how it ended.
#[cfg(target_os = "linux")]
pub(crate) fn at_a_terminal(mut command: Command, typed: &str) -> Ran {
    let size = nix::pty::Winsize { ws_row: 40, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 };
    let pair = nix::pty::openpty(Some(&size), None).expect("a terminal");
    let slave = |fd: &std::os::fd::OwnedFd| Stdio::from(fd.try_clone().expect("a copy"));
    command.env("TERM", "xterm").stdin(slave(&pair.slave)).stderr(slave(&pair.slave)).stdout(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    drop((command, pair.slave));
    let mut terminal = std::fs::File::from(pair.master);
    let mut shown = Vec::new();
    let mut piece = [0; 4096];
    // Reading ends with an error when the program has closed its side.
    while let Ok(count) = terminal.read(&mut piece) {
        shown.extend_from_slice(&piece[..count]);
        if count == 0 {
            break;
        }
        if shown.ends_with(b"[y/N] ") {
            terminal.write_all(typed.as_bytes()).expect("typed");
        }
    }
    let code = child.wait().expect("the program ends").code().unwrap_or(-1);
    Ran { code, stdout: String::new(), stderr: String::from_utf8_lossy(&shown).into_owned() }
}

/// What the command shows at a terminal of this width.
#[cfg(target_os = "linux")]
pub(crate) fn shown_on_a_terminal(mut command: Command, columns: u16) -> String {
    let size = nix::pty::Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let pair = nix::pty::openpty(Some(&size), None).expect("a terminal");
    let slave = || Stdio::from(pair.slave.try_clone().expect("a copy"));
    command.stdin(Stdio::null()).stdout(slave()).stderr(slave());
    let mut child = command.spawn().expect("the program starts");
    drop((command, pair.slave));
    let mut shown = Vec::new();
    // Reading ends with an error when the program has closed its side.
    let _ = std::fs::File::from(pair.master).read_to_end(&mut shown);
    child.wait().expect("the program ends");
    String::from_utf8_lossy(&shown).into_owned()
}

/// A folder that is gone when the test ends.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its path as text.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, content).expect("the file is written");
        path.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn workflow(&self, workflow: &Value) -> String {
        self.file("workflow.json", workflow.to_string())
    }
}

/// A pipe that nobody writes into.
pub(crate) fn pipe(path: &Path) {
    nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
}

/// The emulator as a program of its own; it ends with the test.
pub(crate) struct Emulator {
    process: Child,
    pub(crate) url: String,
}

impl Emulator {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut process = command(&[&["sandbox"], args].concat()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the emulator starts");
        let mut url = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut url).expect("its address");
        Self { process, url: url.trim().to_owned() }
    }

    /// A credentials file for it with this token.
    pub(crate) fn credentials(&self, folder: &Folder, token: &str) -> String {
        folder.file("credentials.json", json!({"konverteApi": {"url": self.url, "accessToken": token}}).to_string())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A manual trigger `Start`, and these nodes behind it in a row.
pub(crate) fn chain(nodes: &[Value]) -> Value {
    let mut list = vec![json!({"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}})];
    let mut connections = serde_json::Map::new();
    let mut before = "Start".to_owned();
    for (index, node) in nodes.iter().enumerate() {
        let name = node["name"].as_str().expect("a name").to_owned();
        let mut node = node.clone();
        node["position"] = json!([220 * (index + 1), 0]);
        list.push(node);
        connections.insert(before, json!({"main": [[{"node": name, "type": "main", "index": 0}]]}));
        before = name;
    }
    json!({"name": "test", "nodes": list, "connections": connections, "settings": {"executionOrder": "v1"}})
}

/// An Edit Fields node that sets one text.
pub(crate) fn set(name: &str, field: &str, value: &str) -> Value {
    let assignment = json!({"id": "1", "name": field, "type": "string", "value": value});
    json!({"name": name, "type": "n8n-nodes-base.set", "typeVersion": 3.4, "parameters": {"assignments": {"assignments": [assignment]}, "options": {}}})
}

/// A node of type `konverte`.
pub(crate) fn action(resource: &str, operation: &str, mut parameters: Value) -> Value {
    parameters["resource"] = resource.into();
    parameters["operation"] = operation.into();
    json!({"name": "Action", "type": "konverte", "typeVersion": 1, "parameters": parameters})
}

/// An HTTP Request node.
pub(crate) fn http(url: &str) -> Value {
    json!({"name": "Fetch", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {"url": url, "options": {}}})
}

/// A path below the root of the repository.
pub(crate) fn repository(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path).to_str().expect("UTF-8").to_owned()
}

/// A server on a loopback port that answers every request alike, until the test ends.
pub(crate) struct Server(std::net::SocketAddr);

impl Server {
    pub(crate) fn answering(status: u16, content_type: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} Scripted\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close");
        Self::sending(format!("{head}\r\n\r\n{body}"))
    }

    /// Sends these bytes, whatever they are.
    pub(crate) fn sending(answer: String) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is no failure of the server.
                let _ = Self::answer(stream, answer.as_bytes());
            }
        });
        Self(address)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0)
    }

    fn answer(mut stream: std::net::TcpStream, answer: &[u8]) -> std::io::Result<()> {
        use std::io::{BufRead, BufReader};
        // The requests of these tests have no body.
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        stream.write_all(answer)
    }
}

/// The signals that end a run, each with its exit code. SIGHUP is not among them where whoever started the tests has it ignored (`nohup`),
/// which the program heeds.
pub(crate) fn ending_signals() -> Vec<(Signal, i32)> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let hears_hangup = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 0);
    let hangup = hears_hangup.then_some((Signal::SIGHUP, 129));
    [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)].into_iter().chain(hangup).collect()
}
