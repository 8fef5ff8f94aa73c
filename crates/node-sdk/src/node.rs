//! What a node is: described, prepared, run.

use std::sync::Arc;

use serde_json::Value;

use crate::context::{NodeInfo, RunContext};
use crate::descriptor::{Descriptor, Effect, InputCount, OutputCount};
use crate::error::NodeError;
use crate::inputs::Inputs;
use crate::item::Item;
use crate::list::ItemList;
use crate::output::Output;
use crate::paced::RunPaced;
use crate::params::{ItemParams, Parameters};
use crate::references::References;
use crate::response::Response;

/// A node type.
///
/// Describe, prepare and run are three steps: [`Node::descriptor`] is static, [`Node::prepare`] is called once for each
/// place in a workflow, and what it returns runs as often as items come.
pub trait Node: Send + Sync {
    /// What is known before anything runs.
    fn descriptor(&self) -> &Descriptor;

    /// Parameters of the newest version as one would really set them, for documentation: an object.
    fn example(&self) -> Option<Value> {
        None
    }

    /// Why it cannot run here, whatever its parameters, as a phrase; `None`: it can.
    fn refusal(&self) -> Option<String> {
        None
    }

    /// The package that it was installed with, as `NAME@VERSION`; `None`: it is built in.
    fn package(&self) -> Option<String> {
        None
    }

    /// What of the machine it needs whatever its parameters; `None`: nothing.
    fn allowance(&self) -> Option<Allowance> {
        None
    }

    /// One of its operations in a few words of ours, where its description has none; by the value of the parameter.
    fn summary_of(&self, operation: &str) -> Option<&'static str> {
        let _ = operation;
        None
    }

    /// Gets ready to run at one place of a workflow: reads what does not depend on items.
    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError>;

    /// Number of main inputs with these parameters.
    fn inputs(&self, cx: &PrepareContext<'_>) -> usize {
        match self.descriptor().version(cx.node.type_version).map(|v| v.inputs) {
            Some(InputCount::Fixed(n)) => n,
            _ => 1,
        }
    }

    /// Number of main outputs with these parameters, without the error output that the engine adds.
    fn outputs(&self, cx: &PrepareContext<'_>) -> usize {
        match self.descriptor().version(cx.node.type_version).map(|v| v.outputs) {
            Some(OutputCount::Fixed(n)) => n,
            _ => 1,
        }
    }

    /// Names of the main outputs with these parameters, where they have any. There may be more of them than outputs: the record of a run
    /// shows what Filter does not let pass.
    fn output_names(&self, cx: &PrepareContext<'_>) -> Vec<String> {
        self.descriptor().output_names(cx.node.type_version)
    }

    /// What running it with these parameters does to the world.
    fn effect(&self, cx: &PrepareContext<'_>) -> Effect {
        let _ = cx;
        self.descriptor().effect
    }

    /// Which inputs must hold items before a node that waits for several runs in order v1, when nothing else is left to run.
    fn required_inputs(&self, cx: &PrepareContext<'_>) -> RequiredInputs {
        let _ = cx;
        RequiredInputs::Any
    }

    /// Workflows that it runs with these parameters, by id, name or path, as far as no expression decides it. They are looked up
    /// and checked with the workflow that they are called from.
    fn workflows(&self, cx: &PrepareContext<'_>) -> Vec<String> {
        let _ = cx;
        Vec::new()
    }

    /// Whether it runs code of the user's, which takes an isolate of JavaScript for itself.
    fn runs_code(&self, cx: &PrepareContext<'_>) -> bool {
        let _ = cx;
        false
    }

    /// What its code refers to, and the parameter that holds the code. What expressions refer to needs no telling.
    fn code_references(&self, cx: &PrepareContext<'_>) -> Option<(String, References)> {
        let _ = cx;
        None
    }

    /// Types of the credentials that it needs with these parameters, beside those of its description. The registry must have them
    /// ([`crate::credential`]).
    fn credentials(&self, cx: &PrepareContext<'_>) -> Vec<String> {
        let _ = cx;
        Vec::new()
    }

    /// How a trigger of this version begins a run by hand that is given no items.
    fn begins(&self, version: f64) -> Begins {
        let _ = version;
        Begins::ByItself
    }

    /// Findings of its own for `konverte check`, beyond what schemas and expressions tell: traps of an action, for example.
    fn check(&self, cx: &PrepareContext<'_>) -> Vec<Finding> {
        let _ = cx;
        Vec::new()
    }
}

/// One place in a workflow, before items are there.
pub struct PrepareContext<'a> {
    /// The node.
    pub node: &'a Arc<NodeInfo>,
    /// Its parameters as the file has them, defaults filled in where shown; what depends on items is kept unresolved ([`Parameters::at`]).
    pub parameters: &'a Parameters,
}

/// Which inputs of a node must hold items before it runs with some of them empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RequiredInputs {
    /// One is enough, whichever: every node but Merge in mode `chooseBranch`.
    #[default]
    Any,
    /// These (Merge 3.x, `chooseBranch`: 0 and 1, however many inputs it has).
    These(Vec<usize>),
    /// All that are connected (Merge 2.x, `chooseBranch`).
    All,
}

/// How a trigger begins a run by hand that is given no items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Begins {
    /// With what it makes by itself: a Schedule Trigger with the time.
    #[default]
    ByItself,
    /// With what a service has: it asks once.
    Polls,
    /// With one empty item: it waits for a call or a message from outside, and none has come.
    Empty,
}

/// Something `konverte check` should say.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Stable code.
    pub code: crate::ErrorCode,
    /// How bad it is.
    pub level: Level,
    /// What it is, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The parameter, as a dotted path.
    pub parameter: Option<String>,
    /// Where in the parameter's text, in bytes.
    pub offset: Option<usize>,
}

/// What of the machine a node needs. A run has to be allowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Files.
    Files,
    /// Commands of the system.
    Commands,
}

impl Allowance {
    /// The option of `konverte run` that allows it.
    pub fn option(self) -> &'static str {
        match self {
            Self::Files => "--allow-files DIR",
            Self::Commands => "--allow-exec",
        }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Cannot work.
    Error,
}

/// A node that is ready to run.
pub enum Prepared {
    /// Handles one item at a time; the engine owns chunking, pairing, continue-on-error.
    Item(Arc<dyn RunItem>),
    /// Handles all items of all inputs at once.
    All(Box<dyn RunAll>),
    /// Sends requests for each item; the engine owns pauses, order, tries, errors.
    Paced(Box<dyn RunPaced>),
    /// Starts a run.
    Trigger(Box<dyn RunTrigger>),
}

/// A node that needs one item.
///
/// It computes and waits for nothing, so it is a plain function: the engine calls it for a chunk of items in one loop.
///
/// ```
/// use node_sdk::*;
///
/// /// Hands on what is marked, and puts out the rest on output 1.
/// struct Marked;
///
/// impl RunItem for Marked {
///     fn run_item(&self, _: &RunContext, params: &ItemParams<'_>, item: Item, _: usize, out: &mut Output) -> Result<(), NodeError> {
///         out.push_to(usize::from(!params.bool("mark", false)?), item);
///         Ok(())
///     }
/// }
/// ```
pub trait RunItem: Send + Sync {
    /// Turns one item into any number, which it puts into `out`. `index` is its place in the input. After an `Err` nothing of the item
    /// stays in `out`.
    fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError>;

    /// Whether the node makes an item of an item's error where its settings let the run go on. Where it does not, the error ends the node's run,
    /// and the engine hands on what came in: which of both a node of n8n's does is a matter of its type.
    fn catches_errors(&self) -> bool {
        true
    }

    /// The item that stands for a failed one when the node goes on after errors. n8n's common form is `{"error": message}`.
    fn error_item(&self, cx: &RunContext, error: &NodeError, item: &Item) -> Item {
        let _ = (cx, item);
        Item::failed(error)
    }
}

/// A node that needs all items.
///
/// It goes on after an item's error by itself where [`RunContext::continue_on_fail`] says so.
///
/// ```
/// use node_sdk::*;
///
/// /// Puts out the items of both inputs, one from each in turn.
/// struct Zip;
///
/// #[async_trait]
/// impl RunAll for Zip {
///     async fn run_all(&self, _: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
///         let inputs = inputs.gather().await?;
///         let pairs = inputs.get(0).iter().zip(inputs.get(1));
///         Ok(Outputs::one(pairs.flat_map(|(a, b)| [a.clone(), b.clone()]).collect::<Vec<_>>()))
///     }
/// }
/// ```
#[async_trait::async_trait]
pub trait RunAll: Send + Sync {
    /// Turns all inputs into all outputs.
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError>;
}

/// A node that starts a run.
///
/// ```
/// use node_sdk::*;
/// use serde_json::json;
///
/// /// Begins with the name of the workflow.
/// struct Begin;
///
/// #[async_trait]
/// impl RunTrigger for Begin {
///     async fn run_by_hand(&self, cx: &RunContext) -> Result<Outputs, NodeError> {
///         Ok(Outputs::one(vec![Item::new(json!({"workflow": cx.workflow.name}))]))
///     }
/// }
/// ```
#[async_trait::async_trait]
pub trait RunTrigger: Send + Sync {
    /// What it puts out when a person starts it by hand and gives no items.
    async fn run_by_hand(&self, cx: &RunContext) -> Result<Outputs, NodeError>;
}

/// What a node put out: a list for each output, or nothing at all.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    /// `None`: the node put out nothing; n8n then keeps no record of the run (Split In Batches 1 when it is done).
    pub lists: Option<Vec<ItemList>>,
    /// What it answers to whoever called the workflow; the first answer of a run counts.
    pub response: Option<Box<Response>>,
}

impl Outputs {
    /// One output.
    pub fn one(items: impl Into<ItemList>) -> Self {
        Self::lists(vec![items])
    }

    /// Several outputs.
    pub fn lists<L: Into<ItemList>>(lists: Vec<L>) -> Self {
        Self { lists: Some(lists.into_iter().map(Into::into).collect()), response: None }
    }

    /// Nothing at all, not even a record.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// With an answer to whoever called the workflow.
    #[must_use]
    pub fn answering(self, response: Response) -> Self {
        Self { response: Some(Box::new(response)), ..self }
    }
}
