//! A server, a credentials file, and a person with a browser in front of them.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::server::{AuthServer, CLIENT, SECRET, browse};
use crate::support::{Folder, Ran, chain, command, finish, http};

pub(super) const TYPE: &str = "oAuth2Api";
pub(super) const NAME: &str = "Main";

pub(super) struct Lab {
    /// The type of the credential.
    kind: &'static str,
    pub(super) server: AuthServer,
    pub(super) folder: Folder,
    pub(super) port: u16,
    /// All that the program wrote.
    said: Mutex<String>,
}

/// A sign-in that waits for its answer.
pub(super) struct Waiting {
    child: Child,
    /// The address to open.
    pub(super) url: String,
    rest: BufReader<std::process::ChildStdout>,
}

impl Lab {
    pub(super) fn new() -> Self {
        let port = free_port();
        let server = AuthServer::start(&format!("http://127.0.0.1:{port}/callback"));
        let lab = Self { kind: TYPE, server, folder: Folder::new(), port, said: Mutex::default() };
        lab.write(&json!([lab.entry(&json!({}))]));
        lab
    }

    /// The same with a credential of another type, and these fields.
    pub(super) fn of(kind: &'static str, data: impl FnOnce(&str) -> Value) -> Self {
        let lab = Self { kind, ..Self::new() };
        lab.write(&json!([{"id": "7", "name": NAME, "type": kind, "data": data(&lab.server.url)}]));
        lab
    }

    /// An entry of the file with these fields besides.
    pub(super) fn entry(&self, more: &Value) -> Value {
        let url = &self.server.url;
        let mut data = json!({"authUrl": format!("{url}/authorize"), "accessTokenUrl": format!("{url}/token"), "clientId": CLIENT, "clientSecret": SECRET, "scope": "all"});
        data.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        json!({"id": "7", "name": NAME, "type": TYPE, "data": data})
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("credentials.json")
    }

    pub(super) fn write(&self, content: &Value) {
        self.folder.file("credentials.json", content.to_string());
    }

    pub(super) fn content(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.file()).expect("there")).expect("JSON")
    }

    /// What the file has as a token.
    pub(super) fn data(&self) -> Value {
        self.content()[0]["data"]["oauthTokenData"].clone()
    }

    pub(super) fn token(&self, name: &str) -> String {
        self.data()[name].as_str().unwrap_or_default().to_owned()
    }

    fn args(&self, more: &[&str]) -> Vec<String> {
        let file = self.file().display().to_string();
        let words = ["--verbose", "credentials", "authorize", self.kind, "--credentials", &file, "--name", NAME];
        words.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    fn start(&self, words: &[String], stdin: Stdio) -> Child {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        command(&words).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Begins to sign in; the answer is waited for at the lab's port.
    pub(super) fn begin(&self, more: &[&str]) -> Waiting {
        let port = self.port.to_string();
        self.waiting(self.start(&self.args(&[&["--port", &port], more].concat()), Stdio::null()))
    }

    /// The same at another port than the one that the service has.
    pub(super) fn begin_at(&self, port: &str) -> Waiting {
        self.waiting(self.start(&self.args(&["--port", port]), Stdio::null()))
    }

    /// Signs in, which ends with exit code 1 and these words.
    pub(super) fn sign_in_fails(&self, words: &str) {
        let waiting = self.begin(&[]);
        assert_eq!(Self::visit(&waiting).0, 200);
        self.end(waiting).says(1, words);
    }

    pub(super) fn file_is_json(&self) -> bool {
        std::fs::read_to_string(self.file()).is_ok_and(|text| serde_json::from_str::<Value>(&text).is_ok())
    }

    fn waiting(&self, mut child: Child) -> Waiting {
        let mut rest = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut url = String::new();
        rest.read_line(&mut url).expect("a line");
        Waiting { child, url: url.trim().to_owned(), rest }
    }

    /// Signs in by hand: the browser's address, as `pasted` changes it, goes to the program.
    pub(super) fn paste(&self, more: &[&str], pasted: impl Fn(String) -> String) -> Ran {
        // The redirect address that is registered, though nobody listens there.
        let address = format!("http://127.0.0.1:{}/callback", self.port);
        self.paste_at(&[&["--redirect", &address], more].concat(), pasted)
    }

    /// The same where these options say which address is registered.
    pub(super) fn paste_at(&self, options: &[&str], pasted: impl Fn(String) -> String) -> Ran {
        let mut waiting = self.waiting(self.start(&self.args(options), Stdio::piped()));
        let (_, location, _) = browse(&waiting.url);
        let mut stdin = waiting.child.stdin.take().expect("a pipe");
        writeln!(stdin, "{}", pasted(location.expect("sent back"))).expect("typed");
        self.end(waiting)
    }

    /// Ends without a browser.
    pub(super) fn refused(&self, more: &[&str]) -> Ran {
        let port = self.port.to_string();
        let at = if more.contains(&"--redirect") { [].as_slice() } else { &["--port", &port] };
        let child = self.start(&self.args(&[at, more].concat()), Stdio::null());
        self.seen(finish(child.wait_with_output().expect("ends")))
    }

    /// A person opens the address and follows the service; what the browser shows at the end.
    pub(super) fn visit(waiting: &Waiting) -> (u16, String) {
        let (status, location, page) = browse(&waiting.url);
        match location {
            Some(location) => {
                let (status, _, page) = browse(&location);
                (status, page)
            }
            None => (status, page),
        }
    }

    pub(super) fn end(&self, mut waiting: Waiting) -> Ran {
        let mut stdout = String::new();
        std::io::Read::read_to_string(&mut waiting.rest, &mut stdout).expect("read");
        let mut ran = finish(waiting.child.wait_with_output().expect("ends"));
        ran.stdout = stdout;
        self.seen(ran)
    }

    /// Signs in, as most people do.
    pub(super) fn sign_in(&self, more: &[&str]) -> Ran {
        let waiting = self.begin(more);
        let (status, page) = Self::visit(&waiting);
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("can be closed"), "{page}");
        self.end(waiting)
    }

    /// A run of a workflow that asks the service with the credential.
    pub(super) fn request(&self, more: &[&str]) -> Child {
        self.request_of(http(&format!("{}/me", self.server.url)), more)
    }

    /// The same with a request of its own.
    pub(super) fn request_of(&self, mut node: Value, more: &[&str]) -> Child {
        node["parameters"]["authentication"] = "genericCredentialType".into();
        node["parameters"]["genericAuthType"] = self.kind.into();
        node["credentials"] = json!({self.kind: {"id": "7", "name": NAME}});
        let file = self.folder.workflow(&chain(&[node]));
        let credentials = self.file().display().to_string();
        let words = [&["--verbose", "run", &file, "--credentials", &credentials, "--output", "json"], more].concat();
        self.start(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), Stdio::null())
    }

    pub(super) fn run(&self, more: &[&str]) -> Ran {
        let child = self.request(more);
        self.seen(finish(child.wait_with_output().expect("ends")))
    }

    pub(super) fn konverte(&self, words: &[&str]) -> Ran {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let child = self.start(&words, Stdio::null());
        self.seen(finish(child.wait_with_output().expect("ends")))
    }

    /// Signs in at a terminal, where each question is answered with what is typed; the browser follows by itself.
    #[cfg(target_os = "linux")]
    pub(super) fn at_a_terminal(&self, typed: &[(&str, String)]) -> Ran {
        use std::io::Read as _;
        let pair = nix::pty::openpty(None, None).expect("a terminal");
        let port = self.port.to_string();
        let words = self.args(&["--port", &port]);
        // Without the logs, between whose lines a question would not be found.
        let mut command = command(&words.iter().skip(1).map(String::as_str).collect::<Vec<_>>());
        let slave = || Stdio::from(pair.slave.try_clone().expect("a copy"));
        let mut child = command.stdin(slave()).stderr(slave()).stdout(Stdio::piped()).spawn().expect("the program starts");
        drop((command, pair.slave));
        let mut terminal = std::fs::File::from(pair.master);
        let (mut shown, mut piece, mut left) = (Vec::new(), [0; 4096], typed.iter().peekable());
        while let Ok(count) = terminal.read(&mut piece) {
            shown.extend_from_slice(&piece[..count]);
            if count == 0 {
                break;
            }
            if let Some((question, answer)) = left.peek().filter(|(question, _)| shown.ends_with(question.as_bytes())) {
                assert!(!question.is_empty());
                // Whoever types sees the question first, and so does the program turn the echo off.
                std::thread::sleep(std::time::Duration::from_millis(100));
                writeln!(terminal, "{answer}").expect("typed");
                left.next();
            }
            if String::from_utf8_lossy(&shown).contains("open this address") && child.stdout.is_some() {
                let mut url = String::new();
                BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut url).expect("a line");
                let (_, location, _) = browse(url.trim());
                browse(&location.expect("sent back"));
            }
        }
        let code = child.wait().expect("the program ends").code().unwrap_or(-1);
        self.seen(Ran { code, stdout: String::new(), stderr: String::from_utf8_lossy(&shown).into_owned() })
    }

    pub(super) fn seen(&self, ran: Ran) -> Ran {
        let mut said = self.said.lock().expect("nobody panicked");
        said.push_str(&ran.stdout);
        said.push_str(&ran.stderr);
        ran
    }

    /// How many secrets stand in all that the program wrote.
    pub(super) fn leaks(&self) -> usize {
        let said = self.said.lock().expect("nobody panicked");
        let secrets = self.server.secrets();
        // As a form has them too.
        let escaped = |secret: &String| url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        secrets.iter().filter(|secret| secret.len() > 4 && (said.contains(secret.as_str()) || said.contains(&escaped(secret)))).count()
    }

    pub(super) fn end_by(&self, waiting: Waiting, signal: nix::sys::signal::Signal) -> Ran {
        let id = i32::try_from(waiting.child.id()).expect("an id");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), signal).expect("sent");
        self.end(waiting)
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}
