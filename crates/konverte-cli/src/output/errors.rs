//! The errors of a run before they are shown: each says what to do, and none shows a secret.

use engine::RunResult;
use node_sdk::NodeError;
use node_sdk::event::PlannedRequest;
use serde_json::Value;

use crate::pages;

/// What stands where a secret was.
const HIDDEN: &str = "***";

/// Values of credentials that must not be printed: servers repeat them in their answers.
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Longer ones first, so that one that is part of another leaves nothing of it.
    pub(crate) fn new(mut values: Vec<String>) -> Self {
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self(values)
    }

    /// Completes every error of a run.
    pub(crate) fn finish(&self, result: &mut RunResult) {
        let runs = result.nodes.values_mut().flatten();
        let errors = runs.filter_map(|run| run.error.as_mut()).chain(result.error.as_mut());
        errors.for_each(|error| self.finish_error(error));
    }

    fn finish_error(&self, error: &mut NodeError) {
        error.help = error.help.take().or_else(|| pages::what_to_do(error.code.0));
        self.hide(&mut error.message);
        error.description.iter_mut().for_each(|text| self.hide(text));
        if let Some(http) = &mut error.http {
            self.hide_in(&mut http.body);
        }
    }

    /// Takes the secrets out of the plan of a dry run: some stand in URLs and in bodies.
    pub(crate) fn finish_plan(&self, plan: &mut [PlannedRequest]) {
        for request in plan {
            self.hide(&mut request.url);
            self.hide_in(&mut request.body);
        }
    }

    fn hide(&self, text: &mut String) {
        for secret in self.0.iter().filter(|secret| text.contains(secret.as_str())).collect::<Vec<_>>() {
            *text = text.replace(secret.as_str(), HIDDEN);
        }
    }

    fn hide_in(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.hide(text),
            Value::Array(list) => list.iter_mut().for_each(|value| self.hide_in(value)),
            Value::Object(map) => map.values_mut().for_each(|value| self.hide_in(value)),
            _ => {}
        }
    }
}
