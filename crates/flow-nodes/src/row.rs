//! A node type as one row: words of our own, n8n's description of its versions, and the functions that are the node.
//!
//! A row stands in the folder of its node, beside `description.json` (n8n's versions and parameters) and `example.json` (parameters
//! as one would really set them). The table of all rows is [`crate::ROWS`].

use std::borrow::Cow;
use std::sync::OnceLock;

use node_sdk::node::{Allowance, Finding, RequiredInputs};
use node_sdk::{Begins, Descriptor, Effect, InputCount, Needs, Node, NodeError, OutputCount, PrepareContext, Prepared, References};
use serde_json::Value;

/// One node type. What its functions mean stands at [`Node`].
pub(crate) struct Row {
    /// Full type name.
    pub(crate) name: &'static str,
    /// Name for people.
    pub(crate) display_name: &'static str,
    /// One sentence.
    pub(crate) summary: &'static str,
    /// Its operations, each with a few words.
    pub(crate) operations: &'static [(&'static str, &'static str)],
    /// Whether a run can begin here.
    pub(crate) trigger: bool,
    /// How, where it is given no items.
    pub(crate) begins: Begins,
    /// What it must see before it puts out anything.
    pub(crate) needs: Needs,
    /// The most that it does to the world.
    pub(crate) effect: Effect,
    /// n8n's description of its versions, as JSON.
    pub(crate) description: &'static str,
    /// An example of its parameters, as JSON.
    pub(crate) example: &'static str,
    /// Gets ready to run at one place.
    pub(crate) prepare: fn(&PrepareContext<'_>) -> Result<Prepared, NodeError>,
    /// How many inputs a place has; asked where the description says that the parameters decide.
    pub(crate) inputs: fn(&PrepareContext<'_>) -> usize,
    /// How many outputs a place has; asked where the description says that the parameters decide.
    pub(crate) outputs: fn(&PrepareContext<'_>) -> usize,
    /// Names of the outputs of a place; `None`: what the description says.
    pub(crate) output_names: Option<fn(&PrepareContext<'_>) -> Vec<String>>,
    /// What a place does to the world; `None`: what the row says.
    pub(crate) effect_at: Option<fn(&PrepareContext<'_>) -> Effect>,
    /// The inputs that a place waits for.
    pub(crate) required_inputs: fn(&PrepareContext<'_>) -> RequiredInputs,
    /// The workflows that a place refers to.
    pub(crate) workflows: fn(&PrepareContext<'_>) -> Vec<String>,
    /// Whether it runs code of the user's.
    pub(crate) runs_code: bool,
    /// The nodes that the code of a place names.
    pub(crate) code_references: fn(&PrepareContext<'_>) -> Option<(String, References)>,
    /// The types of a place's credentials, beside those of the description.
    pub(crate) credentials: fn(&PrepareContext<'_>) -> Vec<String>,
    /// What of the machine it needs.
    pub(crate) allowance: Option<Allowance>,
    /// What a check says of a place.
    pub(crate) check: fn(&PrepareContext<'_>) -> Vec<Finding>,
}

impl Row {
    /// A node that does nothing to the world, with one input and one output.
    pub(crate) const fn new(name: &'static str, needs: Needs, prepare: fn(&PrepareContext<'_>) -> Result<Prepared, NodeError>) -> Self {
        Self {
            name,
            display_name: "",
            summary: "",
            operations: &[],
            trigger: false,
            begins: Begins::ByItself,
            needs,
            effect: Effect::None,
            description: "",
            example: "{}",
            prepare,
            inputs: |_| 1,
            outputs: |_| 1,
            output_names: None,
            effect_at: None,
            required_inputs: |_| RequiredInputs::Any,
            workflows: |_| Vec::new(),
            runs_code: false,
            code_references: |_| None,
            credentials: |_| Vec::new(),
            allowance: None,
            check: |_| Vec::new(),
        }
    }
}

/// A row as a node type. Its description is read when it is first asked for.
pub(crate) struct FlowNode {
    row: &'static Row,
    descriptor: OnceLock<Descriptor>,
}

impl FlowNode {
    pub(crate) const fn new(row: &'static Row) -> Self {
        Self { row, descriptor: OnceLock::new() }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.row.name
    }

    fn read(&self) -> Descriptor {
        let row = self.row;
        #[expect(clippy::expect_used, reason = "the JSON is compiled in; a test reads every one of them")]
        let versions = node_sdk::description::read_groups(row.description).expect("description.json fits the vocabulary");
        Descriptor {
            name: Cow::Borrowed(row.name),
            display_name: Cow::Borrowed(row.display_name),
            description: Cow::Borrowed(row.summary),
            trigger: row.trigger,
            needs: row.needs,
            effect: row.effect,
            versions: Cow::Owned(versions),
        }
    }
}

impl Node for FlowNode {
    fn descriptor(&self) -> &Descriptor {
        self.descriptor.get_or_init(|| self.read())
    }

    fn example(&self) -> Option<Value> {
        serde_json::from_str(self.row.example).ok()
    }

    fn allowance(&self) -> Option<Allowance> {
        self.row.allowance
    }

    fn summary_of(&self, operation: &str) -> Option<&'static str> {
        self.row.operations.iter().find(|(name, _)| *name == operation).map(|(_, words)| *words)
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        (self.row.prepare)(cx)
    }

    fn inputs(&self, cx: &PrepareContext<'_>) -> usize {
        match self.descriptor().version(cx.node.type_version).map(|group| group.inputs) {
            Some(InputCount::Fixed(count)) => count,
            Some(InputCount::ByParameters) => (self.row.inputs)(cx),
            Some(InputCount::One) | None => 1,
        }
    }

    fn outputs(&self, cx: &PrepareContext<'_>) -> usize {
        match self.descriptor().version(cx.node.type_version).map(|group| group.outputs) {
            Some(OutputCount::Fixed(count)) => count,
            Some(OutputCount::ByParameters) => (self.row.outputs)(cx),
            Some(OutputCount::One) | None => 1,
        }
    }

    fn output_names(&self, cx: &PrepareContext<'_>) -> Vec<String> {
        self.row.output_names.map_or_else(|| self.descriptor().output_names(cx.node.type_version), |names| names(cx))
    }

    fn effect(&self, cx: &PrepareContext<'_>) -> Effect {
        self.row.effect_at.map_or(self.row.effect, |effect| effect(cx))
    }

    fn required_inputs(&self, cx: &PrepareContext<'_>) -> RequiredInputs {
        (self.row.required_inputs)(cx)
    }

    fn workflows(&self, cx: &PrepareContext<'_>) -> Vec<String> {
        (self.row.workflows)(cx)
    }

    fn runs_code(&self, _cx: &PrepareContext<'_>) -> bool {
        self.row.runs_code
    }

    fn code_references(&self, cx: &PrepareContext<'_>) -> Option<(String, References)> {
        (self.row.code_references)(cx)
    }

    fn credentials(&self, cx: &PrepareContext<'_>) -> Vec<String> {
        (self.row.credentials)(cx)
    }

    fn begins(&self, _version: f64) -> Begins {
        self.row.begins
    }

    fn check(&self, cx: &PrepareContext<'_>) -> Vec<Finding> {
        (self.row.check)(cx)
    }
}
