//! What stands in the parameters of n8n's nodes, looked through with their schemas: keys that no node reads, and operators that do not
//! exist.

use node_sdk::filter::{OPERATORS, operation_like, operations, type_like};
use node_sdk::names::did_you_mean;
use node_sdk::node::Level;
use node_sdk::property::{Property, PropertyKind};
use serde_json::{Map, Value};
use workflow::Diagnostic;

use super::{Found, Subject};
use crate::codes;

/// How many names a message lists.
const MOST_LISTED: usize = 20;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Found> {
    // Our own type's parameters are those of its actions.
    let Some((_, group)) = subject.found.filter(|_| !subject.is_native()) else { return Vec::new() };
    let mut look = Look { subject, found: Vec::new() };
    look.fields(&group.properties, &subject.node.parameters, "");
    look.found.into_iter().map(Found::reported).collect()
}

struct Look<'a> {
    subject: &'a Subject<'a>,
    found: Vec<Diagnostic>,
}

impl Look<'_> {
    fn say(&mut self, code: node_sdk::ErrorCode, level: Level, path: &str, message: String, help: String) {
        let Subject { workflow, node, .. } = self.subject;
        let message = format!("\"{}\": {message}", node.name);
        self.found.push(Diagnostic::new(code, level, message).at(workflow, &node.name, Some(path)).help(help));
    }

    /// The fields of an object, which stand behind `prefix`.
    fn fields(&mut self, known: &[Property], object: &Map<String, Value>, prefix: &str) {
        for (key, value) in object {
            let path = format!("{prefix}{key}");
            let mut same = known.iter().filter(|property| property.name == *key).peekable();
            if same.peek().is_none() {
                self.unknown(key, &path, known.iter().map(|property| &*property.name).collect());
            }
            // Of several of one name, shown at different times, the one whose kind the value has.
            let fits =
                |property: &&Property| matches!(property.kind, PropertyKind::Collection(_) | PropertyKind::FixedCollection(_) | PropertyKind::Filter);
            let mut compound = same.filter(fits);
            if let (Some(only), None) = (compound.next(), compound.next()) {
                self.value(only, value, &path);
            }
        }
    }

    fn value(&mut self, property: &Property, value: &Value, path: &str) {
        match (&property.kind, value) {
            (PropertyKind::Filter, Value::Object(filter)) => self.conditions(filter, path),
            (PropertyKind::Collection(list), value) => self.each(list, value, path),
            (PropertyKind::FixedCollection(groups), Value::Object(object)) => {
                for (key, value) in object {
                    let path = format!("{path}.{key}");
                    match groups.iter().find(|group| group.name == *key) {
                        Some(group) => self.each(&group.values, value, &path),
                        None => self.unknown(key, &path, groups.iter().map(|group| &*group.name).collect()),
                    }
                }
            }
            _ => {}
        }
    }

    /// One object of fields, or a list of them.
    fn each(&mut self, known: &[Property], value: &Value, path: &str) {
        match value {
            Value::Object(object) => self.fields(known, object, &format!("{path}.")),
            Value::Array(list) => {
                for (index, object) in list.iter().enumerate().filter_map(|(index, value)| Some((index, value.as_object()?))) {
                    self.fields(known, object, &format!("{path}.{index}."));
                }
            }
            _ => {}
        }
    }

    fn unknown(&mut self, key: &str, path: &str, mut names: Vec<&str>) {
        names.dedup();
        let help = match did_you_mean(key, names.iter().copied()) {
            Some(near) => format!("Did you mean \"{near}\"?"),
            None if names.is_empty() => "It has none.".to_owned(),
            None if names.len() <= MOST_LISTED => format!("There are: {}.", names.join(", ")),
            None => format!("`konverte nodes show {}` lists those that there are.", self.subject.node.type_name),
        };
        self.say(codes::UNKNOWN_PARAMETER, Level::Warning, path, format!("the node has no parameter \"{path}\"; it is not read"), help);
    }

    fn conditions(&mut self, filter: &Map<String, Value>, path: &str) {
        let conditions = filter.get("conditions").and_then(Value::as_array).into_iter().flatten().enumerate();
        for (index, condition) in conditions.filter_map(|(index, condition)| Some((index, condition.as_object()?))) {
            self.operator(condition.get("operator").unwrap_or(&Value::Null), &format!("{path}.conditions.{index}.operator"));
        }
    }

    fn operator(&mut self, operator: &Value, path: &str) {
        let shape = "Write it like {\"type\": \"string\", \"operation\": \"equals\"}.";
        let is_expression = |value: &Value| value.as_str().is_some_and(|text| text.starts_with('='));
        let Some(object) = operator.as_object() else {
            if !is_expression(operator) {
                self.say(codes::OPERATOR, Level::Error, path, format!("{path} is {operator} and no operator"), shape.to_owned());
            }
            return;
        };
        let word = |key: &str| object.get(key).unwrap_or(&Value::Null);
        let (kind, operation) = (word("type"), word("operation"));
        if is_expression(kind) || is_expression(operation) {
            return;
        }
        let Some((kind, known)) = kind.as_str().and_then(|kind| Some((kind, operations(kind)?))) else {
            let near = kind.as_str().and_then(type_like).map(|near| format!("Did you mean \"{near}\"?"));
            let all = || format!("There are: {}.", OPERATORS.map(|(kind, _)| kind).join(", "));
            let message = format!("there is no operator type {kind}, so the condition does not hold");
            return self.say(codes::OPERATOR, Level::Error, &format!("{path}.type"), message, near.unwrap_or_else(all));
        };
        if operation.as_str().is_some_and(|operation| known.contains(&operation)) {
            return;
        }
        let near = operation.as_str().and_then(|word| operation_like(kind, word)).map(|near| format!("Did you mean \"{near}\"?"));
        let message = format!("there is no operator {operation} of type \"{kind}\", so the condition does not hold");
        let help = near.unwrap_or_else(|| format!("There are: {}.", known.join(", ")));
        self.say(codes::OPERATOR, Level::Error, &format!("{path}.operation"), message, help);
    }
}
