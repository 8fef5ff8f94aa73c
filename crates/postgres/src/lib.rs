//! The port of databases over PostgreSQL's protocol: the one place of konverte that opens connections to a database.
//!
//! Statements go by the simple protocol, as n8n sends them: a text may hold several, and values come as text with the number of their type. That is why it
//! stands on `postgres-protocol`, the messages and sign-ins of `tokio-postgres`, and not on that itself, which takes one statement
//! at a time or loses the types.
//!
//! A connection is kept for the statements that follow in the same execution, as n8n keeps it, and taken up again where its server is still there.

mod connection;
mod settings;
mod stream;
mod words;

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use konverte_http::Policy;
use node_sdk::ports::{HttpErrorKind, ServiceError, Sql, SqlOutcome, SqlResult, SqlWork};
use node_sdk::sync::lock;

use connection::{Connection, Failed};
use settings::Settings;

/// Statements to PostgreSQL servers, for one execution.
pub struct Postgres {
    policy: Policy,
    most: u64,
    kept: Mutex<Vec<Connection>>,
}

/// A server that has not answered a text after this does not answer any more: a bound for what would wait for ever.
const LONGEST: Duration = Duration::from_secs(3600);

impl Postgres {
    /// `policy`: which addresses a server may have; `max_response`: bytes that the rows of one text may have.
    pub fn new(policy: Policy, max_response: u64) -> Self {
        Self { policy, most: max_response, kept: Mutex::default() }
    }

    async fn connection(&self, settings: Settings, limit: Duration) -> Result<Connection, Failed> {
        let kept = {
            let mut kept = lock(&self.kept);
            kept.retain_mut(Connection::is_fresh);
            kept.iter().position(|kept| kept.settings == settings).map(|at| kept.swap_remove(at))
        };
        match kept {
            Some(kept) => Ok(kept),
            None => {
                let opened = tokio::time::timeout(limit, Connection::open(settings, self.policy)).await;
                opened.unwrap_or_else(|_| Err(Failed::Service(timeout())))
            }
        }
    }

    async fn query(&self, connection: &mut Connection, text: &str) -> Result<SqlOutcome, ServiceError> {
        let answered = tokio::time::timeout(LONGEST, connection.query(text, self.most)).await;
        answered.unwrap_or_else(|_| Err(ServiceError::undone(HttpErrorKind::Timeout, "The server does not answer").perhaps_done()))
    }

    /// All or none of the statements.
    async fn together(&self, connection: &mut Connection, statements: &[(usize, String)]) -> Result<Vec<SqlOutcome>, ServiceError> {
        let mut outcomes: Vec<SqlOutcome> = Vec::new();
        if let Err(fault) = self.query(connection, "BEGIN").await? {
            return Ok(vec![Err(fault)]);
        }
        for (_, text) in statements {
            let outcome = self.query(connection, text).await?;
            let failed = outcome.is_err();
            outcomes.push(outcome);
            if failed {
                // A statement that failed has undone all before it already; this ends the transaction.
                self.query(connection, "ROLLBACK").await?.ok();
                return Ok(outcomes);
            }
        }
        match self.query(connection, "COMMIT").await? {
            Ok(_) => Ok(outcomes),
            // What is checked at the end: the last statement is as good as any to say so.
            Err(fault) => {
                outcomes.pop();
                outcomes.push(Err(fault));
                Ok(outcomes)
            }
        }
    }

    async fn apart(&self, connection: &mut Connection, statements: &[(usize, String)]) -> Result<Vec<SqlOutcome>, ServiceError> {
        let mut outcomes: Vec<Result<Vec<SqlResult>, _>> = Vec::with_capacity(statements.len());
        for (_, text) in statements {
            outcomes.push(self.query(connection, text).await?);
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl Sql for Postgres {
    async fn run(&self, work: SqlWork) -> Result<Vec<SqlOutcome>, ServiceError> {
        let settings = Settings::read(&work.server)?;
        let mut connection = match self.connection(settings, work.connect_timeout).await {
            Ok(connection) => connection,
            Err(Failed::Fault(fault)) => return Ok(vec![Err(fault)]),
            Err(Failed::Service(error)) => return Err(error),
        };
        let outcomes = match work.together {
            true => self.together(&mut connection, &work.statements).await,
            false => self.apart(&mut connection, &work.statements).await,
        };
        match outcomes.is_ok() && connection.is_fresh() {
            true => lock(&self.kept).push(connection),
            false => connection.close().await,
        }
        outcomes
    }
}

fn timeout() -> ServiceError {
    let error = ServiceError::undone(HttpErrorKind::ConnectTimeout, "timeout expired");
    error.help("The server does not answer. See that the credential's host, port and SSL are right, or raise the option \"Connection Timeout\".")
}

#[cfg(test)]
mod tests {
    use node_sdk::ports::Credential;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_server_stands_where_the_policy_lets_it() {
        for host in ["localhost", "10.0.0.1"] {
            let fields = json!({"host": host, "port": 9}).as_object().unwrap().clone();
            let server = Credential { type_name: "postgres".into(), fields };
            let statements = vec![(0, "SELECT 1".to_owned())];
            let work = SqlWork { server, connect_timeout: LONGEST, statements, together: false, sender: None };
            let told = Postgres::new(Policy { allow_private: false }, 1).run(work).await.unwrap_err();
            assert_eq!(told.kind, HttpErrorKind::Forbidden, "{host}: {}", told.message);
        }
    }
}
