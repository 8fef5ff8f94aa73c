//! A node type of a package.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::error::codes;
use node_sdk::node::{Finding, Level, RequiredInputs};
use node_sdk::{
    Begins, Descriptor, InputCount, Inputs, Node, NodeError, OutputCount, Outputs, PrepareContext, Prepared, References, RunAll, RunContext,
    RunTrigger,
};
use packages::described::NodeEntry;
use serde_json::{Value, json};

use crate::code::of_parameters;
use crate::declared::Declared;
use crate::installed::Package;
use crate::parameters::Reader;
use crate::refusal::{PIN, Refusal, WAITS, out_of_reach, refuse_to_wait, waits};
use crate::run::{Job, Runner};
use crate::trigger::{self, Asked, Called, Unable};
use crate::waiting;

/// A node type of a package.
pub struct PackageNode {
    package: Arc<Package>,
    entry: NodeEntry,
    descriptor: Arc<Descriptor>,
    /// Whether it is the variant for AI agents.
    tool: bool,
    runner: Option<Arc<dyn Runner>>,
}

impl PackageNode {
    /// The type with this descriptor.
    pub fn new(package: Arc<Package>, entry: NodeEntry, descriptor: Descriptor, runner: Option<Arc<dyn Runner>>) -> Self {
        Self { package, entry, descriptor: Arc::new(descriptor), tool: false, runner }
    }

    /// The variant that n8n makes of a type for AI agents: a part of an agent, that no items go through.
    #[must_use]
    pub fn tool(self) -> Self {
        let mut descriptor = (*self.descriptor).clone();
        descriptor.name = format!("{}Tool", descriptor.name).into();
        descriptor.display_name = format!("{} Tool", descriptor.display_name).into();
        for group in descriptor.versions.to_mut() {
            (group.inputs, group.outputs) = (InputCount::Fixed(0), OutputCount::Fixed(0));
            group.extra.get_or_insert_default().insert("outputs".into(), json!(["ai_tool"]));
        }
        Self { descriptor: Arc::new(descriptor), tool: true, ..self }
    }

    /// Whether n8n has a variant of it for AI agents.
    pub fn has_tool(&self) -> bool {
        let said = |group: &node_sdk::VersionGroup| group.extra.as_ref().is_some_and(|extra| extra.contains_key("usableAsTool"));
        self.descriptor.versions.iter().any(said)
    }

    fn refused(&self, cx: &PrepareContext<'_>) -> Option<Refusal> {
        if let Some(message) = self.whole_refusal() {
            return Some(Refusal { code: codes::UNAVAILABLE, message, help: PIN.into(), parameter: None });
        }
        if let Some(NodeError { code, message, help, .. }) = self.runner_refuses() {
            return Some(Refusal { code, message: message.into(), help: help.unwrap_or_default().into(), parameter: None });
        }
        let text = |name: &str| cx.parameters.get(name).and_then(Value::as_str).map(str::to_owned);
        if text("operation").is_some_and(|operation| waits(&self.package, &self.entry.file, &operation)) {
            return Some(WAITS);
        }
        out_of_reach(&self.package, &self.entry, text)
    }

    /// The parameter that holds code of the user's, and the code.
    fn code<'a>(&'a self, cx: &'a PrepareContext<'_>) -> Option<(&'a str, &'a str)> {
        of_parameters(self.descriptor.version(cx.node.type_version), cx.parameters.raw()).find(|(_, code)| !code.is_empty())
    }

    /// Why what runs nodes runs none of its package.
    fn runner_refuses(&self) -> Option<NodeError> {
        self.runner.as_ref()?.refusal(&self.package)
    }

    /// Why nothing of it runs.
    fn whole_refusal(&self) -> Option<Cow<'static, str>> {
        if self.tool {
            return Some("nodes for AI agents are not supported yet".into());
        }
        // What a trigger puts out can be given to it.
        self.unable().filter(|_| !self.descriptor.trigger).map(Cow::Owned)
    }

    /// Why its code cannot do its work.
    fn unable(&self) -> Option<String> {
        if self.entry.enterprise {
            return Some("the node is under n8n's Enterprise License, and nothing of it is kept".to_owned());
        }
        self.package.need_of(&self.entry.file).map(|need| format!("the node needs {need}, and packages run in a box"))
    }

    /// How it begins a run that is given no items.
    fn trigger(&self, job: Job, runner: Arc<dyn Runner>, begins: Begins) -> Box<dyn RunTrigger> {
        match self.unable() {
            _ if begins == Begins::Empty => Box::new(Called),
            Some(why) => Box::new(Unable(why)),
            None => Box::new(Asked { job, runner, polls: begins == Begins::Polls }),
        }
    }
}

impl Node for PackageNode {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn package(&self) -> Option<String> {
        Some(self.package.key())
    }

    fn refusal(&self) -> Option<String> {
        let whole = self.whole_refusal().map(Cow::into_owned);
        let needs_input = || {
            let unable = self.unable().filter(|_| self.descriptor.trigger && self.begins(0.0) != Begins::Empty)?;
            Some(format!("{unable}; it runs with what it would put out, by --input or pinned data"))
        };
        whole.or_else(needs_input).or_else(|| self.runner_refuses().map(|error| error.message))
    }

    fn begins(&self, version: f64) -> Begins {
        trigger::begins(self.descriptor.version(version))
    }

    fn required_inputs(&self, cx: &PrepareContext<'_>) -> RequiredInputs {
        let said = self.descriptor.version(cx.node.type_version).and_then(|group| group.required_inputs.as_deref());
        match waiting::required(said, |name| cx.parameters.get(name)) {
            // Where it waits for all that it has, it waits for what is connected beside them too (n8n 2.41.1, Merge 2.1).
            RequiredInputs::These(inputs) if inputs.len() >= self.inputs(cx) => RequiredInputs::All,
            required => required,
        }
    }

    fn runs_code(&self, cx: &PrepareContext<'_>) -> bool {
        self.code(cx).is_some()
    }

    fn code_references(&self, cx: &PrepareContext<'_>) -> Option<(String, References)> {
        let (name, code) = self.code(cx)?;
        Some((name.to_owned(), self.runner.as_ref()?.user_code()?.references(code)))
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        if let Some(refusal) = self.refused(cx) {
            return Err(refusal.error());
        }
        let Some(runner) = self.runner.clone() else {
            return Err(NodeError::coded(codes::UNAVAILABLE, "Nodes of packages cannot run here"));
        };
        let job = Job {
            package: self.package.clone(),
            entry: self.entry.clone(),
            descriptor: self.descriptor.clone(),
            parameters: Arc::new(Reader::new(self.descriptor.clone(), cx.node.type_version)),
        };
        if self.descriptor.trigger {
            return Ok(Prepared::Trigger(self.trigger(job, runner, self.begins(cx.node.type_version))));
        }
        let declared = self.entry.group(cx.node.type_version).is_some_and(|group| group.declared);
        Ok(match declared {
            true => Prepared::Paced(Box::new(Declared { job: Arc::new(job), runner })),
            false => Prepared::All(Box::new(At { job, runner })),
        })
    }

    fn check(&self, cx: &PrepareContext<'_>) -> Vec<Finding> {
        let finding = |refusal: Refusal| Finding {
            code: refusal.code,
            level: Level::Error,
            message: format!("\"{}\": {}", cx.node.name, refusal.message),
            help: Some(refusal.help.into_owned()),
            parameter: refusal.parameter.map(Into::into),
            offset: None,
        };
        self.refused(cx).map(finding).into_iter().collect()
    }
}

/// A node at its place.
struct At {
    job: Job,
    runner: Arc<dyn Runner>,
}

#[async_trait]
impl RunAll for At {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        refuse_to_wait(&self.job, cx).await?;
        self.runner.run(&self.job, cx, inputs).await
    }
}
