//! Expressions for one run of one node: the bridge from nodes to the expression language.

use std::any::Any;
use std::sync::Arc;

use expression::ExpressionError;
use node_sdk::error::codes;
use node_sdk::params::{Evaluated, Kind};
use node_sdk::sync::lock;
use node_sdk::{Event, NodeError};
use serde_json::{Map, Value};

use super::at_work::AtWork;
use super::control::Control;
use super::state::State;

/// Evaluates a node's expressions, and says once for each what n8n swallows.
pub(super) struct Bridge {
    pub(super) inner: expression::Evaluator,
    pub(super) state: Arc<State>,
    pub(super) work: Arc<AtWork>,
    pub(super) node: usize,
    pub(super) control: Control,
    pub(super) strict: bool,
}

impl node_sdk::Evaluator for Bridge {
    fn evaluate(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        let (found, swallowed) = self.found(source, item, extra)?;
        swallowed.map_or(Ok(()), |message| self.swallowed(source, item, message))?;
        Ok(found)
    }

    fn evaluate_quietly(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        Ok(self.found(source, item, extra)?.0)
    }

    fn user_code(&self) -> Option<&(dyn Any + Send + Sync)> {
        Some(&self.inner)
    }
}

impl Bridge {
    /// The reason to stop, where there is one: the node does not get what it asked for.
    fn go_on(&self) -> Result<(), NodeError> {
        self.control.check().inspect_err(|_| self.work.cut())
    }

    /// The value, and what n8n swallows.
    fn found(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<(Evaluated, Option<String>), NodeError> {
        // A node that goes through many items by itself gives no other chance to stop it.
        self.go_on()?;
        let found = self.inner.evaluate(source, item, extra).map_err(|error| self.go_on().err().unwrap_or_else(|| node_error(error, item)))?;
        Ok((Evaluated { value: found.value, kind: kind(found.kind) }, found.swallowed))
    }

    fn swallowed(&self, source: &str, item: usize, message: String) -> Result<(), NodeError> {
        let node = &self.state.plan.nodes[self.node];
        if self.strict {
            let help = "Correct the expression, or test for what may be absent with `?.`. n8n goes on with undefined here, and so does a run without --strict.";
            return Err(NodeError::coded(codes::EXPRESSION_SWALLOWED, message).named("ExpressionError").help(help).item(item));
        }
        if lock(&self.state.noticed).insert((self.node, source.to_owned())) {
            let parameter = find_path(&node.view.parameters, source);
            let message = format!("{message}; the run goes on without it, as n8n's does");
            let code = Some(codes::EXPRESSION_SWALLOWED);
            self.state.emit(Event::Notice { code, node: node.name.clone(), parameter, item: Some(item), message });
        }
        Ok(())
    }
}

/// The dotted path of the parameter that holds this text.
fn find_path(parameters: &Map<String, Value>, text: &str) -> Option<String> {
    parameters.iter().find_map(|(key, value)| find_in(value, text).map(|rest| format!("{key}{rest}")))
}

fn find_in(value: &Value, text: &str) -> Option<String> {
    match value {
        Value::String(found) => (found == text).then(String::new),
        Value::Array(list) => list.iter().enumerate().find_map(|(i, v)| Some(format!(".{i}{}", find_in(v, text)?))),
        Value::Object(map) => map.iter().find_map(|(key, v)| Some(format!(".{key}{}", find_in(v, text)?))),
        _ => None,
    }
}

fn kind(kind: expression::Kind) -> Kind {
    match kind {
        expression::Kind::Json | expression::Kind::BigInt => Kind::Json,
        expression::Kind::Undefined => Kind::Undefined,
        expression::Kind::DateTime => Kind::DateTime,
        expression::Kind::Date => Kind::Date,
        expression::Kind::NonFinite(number) => Kind::NonFinite(number),
        expression::Kind::Other => Kind::Other,
    }
}

fn node_error(error: ExpressionError, item: usize) -> NodeError {
    let mut found = NodeError::coded(error.code(), error.message.clone()).named(error.class()).item(item);
    found.help = error.help();
    found.offset = error.offset;
    found.description = error.description;
    if let Some(context) = error.context_type {
        found.data.insert("context".into(), serde_json::json!({"itemIndex": item, "type": context}));
    }
    found
}
