//! Mails and statements of a node at work: each is a step, told from the others by its place among those of its item.

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::NodeError;
use node_sdk::ports::{Adapters, HttpErrorKind, Mail, MailMessage, MailReceipt, Sender, ServiceError, Sql, SqlOutcome, SqlWork};

use super::{Came, OnItsWay, StepPorts};
use crate::durable::StepResult;

type Done<T> = Result<T, ServiceError>;

impl StepPorts {
    /// Those of the process, each mail and each list of statements a step.
    pub(in super::super) fn adapters(ports: &Arc<Self>) -> Adapters {
        let inner = &ports.state.ports.adapters;
        let mail = inner.mail.as_ref().map(|_| ports.clone() as Arc<dyn Mail>);
        let sql = inner.sql.as_ref().map(|_| ports.clone() as Arc<dyn Sql>);
        Adapters { mail, sql, ..inner.clone() }
    }

    /// Does the work as a step; `keep` makes a result of the journal of it, `kept` reads that again.
    async fn service<T: Send>(
        &self,
        sender: Option<&Sender>,
        work: impl Future<Output = Done<T>> + Send,
        keep: fn(Done<T>) -> StepResult,
        kept: fn(StepResult) -> Option<Done<T>>,
    ) -> Done<T> {
        let stopped = |reason: &NodeError| {
            self.work.cut();
            ServiceError::undone(HttpErrorKind::Stopped, reason.message.clone())
        };
        self.control.check().map_err(|reason| stopped(&reason))?;
        let item = sender.and_then(|sender| sender.item);
        let key = self.counted(item, None);
        let on_its_way = OnItsWay::new(&self.work, item, false);
        let step = self.state.durable.step(key, Box::pin(async { keep(work.await) }));
        let result = match self.control.guard(step).await {
            Err(reason) => Err(stopped(&reason).perhaps_done()),
            Ok(step) => kept(step).unwrap_or_else(|| {
                Err(ServiceError::undone(HttpErrorKind::Other, "The journal holds something else in the place of what a service did"))
            }),
        };
        on_its_way.ends(match &result {
            Ok(_) => Came::Answered { good: true },
            Err(error) if error.maybe_done => Came::Open { good: false },
            Err(_) => Came::NotSent,
        });
        result
    }
}

#[async_trait]
impl Mail for StepPorts {
    async fn send(&self, message: MailMessage) -> Done<MailReceipt> {
        let mail = self.state.ports.adapters.mail().map_err(absent)?;
        let sender = message.sender.clone();
        self.service(sender.as_ref(), mail.send(message), StepResult::Mail, |step| match step {
            StepResult::Mail(receipt) => Some(receipt),
            _ => None,
        })
        .await
    }
}

#[async_trait]
impl Sql for StepPorts {
    async fn run(&self, work: SqlWork) -> Done<Vec<SqlOutcome>> {
        let sql = self.state.ports.adapters.sql().map_err(absent)?;
        let sender = work.sender.clone();
        self.service(sender.as_ref(), sql.run(work), StepResult::Sql, |step| match step {
            StepResult::Sql(outcomes) => Some(outcomes),
            _ => None,
        })
        .await
    }
}

fn absent(error: NodeError) -> ServiceError {
    ServiceError::undone(HttpErrorKind::Other, error.message)
}
