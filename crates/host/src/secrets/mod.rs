//! What must not be shown: no text of an error, an event or a plan shows a secret.

mod escapes;
mod excerpt;
mod forms;
mod looks;
pub(crate) mod names;

pub use names::is_secret_field;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use engine::{RunResult, Workflow};
use node_sdk::event::PlannedRequest;
use node_sdk::json::stringify;
use node_sdk::{Event, ItemList, NodeError, Registry, Source};
use serde_json::Value;

use forms::{Form, forms};

/// What stands where a secret was.
pub(crate) const HIDDEN: &str = "***";
/// Bytes of a secret that tell something of it: fewer would be found in every other word.
const SHORTEST: usize = 4;
/// What also stands where secrets do, and is in many texts.
const WORDS: [&str; 5] = ["true", "false", "null", "none", "undefined"];

/// Values of credentials that must not be printed, in every form that they have on the wire: servers repeat them in their
/// answers, and a plan shows URLs.
///
/// Beside them it knows what looks like a secret ([`looks`]), and hides that too in what the program says by itself: not in items.
#[derive(Default)]
pub struct Secrets(RwLock<Vec<Form>>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Adds values; what is too short or too common to be told from other words is none.
    pub fn add(&self, values: &[String]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let tells = |value: &&String| value.len() >= SHORTEST && !WORDS.contains(&value.to_ascii_lowercase().as_str());
        known.extend(values.iter().filter(tells).flat_map(|value| forms(value)));
        known.sort();
        known.dedup();
    }

    fn known(&self) -> RwLockReadGuard<'_, Vec<Form>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the secrets out of the errors of a run, and out of those that have become items: only what a node that sends requests and goes on
    /// after errors makes of one may hold a secret. Other data is the workflow's own.
    pub fn hide_in_result(&self, result: &mut RunResult, workflow: &Workflow, registry: &Registry) {
        let sends = |name: &str| {
            let node = workflow.node(name)?;
            Some(engine::sends_and_goes_on(&*registry.find_version(&node.type_name, node.type_version)?, node.settings.goes_on()))
        };
        self.hide_in_runs(result, |name| sends(name) == Some(true));
    }

    fn hide_in_runs(&self, result: &mut RunResult, sends: impl Fn(&str) -> bool) {
        let made = self.errors_made(result, sends);
        for run in result.nodes.values_mut().flatten() {
            run.error.iter_mut().for_each(|error| self.hide_in_error(error));
            if !made.is_empty() {
                run.outputs.iter_mut().for_each(|items| self.hide_errors(&made, items));
            }
        }
        result.error.iter_mut().for_each(|error| self.hide_in_error(error));
    }

    /// What nodes that send requests put into the `error` of items, and what shows a secret, as JSON. What came in with it is data.
    fn errors_made(&self, result: &RunResult, sends: impl Fn(&str) -> bool) -> HashSet<String> {
        let mut made = HashSet::new();
        if self.known().is_empty() {
            return made;
        }
        for run in result.nodes.iter().filter(|(name, _)| sends(name)).flat_map(|(_, runs)| runs).filter(|run| !run.pinned) {
            let shown: Vec<String> = run.outputs.iter().flat_map(errors_in).filter(|error| self.shows(error)).map(stringify).collect();
            if !shown.is_empty() {
                let came = |source: &Source| result.nodes.get(&*source.node)?.get(source.run)?.outputs.get(source.output);
                let came: HashSet<String> = run.source.iter().flatten().filter_map(came).flat_map(errors_in).map(stringify).collect();
                made.extend(shown.into_iter().filter(|error| !came.contains(error)));
            }
        }
        made
    }

    fn hide_errors(&self, made: &HashSet<String>, items: &mut ItemList) {
        let is_made = |error: &Value| made.contains(&stringify(error));
        if !errors_in(items).any(is_made) {
            return;
        }
        for item in items.chunks_mut().flatten() {
            item.error.iter_mut().filter(|error| is_made(error)).for_each(|error| self.hide_known_in(Arc::make_mut(error)));
            if item.object().and_then(|json| json.get("error")).is_some_and(is_made) {
                self.hide_known_in(&mut item.json_mut()["error"]);
            }
        }
    }

    /// Takes the secrets out of an event, before anyone prints, logs or keeps it.
    pub fn hide_in_event(&self, event: &mut Event) {
        match event {
            Event::NodeFinished { error, .. } => error.iter_mut().for_each(|error| self.hide_in_error(error)),
            Event::Planned(request) => self.hide_in_request(request),
            Event::Notice { message: text, .. } | Event::Log { line: text, .. } | Event::Aside { text, .. } => self.hide(text),
            Event::NodeStarted { .. } | Event::Progress { .. } | Event::Existed { .. } | Event::RunEnded => {}
        }
    }

    /// Takes the secrets out of all that an error says: servers repeat them, and help may repeat servers.
    pub fn hide_in_error(&self, error: &mut NodeError) {
        self.hide(&mut error.message);
        error.description.iter_mut().chain(&mut error.help).for_each(|text| self.hide(text));
        error.http.iter_mut().for_each(|http| self.hide_in("", &mut http.body));
        error.data.values_mut().for_each(|value| self.hide_known_in(value));
    }

    /// The plan of a dry run holds some in URLs and in bodies.
    fn hide_in_request(&self, request: &mut PlannedRequest) {
        self.hide(&mut request.url);
        self.hide_in("", &mut request.body);
    }

    /// The text without its secrets.
    pub fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.hide(&mut text);
        text
    }

    /// Takes out of a text what is known for a secret, and what looks like one.
    pub fn hide(&self, text: &mut String) {
        self.hide_known(text);
        for range in looks::found(text).into_iter().rev() {
            text.replace_range(range, HIDDEN);
        }
    }

    /// The same for a text whose places count: nothing moves.
    pub fn blot(&self, text: &mut String) {
        let mut bytes = text.clone().into_bytes();
        self.found(text).into_iter().for_each(|place| bytes[place].fill(b'*'));
        // Stars stand for whole texts, so that it stays UTF-8.
        *text = excerpt::masked(&String::from_utf8_lossy(&bytes));
    }

    fn hide_known(&self, text: &mut String) {
        let found = self.found(text);
        if found.is_empty() {
            return;
        }
        let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
        for Range { start, end } in found {
            shown.push_str(&text[at..start]);
            shown.push_str(HIDDEN);
            at = end;
        }
        shown.push_str(&text[at..]);
        *text = shown;
    }

    /// Where secrets stand in a text, as they are or escaped, and their beginnings where it was cut.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let known = self.known();
        if known.is_empty() {
            return Vec::new();
        }
        let mut found = places(&known, text);
        for reading in escapes::readings(text) {
            found.extend(places(&known, &reading.text).into_iter().map(|place| reading.place(place)));
        }
        merged(found)
    }

    /// What a request or an answer holds: also what is a secret by the name of its field.
    pub(crate) fn hide_in(&self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) if names::is_secret(name) && !text.is_empty() => HIDDEN.clone_into(text),
            Value::String(text) => self.hide(text),
            Value::Array(list) => list.iter_mut().for_each(|value| self.hide_in(name, value)),
            Value::Object(map) => map.iter_mut().for_each(|(key, value)| self.hide_in(key, value)),
            _ => {}
        }
        self.hide_known_in(value);
    }

    fn hide_known_in(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.hide_known(text),
            Value::Array(list) => list.iter_mut().for_each(|value| self.hide_known_in(value)),
            Value::Object(map) => {
                map.values_mut().for_each(|value| self.hide_known_in(value));
                if map.keys().any(|key| self.shows_in(key)) {
                    let hidden = |mut key: String| {
                        self.hide_known(&mut key);
                        key
                    };
                    *map = std::mem::take(map).into_iter().map(|(key, value)| (hidden(key), value)).collect();
                }
            }
            _ => {}
        }
    }

    fn shows(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.shows_in(text),
            Value::Array(list) => list.iter().any(|value| self.shows(value)),
            Value::Object(map) => map.iter().any(|(key, value)| self.shows_in(key) || self.shows(value)),
            _ => false,
        }
    }

    fn shows_in(&self, text: &str) -> bool {
        !self.found(text).is_empty()
    }
}

/// Where secrets stand in a text just so, whole or cut.
fn places(known: &[Form], text: &str) -> Vec<Range<usize>> {
    let cut_at = |end: usize| {
        let begun = known.iter().filter_map(|form| {
            let (secret, before) = (form.text.as_str(), &text[..end]);
            let len = (SHORTEST..secret.len()).rev().find(|len| secret.is_char_boundary(*len) && before.ends_with(&secret[..*len]))?;
            Some(form.place(text, end - len..end))
        });
        begun.min_by_key(|place| place.start)
    };
    let whole = known.iter().flat_map(|form| text.match_indices(form.text.as_str()).map(|(at, found)| form.place(text, at..at + found.len())));
    let cut = text.match_indices('…').filter_map(|(end, _)| cut_at(end));
    whole.chain(cut).collect()
}

/// The places in order; those that overlap are one.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

/// What stands in the `error` of items: beside their JSON or in it.
fn errors_in(items: &ItemList) -> impl Iterator<Item = &Value> {
    items.iter().flat_map(|item| item.error.as_deref().into_iter().chain(item.object().and_then(|json| json.get("error"))))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use engine::{NodeRun, Status};
    use node_sdk::Item;
    use serde_json::json;

    use super::*;

    fn knows(value: &str) -> Secrets {
        let secrets = Secrets::default();
        secrets.add(&[value.to_owned()]);
        secrets
    }

    #[test]
    fn what_the_program_says_shows_nothing_that_looks_like_a_secret() {
        let secrets = knows("TOKEN-1");
        let mut error =
            NodeError::new("http://ana:pw@host/ refused").help("It said: Bearer abcdef1").http(401, json!({"said": "?api_key=x", "token": "y"}));
        secrets.hide_in_error(&mut error);
        assert_eq!((error.message.as_str(), error.help.as_deref()), ("http://ana:***@host/ refused", Some("It said: Bearer ***")));
        assert_eq!(error.http.unwrap().body, json!({"said": "?api_key=***", "token": "***"}));
        let body = json!({"email": "a@b.c", "password": "pw", "note": "TOKEN-1"});
        let (node, method, url) = ("N".to_owned(), "POST".to_owned(), "http://ana:pw@host/?token=x".to_owned());
        let mut request = PlannedRequest { node, item: Some(0), method, url, body, answered: node_sdk::event::Answered::Emulator };
        secrets.hide_in_request(&mut request);
        assert_eq!(
            (request.url.as_str(), request.body),
            ("http://ana:***@host/?token=***", json!({"email": "a@b.c", "password": "***", "note": "***"}))
        );
        let mut text = r#"{"url": "http://ana:pw@host/TOKEN-1"}"#.to_owned();
        secrets.blot(&mut text);
        assert_eq!(text, r#"{"url": "http://ana:**@host/*******"}"#);
    }

    #[test]
    fn a_secret_is_hidden_in_every_form() {
        let secrets = knows("TOP é/&\"secret");
        let mut value = json!({
            "raw": "x TOP é/&\"secret y", "query": "?a=TOP%20%C3%A9%2F%26%22secret", "form": "a=TOP+%C3%A9%2F%26%22secret",
            "base64": format!("Basic {}", STANDARD.encode("TOP é/&\"secret")), "json": "{\"a\":\"TOP é/&\\\"secret\"}",
            "php": "{\"a\":\"TOP \\u00e9\\/&\\\"secret\"}", "nested": "%7B%22a%22%3A%22TOP%20%5Cu00E9%5C%2F%5Cu0026%5C%22secret%22%7D",
            "page": "<b>TOP &#xE9;/&amp;&quot;secret</b>", "cut": "said: TOP %c3%a9%2…", "lower": "?a=TOP+%c3%a9%2f%26%22secret",
            "TOP é/&\"secret": 1, "other": "TOP",
        });
        secrets.hide_known_in(&mut value);
        assert_eq!(
            value,
            json!({
                "raw": "x *** y", "query": "?a=***", "form": "a=***", "base64": "Basic ***", "json": "{\"a\":\"***\"}",
                "php": "{\"a\":\"***\"}", "nested": "%7B%22a%22%3A%22***%22%7D", "page": "<b>***</b>", "cut": "said: ***…", "lower": "?a=***",
                "***": 1, "other": "TOP",
            })
        );
        assert!(!secrets.shows(&value));
    }

    #[test]
    fn what_is_short_or_a_common_word_is_no_secret() {
        let secrets = Secrets::default();
        secrets.add(&["a".to_owned(), String::new(), "True".to_owned(), "öö".to_owned()]);
        assert_eq!(secrets.hidden("a true word, a öö"), "a true word, a ***");
    }

    #[test]
    fn a_secret_in_which_a_text_was_cut_is_hidden() {
        let secrets = knows("TOKEN-é-1");
        for (text, hidden) in [("The server said: bad TOKEN-é…. No", "The server said: bad ***…. No"), ("TOKE… TOK… x…", "***… TOK… x…")]
        {
            let mut text = text.to_owned();
            assert!(secrets.shows_in(&text));
            secrets.hide_known(&mut text);
            assert_eq!(text, hidden);
            assert!(!secrets.shows_in(&text));
        }
    }

    #[test]
    fn what_is_cut_in_a_secret_may_be_its_own() {
        let secrets = knows("abcd…efgh…ij");
        let mut text = "abcd…efgh…, abcd… and …".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "***…, ***… and …");
        // Minutes, if each moved the rest of the text.
        let mut text = "abcd…".repeat(1_000_000);
        secrets.hide_known(&mut text);
        assert_eq!(text, "***…".repeat(1_000_000));
    }

    fn run(source: Option<&str>, items: &[Value]) -> NodeRun {
        let source = source.map(|node| vec![Some(Source { node: node.into(), output: 0, run: 0 })]).unwrap_or_default();
        NodeRun {
            source,
            outputs: vec![items.iter().cloned().map(Item::new).collect()],
            counts: vec![items.len()],
            error: None,
            started_at: 0,
            duration: Duration::ZERO,
            items_in: items.len(),
            pinned: false,
            open_requests: 0,
        }
    }

    #[test]
    fn errors_that_became_items_show_none_and_no_other_item_changes() {
        let own = json!({"error": "TOKEN-1 of the workflow"});
        let failed = json!({"error": {"headers": "TOKEN-1", "url": "http://ana:pw@host/"}, "kept": "TOKEN-1"});
        let runs =
            [("Rows", None, vec![own.clone()]), ("Send", Some("Rows"), vec![own.clone(), failed.clone()]), ("Pass", Some("Send"), vec![own, failed])];
        let nodes = runs.iter().map(|(name, source, items)| (Arc::from(*name), vec![run(*source, items)])).collect();
        let mut result = RunResult {
            status: Status::Success,
            execution_id: String::new(),
            started_at: 0,
            finished_at: 0,
            error: None,
            response: None,
            order: Vec::new(),
            nodes,
        };
        knows("TOKEN-1").hide_in_runs(&mut result, |name| name == "Send");
        let shown = |node: &str| result.nodes[node][0].outputs[0].iter().map(|item| item.json().cloned()).collect::<Vec<_>>();
        let (own, hidden) = (
            Some(json!({"error": "TOKEN-1 of the workflow"})),
            Some(json!({"error": {"headers": "***", "url": "http://ana:pw@host/"}, "kept": "TOKEN-1"})),
        );
        assert_eq!(shown("Rows"), std::slice::from_ref(&own));
        assert_eq!(shown("Send"), [own.clone(), hidden.clone()]);
        assert_eq!(shown("Pass"), [own, hidden]);
    }
}
