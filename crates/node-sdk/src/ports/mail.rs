//! The port of outgoing mail: one message, and what became of it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Credential, Part, Sender, ServiceError};

/// Port: outgoing mail. Sends one message, and does not repeat it.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends it. A server that takes it for one receiver at least has taken it.
    async fn send(&self, message: MailMessage) -> Result<MailReceipt, ServiceError>;
}

/// One message. Addresses are as people write them, several with commas between.
#[derive(Debug, Clone)]
pub struct MailMessage {
    /// The server: n8n's credential `smtp`.
    pub server: Credential,
    /// Take any certificate of the server's.
    pub accept_invalid_certificates: bool,
    /// Who sends it, for the plan of a dry run; nothing of it leaves.
    pub sender: Option<Sender>,
    /// Its id; `@` and the sender's domain are put behind it.
    pub id: String,
    /// When it is written; milliseconds since 1970-01-01 UTC.
    pub date: i64,
    /// Sender.
    pub from: String,
    /// Receivers.
    pub to: String,
    /// Copies.
    pub cc: String,
    /// Hidden copies.
    pub bcc: String,
    /// Where answers go; "" for the sender.
    pub reply_to: String,
    /// Subject; "" for none.
    pub subject: String,
    /// Plain text, if there is any.
    pub text: Option<String>,
    /// HTML, if there is any.
    pub html: Option<String>,
    /// Files; [`Part::name`] is the content id, "" for none.
    pub attachments: Vec<Part>,
}

/// What the server made of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailReceipt {
    /// The message's id, with `<` and `>`.
    pub id: String,
    /// The sender's address.
    pub from: String,
    /// The receivers' addresses, each once.
    pub to: Vec<String>,
    /// Those that the server refused, and what it said of each.
    pub rejected: Vec<(String, String)>,
    /// What the server offers, a line each.
    pub offers: Vec<String>,
    /// What the server said when it took the message.
    pub answer: String,
    /// Bytes of the message.
    pub size: usize,
    /// Milliseconds until the receivers were told.
    pub envelope_ms: u64,
    /// Milliseconds for the message itself.
    pub message_ms: u64,
}
