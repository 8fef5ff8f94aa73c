//! The port of mail over SMTP: the one place of konverte that talks to mail servers. It stands on lettre: the message's form, the protocol, TLS.
//!
//! lettre's own transport sends to all receivers or to none. n8n sends to those that the server takes and tells of the others, so the envelope is
//! told here, command by command.

mod addresses;
mod server;
mod written;

use std::time::Instant;

use async_trait::async_trait;
use node_sdk::ports::{Mail, MailMessage, MailReceipt, ServiceError};

use server::{Server, Settings};

/// Sends mails, each over a connection of its own.
pub struct Smtp;

#[async_trait]
impl Mail for Smtp {
    async fn send(&self, message: MailMessage) -> Result<MailReceipt, ServiceError> {
        let settings = Settings::read(&message.server, message.accept_invalid_certificates)?;
        let written = written::write(&message)?;
        let mut server = Server::open(settings).await?;
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
        let receipt = MailReceipt {
            id: written.id,
            from: written.from.email.to_string(),
            to: written.to.iter().map(|receiver| receiver.email.to_string()).collect(),
            rejected,
            offers: std::mem::take(&mut server.offers),
            answer,
            size: written.content.len(),
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
    use node_sdk::ports::{Credential, HttpErrorKind};
    use serde_json::json;

    use super::*;

    /// The clock goes on by itself while everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = silent.local_addr().unwrap().port();
        let fields = json!({"host": "127.0.0.1", "port": port, "secure": false}).as_object().unwrap().clone();
        let message = MailMessage {
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
        };
        let error = Smtp.send(message).await.unwrap_err();
        assert_eq!((error.kind, error.maybe_done), (HttpErrorKind::ConnectTimeout, false));
    }
}
