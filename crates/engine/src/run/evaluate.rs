//! Expressions for one run of one node: the bridge from nodes to the expression language.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use expression::{ExpressionError, Reader};
use node_sdk::error::codes;
use node_sdk::params::{Evaluated, Kind, Reading};
use node_sdk::{Evaluator, Event, Expression, Expressions, NodeError};
use serde_json::{Map, Value};

use super::at_work::AtWork;
use super::control::Control;
use super::state::State;
use crate::places::find_path;

/// Evaluates a node's expressions, and says once for each what n8n swallows.
#[derive(Clone)]
pub(super) struct Bridge(Arc<Site>);

/// Where the expressions stand.
pub(super) struct Site {
    pub(super) inner: expression::Evaluator,
    pub(super) state: Arc<State>,
    pub(super) work: Arc<AtWork>,
    pub(super) node: usize,
    pub(super) control: Control,
    pub(super) strict: bool,
}

#[async_trait]
impl Expressions for Bridge {
    fn at_once(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>, quietly: bool) -> Option<Result<Evaluated, NodeError>> {
        if let Err(reason) = self.0.go_on().and_then(|()| fenced(source, extra)) {
            return Some(Err(reason));
        }
        let found = self.0.inner.evaluate_natively(source, item, extra)?;
        Some(self.0.told((source, item), quietly, found))
    }

    async fn lend(&self, one_item: bool, work: Reading) -> Result<(), NodeError> {
        self.0.go_on()?;
        let site = self.0.clone();
        let lent = self.0.inner.lease(one_item, move |reader| work(&OnThread { site: &site, reader })).await;
        lent.map_err(|error| self.0.go_on().err().unwrap_or_else(|| coded(error)))
    }

    fn user_code(&self) -> Option<&(dyn Any + Send + Sync)> {
        Some(&self.0.inner)
    }
}

/// Evaluates on a thread for JavaScript.
struct OnThread<'a, 'r> {
    site: &'a Site,
    reader: &'a Reader<'r>,
}

impl Evaluator for OnThread<'_, '_> {
    fn evaluate(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.site.go_on()?;
        fenced(source, extra)?;
        self.site.told((source, item), false, self.reader.evaluate(source, item, extra))
    }

    fn evaluate_quietly(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.site.go_on()?;
        fenced(source, extra)?;
        self.site.told((source, item), true, self.reader.evaluate(source, item, extra))
    }
}

impl Bridge {
    pub(super) fn new(site: Site) -> Self {
        Self(Arc::new(site))
    }
}

impl Site {
    /// The reason to stop, where there is one: the node does not get what it asked for. A node that goes through many items by itself
    /// gives no other chance to stop it.
    fn go_on(&self) -> Result<(), NodeError> {
        self.control.check().inspect_err(|_| self.work.cut())
    }

    /// The value in the node's words, after what is to be said of it.
    fn told(
        &self,
        (source, item): (&Expression, usize),
        quietly: bool,
        found: Result<expression::Evaluated, ExpressionError>,
    ) -> Result<Evaluated, NodeError> {
        let found = found.map_err(|error| self.go_on().err().unwrap_or_else(|| node_error(error, item)))?;
        found.swallowed.filter(|_| !quietly).map_or(Ok(()), |message| self.swallowed(source, item, message))?;
        Ok(Evaluated { value: found.value, kind: kind(found.kind) })
    }

    fn swallowed(&self, source: &Expression, item: usize, message: String) -> Result<(), NodeError> {
        let node = &self.state.plan.nodes[self.node];
        if self.strict {
            let help = "Correct the expression, or test for what may be absent with `?.`. n8n goes on with undefined here, and so does a run without --strict.";
            return Err(NodeError::coded(codes::EXPRESSION_SWALLOWED, message).named("ExpressionError").help(help).item(item));
        }
        if self.state.first_notice(self.node, source.text()) {
            let parameter = find_path(&node.view.parameters, source.text());
            let message = format!("{message}; the run goes on without it, as n8n's does");
            let code = Some(codes::EXPRESSION_SWALLOWED);
            self.state.emit(Event::Notice { code, node: node.name.clone(), parameter, item: Some(item), message });
        }
        Ok(())
    }
}

/// An expression of a package sees what is given to it, and of everything else what belongs to its node.
fn fenced(source: &Expression, extra: Option<&Map<String, Value>>) -> Result<(), NodeError> {
    if !source.is_of_package() {
        return Ok(());
    }
    let given = |name: &String| extra.is_some_and(|extra| extra.contains_key(name)) || GIVEN.contains(&name.as_str());
    match expression::outside(source.text()).into_iter().find(|name| !given(name)) {
        None => Ok(()),
        Some(name) => {
            let message =
                format!("The node's description has an expression that reaches {name}; it may use the node's own parameters and input alone");
            Err(NodeError::coded(codes::UNAVAILABLE, message).help("Tell the authors of the package."))
        }
    }
}

/// Variables that are given to expressions of a package at some of their places; elsewhere they are undefined.
const GIVEN: [&str; 8] = ["$value", "$index", "$parent", "$credentials", "$version", "$response", "$responseItem", "$request"];

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
    let context = error.context_type;
    let mut found = coded(error).item(item);
    if let Some(context) = context {
        found.data.insert("context".into(), serde_json::json!({"itemIndex": item, "type": context}));
    }
    found
}

fn coded(error: ExpressionError) -> NodeError {
    let mut found = NodeError::coded(error.code(), error.message.clone()).named(error.class());
    found.help = error.help();
    found.offset = error.offset;
    found.description = error.description;
    found
}
