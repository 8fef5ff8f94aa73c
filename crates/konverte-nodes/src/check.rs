//! Findings of a node before it runs.

use node_sdk::action::{ActionSpec, PagingKind, Param, ParamType, Place};
use node_sdk::names::did_you_mean;
use node_sdk::node::{Finding, Level};
use node_sdk::{NodeError, PrepareContext};
use serde_json::Value;

use crate::place::{Mode, Seen, parsed};
use crate::send::{Misfit, Unfit, convert, emptied, lacking, misfits, says_nothing, segment};
use crate::service::Service;
use crate::{codes, traps};

/// What is wrong, or not as it seems, with a node's parameters.
pub(crate) fn findings(service: &Service, mode: Mode, action: Option<&ActionSpec>, cx: &PrepareContext<'_>) -> Vec<Finding> {
    let Some(action) = action else {
        let error = unknown_action(service, cx);
        let (level, note) = match mode {
            Mode::Native => (Level::Error, ""),
            Mode::N8n => (Level::Warning, "; n8n sends GET / instead"),
        };
        let message = format!("{}{note}", error.message);
        return vec![Finding { code: error.code, level, message, help: error.help, parameter: error.parameter, offset: None }];
    };
    let seen = Seen { mode, action, parameters: cx.parameters };
    let mut findings = Vec::new();
    match mode {
        Mode::Native => {
            let params = action.native_params().filter(|param| !action.is_double(param));
            findings.extend(params.filter_map(|param| native(&seen, param)).chain(lacks(&seen)));
        }
        Mode::N8n => findings.extend(action.params.iter().filter(|param| !action.is_double(param)).filter_map(|param| n8n(&seen, param))),
    }
    findings.extend(writes_again(&seen, cx));
    findings.extend(options(&seen));
    let traps = traps::found(&seen);
    // What the server does with a value says more than that it is none of the choices.
    findings.retain(|finding| finding.code != codes::CHOICE || !traps.iter().any(|trap| trap.parameter == finding.parameter));
    findings.extend(traps);
    findings
}

/// No action of these names; says what was probably meant.
pub(crate) fn unknown_action(service: &Service, cx: &PrepareContext<'_>) -> NodeError {
    let text = |name: &str| cx.parameters.get(name).and_then(Value::as_str).unwrap_or_default();
    let (resource, operation) = (text("resource"), text("operation"));
    let by_expression = [("resource", resource, codes::UNKNOWN_RESOURCE), ("operation", operation, codes::UNKNOWN_OPERATION)];
    if let Some((name, _, code)) = by_expression.into_iter().find(|(_, value, _)| value.starts_with('=')) {
        return NodeError::coded(code, format!("The {name} is an expression, but which action a node is must be known before it runs"))
            .parameter(name)
            .help("Write its name itself. For several actions, add a node for each and choose with a Switch node.");
    }
    match service.resources.iter().find(|r| r.name == resource) {
        None => {
            let known = service.resources.iter().map(|r| r.name.as_ref());
            NodeError::coded(codes::UNKNOWN_RESOURCE, format!("There is no resource \"{resource}\""))
                .parameter("resource")
                .help(meant(resource, known))
        }
        Some(found) => {
            let known = found.actions.iter().map(|a| a.operation.as_ref());
            let message = format!("The resource \"{resource}\" has no operation \"{operation}\"");
            NodeError::coded(codes::UNKNOWN_OPERATION, message).parameter("operation").help(meant(operation, known))
        }
    }
}

/// The nearest of the known names, or all of them.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match did_you_mean(name, known.clone()) {
        Some(best) => format!("Did you mean \"{best}\"?"),
        None => format!("There are: {}.", known.collect::<Vec<_>>().join(", ")),
    }
}

fn native(seen: &Seen<'_>, param: &Param) -> Option<Finding> {
    let key = param.key();
    let error = |code, message| Finding {
        code,
        level: Level::Error,
        message,
        help: Some(param.summary.to_string()),
        parameter: Some(key.to_owned()),
        offset: None,
    };
    // The engine says of texts and choices that they are required.
    let engines = param.is_wanted() && matches!(param.native_kind(), ParamType::String | ParamType::Options);
    let in_path = seen.action.native_path().contains(&format!("{{{}}}", param.name));
    let missing = || Some(error(codes::MISSING, format!("The parameter \"{key}\" is required")));
    let unfit = |unfit: Unfit| Some(error(unfit.code, format!("The parameter \"{key}\" {}", unfit.why)));
    let emptied = || {
        let NodeError { code, message, help, .. } = emptied(param);
        Some(Finding { help, ..error(code, message) })
    };
    match seen.parameters.get(key) {
        None | Some(Value::Null) if param.whole => return emptied(),
        None if engines => return None,
        None if param.is_wanted() || in_path => return missing(),
        Some(Value::Null) if !param.takes_null() || in_path => return missing(),
        Some(value) if value == "" && engines => return None,
        Some(value) if value == "" && in_path => return segment(value).err().and_then(unfit),
        _ => {}
    }
    if seen.action.native.files.iter().any(|file| file.name == key) {
        return None;
    }
    let value = seen.literal(key)?;
    match convert(value.clone(), param.native_kind(), param.json) {
        Err(why) => unfit(why),
        Ok(value) if param.whole && says_nothing(&value) => emptied(),
        Ok(Value::Null) if !param.takes_null() => missing(),
        Ok(value) => match segment(&value) {
            Err(why) if in_path => unfit(why),
            _ => choice(seen, param, &value),
        },
    }
}

/// One parameter or another is needed, and none is set. What an expression gives, only the run can tell.
fn lacks(seen: &Seen<'_>) -> Option<Finding> {
    let is_given =
        |name: &str| seen.parameters.get(name).is_some_and(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()));
    let NodeError { code, message, help, parameter, .. } = lacking(seen.action, is_given)?;
    Some(Finding { code, level: Level::Error, message, help, parameter, offset: None })
}

/// n8n runs the whole node again: items that were done are done again.
fn writes_again(seen: &Seen<'_>, cx: &PrepareContext<'_>) -> Option<Finding> {
    if seen.mode == Mode::Native || !cx.node.retry_on_fail || seen.action.reads() {
        return None;
    }
    let message = format!(
        "retryOnFail sends all items again where one failed, also those that were done: \"{}\" is then done more than once",
        seen.action.operation
    );
    let help = "Turn it off, or use the node type konverte, which repeats the items that failed, where that can help and does no harm.";
    Some(seen.warn(&codes::WRITES_AGAIN, "operation", message, help))
}

fn n8n(seen: &Seen<'_>, param: &Param) -> Option<Finding> {
    let key = param.key();
    let value = seen.literal(key)?;
    let is_parsed = param.kind == ParamType::Json && param.parsed;
    if let Some(why) = is_parsed.then(|| parsed(&value).err()).flatten() {
        let message = format!("n8n leaves \"{key}\" out of the request without a word: its value cannot be parsed ({why})");
        return Some(seen.warn(&codes::JSON, key, message, "Give JSON as text."));
    }
    let nothing = value == 0 || value == "";
    if param.place == Place::Path && nothing {
        let message = format!("\"{key}\" is part of the address and is not set: n8n sends {value}");
        return Some(seen.warn(&codes::MISSING, key, message, &*param.summary));
    }
    choice(seen, param, &value)
}

fn choice(seen: &Seen<'_>, param: &Param, value: &Value) -> Option<Finding> {
    // Of a list, also one that came as text, each entry is a choice; n8n's editor offers none for it.
    let is_list = param.kind == ParamType::Json;
    let choices = if seen.mode == Mode::Native || is_list { param.native_choices() } else { &param.choices };
    let value = if is_list { seen.json(param.key())? } else { value.clone() };
    let entries = value.as_array().map_or(std::slice::from_ref(&value), Vec::as_slice);
    let text = entries.iter().filter_map(Value::as_str).find(|text| !choices.is_empty() && !choices.contains(text))?;
    let message = format!("\"{text}\" is none of the known values of \"{}\"", param.key());
    Some(seen.warn(&codes::CHOICE, param.key(), message, meant(text, choices.iter())))
}

/// Options that do not exist, do not fit or change nothing.
fn options(seen: &Seen<'_>) -> Vec<Finding> {
    if seen.mode == Mode::N8n {
        return Vec::new();
    }
    let given = seen.parameters.get("requestOptions").map(misfits).unwrap_or_default();
    let error = |misfit: Misfit| Finding {
        code: misfit.code,
        level: Level::Error,
        message: misfit.message,
        help: Some(misfit.help),
        parameter: Some(misfit.path),
        offset: None,
    };
    given.into_iter().map(error).chain(idle(seen)).collect()
}

/// Options, and the page of a list that is walked, that change nothing. What an expression gives, only the run can tell.
fn idle(seen: &Seen<'_>) -> Vec<Finding> {
    let option = |name: &str| node_sdk::params::raw_at(seen.parameters, &format!("requestOptions.{name}")).filter(|value| !value.is_null());
    let set = |name: &str| option(name) == Some(&Value::Bool(true));
    let name = &seen.action.operation;
    let warn = |path: &str, message: String, help: &str| seen.warn(&codes::OPTION, path, message, help);
    let mut findings = Vec::new();
    if set("returnAll") && seen.action.paging.is_none() {
        findings.push(warn("requestOptions.returnAll", format!("\"{name}\" has one page: returnAll changes nothing"), "Remove the option."));
    }
    if set("unwrap") && seen.action.success.envelope.is_none() {
        findings.push(warn("requestOptions.unwrap", format!("\"{name}\" answers without an envelope: unwrap changes nothing"), "Remove the option."));
    }
    if option("limit").is_some() && option("returnAll").is_none_or(|all| *all == Value::Bool(false)) {
        let help = if seen.action.paging.is_some() { "Set returnAll too." } else { "Remove the option." };
        findings.push(warn("requestOptions.limit", "limit changes nothing without returnAll".to_owned(), help));
    }
    let paging = seen.action.paging.as_ref().filter(|paging| paging.kind == PagingKind::Page && set("returnAll"));
    let page = paging.and_then(|paging| seen.action.param(&paging.param)).map(Param::key);
    if let Some(page) = page.filter(|page| seen.parameters.get(*page).is_some_and(|value| !value.is_null())) {
        findings.push(warn(page, format!("\"{page}\" changes nothing with returnAll, which begins with the first page"), "Remove one of the two."));
    }
    findings
}
