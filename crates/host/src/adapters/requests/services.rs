//! Mails and statements, a line each, written as they are sent. Their `kind` tells them from requests, which have none.

use std::sync::Arc;

use node_sdk::async_trait;
use node_sdk::ports::{Adapters, HttpErrorKind, Mail, MailMessage, MailReceipt, Sender, ServiceError, Sql, SqlOutcome, SqlWork};
use serde_json::{Map, Value, json};

use super::RequestLog;
use crate::adapters::services::{database_address, mail_address};

/// These, with a line for each mail and each statement where there is a file for them.
pub(crate) fn logged(services: Adapters, log: Option<Arc<RequestLog>>) -> Adapters {
    let Some(log) = log else { return services };
    let mail = services.mail.map(|inner| Arc::new(Logged { inner, log: log.clone() }) as Arc<dyn Mail>);
    let sql = services.sql.map(|inner| Arc::new(Logged { inner, log: log.clone() }) as Arc<dyn Sql>);
    Adapters { mail, sql, ..services }
}

struct Logged<T: ?Sized> {
    inner: Arc<T>,
    log: Arc<RequestLog>,
}

impl RequestLog {
    /// Writes the line of a mail or a statement (`what`). What cannot be written down is not sent.
    fn service(&self, sender: Option<&Sender>, item: Option<usize>, what: &str, more: Value) -> Result<(), ServiceError> {
        let mut line = Map::new();
        line.insert("node".into(), sender.map(|sender| sender.node.clone()).into());
        line.insert("item".into(), item.into());
        line.extend(more.as_object().cloned().unwrap_or_default());
        let mut line = Value::Object(line);
        if let Some(secrets) = &self.masks {
            secrets.hide_in("", &mut line);
        }
        self.put(&line, what).map_err(|message| ServiceError::undone(HttpErrorKind::Other, message))
    }
}

#[async_trait]
impl Mail for Logged<dyn Mail> {
    async fn send(&self, message: MailMessage) -> Result<MailReceipt, ServiceError> {
        let envelope = konverte_mail::envelope(&message)?;
        let file = |file: &node_sdk::ports::Part| json!({"filename": file.file_name, "contentType": file.content_type, "size": file.content.len()});
        let files: Vec<Value> = message.attachments.iter().map(file).collect();
        let line = json!({
            "kind": "mail", "url": mail_address(&message), "from": envelope.from, "to": envelope.to, "subject": message.subject,
            "text": message.text, "html": message.html, "files": files, "size": envelope.size,
        });
        self.log.service(message.sender.as_ref(), message.sender.as_ref().and_then(|sender| sender.item), "mail", line)?;
        self.inner.send(message).await
    }
}

#[async_trait]
impl Sql for Logged<dyn Sql> {
    async fn run(&self, work: SqlWork) -> Result<Vec<SqlOutcome>, ServiceError> {
        for (item, statement) in &work.statements {
            let line = json!({"kind": "sql", "url": database_address(&work), "text": statement});
            self.log.service(work.sender.as_ref(), Some(*item), "statement", line)?;
        }
        self.inner.run(work).await
    }
}
