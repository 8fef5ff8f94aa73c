//! The port of mail over SMTP: the one place of konverte that talks to mail servers. It stands on lettre: the message's form, the protocol, TLS.
//!
//! lettre's own transport sends to all receivers or to none. n8n sends to those that the server takes and tells of the others, so the envelope is
//! told here, command by command.

mod addresses;
mod server;
mod stream;
mod written;

use std::time::Instant;

use async_trait::async_trait;
use konverte_http::Policy;
use node_sdk::ports::{Credential, Mail, MailMessage, MailReceipt, ServiceError};

use server::{Server, Settings};
pub use written::Envelope;

/// Sends mails, each over a connection of its own.
#[derive(Debug, Clone, Copy)]
pub struct Smtp {
    /// Which addresses a server may have.
    pub policy: Policy,
}

impl Smtp {
    /// Proves a credential: connects, signs in where it has a user, and says goodbye. Nothing is sent.
    ///
    /// # Errors
    /// Those of [`Mail::send`] until a server has let us in.
    pub async fn sign_in(&self, server: &Credential, accept_invalid_certificates: bool) -> Result<(), ServiceError> {
        let server = Server::open(Settings::read(server, accept_invalid_certificates)?, self.policy).await?;
        server.close().await;
        Ok(())
    }
}

/// The envelope of a message that is to be sent.
///
/// # Errors
/// It cannot be written: an address is none, or nobody is to get it.
pub fn envelope(message: &MailMessage) -> Result<Envelope, ServiceError> {
    written::write(message).map(|written| written.envelope())
}

#[async_trait]
impl Mail for Smtp {
    async fn send(&self, message: MailMessage) -> Result<MailReceipt, ServiceError> {
        let settings = Settings::read(&message.server, message.accept_invalid_certificates)?;
        let written = written::write(&message)?;
        let mut server = Server::open(settings, self.policy).await?;
        let begin = Instant::now();
        let rejected = match server.envelope(&written).await {
            Ok(rejected) => rejected,
            Err(error) => {
                server.close().await;
                return Err(error);
            }
        };
        let told = Instant::now();
        let answer = server.message(&written.content).await?;
        let Envelope { from, to, size } = written.envelope();
        let receipt = MailReceipt {
            id: written.id,
            from,
            to,
            rejected,
            offers: std::mem::take(&mut server.offers),
            answer,
            size,
            envelope_ms: millis(begin, told),
            message_ms: millis(told, Instant::now()),
        };
        server.close().await;
        Ok(receipt)
    }
}

fn millis(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use node_sdk::ports::HttpErrorKind;
    use serde_json::json;
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    fn message(port: u16, user: &str) -> MailMessage {
        let fields = json!({"host": "127.0.0.1", "port": port, "secure": false, "user": user, "password": "p"}).as_object().unwrap().clone();
        MailMessage {
            server: Credential { type_name: "smtp".into(), fields },
            accept_invalid_certificates: false,
            sender: None,
            id: "1".into(),
            date: 0,
            from: "a@example.com".into(),
            to: "b@example.com".into(),
            cc: String::new(),
            bcc: String::new(),
            reply_to: String::new(),
            subject: String::new(),
            text: None,
            html: None,
            attachments: Vec::new(),
        }
    }

    /// What is said of a server that says this at once and `then` without end; it reads nothing.
    async fn told(at_once: &str, then: &'static str) -> ServiceError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let at_once = at_once.to_owned();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(at_once.as_bytes()).await.unwrap();
            let more = then.repeat(10_000);
            while stream.write_all(more.as_bytes()).await.is_ok() {
                if more.is_empty() {
                    std::future::pending::<()>().await;
                }
            }
        });
        let error = Smtp { policy: Policy { allow_private: true } }.send(message(port, "ana")).await.unwrap_err();
        serving.abort();
        error
    }

    #[tokio::test]
    async fn a_server_stands_where_the_policy_lets_it() {
        for secure in [false, true] {
            let mut message = message(9, "");
            message.server.fields.insert("secure".into(), secure.into());
            let told = Smtp { policy: Policy { allow_private: false } }.send(message).await.unwrap_err();
            assert_eq!(told.kind, HttpErrorKind::Forbidden, "{}", told.message);
        }
    }

    /// The clock goes on by itself while everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up() {
        let error = told("", "").await;
        assert_eq!((error.kind, error.maybe_done), (HttpErrorKind::ConnectTimeout, false));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_of_a_silent_server_fits_the_step() {
        const HELLO: &str = "220 here\r\n250-here\r\n250 AUTH PLAIN\r\n250-here\r\n250 AUTH PLAIN\r\n";
        for (said, silent, help) in [
            ("", "does not answer", "SSL/TLS"),
            ("", "nothing to user and password", "Try again later"),
            ("235 ok\r\n", "says nothing to what it is asked for", "No mail was sent."),
            ("235 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n", "does not say whether it took the message", "before it is sent again"),
        ] {
            let hello = if silent == "does not answer" { "" } else { HELLO };
            let told = told(&format!("{hello}{said}"), "").await;
            assert!(
                told.message.ends_with(silent) && told.help.as_ref().is_some_and(|told| told.contains(help)),
                "{}: {:?}",
                told.message,
                told.help
            );
            assert_eq!(told.maybe_done, silent.contains("message"), "{}", told.message);
        }
        for (said, help) in [("454 4.7.0 not now", "for now"), ("421 too many", "for now"), ("535 5.7.8 no", "user and password")] {
            let told = told(&format!("{HELLO}{said}\r\n"), "").await;
            assert!(told.help.as_ref().is_some_and(|told| told.contains(help)), "{}: {:?}", told.message, told.help);
        }
    }

    #[tokio::test]
    async fn an_answer_without_end_is_given_up() {
        for (at_once, then) in [("220 ", "x"), ("", "220-x\r\n"), ("220 here\r\n", "250-x\r\n"), ("220 here\r\n250-here\r\n", "x")] {
            let told = tokio::time::timeout(Duration::from_secs(20), told(at_once, then)).await.expect("it ends");
            assert_eq!(told.kind, HttpErrorKind::Malformed, "{at_once:?} {then:?}: {}", told.message);
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_let_us_in_is_told_as_that() {
        let told = told("220 here\r\n250-here\r\n250 STARTTLS\r\n454 not now\r\n221 bye\r\n", "").await;
        assert!(told.message.starts_with("Error upgrading connection with STARTTLS: 454"), "{}", told.message);
        assert!(told.help.is_some_and(|help| help.contains("does not begin it")));
        for (offer, says) in [("250 AUTH CRAM-MD5", "It offers CRAM-MD5."), ("250 8BITMIME", "It offers none at all.")] {
            let told = self::told(&format!("220 here\r\n250-here\r\n{offer}\r\n250-here\r\n{offer}\r\n"), "").await;
            assert!(told.help.as_ref().is_some_and(|help| help.starts_with(says)), "{}: {:?}", told.message, told.help);
        }
    }
}
