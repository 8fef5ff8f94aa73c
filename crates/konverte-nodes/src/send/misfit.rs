//! Request options of native mode that do not exist or do not fit. One that is misspelt must not pass for one that is not set.

use std::sync::LazyLock;

use node_sdk::action::ParamType;
use node_sdk::action::properties::{Form, request_options};
use node_sdk::names::did_you_mean;
use node_sdk::property::{FieldGroup, Property, PropertyKind};
use node_sdk::{ErrorCode, NodeError};
use serde_json::{Map, Value};

use super::value::{convert, found};
use crate::codes;

/// All options, as they are described to people and editors.
static KNOWN: LazyLock<Property> = LazyLock::new(|| request_options(Form::Native));

/// What is wrong with one option.
#[derive(Debug, PartialEq)]
pub(crate) struct Misfit {
    /// Unknown, missing, or of the wrong type.
    pub code: ErrorCode,
    /// The option, as a path from the node's parameters.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl From<Misfit> for NodeError {
    fn from(misfit: Misfit) -> Self {
        Self::coded(misfit.code, misfit.message).parameter(misfit.path).help(misfit.help)
    }
}

/// Everything that is wrong with `requestOptions`. A value that an expression gives is looked at when it is there.
pub(crate) fn find(options: &Value) -> Vec<Misfit> {
    let mut all = Vec::new();
    value(&KNOWN, options, &KNOWN.name, &mut all);
    all
}

fn value(property: &Property, given: &Value, path: &str, all: &mut Vec<Misfit>) {
    let misfit =
        |code, what: String| Misfit { code, path: path.to_owned(), message: format!("The request option \"{path}\" {what}"), help: help(property) };
    if given.is_null() {
        return;
    }
    if let PropertyKind::Collection(_) | PropertyKind::FixedCollection(_) = property.kind {
        let Some(map) = given.as_object() else {
            return all.push(misfit(codes::TYPE, format!("must be an object that is written out, but is {}", found(given))));
        };
        match &property.kind {
            PropertyKind::FixedCollection(groups) => group(groups, map, path, all),
            PropertyKind::Collection(known) => fields(known, map, path, all),
            _ => {}
        }
        return;
    }
    let kind = match property.kind {
        PropertyKind::Number => ParamType::Number,
        PropertyKind::Boolean => ParamType::Boolean,
        _ => ParamType::String,
    };
    if given.as_str().is_some_and(|text| text.starts_with('=')) {
        return;
    }
    match convert(given.clone(), kind, None) {
        Err(unfit) => all.push(misfit(unfit.code, unfit.why)),
        Ok(Value::Bool(_)) if !given.is_boolean() => all.push(misfit(codes::TYPE, format!("must be true or false, but is {}", found(given)))),
        Ok(fit) => {
            let least = property.type_options.min_value.filter(|least| fit.as_f64().is_some_and(|number| number < *least));
            all.extend(least.map(|least| misfit(codes::TYPE, format!("must be at least {least}, but is {}", found(given)))));
        }
    }
}

/// The one group of a fixed collection, `batch` in `batching`.
fn group(groups: &[FieldGroup], map: &Map<String, Value>, path: &str, all: &mut Vec<Misfit>) {
    for group in groups {
        match map.get(&*group.name) {
            Some(Value::Object(inner)) => fields(&group.values, inner, &format!("{path}.{}", group.name), all),
            other => {
                let is = other.map_or_else(|| "not there".to_owned(), found);
                let message = format!("The request option \"{path}.{}\" must be an object that is written out, but is {is}", group.name);
                let names: Vec<&str> = group.values.iter().map(|field| &*field.name).collect();
                let help = format!("Write \"{}\": {{ … }} with: {}.", group.name, names.join(", "));
                all.push(Misfit { code: codes::MISSING, path: path.to_owned(), message, help });
            }
        }
    }
    unknown(map, path, &groups.iter().map(|group| &*group.name).collect::<Vec<_>>(), all);
}

fn fields(known: &[Property], map: &Map<String, Value>, path: &str, all: &mut Vec<Misfit>) {
    for property in known {
        if let Some(given) = map.get(&*property.name) {
            value(property, given, &format!("{path}.{}", property.name), all);
        }
    }
    unknown(map, path, &known.iter().map(|property| &*property.name).collect::<Vec<_>>(), all);
}

fn unknown(map: &Map<String, Value>, path: &str, names: &[&str], all: &mut Vec<Misfit>) {
    for key in map.keys().filter(|key| !names.contains(&key.as_str())) {
        all.push(Misfit {
            code: codes::UNKNOWN_OPTION,
            path: format!("{path}.{key}"),
            message: format!("There is no request option \"{path}.{key}\""),
            help: match did_you_mean(key, names.iter().copied()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("There are: {}.", names.join(", ")),
            },
        });
    }
}

fn help(property: &Property) -> String {
    property.description.clone().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(options: &Value) -> Vec<(node_sdk::ErrorCode, String)> {
        find(options).into_iter().map(|misfit| (misfit.code, misfit.path)).collect()
    }

    #[test]
    fn what_is_no_option_or_does_not_fit_is_named() {
        let good = json!({
            "batching": {"batch": {"batchSize": "5", "batchInterval": 0}}, "proxy": "http://p:1", "timeout": 500, "allowUnauthorizedCerts": true,
            "retry": {"maxAttempts": "={{ $json.n }}", "baseDelay": null}, "returnAll": "={{ true }}", "limit": 5, "unwrap": false, "markExisting": false, "concurrency": 1
        });
        assert_eq!(wrong(&good), []);
        assert_eq!(wrong(&json!({})), []);
        let of = |options| wrong(&options).remove(0);
        for (options, code, path) in [
            (json!({"retunAll": true}), codes::UNKNOWN_OPTION, ".retunAll"),
            (json!({"retry": {"attempts": 2}}), codes::UNKNOWN_OPTION, ".retry.attempts"),
            (json!({"batching": {"batch": {"size": 2}}}), codes::UNKNOWN_OPTION, ".batching.batch.size"),
            (json!({"batching": {}}), codes::MISSING, ".batching"),
            (json!({"batching": {"batchSize": 2}}), codes::MISSING, ".batching"),
            (json!({"batching": 5}), codes::TYPE, ".batching"),
            (json!({"concurrency": "many"}), codes::TYPE, ".concurrency"),
            (json!({"concurrency": 0}), codes::TYPE, ".concurrency"),
            (json!({"limit": [1]}), codes::TYPE, ".limit"),
            (json!({"unwrap": "true"}), codes::TYPE, ".unwrap"),
            (json!({"proxy": {}}), codes::TYPE, ".proxy"),
            (json!("={{ $json.options }}"), codes::TYPE, ""),
        ] {
            assert_eq!(of(options.clone()), (code, format!("requestOptions{path}")), "{options}");
        }
        assert_eq!(find(&json!({"retunAll": true}))[0].help, "Did you mean \"returnAll\"?");
    }
}
