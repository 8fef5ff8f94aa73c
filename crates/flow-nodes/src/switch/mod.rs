//! Switch 3: sends each item to the output of the first rule that holds (or of all that hold), or to a numbered output.

use std::sync::Arc;

use node_sdk::params::raw_at;
use node_sdk::{Item, ItemParams, Needs, NodeError, Output, PairedItem, PrepareContext, Prepared, RunContext, RunItem};
use serde_json::Value;

use crate::conditions::{self, Conditions};
use crate::row::Row;
use crate::setting::Setting;
use crate::{js, ports};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Switch",
    summary: "Sends each item to one of several outputs.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    outputs,
    output_names: Some(output_names),
    ..Row::new("n8n-nodes-base.switch", Needs::Item, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    if by_expression(cx) {
        ports::check(js::to_number(cx.parameters.get("numberOutputs")), "numberOutputs")?;
    }
    Ok(Prepared::Item(if by_expression(cx) {
        Arc::new(Numbered { count: outputs(cx) })
    } else {
        Arc::new(Rules {
            rules: (0..rules(cx).len()).map(|i| read_rule(cx, i)).collect(),
            fallback: Setting::at(cx, "options.fallbackOutput"),
            all_matching: Setting::at(cx, "options.allMatchingOutputs"),
            count: outputs(cx),
        })
    }))
}

/// In mode expression as many as it says; else one for each rule, and one more for what no rule takes.
fn outputs(cx: &PrepareContext<'_>) -> usize {
    if by_expression(cx) {
        return cx.parameters.get("numberOutputs").map_or(4, |value| ports::limited(js::to_number(Some(value))));
    }
    let extra = raw_at(cx.parameters, "options.fallbackOutput").is_some_and(|value| value == "extra");
    rules(cx).len() + usize::from(extra)
}

/// Of a rule its name where it has one, else its number.
fn output_names(cx: &PrepareContext<'_>) -> Vec<String> {
    if by_expression(cx) {
        return (0..outputs(cx)).map(|output| output.to_string()).collect();
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    let named = rules(cx).iter().map(|rule| text(rule.get("outputKey")));
    let mut names: Vec<String> = named.enumerate().map(|(output, name)| name.unwrap_or_else(|| output.to_string())).collect();
    if names.len() < outputs(cx) {
        names.push(text(raw_at(cx.parameters, "options.renameFallbackOutput")).unwrap_or_else(|| "Fallback".to_owned()));
    }
    names
}

fn by_expression(cx: &PrepareContext<'_>) -> bool {
    cx.parameters.get("mode").is_some_and(|mode| mode == "expression")
}

fn rules<'a>(cx: &'a PrepareContext<'_>) -> &'a [Value] {
    raw_at(cx.parameters, "rules.values").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn read_rule(cx: &PrepareContext<'_>, index: usize) -> Conditions {
    Conditions::new(cx, &format!("rules.values.{index}.conditions"), conditions::loose_switch(cx, 3.1))
}

/// The item that stands for a failed one. It has no pairing, and goes to the first output.
fn failed(cx: &RunContext, error: NodeError, out: &mut Output) -> Result<(), NodeError> {
    if !cx.continue_on_fail() || error.fatal {
        return Err(error);
    }
    out.push(Item::failed(&error).paired(PairedItem::none()));
    Ok(())
}

/// Mode rules.
struct Rules {
    rules: Vec<Conditions>,
    fallback: Setting,
    all_matching: Setting,
    count: usize,
}

impl Rules {
    fn outputs_for(&self, cx: &RunContext, params: &ItemParams<'_>) -> Result<Vec<usize>, NodeError> {
        let all = self.all_matching.bool(params, false)?;
        let mut outputs = Vec::new();
        for (output, rule) in self.rules.iter().enumerate() {
            if rule.hold(cx, params)? {
                outputs.push(output);
                if !all {
                    return Ok(outputs);
                }
            }
        }
        if outputs.is_empty() && !self.rules.is_empty() {
            outputs.extend(self.fallback_output(params)?);
        }
        Ok(outputs)
    }

    fn fallback_output(&self, params: &ItemParams<'_>) -> Result<Option<usize>, NodeError> {
        let Some(value) = self.fallback.value(params)? else { return Ok(None) };
        match value.as_ref() {
            Value::String(word) if word == "none" => Ok(None),
            Value::String(word) if word == "extra" => Ok(Some(self.count - 1)),
            other => in_range(js::to_number(Some(other)), self.count, Some(other)).map(Some),
        }
    }
}

impl RunItem for Rules {
    fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        match self.outputs_for(cx, params) {
            Ok(outputs) => {
                let item = item.paired(index);
                outputs.into_iter().for_each(|output| out.push_to(output, item.clone()));
                Ok(())
            }
            Err(error) => failed(cx, error, out),
        }
    }
}

/// Mode expression.
struct Numbered {
    count: usize,
}

impl RunItem for Numbered {
    fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        let output = params.value("output").and_then(|value| in_range(js::to_number(value.as_ref()), self.count, value.as_ref()));
        match output {
            Ok(output) => {
                out.push_to(output, item.paired(index));
                Ok(())
            }
            Err(error) => failed(cx, error.item(index), out),
        }
    }
}

/// The number as an output, if there is such an output. "ouput" is n8n's spelling.
fn in_range(number: f64, count: usize, given: Option<&Value>) -> Result<usize, NodeError> {
    let given = js::text(given);
    if number == count as f64 {
        let error = NodeError::new(format!("The ouput {given} is not allowed. ")).parameter("output");
        let advice = format!("Output indexes are zero based, if you want to use the extra output use {}", number - 1.0);
        return Err(error.description(advice));
    }
    if number < 0.0 || number > count as f64 {
        let error = NodeError::new(format!("The ouput {given} is not allowed")).parameter("output");
        return Err(error.description(format!("It has to be between 0 and {}", count.saturating_sub(1))));
    }
    if number.fract() != 0.0 {
        return Err(NodeError::new(expression::unreadable("undefined", "push")).named("TypeError").parameter("output"));
    }
    Ok(number as usize)
}

#[cfg(test)]
mod tests;
