//! Files against the schemas.

use std::collections::HashSet;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{Registry, ValidationError};
use node_sdk::ErrorCode;
use node_sdk::json::to_js_string;
use node_sdk::names::did_you_mean;
use node_sdk::node::Level;
use serde_json::Value;

use super::{NodeType, node_schema, workflow_schema};
use crate::diagnostic::Diagnostic;
use crate::model::Workflow;

/// A value of the file does not fit the schema.
pub const MISFIT: ErrorCode = ErrorCode::new("KV0013");

/// Where the schemas stand for each other; nothing is fetched.
const BASE: &str = "konverte:///workflow.schema.json";

/// The schemas of the workflow file and of these node types, ready to check files.
#[derive(Debug)]
pub struct Validator(jsonschema::Validator);

impl Validator {
    /// Compiles the schemas. It takes tens of milliseconds for all node types and actions there are, so those that the files use are enough.
    ///
    /// # Errors
    /// What is wrong with a schema, in its own words.
    pub fn new(types: &[NodeType<'_>]) -> Result<Self, String> {
        let files = types.iter().map(|node| (format!("konverte:///{}", node.file), node_schema(node)));
        let registry = Registry::new().extend(files).and_then(|registry| registry.prepare()).map_err(|error| error.to_string())?;
        let validator = jsonschema::options().with_base_uri(BASE).with_registry(&registry).build(&workflow_schema(types));
        validator.map(Self).map_err(|error| error.to_string())
    }

    /// All values of the file that do not fit, each once. n8n takes them as they are, so they are warnings.
    pub fn check(&self, workflow: &Workflow) -> Vec<Diagnostic> {
        let errors: Vec<ValidationError<'_>> = self.0.iter_errors(workflow.to_value()).collect();
        let wrong: HashSet<String> = errors.iter().map(subject).collect();
        // Which operations there are is known only where the resource is.
        let is_known = |error: &&ValidationError<'_>| {
            let node = error.instance_path().as_str().strip_suffix("/operation");
            node.is_none_or(|node| !wrong.contains(&format!("{node}/resource")))
        };
        let mut seen = HashSet::new();
        let first = errors.iter().filter(is_known).filter(|error| seen.insert(error.instance_path().as_str()));
        first.map(|error| misfit(workflow, error)).collect()
    }
}

/// The pointer of what is wrong or missing.
fn subject(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Required { property } => format!("{}/{}", error.instance_path(), to_js_string(property)),
        _ => error.instance_path().to_string(),
    }
}

fn misfit(workflow: &Workflow, error: &ValidationError<'_>) -> Diagnostic {
    let pointer = error.instance_path().as_str();
    let keys: Vec<String> = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    let parts: Vec<&str> = keys.iter().map(String::as_str).collect();
    let node_at = |index: &str| index.parse::<usize>().ok().and_then(|index| workflow.nodes.get(index));
    let (node, parameter, path) = match parts.as_slice() {
        ["nodes", index, "parameters", path @ ..] => (node_at(index), (!path.is_empty()).then(|| path.join(".")), path.join(".")),
        ["nodes", index, path @ ..] => (node_at(index), None, path.join(".")),
        path => (None, None, path.join(".")),
    };
    let subject = match (node, path.is_empty()) {
        (Some(node), false) => format!("\"{}\": {path}: ", node.name),
        (Some(node), true) => format!("\"{}\": ", node.name),
        (None, false) => format!("{path}: "),
        (None, true) => String::new(),
    };
    let at = workflow.document().and_then(|document| document.place(&parts, None));
    Diagnostic {
        node: node.map(|node| node.name.clone()),
        parameter,
        at,
        help: near(error),
        ..Diagnostic::new(MISFIT, Level::Warning, format!("{subject}{}", words(error)))
    }
}

/// What the first way to fit wants; "or an expression" where that is the other way.
fn words(error: &ValidationError<'_>) -> String {
    let shown = || {
        let text = node_sdk::json::stringify(error.instance());
        if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
    };
    match error.kind() {
        Kind::AnyOf { context } => match context.first().and_then(|branch| branch.first()) {
            Some(first) if context.len() > 1 => {
                let first = words(first);
                if first.ends_with("or an expression") { first } else { format!("{first} or an expression") }
            }
            _ => format!("{} does not fit", shown()),
        },
        Kind::Type { kind: TypeKind::Single(wanted) } => format!("{} is not {}", shown(), article(&wanted.to_string())),
        Kind::Type { kind: TypeKind::Multiple(wanted) } => {
            let list: Vec<String> = wanted.iter().map(|wanted| article(&wanted.to_string())).collect();
            format!("{} is not {}", shown(), list.join(", "))
        }
        Kind::Enum { options } => {
            let list = choices(options);
            match list.len() {
                ..=MOST_CHOICES => format!("{} is none of {}", shown(), list.join(", ")),
                many => format!("{} is none of {many} choices", shown()),
            }
        }
        Kind::Required { property } => format!("{} is missing", to_js_string(property)),
        _ => error.to_string(),
    }
}

/// So many choices fit a message.
const MOST_CHOICES: usize = 20;

fn choices(options: &Value) -> Vec<String> {
    options.as_array().into_iter().flatten().map(to_js_string).collect()
}

/// The choice that may be meant.
fn near(error: &ValidationError<'_>) -> Option<String> {
    match error.kind() {
        Kind::AnyOf { context } => near(context.first()?.first()?),
        Kind::Enum { options } => {
            let choices = choices(options);
            let near = did_you_mean(error.instance().as_str()?, choices.iter().map(String::as_str))?;
            Some(format!("Did you mean \"{near}\"?"))
        }
        _ => None,
    }
}

fn article(word: &str) -> String {
    match word {
        "boolean" => "true or false".to_owned(),
        "array" => "a list".to_owned(),
        "string" => "text".to_owned(),
        "object" | "integer" => format!("an {word}"),
        other => format!("a {other}"),
    }
}
