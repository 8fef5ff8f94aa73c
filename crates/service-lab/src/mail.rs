//! A mail server that keeps what it gets. It offers signing in (user `mail`, password `secret`) and does not ask for it, as libraries for such
//! servers do where they offer it. Addresses that begin with `reject` are refused.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mailparse::{DispositionType, MailHeaderMap as _, ParsedMail};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Map, Value, json};

/// When a server speaks TLS, with a certificate that it has signed itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Never.
    Never,
    /// From the first byte.
    First,
    /// Once it is asked to; before that it takes no mail.
    StartTls,
}

/// A mail server on a loopback port, until the process ends.
pub struct MailServer {
    port: u16,
    mails: Arc<Mutex<Vec<Value>>>,
}

impl MailServer {
    /// Starts it.
    ///
    /// # Errors
    /// There is no port.
    pub fn start() -> io::Result<Self> {
        Self::with(Encryption::Never)
    }

    /// Starts one that speaks TLS.
    ///
    /// # Errors
    /// There is no port, or no certificate.
    pub fn with(encryption: Encryption) -> io::Result<Self> {
        let tls = crate::tls::server()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let mails = Arc::<Mutex<Vec<Value>>>::default();
        let kept = mails.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, tls) = (kept.clone(), tls.clone());
                // A client that goes away is no failure of the server.
                thread::spawn(move || Session::new(stream, (encryption, tls), kept).and_then(Session::serve));
            }
        });
        Ok(Self { port, mails })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The mails that came since this was last asked, as recordings have them.
    pub fn take(&self) -> Vec<Value> {
        self.mails.lock().map(|mut mails| std::mem::take(&mut *mails)).unwrap_or_default()
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn encrypted(stream: TcpStream, tls: Arc<ServerConfig>) -> io::Result<Self> {
        let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, stream))))
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// One connection.
struct Session {
    lines: BufReader<Stream>,
    /// What STARTTLS begins; `None`: it is not offered, or has begun.
    tls: Option<Arc<ServerConfig>>,
    mails: Arc<Mutex<Vec<Value>>>,
    user: Option<String>,
    from: String,
    to: Vec<String>,
}

impl Session {
    fn new(stream: TcpStream, (encryption, tls): (Encryption, Arc<ServerConfig>), mails: Arc<Mutex<Vec<Value>>>) -> io::Result<Self> {
        let (stream, tls) = match encryption {
            Encryption::Never => (Stream::Plain(stream), None),
            Encryption::First => (Stream::encrypted(stream, tls)?, None),
            Encryption::StartTls => (Stream::Plain(stream), Some(tls)),
        };
        Ok(Self { lines: BufReader::new(stream), tls, mails, user: None, from: String::new(), to: Vec::new() })
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        let stream = self.lines.get_mut();
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        stream.flush()
    }

    /// From here on the connection is encrypted.
    fn start_tls(&mut self) -> io::Result<()> {
        let (Some(tls), Stream::Plain(stream)) = (self.tls.take(), self.lines.get_ref()) else { return self.say("503 not now") };
        let stream = stream.try_clone()?;
        self.say("220 go on")?;
        self.lines = BufReader::new(Stream::encrypted(stream, tls)?);
        Ok(())
    }

    fn serve(mut self) -> io::Result<()> {
        self.say("220 case.local ESMTP")?;
        loop {
            let line = read(&mut self.lines)?;
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" if self.tls.is_some() => self.say("250-case.local\r\n250 STARTTLS")?,
                "EHLO" => self.say("250-case.local\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN")?,
                "STARTTLS" => self.start_tls()?,
                "AUTH" | "MAIL" if self.tls.is_some() => self.say("530 Must issue a STARTTLS command first")?,
                "AUTH" => self.sign_in(&line)?,
                "MAIL" => {
                    self.from = address(&line);
                    self.to.clear();
                    self.say(if self.from.starts_with("reject") { "553 sender refused" } else { "250 ok" })?;
                }
                "RCPT" => {
                    let to = address(&line);
                    let refused = to.starts_with("reject");
                    if !refused {
                        self.to.push(to);
                    }
                    self.say(if refused { "550 no such user" } else { "250 ok" })?;
                }
                "DATA" => {
                    self.say("354 go on")?;
                    let content = content(&mut self.lines)?;
                    self.take(&content);
                    self.say("250 2.0.0 queued as CASE1")?;
                }
                "HELO" | "RSET" | "NOOP" => self.say("250 ok")?,
                "QUIT" => return self.say("221 bye"),
                _ => self.say("502 not known")?,
            }
        }
    }

    fn sign_in(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let said = if words.next().is_some_and(|kind| kind.eq_ignore_ascii_case("PLAIN")) {
            let given = words.next().map(str::to_owned);
            let text = match given {
                Some(given) => given,
                None => {
                    self.say("334 ")?;
                    read(&mut self.lines)?
                }
            };
            decoded(&text).split('\0').skip(1).map(str::to_owned).collect()
        } else {
            self.say("334 VXNlcm5hbWU6")?;
            let user = decoded(&read(&mut self.lines)?);
            self.say("334 UGFzc3dvcmQ6")?;
            vec![user, decoded(&read(&mut self.lines)?)]
        };
        let right = said == ["mail", "secret"];
        self.user = said.into_iter().next().filter(|_| right);
        self.say(if right { "235 ok" } else { "535 5.7.8 wrong user or password" })
    }

    fn take(&self, content: &[u8]) {
        let told = mailparse::parse_mail(content).ok().map(|mail| {
            json!({"from": self.from, "to": self.to, "auth": self.user, "headers": headers(&mail), "has": beside(&mail), "parts": parts(&mail)})
        });
        if let (Ok(mut mails), Some(told)) = (self.mails.lock(), told) {
            mails.push(told);
        }
    }
}

fn read(lines: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if lines.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// What follows `DATA`, until the dot.
fn content(lines: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(content);
        }
        content.extend_from_slice(line.strip_prefix(b".").filter(|rest| rest.starts_with(b".")).unwrap_or(&line));
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned()).unwrap_or_default()
}

fn decoded(text: &str) -> String {
    BASE64_STANDARD.decode(text.trim()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// Headers whose values differ each time, or stand at the parts.
const BESIDE: [&str; 5] = ["content-transfer-encoding", "content-type", "date", "message-id", "mime-version"];

fn headers(mail: &ParsedMail<'_>) -> Value {
    let mut told: Vec<(String, String)> = mail.headers.iter().map(|header| (header.get_key().to_lowercase(), header.get_value())).collect();
    told.retain(|(name, _)| !BESIDE.contains(&name.as_str()));
    told.sort();
    Value::Object(told.into_iter().map(|(name, value)| (name, unquoted(&value).into())).collect())
}

/// Without quotes around a name that needs none: the recordings' reader leaves them away.
fn unquoted(value: &str) -> String {
    let needs_none = |part: &str| part.chars().all(|c| c.is_alphanumeric() || c == ' ');
    let parts = value.split('"').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 || needs_none(part) { part.to_owned() } else { format!("\"{part}\"") }).collect()
}

fn beside(mail: &ParsedMail<'_>) -> Vec<&'static str> {
    BESIDE.into_iter().filter(|name| mail.headers.get_first_value(name).is_some()).collect()
}

/// The mail and what is in it, each with how deep it lies.
fn parts(mail: &ParsedMail<'_>) -> Vec<Value> {
    let mut told = Vec::new();
    add(mail, 0, &mut told);
    told
}

fn add(part: &ParsedMail<'_>, depth: usize, told: &mut Vec<Value>) {
    let mut fields = Map::new();
    fields.insert("depth".into(), depth.into());
    fields.insert("type".into(), part.ctype.mimetype.clone().into());
    if let Some(charset) = part.ctype.params.get("charset") {
        fields.insert("charset".into(), charset.clone().into());
    }
    let disposition = part.get_content_disposition();
    if part.headers.get_first_value("content-disposition").is_some() {
        let kind = if disposition.disposition == DispositionType::Attachment { "attachment" } else { "inline" };
        fields.insert("disposition".into(), kind.into());
    }
    if let Some(name) = disposition.params.get("filename") {
        fields.insert("file".into(), name.clone().into());
    }
    if let Some(id) = part.headers.get_first_value("content-id") {
        fields.insert("id".into(), id.into());
    }
    if part.subparts.is_empty() {
        let body = part.get_body_raw().unwrap_or_default();
        match String::from_utf8(body) {
            Ok(text) => fields.insert("text".into(), without_attribution(&text.replace("\r\n", "\n")).into()),
            Err(error) => fields.insert("base64".into(), BASE64_STANDARD.encode(error.into_bytes()).into()),
        };
    }
    told.push(Value::Object(fields));
    part.subparts.iter().for_each(|part| add(part, depth + 1, told));
}

/// With `[attribution]` in the place of what says who made the mail: that is in the words of each program.
fn without_attribution(text: &str) -> String {
    let plain = text.find("\n---\n").map(|at| text[..at].trim_end_matches('\n').len());
    let html = text.find("<br><br>---").map(|at| text[..at].trim_end().len());
    match plain.or(html) {
        Some(end) => format!("{}[attribution]", &text[..end]),
        None => text.to_owned(),
    }
}
