//! Send Email (1, 2, 2.1): one mail an item, one after the other, as n8n sends them.
//!
//! A mail that is sent is sent: where the node retries, those items alone are sent again that did not leave.

mod body;

use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::node::Finding;
use node_sdk::paced::{Failed, Order, Pace, PacedRun, SendItem, Stops};
use node_sdk::params::raw_at;
use node_sdk::ports::{Credential, HttpErrorKind, MailMessage, MailReceipt, Part, Sender, ServiceError};
use node_sdk::{Binary, Effect, Item, ItemParams, Needs, NodeError, PrepareContext, Prepared, RunContext, RunPaced, async_trait};
use request::{common_errors, failure::kind_code, file};
use serde_json::{Value, json};

use crate::row::Row;
use crate::unsupported::Unsupported;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Send Email",
    summary: "Sends mails over a server of your own (SMTP).",
    operations: &[("send", "Send a mail"), ("sendAndWait", "Send a mail and wait for its answer")],
    effect: Effect::Once,
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    check,
    ..Row::new("n8n-nodes-base.emailSend", Needs::Item, prepare)
};

const AND_WAIT: Unsupported = Unsupported {
    message: "Send Email cannot send and wait for an answer (\"sendAndWait\") yet",
    help: "Send the mail with the operation \"send\", and let a webhook of another workflow take the answer.",
    parameter: "operation",
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::Paced(Box::new(SendEmail)))
}

fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    let waits = cx.node.type_version >= 2.0 && raw_at(cx.parameters, "operation").is_some_and(|operation| operation == "sendAndWait");
    if waits { vec![AND_WAIT.finding()] } else { Vec::new() }
}

struct SendEmail;

#[async_trait]
impl RunPaced for SendEmail {
    async fn begin(&self, cx: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        if cx.version() >= 2.0 && cx.params.read(0, |params| params.string("operation")).await? == "sendAndWait" {
            return Err(AND_WAIT.error());
        }
        Ok(Arc::new(Run { server: cx.credential("smtp").await? }))
    }

    fn repeats_items(&self) -> bool {
        true
    }
}

/// One run of the node.
struct Run {
    server: Credential,
}

impl PacedRun for Run {
    fn pace(&self) -> Pace {
        Pace { in_flight: 1, batching: None, order: Order::Free, stops: Stops::Any }
    }

    fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn SendItem>, Failed> {
        let sender = cx.sender(params.index());
        match draft(&self.server, sender, cx.version(), params, item) {
            Ok(mail) => Ok(Box::new(mail)),
            Err(error) => Err(Failed::unsent(error.item(params.index()))),
        }
    }
}

/// One item's mail, without the content of its files.
struct Draft {
    message: MailMessage,
    files: Vec<(String, Binary)>,
    index: usize,
}

fn draft(server: &Credential, sender: Sender, version: f64, params: &ItemParams<'_>, item: &Item) -> Result<Draft, NodeError> {
    // Version 1 has beside the rest what is an option later.
    let option = |name: &str| if version < 2.0 { name.to_owned() } else { format!("options.{name}") };
    let (text, html) = body::texts(params, version)?;
    let names = params.string(&option("attachments"))?;
    let attached = names.split(',').map(str::trim).filter_map(|name| Some((name.to_owned(), item.binary.as_ref()?.get(name)?.clone())));
    let message = MailMessage {
        server: server.clone(),
        accept_invalid_certificates: params.bool("options.allowUnauthorizedCerts", false)?,
        sender: Some(sender),
        id: String::new(),
        date: 0,
        from: params.string("fromEmail")?,
        to: params.string("toEmail")?,
        cc: params.string(&option("ccEmail"))?,
        bcc: params.string(&option("bccEmail"))?,
        reply_to: params.string("options.replyTo")?,
        subject: params.string("subject")?,
        text,
        html,
        attachments: Vec::new(),
    };
    Ok(Draft { message, files: attached.collect(), index: params.index() })
}

#[async_trait]
impl SendItem for Draft {
    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        let mut message = self.message.clone();
        for (name, binary) in &self.files {
            let content = file::content(cx, binary).await.map_err(|error| Failed::unsent(error.item(self.index)))?;
            message.attachments.push(Part {
                // From 2 on a text may show a file by its name: `<img src="cid:NAME">`.
                name: if cx.version() < 2.0 { String::new() } else { name.clone() },
                file_name: Some(binary.file_name.clone().unwrap_or_else(|| "unknown".to_owned())),
                content_type: Some(binary.mime_type.clone()).filter(|kind| !kind.is_empty()),
                content,
            });
        }
        message.id = id(cx);
        message.date = cx.ports.clock.now_millis();
        let mail = cx.ports.adapters.mail().map_err(|error| Failed::unsent(error.item(self.index)))?;
        match mail.send(message).await {
            Ok(receipt) => Ok(vec![Item::new(told(receipt))]),
            Err(error) => Err(failed(error, self.index)),
        }
    }
}

/// 128 bits of chance, as such ids are written.
fn id(cx: &RunContext) -> String {
    let mut bytes = [0; 16];
    cx.ports.random.fill(&mut bytes);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// What n8n's library tells of a mail that was taken.
fn told(receipt: MailReceipt) -> Value {
    let rejected: Vec<&String> = receipt.rejected.iter().map(|(address, _)| address).collect();
    let accepted: Vec<&String> = receipt.to.iter().filter(|address| !rejected.contains(address)).collect();
    let mut told = json!({"accepted": accepted, "rejected": rejected});
    if !rejected.is_empty() {
        let errors: Vec<Value> = receipt.rejected.iter().map(refusal).collect();
        told["rejectedErrors"] = errors.into();
    }
    told["ehlo"] = receipt.offers.into();
    told["envelopeTime"] = receipt.envelope_ms.into();
    told["messageTime"] = receipt.message_ms.into();
    told["messageSize"] = receipt.size.into();
    told["response"] = receipt.answer.into();
    told["envelope"] = json!({"from": receipt.from, "to": receipt.to});
    told["messageId"] = receipt.id.into();
    told
}

fn refusal((address, said): &(String, String)) -> Value {
    let code: Option<u16> = said.split(' ').next().and_then(|code| code.parse().ok());
    json!({"code": "EENVELOPE", "response": said, "responseCode": code, "command": "RCPT TO", "recipient": address})
}

fn failed(error: ServiceError, index: usize) -> Failed {
    if let Some(stop) = error.stop() {
        return Failed::new(stop);
    }
    if error.kind == HttpErrorKind::HeldBack {
        return Failed { ends: true, ..Failed::new(NodeError::coded(codes::DRY_RUN_ENDED, error.message).item(index)) };
    }
    let maybe_done = error.maybe_done;
    Failed::new(in_words(error).item(index)).again(!maybe_done)
}

/// Why a mail server did not do what it was asked for, in n8n's words.
pub fn in_words(error: ServiceError) -> NodeError {
    let words = error.code().and_then(common_errors::of_code);
    let told = NodeError::coded(kind_code(error.kind), words.unwrap_or(&error.message));
    let told = match words {
        Some(_) => told.description(error.message.clone()),
        None => told,
    };
    let told = NodeError { help: error.help, ..told };
    if error.maybe_done { told.outcome_unknown() } else { told }
}

#[cfg(test)]
mod tests;
