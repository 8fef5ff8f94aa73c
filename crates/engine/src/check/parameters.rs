//! Parameters against their schemas.

use std::collections::HashSet;

use node_sdk::names::did_you_mean;
use node_sdk::node::Level;
use node_sdk::property::{Property, PropertyKind};
use node_sdk::schema;
use serde_json::Value;
use workflow::Diagnostic;

use super::{Blocking, Found, Subject};
use crate::codes;

/// `said`: parameters that the node's own findings are about.
pub(super) fn check(subject: &Subject<'_>, said: &HashSet<String>) -> Vec<Found> {
    let Some((_, group)) = subject.found else { return Vec::new() };
    // Where the action itself is unknown, so are its parameters.
    let knows_action = !said.contains("resource") && !said.contains("operation");
    let mut issues = schema::issues(group, &subject.parameters, subject.node.type_version);
    if subject.is_native() && !knows_action {
        issues.clear();
    }
    let mut found: Vec<Found> = issues.into_iter().map(|issue| refused(subject, issue)).collect();
    let refused: HashSet<String> = found.iter().filter_map(|found| found.diagnostic.parameter.clone()).collect();
    let scope = schema::Scope { siblings: &subject.parameters, root: &subject.parameters, version: subject.node.type_version };
    for property in group.properties.iter().filter(|property| schema::is_shown(property.display.as_ref(), scope)) {
        let known = said.contains(&*property.name) || refused.contains(&*property.name);
        let written = subject.node.parameters.get(&*property.name).filter(|value| !known && is_literal(value));
        found.extend(written.and_then(|value| misfit(subject, property, value)).map(|diagnostic| subject.judged(diagnostic)));
    }
    if subject.is_native() && knows_action {
        let shown = |property: &&Property| schema::is_shown(property.display.as_ref(), scope);
        let names: Vec<&str> = group.properties.iter().filter(shown).map(|property| &*property.name).collect();
        let unknown = subject.node.parameters.keys().filter(|key| !names.contains(&key.as_str()));
        found.extend(unknown.map(|key| subject.judged(not_sent(subject, group, key, &names))));
    }
    found
}

/// A parameter that the action does not have. That of another action may be left over from it, so it is a warning.
fn not_sent(subject: &Subject<'_>, group: &node_sdk::VersionGroup, key: &str, names: &[&str]) -> Diagnostic {
    let elsewhere = group.property(key).is_some();
    let level = if elsewhere { Level::Warning } else { Level::Error };
    let message = format!("\"{}\": the action has no parameter \"{key}\"; its value is not sent", subject.node.name);
    let help = match did_you_mean(key, names.iter().copied()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None if elsewhere => "It is a parameter of other actions of this node: remove it here.".to_owned(),
        None => format!("There are: {}.", names.join(", ")),
    };
    Diagnostic::new(codes::NOT_SENT, level, message).at(subject.workflow, &subject.node.name, Some(key)).help(help)
}

/// What keeps n8n from starting the run.
fn refused(subject: &Subject<'_>, issue: schema::Issue) -> Found {
    let (code, help) = match issue.missing {
        true => (codes::REQUIRED, "Give it a value, or an expression: what that yields is known in the run."),
        false => (codes::LITERAL, "n8n refuses to run a workflow with such a value."),
    };
    let level = if subject.counts { Level::Error } else { Level::Warning };
    let message = format!("\"{}\": {}", subject.node.name, issue.message);
    let diagnostic = Diagnostic::new(code, level, message).at(subject.workflow, &subject.node.name, Some(&issue.parameter)).help(help);
    Found { blocking: subject.counts.then_some(Blocking::Invalid), n8n: Some(issue.message), ..Found::reported(diagnostic) }
}

fn is_literal(value: &Value) -> bool {
    !value.is_null() && !value.as_str().is_some_and(|text| text.starts_with('='))
}

/// A literal of another type than the schema's. n8n takes it as it is, so it is a warning.
fn misfit(subject: &Subject<'_>, property: &Property, value: &Value) -> Option<Diagnostic> {
    let warn = |message: String| {
        let message = format!("\"{}\": {message}", subject.node.name);
        Diagnostic::new(codes::MISFIT, Level::Warning, message).at(subject.workflow, &subject.node.name, Some(&property.name))
    };
    let expects = |what: &str| Some(warn(format!("parameter {} is {what}, but the file has {value}", property.name)));
    if property.type_options.multiple_values == Some(true) && value.is_array() {
        return None;
    }
    match &property.kind {
        PropertyKind::Number if node_sdk::json::to_number(value).is_none() => expects("a number"),
        PropertyKind::Boolean if !value.is_boolean() => expects("true or false"),
        PropertyKind::Collection(_) | PropertyKind::FixedCollection(_) if !value.is_object() => expects("an object"),
        PropertyKind::Options(choices) if !choices.is_empty() && !property.type_options.loads_options() => {
            let values: Vec<Value> = choices.iter().filter_map(|choice| choice.value.to_value()).collect();
            if values.contains(value) {
                return None;
            }
            let texts = values.iter().filter_map(Value::as_str);
            let all = || values.iter().map(node_sdk::json::to_js_string).collect::<Vec<_>>().join(", ");
            let help = match value.as_str().and_then(|text| did_you_mean(text, texts)) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("There are: {}.", all()),
            };
            Some(warn(format!("{value} is no choice of parameter {}", property.name)).help(help))
        }
        _ => None,
    }
}
