//! Expressions: their syntax, and the nodes that they name.

use expression::{Compiler, ErrorKind};
use node_sdk::node::Level;
use serde_json::Value;
use workflow::Diagnostic;

use super::{Found, Subject, Whole};
use crate::codes;

pub(super) fn check(subject: &Subject<'_>, whole: &Whole<'_>, compiler: Option<&Compiler>) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, value) in subject.node.parameters.iter() {
        // What is not shown counts as absent, and is never evaluated.
        let shown = subject.parameters.contains_key(name);
        let is_text = subject.found.and_then(|(_, group)| group.property(name)).is_some_and(|property| property.no_data_expression);
        if shown && !is_text {
            texts(value, name, &mut |text, path| found.extend(check_text(subject, (whole, compiler), text, path)));
        }
    }
    found
}

/// Nodes that user code names and that are not there: whether it gets to them, only a run shows.
pub(super) fn check_code(subject: &Subject<'_>, Whole { graph, names, .. }: &Whole<'_>) -> Vec<Found> {
    let Some((node_type, _)) = subject.found else { return Vec::new() };
    let name = &subject.node.name;
    let Some((parameter, references)) = node_type.code_references(&subject.context()) else { return Vec::new() };
    let unknown = references.nodes.into_iter().filter(|(referred, _)| graph.find(referred).is_none());
    let say = |(referred, offset): (String, usize)| {
        let message = format!("\"{name}\": the code names \"{referred}\", which is not a node of the workflow");
        let at = subject.workflow.place_in(name, Some(&parameter), Some(offset));
        let diagnostic = Diagnostic::new(codes::UNKNOWN_NODE, Level::Warning, message).at(subject.workflow, name, Some(&parameter));
        let help = names.near(&referred).map(|near| format!("Did you mean \"{near}\"?"));
        Found::reported(Diagnostic { at, help, ..diagnostic })
    };
    unknown.map(say).collect()
}

/// Every text below a value that is an expression, with its dotted path.
fn texts(value: &Value, path: &str, take: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) if text.starts_with('=') => take(text, path),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| texts(value, &format!("{path}.{index}"), take)),
        Value::Object(map) => map.iter().for_each(|(key, value)| texts(value, &format!("{path}.{key}"), take)),
        _ => {}
    }
}

fn check_text(subject: &Subject<'_>, (whole, compiler): (&Whole<'_>, Option<&Compiler>), text: &str, path: &str) -> Vec<Found> {
    let name = &subject.node.name;
    let say = |code, level, message: String, offset: Option<usize>| {
        let at = subject.workflow.place_in(name, Some(path), offset);
        Diagnostic { at, ..Diagnostic::new(code, level, format!("\"{name}\": {message}")).at(subject.workflow, name, Some(path)) }
    };
    let compiled = |references| compiler.map_or(Ok(()), |compiler| compiler.check(text)).map(|()| references);
    let references = match expression::check(text).and_then(compiled) {
        Ok(references) => references,
        Err(error) => {
            let diagnostic = match error.kind {
                ErrorKind::Expression => {
                    let message = format!("the expression in parameter {path} fails: {}", error.message);
                    Diagnostic { help: error.help(), ..say(error.code(), Level::Error, message, error.offset) }
                }
                _ => {
                    let why = error.detail.unwrap_or(error.message);
                    say(codes::SYNTAX, Level::Error, format!("the expression in parameter {path} has a syntax error: {why}"), error.offset)
                }
            };
            return vec![subject.judged(diagnostic)];
        }
    };
    let Whole { graph, names, served, .. } = whole;
    let about = |(referred, offset): &(String, usize)| {
        let Some(referred_node) = graph.find(referred) else {
            let diagnostic = say(
                codes::UNKNOWN_NODE,
                Level::Error,
                format!("parameter {path} refers to \"{referred}\", which is not a node of the workflow"),
                Some(*offset),
            );
            let near = names.near(referred).map(|near| format!("Did you mean \"{near}\"?"));
            return Some(Diagnostic { help: near, ..diagnostic });
        };
        let beside = referred != name && !graph.find(name).is_some_and(|node| served.leads_to(graph, referred_node, node));
        beside.then(|| {
            let message = format!("parameter {path} refers to \"{referred}\", which does not lead to this node");
            say(codes::NOT_ABOVE, Level::Warning, message, Some(*offset))
                .help("It may not have run yet, and its items cannot be matched with those here.")
        })
    };
    references.nodes.iter().filter_map(about).map(|diagnostic| subject.judged(diagnostic)).collect()
}
