//! Code of the user's that a node hands on.

use node_sdk::NodeError;
use node_sdk::json::stringify;
use serde_json::{Map, Value};

use super::calls::{Calls, text};
use crate::code::{is_users, of_parameters};

impl Calls<'_> {
    /// What the code made, as a JSON text: items, or what it returned. It is the user's alone that runs outside of the box: it reaches what expressions
    /// reach.
    pub(super) async fn code(&self, asked: &Value) -> Result<Value, NodeError> {
        let made = self.made_by_code(asked).await.inspect_err(|error| self.know(error.clone()))?;
        Ok(Value::String(stringify(&made)))
    }

    async fn made_by_code(&self, asked: &Value) -> Result<Value, NodeError> {
        let Some(runner) = &self.user_code else { return Err(NodeError::new("Code of the user's does not run here")) };
        let source = text(asked, "code");
        if !self.is_users(source) {
            return Err(NodeError::new("this.startJob runs code that stands in the node's parameters alone"));
        }
        match text(asked, "mode") {
            "runCode" => runner.value(self.cx, source.to_owned(), given(asked)).await,
            "runOnceForAllItems" => {
                let items = runner.items(self.cx, source.to_owned()).await?;
                Ok(items.iter().map(|item| self.files.shown(item)).collect())
            }
            other => Err(NodeError::new(format!("this.startJob does not know the mode \"{other}\""))),
        }
    }

    /// Whether the file of the workflow has the code; what only a description says nobody has read.
    fn is_users(&self, source: &str) -> bool {
        let params = &self.cx.params;
        let of_file = |code: &str| !params.added().iter().any(|added| added == code);
        of_parameters(self.job.descriptor.version(self.cx.version()), params.raw()).any(|(_, code)| is_users(source, code) && of_file(code))
    }
}

fn given(asked: &Value) -> Map<String, Value> {
    match node_sdk::json::parse_text(text(asked, "given")) {
        Ok(Value::Object(given)) => given,
        _ => Map::new(),
    }
}
