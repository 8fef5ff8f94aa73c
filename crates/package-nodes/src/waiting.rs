//! Which inputs a node waits for, as its description says it (`requiredInputs`).

use node_sdk::RequiredInputs;
use node_sdk::json::to_js_string;
use serde_json::Value;

/// A number (1: any), or the one form of expression that n8n's nodes have: `={{ $parameter["mode"] === "chooseBranch" ? [0, 1] : 1 }}`.
/// `parameter` gives the value of one. What cannot be read waits for any.
pub(crate) fn required<'a>(said: Option<&str>, parameter: impl Fn(&str) -> Option<&'a Value>) -> RequiredInputs {
    match said.and_then(|said| chosen(said, parameter)) {
        Some(Value::Array(inputs)) => {
            RequiredInputs::These(inputs.iter().filter_map(Value::as_u64).filter_map(|input| usize::try_from(input).ok()).collect())
        }
        _ => RequiredInputs::Any,
    }
}

/// What the expression comes to.
fn chosen<'a>(text: &str, parameter: impl Fn(&str) -> Option<&'a Value>) -> Option<Value> {
    let expression = text.strip_prefix('=')?.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let (condition, results) = expression.split_once('?')?;
    let (name, wanted) = condition.split_once("===")?;
    let name = name.trim().strip_prefix("$parameter[")?.strip_suffix(']')?.trim_matches(['"', '\'']);
    let (yes, no) = results.split_once(':')?;
    let holds = parameter(name).is_some_and(|value| to_js_string(value) == wanted.trim().trim_matches(['"', '\'']));
    serde_json::from_str(if holds { yes } else { no }.trim()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_description_says_which_inputs_are_waited_for() {
        let of = |said: &str, mode: &Value| required(Some(said), |name| (name == "mode").then_some(mode));
        let merge = "={{ $parameter[\"mode\"] === \"chooseBranch\" ? [0, 1] : 1 }}";
        assert_eq!(of(merge, &json!("chooseBranch")), RequiredInputs::These(vec![0, 1]));
        assert_eq!(of(merge, &json!("append")), RequiredInputs::Any);
        assert_eq!((of("1", &json!("")), of("={{ 1 + 1 }}", &json!(""))), (RequiredInputs::Any, RequiredInputs::Any));
    }
}
