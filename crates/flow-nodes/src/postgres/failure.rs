//! What went wrong, in n8n's words: as an item, and as the error that ends the run.

use node_sdk::error::codes;
use node_sdk::ports::{HttpErrorKind, ServiceError, SqlFault};
use node_sdk::{Item, NodeError, RunContext};
use request::failure::kind_code;
use serde_json::{Map, Value, json};

use super::Statement;

/// Why there is no answer.
pub(super) enum Failure {
    /// Nothing could be sent.
    Before(Box<NodeError>),
    /// There is no way to the server, or it broke.
    Service(ServiceError),
    /// The server refused a statement.
    Fault(SqlFault),
}

/// A value would have ended the quotes that its parameter stands in.
pub(super) fn in_quotes(item: usize) -> NodeError {
    let error = NodeError::new("syntax error at or near \"''\"").item(item);
    error.help("A parameter such as $1 stands between quotes, and its value brings quotes of its own. Take the quotes away, or set the option that takes parameters in quotes as text.")
}

impl Failure {
    /// What the run's control needs to know: it was stopped, or a dry run ends here.
    pub(super) fn ends(&self) -> Option<NodeError> {
        match self {
            Self::Service(error) if error.stop().is_some() => error.stop(),
            Self::Service(error) if error.kind == HttpErrorKind::HeldBack => Some(NodeError::coded(codes::DRY_RUN_ENDED, error.message.clone())),
            _ => None,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Before(error) => &error.message,
            Self::Service(error) => &error.message,
            Self::Fault(fault) => &fault.message,
        }
    }

    /// The error as an object.
    pub(super) fn object(&self, shown: &str) -> Value {
        let mut fields = Map::new();
        fields.insert("name".into(), "error".into());
        fields.insert("message".into(), self.message().into());
        match self {
            Self::Fault(fault) => fields.extend(fault.fields.clone()),
            Self::Service(error) => fields.extend(error.code().map(|code| ("code".to_owned(), code.into()))),
            Self::Before(_) => {}
        }
        if !shown.is_empty() {
            fields.insert("query".into(), shown.into());
        }
        Value::Object(fields)
    }

    /// The item that stands for the whole run. It does not say what it is of: the error output hands it on as it is, without the input item's fields.
    pub(super) fn item(&self, shown: &str) -> Item {
        Item::new(json!({"message": self.message(), "error": self.object(shown)}))
    }

    /// The error that ends the run. `statement`: the one that failed, where it is one.
    pub(super) fn into_error(self, statement: Option<&Statement>) -> NodeError {
        if let Some(ends) = self.ends() {
            return ends;
        }
        let item = statement.map_or(0, |statement| statement.item);
        match self {
            Self::Before(error) => *error,
            Self::Service(error) => service(error).item(item),
            Self::Fault(fault) => refused(fault, statement).item(item),
        }
    }
}

/// Why there is no way to a database, in n8n's words.
pub fn service(error: ServiceError) -> NodeError {
    let told = NodeError::coded(kind_code(error.kind), error.message.clone());
    let told = match (error.kind, error.message.strip_prefix("connect ECONNREFUSED ")) {
        (HttpErrorKind::Refused, Some(address)) => NodeError { message: "Connection refused".to_owned(), ..told }.description(address),
        _ => told,
    };
    let told = NodeError { help: error.help, ..told };
    if error.maybe_done { told.outcome_unknown() } else { told }
}

/// Why a database lets nobody in, in n8n's words.
pub fn not_let_in(fault: SqlFault) -> NodeError {
    refused(fault, None)
}

fn refused(fault: SqlFault, statement: Option<&Statement>) -> NodeError {
    let message = match near(&fault, statement) {
        Some(message) => message,
        None => fault.message.clone(),
    };
    let detail = fault.text("detail");
    let description = match (detail, statement) {
        ("", Some(statement)) => format!("Failed query: {}", statement.shown),
        (detail, _) => detail.to_owned(),
    };
    let error = NodeError::new(message).description(description);
    let hint = fault.text("hint");
    match (fault.text("code"), hint) {
        ("28P01" | "28000", _) => {
            NodeError { code: codes::CREDENTIAL_INVALID, ..error }.help("See that user and password of the credential are right.")
        }
        (_, "") => error,
        (_, hint) => error.help(hint),
    }
}

/// n8n's words for a syntax error, with the line.
fn near(fault: &SqlFault, statement: Option<&Statement>) -> Option<String> {
    let near = fault.message.strip_prefix("syntax error at or near ")?;
    let position: usize = fault.text("position").parse().ok()?;
    let line = 1 + statement?.text.chars().take(position.saturating_sub(1)).filter(|c| *c == '\n').count();
    Some(format!("Syntax error at line {line} near {near}"))
}

/// The item that stands for a run whose statements could not be made.
pub(super) fn item_of(error: &NodeError) -> Item {
    let object = json!({"name": error.name, "message": error.message});
    Item::new(json!({"message": error.message, "error": object}))
}

/// Whether the node may make an item of it.
pub(super) fn is_caught(cx: &RunContext, failure: &Failure) -> bool {
    cx.continue_on_fail() && failure.ends().is_none()
}

/// n8n's message and description for a row that is not there.
pub(super) fn no_row(description: &str, item: usize) -> NodeError {
    NodeError::new("The row you are trying to update doesn't exist").description(description).item(item)
}
