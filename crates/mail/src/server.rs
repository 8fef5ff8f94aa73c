//! A conversation with a mail server.

use std::time::Duration;

use konverte_http::{Policy, lost, tls};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use node_sdk::ports::{Credential, HttpErrorKind, ServiceError, TlsFault};

use crate::stream;
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

/// A part of the conversation: how long it may take, and what is said where the server is silent for longer.
#[derive(Clone, Copy)]
struct Step {
    limit: Duration,
    silent: &'static str,
    help: &'static str,
}

/// Until the server has said hello.
const HELLO: Step = Step {
    limit: Duration::from_secs(30),
    silent: "does not answer",
    help: "Where the server wants TLS at this port, as most do at 465, switch \"SSL/TLS\" on in the credential; where it does not, as at 25 and 587, off.",
};
const SIGN_IN: Step = Step {
    limit: Duration::from_secs(30),
    silent: "said hello, and nothing to user and password",
    help: "Try again later; where it stays so, ask those who run the server.",
};
/// From whom, to whom, and that the message follows.
const ENVELOPE: Step = Step {
    limit: Duration::from_secs(60),
    silent: "let us in, and says nothing to what it is asked for",
    help: "No mail was sent. Try again later, or let the node do so by its setting \"Retry On Fail\"; where it stays so, ask those who run the server.",
};
const MESSAGE: Step = Step {
    limit: Duration::from_secs(600),
    silent: "does not say whether it took the message",
    help: "See whether the mail came before it is sent again.",
};

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
        let source = std::error::Error::source(error);
        let cause = source.map(ToString::to_string).unwrap_or_default();
        if let Some(code) = error.status() {
            let no = ServiceError::undone(HttpErrorKind::Other, format!("{doing}: {code} {cause}"));
            return match advice(doing, &cause.to_lowercase(), &code.to_string()) {
                Some(help) => no.help(help),
                None => no,
            };
        }
        // What goes wrong while TLS begins later is wrapped once more.
        if let Some((fault, words)) = tls::fault(error) {
            return untrusted(fault, words);
        }
        match source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
            Some(error) => self.lost(error),
            None if error.is_response() => strange(&cause),
            None => ServiceError::undone(HttpErrorKind::Other, cause).help(OTHER_SERVER),
        }
    }

    /// Why the way to the server does not hold.
    fn lost(&self, error: &std::io::Error) -> ServiceError {
        match lost(error, &self.host, self.port) {
            (HttpErrorKind::Tls(fault), words) => untrusted(fault, words),
            (HttpErrorKind::Other, words) if error.kind() == std::io::ErrorKind::InvalidData => strange(&words),
            (HttpErrorKind::Forbidden, words) => ServiceError::undone(HttpErrorKind::Forbidden, words),
            (kind, words) => ServiceError::undone(kind, words).help(OTHER_SERVER),
        }
    }

    async fn within<T>(&self, step: Step, work: impl Future<Output = Result<T, ServiceError>>) -> Result<T, ServiceError> {
        tokio::time::timeout(step.limit, work).await.unwrap_or_else(|_| {
            let message = format!("The mail server {}:{} {}", self.host, self.port, step.silent);
            Err(ServiceError::undone(HttpErrorKind::ConnectTimeout, message).help(step.help))
        })
    }

    /// A connection on which the server has said hello, and what it offers.
    async fn connect(&self, policy: Policy) -> Result<(AsyncSmtpConnection, Vec<String>), ServiceError> {
        let client = self.client();
        let first = self.secure.then(|| tls::config(None, self.accept_invalid)).transpose();
        let first = first.map_err(|error| ServiceError::undone(error.kind, error.message))?;
        let stream = stream::open(&self.host, self.port, first, policy).await.map_err(|error| self.lost(&error))?;
        let greeting = |error| self.failed("Invalid greeting", &error);
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &client).await.map_err(greeting)?;
        if !self.secure && !self.stays_plain && connection.can_starttls() {
            connection.starttls(self.tls()?, &client).await.map_err(|error| self.failed(STARTTLS, &error))?;
        }
        let offers = connection.command(Ehlo::new(client)).await.map_err(greeting)?;
        Ok((connection, offers.message().skip(1).map(str::to_owned).collect()))
    }

    async fn sign_in(&self, connection: &mut AsyncSmtpConnection, offers: &[String]) -> Result<(), ServiceError> {
        let ways = [Mechanism::Plain, Mechanism::Login];
        if connection.server_info().get_auth_mechanism(&ways).is_none() {
            let message = "The server offers no way to sign in that konverte knows: these are PLAIN and LOGIN";
            let offered = offers.iter().find_map(|offer| offer.strip_prefix("AUTH "));
            let help = match offered {
                Some(offered) => format!("It offers {offered}. See whether it has another port, or a password made for programs, for PLAIN or LOGIN."),
                None => "It offers none at all. Many do once the connection is encrypted: see \"SSL/TLS\" and \"Disable STARTTLS\" in the credential. Where it wants nobody to sign in, leave user and password empty.".to_owned(),
            };
            return Err(ServiceError::undone(HttpErrorKind::Other, message).help(help));
        }
        let credentials = Credentials::new(self.user.clone(), self.password.clone());
        connection.auth(&ways, &credentials).await.map(drop).map_err(|error| self.failed("Invalid login", &error))
    }
}

const OTHER_SERVER: &str = "See that the credential's host and port are those of a mail server, and that it runs.";
/// What fails where the server offers STARTTLS and refuses it.
const STARTTLS: &str = "Error upgrading connection with STARTTLS";

fn untrusted(fault: TlsFault, words: String) -> ServiceError {
    let help = "Switch \"SSL/TLS\" off in the credential where the server at this port begins without TLS, or set the option \"Ignore SSL Issues\" where you trust the way to it.";
    ServiceError::undone(HttpErrorKind::Tls(fault), words).help(help)
}

fn strange(why: &str) -> ServiceError {
    let message = format!("The server does not answer as a mail server does: {why}");
    ServiceError::undone(HttpErrorKind::Malformed, message).help(OTHER_SERVER)
}

/// What to do about a refusal, as far as its words tell.
fn advice(doing: &str, said: &str, code: &str) -> Option<&'static str> {
    if doing == STARTTLS {
        return Some(
            "The server offers TLS and does not begin it: try again later, or use its port for TLS from the first byte (mostly 465) with \"SSL/TLS\" on. Where you trust the way to it, switch \"Disable STARTTLS\" on in the credential.",
        );
    }
    if said.contains("starttls") || said.contains("tls") && code == "530" {
        return Some("The server wants the connection encrypted: switch \"Disable STARTTLS\" off in the credential.");
    }
    match code {
        "535" | "534" => Some("See that user and password of the credential are right; some services want a password made for programs."),
        "530" => Some("The server wants to know who sends: fill in user and password of the credential."),
        // The first digit says that it may be otherwise later (RFC 5321, 4.2.1).
        code if code.starts_with('4') => {
            Some("The server cannot do it for now: try again later, or let the node do so by its setting \"Retry On Fail\".")
        }
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
    pub(crate) async fn open(settings: Settings, policy: Policy) -> Result<Self, ServiceError> {
        let (mut connection, offers) = settings.within(HELLO, settings.connect(policy)).await?;
        if !settings.user.is_empty() {
            settings.within(SIGN_IN, settings.sign_in(&mut connection, &offers)).await?;
        }
        Ok(Self { settings, connection, offers })
    }

    async fn command<C: std::fmt::Display>(&mut self, doing: &str, command: C) -> Result<Response, ServiceError> {
        let Self { settings, connection, .. } = self;
        settings.within(ENVELOPE, async { connection.command(command).await.map_err(|error| settings.failed(doing, &error)) }).await
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
        let sending = async { connection.message(content).await.map_err(|error| settings.failed("Message failed", &error)) };
        let sent = settings.within(MESSAGE, sending).await;
        // The server said no, or nobody knows.
        let answer = sent.map_err(|error| if error.kind == HttpErrorKind::Other { error } else { error.perhaps_done() })?;
        Ok(format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join("\n")))
    }

    /// Says goodbye; a server that does not hear it is no failure.
    pub(crate) async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.connection.quit()).await;
    }
}
