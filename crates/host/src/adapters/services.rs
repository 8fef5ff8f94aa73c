//! What stands in the place of mail servers and databases where nothing leaves.

use std::sync::Arc;

use node_sdk::event::{Answered, PlannedRequest};
use node_sdk::ports::{HttpErrorKind, Mail, MailMessage, MailReceipt, Sender, ServiceError, Sql, SqlOutcome, SqlWork};
use node_sdk::{Event, EventSink, async_trait};
use serde_json::{Value, json};

/// A file answers requests, and has no answers for anything else.
pub(crate) struct Unanswered;

/// Nothing leaves: what would is told, and ends its branch.
pub(crate) struct Planned {
    pub(crate) events: Arc<dyn EventSink>,
}

impl Planned {
    fn tell(&self, sender: Option<Sender>, item: Option<usize>, method: &str, url: String, body: Value) {
        let Sender { execution, node, .. } = sender.unwrap_or_default();
        let planned = PlannedRequest { node, item, method: method.to_owned(), url, body, answered: Answered::Ended };
        self.events.emit(&execution, Event::Planned(Box::new(planned)));
    }
}

/// Where a mail goes, without user and password.
pub(crate) fn mail_address(message: &MailMessage) -> String {
    format!("smtp://{}:{}", message.server.text("host"), message.server.text("port"))
}

/// Where statements go, without user and password.
pub(crate) fn database_address(work: &SqlWork) -> String {
    let server = &work.server;
    format!("postgres://{}:{}/{}", server.text("host"), server.text("port"), server.text("database"))
}

fn ended() -> ServiceError {
    ServiceError::undone(HttpErrorKind::HeldBack, "The request does not leave in a dry run")
}

#[async_trait]
impl Sql for Unanswered {
    async fn run(&self, _work: SqlWork) -> Result<Vec<SqlOutcome>, ServiceError> {
        Err(unanswered("No statement is sent to a database: a file answers in the place of the world (--answers)"))
    }
}

fn unanswered(message: &str) -> ServiceError {
    let help = "Pin the items of this node in the workflow file, or run without --answers.";
    ServiceError::undone(HttpErrorKind::Other, message).help(help)
}

#[async_trait]
impl Sql for Planned {
    async fn run(&self, work: SqlWork) -> Result<Vec<SqlOutcome>, ServiceError> {
        let url = database_address(&work);
        for (item, statement) in work.statements {
            self.tell(work.sender.clone(), Some(item), "SQL", url.clone(), statement.into());
        }
        Err(ended())
    }
}

#[async_trait]
impl Mail for Unanswered {
    async fn send(&self, _message: MailMessage) -> Result<MailReceipt, ServiceError> {
        Err(unanswered("No mail is sent: a file answers in the place of the world (--answers)"))
    }
}

#[async_trait]
impl Mail for Planned {
    async fn send(&self, message: MailMessage) -> Result<MailReceipt, ServiceError> {
        let url = mail_address(&message);
        let files: Vec<&str> = message.attachments.iter().filter_map(|file| file.file_name.as_deref()).collect();
        let body = json!({
            "from": message.from, "to": message.to, "cc": message.cc, "bcc": message.bcc, "subject": message.subject,
            "text": message.text, "html": message.html, "files": files,
        });
        let item = message.sender.as_ref().and_then(|sender| sender.item);
        self.tell(message.sender, item, "MAIL", url, body);
        Err(ended())
    }
}
