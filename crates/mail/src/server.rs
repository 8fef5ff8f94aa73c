//! A conversation with a mail server.

use std::time::Duration;

use konverte_http::tls;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use node_sdk::ports::{Credential, HttpErrorKind, ServiceError};

use crate::written::Written;

/// What n8n's credential `smtp` says of a server.
pub(crate) struct Settings {
    host: String,
    port: u16,
    /// TLS from the first byte.
    secure: bool,
    /// TLS is not begun later either, though the server offers it.
    stays_plain: bool,
    user: String,
    password: String,
    /// How the client calls itself.
    name: String,
    accept_invalid: bool,
}

/// How long it may take until the server has let us in.
const GREETING: Duration = Duration::from_secs(30);
/// How long an answer may take, and that to the whole message.
const ANSWER: Duration = Duration::from_secs(60);
const MESSAGE: Duration = Duration::from_secs(600);

impl Settings {
    pub(crate) fn read(credential: &Credential, accept_invalid: bool) -> Result<Self, ServiceError> {
        let port = credential.text("port");
        let port =
            port.trim().parse().map_err(|_| ServiceError::undone(HttpErrorKind::Other, format!("The credential's port is no port: {port}")))?;
        let is_on = |field: &str, default: bool| credential.fields.get(field).map_or(default, |value| value == &serde_json::Value::Bool(true));
        Ok(Self {
            host: credential.text("host").trim().to_owned(),
            port,
            secure: is_on("secure", true),
            stays_plain: is_on("disableStartTls", false),
            user: credential.text("user"),
            password: credential.text("password"),
            name: credential.text("hostName").trim().to_owned(),
            accept_invalid,
        })
    }

    fn client(&self) -> ClientId {
        if self.name.is_empty() { ClientId::default() } else { ClientId::Domain(self.name.clone()) }
    }

    fn tls(&self) -> Result<TlsParameters, ServiceError> {
        let parameters = TlsParameters::builder(self.host.clone())
            .certificate_store(CertificateStore::WebpkiRoots)
            .dangerous_accept_invalid_certs(self.accept_invalid)
            .dangerous_accept_invalid_hostnames(self.accept_invalid);
        parameters.build_rustls().map_err(|error| self.failed("", &error))
    }

    /// What went wrong. `doing`: what the server refused, in the words of n8n's library.
    fn failed(&self, doing: &str, error: &Error) -> ServiceError {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        if let Some(code) = error.status() {
            let no = ServiceError::undone(HttpErrorKind::Other, format!("{doing}: {code} {cause}"));
            return match advice(&cause.to_lowercase(), &code.to_string()) {
                Some(help) => no.help(help),
                None => no,
            };
        }
        if let Some((fault, words)) = tls::fault(error) {
            let help = "Switch \"SSL/TLS\" off in the credential where the server at this port begins without TLS, or set the option \"Ignore SSL Issues\" where you trust the way to it.";
            return ServiceError::undone(HttpErrorKind::Tls(fault), words).help(help);
        }
        let address = format!("{}:{}", self.host, self.port);
        let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
        use std::io::ErrorKind as Io;
        let (kind, message) = match io {
            Some(Io::ConnectionRefused) => (HttpErrorKind::Refused, format!("connect ECONNREFUSED {address}")),
            Some(Io::TimedOut) => (HttpErrorKind::ConnectTimeout, format!("connect ETIMEDOUT {address}")),
            Some(Io::HostUnreachable) => (HttpErrorKind::Unreachable, format!("connect EHOSTUNREACH {address}")),
            Some(Io::NetworkUnreachable) => (HttpErrorKind::NoNetwork, format!("connect ENETUNREACH {address}")),
            Some(Io::ConnectionReset | Io::BrokenPipe | Io::UnexpectedEof | Io::ConnectionAborted) => {
                (HttpErrorKind::Reset, "read ECONNRESET".to_owned())
            }
            _ if cause.contains("lookup") => (HttpErrorKind::Dns, format!("getaddrinfo ENOTFOUND {}", self.host)),
            _ if error.is_response() => (HttpErrorKind::Malformed, format!("The server does not answer as a mail server does: {cause}")),
            _ => (HttpErrorKind::Other, cause),
        };
        ServiceError::undone(kind, message).help("See that the credential's host and port are those of a mail server, and that it runs.")
    }

    async fn within<T>(&self, limit: Duration, doing: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, ServiceError> {
        match tokio::time::timeout(limit, work).await {
            Ok(done) => done.map_err(|error| self.failed(doing, &error)),
            Err(_) => {
                let message = format!("The mail server {}:{} does not answer", self.host, self.port);
                let help = "Where the server wants TLS at this port, as most do at 465, switch \"SSL/TLS\" on in the credential; where it does not, as at 25 and 587, off.";
                Err(ServiceError::undone(HttpErrorKind::ConnectTimeout, message).help(help))
            }
        }
    }
}

/// What to do about a refusal, as far as its words tell.
fn advice(said: &str, code: &str) -> Option<&'static str> {
    if said.contains("starttls") || said.contains("tls") && code == "530" {
        return Some("The server wants the connection encrypted: switch \"Disable STARTTLS\" off in the credential.");
    }
    match code {
        "535" | "534" | "454" => Some("See that user and password of the credential are right; some services want a password made for programs."),
        "530" => Some("The server wants to know who sends: fill in user and password of the credential."),
        _ => None,
    }
}

/// A connection on which the server has let us in.
pub(crate) struct Server {
    settings: Settings,
    connection: AsyncSmtpConnection,
    /// What the server offers, a line each.
    pub(crate) offers: Vec<String>,
}

impl Server {
    pub(crate) async fn open(settings: Settings) -> Result<Self, ServiceError> {
        let client = settings.client();
        let first = if settings.secure { Some(settings.tls()?) } else { None };
        let later = if settings.secure || settings.stays_plain { None } else { Some(settings.tls()?) };
        let opening = async {
            let address = (settings.host.as_str(), settings.port);
            let mut connection = AsyncSmtpConnection::connect_tokio1(address, None, &client, first, None).await?;
            if let Some(later) = later.filter(|_| connection.can_starttls()) {
                connection.starttls(later, &client).await?;
            }
            let offers = connection.command(Ehlo::new(client.clone())).await?;
            Ok((connection, offers.message().skip(1).map(str::to_owned).collect()))
        };
        let (mut connection, offers) = settings.within(GREETING, "Invalid greeting", opening).await?;
        if !settings.user.is_empty() {
            let credentials = Credentials::new(settings.user.clone(), settings.password.clone());
            let signed_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            settings.within(GREETING, "Invalid login", signed_in).await?;
        }
        Ok(Self { settings, connection, offers })
    }

    async fn command<C: std::fmt::Display>(&mut self, doing: &str, command: C) -> Result<Response, ServiceError> {
        let Self { settings, connection, .. } = self;
        settings.within(ANSWER, doing, connection.command(command)).await
    }

    /// Says who sends to whom; gives the receivers that the server refuses, with what it said. Those who all are refused are an error.
    pub(crate) async fn envelope(&mut self, written: &Written) -> Result<Vec<(String, String)>, ServiceError> {
        let mut parameters = Vec::new();
        let info = self.connection.server_info();
        let beyond_ascii = written.to.iter().chain([&written.from]).any(|mailbox| !AsRef::<str>::as_ref(&mailbox.email).is_ascii());
        if beyond_ascii && info.supports_feature(Extension::SmtpUtfEight) {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !written.content.is_ascii() && info.supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.command("Mail command failed", Mail::new(Some(written.from.email.clone()), parameters)).await?;
        let mut refused: Vec<(String, String)> = Vec::new();
        for receiver in &written.to {
            match self.command("", Rcpt::new(receiver.email.clone(), Vec::new())).await {
                Ok(_) => {}
                Err(error) if error.kind == HttpErrorKind::Other => {
                    refused.push((receiver.email.to_string(), error.message.trim_start_matches([':', ' ']).to_owned()));
                }
                Err(error) => return Err(error),
            }
        }
        match refused.last() {
            Some((_, said)) if refused.len() == written.to.len() => {
                let message = format!("Can't send mail - all recipients were rejected: {said}");
                Err(ServiceError::undone(HttpErrorKind::Other, message))
            }
            _ => Ok(refused),
        }
    }

    /// Sends the message itself; gives what the server says to it.
    pub(crate) async fn message(&mut self, content: &[u8]) -> Result<String, ServiceError> {
        self.command("Data command failed", Data).await?;
        let Self { settings, connection, .. } = self;
        let sent = settings.within(MESSAGE, "Message failed", connection.message(content)).await;
        // The server said no, or nobody knows.
        let answer = sent.map_err(|error| if error.kind == HttpErrorKind::Other { error } else { error.perhaps_done() })?;
        Ok(format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join("\n")))
    }

    /// Says goodbye; a server that does not hear it is no failure.
    pub(crate) async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.connection.quit()).await;
    }
}
