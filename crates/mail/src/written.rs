//! A message as it is written: headers, texts, files.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentDisposition, ContentId, ContentType};
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};
use node_sdk::ports::{HttpErrorKind, MailMessage, Part, ServiceError};

use crate::addresses::mailboxes;

/// Who a message goes to, as the server is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The sender's address.
    pub from: String,
    /// The receivers' addresses, each once.
    pub to: Vec<String>,
    /// Bytes of the message.
    pub size: usize,
}

/// A message, and to whom it goes.
pub(crate) struct Written {
    pub(crate) from: Mailbox,
    /// Each receiver once.
    pub(crate) to: Vec<Mailbox>,
    pub(crate) id: String,
    pub(crate) content: Vec<u8>,
}

impl Written {
    pub(crate) fn envelope(&self) -> Envelope {
        let to = self.to.iter().map(|receiver| receiver.email.to_string()).collect();
        Envelope { from: self.from.email.to_string(), to, size: self.content.len() }
    }
}

pub(crate) fn write(message: &MailMessage) -> Result<Written, ServiceError> {
    let list = |text: &str| mailboxes(text).map_err(|address| unusable(format!("The address \"{address}\" cannot be used")));
    let (to, cc, bcc) = (list(&message.to)?, list(&message.cc)?, list(&message.bcc)?);
    let mut receivers: Vec<Mailbox> = Vec::new();
    for receiver in to.iter().chain(&cc).chain(&bcc) {
        if !receivers.iter().any(|known| known.email == receiver.email) {
            receivers.push(receiver.clone());
        }
    }
    if receivers.is_empty() {
        return Err(unusable("No recipients defined"));
    }
    let from = list(&message.from)?.into_iter().next().ok_or_else(|| unusable("The sender has no address"))?;
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(message.date).unwrap_or(0));
    let mut builder = Message::builder().from(from.clone()).date(date).message_id(Some(id.clone()));
    builder = to.into_iter().fold(builder, MessageBuilder::to);
    builder = cc.into_iter().fold(builder, MessageBuilder::cc);
    builder = list(&message.reply_to)?.into_iter().fold(builder, MessageBuilder::reply_to);
    if !message.subject.is_empty() {
        builder = builder.subject(one_line(&message.subject));
    }
    // Those that nobody is to see stand in the envelope alone, and it may hold others than the headers: it is told to the server by itself.
    let envelope = lettre::address::Envelope::new(Some(from.email.clone()), receivers.iter().map(|receiver| receiver.email.clone()).collect());
    builder = builder.envelope(envelope.map_err(|error| unusable(error.to_string()))?);
    let written = match body(message)? {
        Body::One(part) => builder.singlepart(part),
        Body::Several(parts) => builder.multipart(parts),
    };
    let written = written.map_err(|error| unusable(error.to_string()))?;
    let mut content = written.formatted();
    // The end of its last line is that of the protocol's.
    if content.ends_with(b"\r\n") {
        content.truncate(content.len() - 2);
    }
    Ok(Written { from, to: receivers, id, content })
}

fn unusable(message: impl Into<String>) -> ServiceError {
    ServiceError::undone(HttpErrorKind::InvalidRequest, message)
}

/// A line break in a header would begin another one.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

enum Body {
    One(SinglePart),
    Several(MultiPart),
}

fn body(message: &MailMessage) -> Result<Body, ServiceError> {
    let text = message.text.clone().map(SinglePart::plain);
    let html = message.html.clone().map(SinglePart::html);
    let said = match (text, html) {
        (Some(text), Some(html)) => Body::Several(MultiPart::alternative().singlepart(text).singlepart(html)),
        (Some(one), None) | (None, Some(one)) => Body::One(one),
        (None, None) => Body::One(SinglePart::plain(String::new())),
    };
    let Some((first, rest)) = message.attachments.split_first() else { return Ok(said) };
    let mixed = MultiPart::mixed();
    let mixed = match said {
        Body::One(part) => mixed.singlepart(part),
        Body::Several(parts) => mixed.multipart(parts),
    };
    rest.iter().try_fold(mixed.singlepart(attached(first)?), |mixed, file| Ok(mixed.singlepart(attached(file)?))).map(Body::Several)
}

fn attached(file: &Part) -> Result<SinglePart, ServiceError> {
    let kind = file.content_type.as_deref().unwrap_or("application/octet-stream");
    let kind = ContentType::parse(kind).or_else(|_| ContentType::parse("application/octet-stream"));
    let kind = kind.map_err(|error| unusable(error.to_string()))?;
    let name = one_line(file.file_name.as_deref().unwrap_or("unknown"));
    let part = SinglePart::builder().header(kind).header(ContentDisposition::attachment(&name));
    let part = if file.name.is_empty() { part } else { part.header(ContentId::from(format!("<{}>", one_line(&file.name)))) };
    Ok(part.body(file.content.to_vec()))
}
