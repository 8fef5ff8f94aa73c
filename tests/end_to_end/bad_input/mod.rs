//! What comes back for everything that can be wrong with a file, its data, its servers and its user code: the exit code,
//! what stands on standard output, and a message with its code, its place and what to do.

mod answers;
mod credentials;
mod data;
mod expressions;
mod files;
mod graph;
mod limits;
mod parameters;
mod servers;
mod stopping;

use serde_json::{Value, json};

use crate::support::{Folder, Ran, konverte};

/// What a message must have. An empty text or list asks for nothing.
#[derive(Default)]
struct Said<'a> {
    code: &'a str,
    /// `file:line:column`, the file without its folder.
    at: &'a str,
    words: &'a [&'a str],
    help: &'a str,
}

/// Runs `workflow.json` with messages and the result as JSON.
fn run(workflow: &Value, args: &[&str]) -> Ran {
    let folder = Folder::new();
    let file = folder.file("workflow.json", pretty(workflow));
    konverte(&[&["--log-format", "json", "run", &file, "--output", "json"], args].concat())
}

fn pretty(workflow: &Value) -> String {
    serde_json::to_string_pretty(workflow).expect("JSON")
}

/// Ended from outside while the node after "Start" was at work: the whole result all the same, and that node says why it stopped.
#[track_caller]
fn canceled(ran: &Ran, exit: i32, code: &str) {
    assert_eq!(ran.code, exit, "{}", ran.stderr);
    let result = ran.json();
    assert_eq!((&result["status"], &result["error"]["code"]), (&json!("canceled"), &json!(code)));
    let texts = ["executionId", "startedAt", "finishedAt"].map(|key| result[key].is_string());
    let order: Vec<&str> = result["executionOrder"].as_array().into_iter().flatten().map(text).collect();
    let [start, at_work] = order[..] else { panic!("{result}") };
    let stopped = &result["nodes"][at_work]["runs"][0];
    assert_eq!((texts, start, &stopped["error"]["code"], &stopped["items"]["out"]), ([true; 3], "Start", &json!(code), &json!(0)), "{result}");
    let run = &result["nodes"]["Start"]["runs"][0];
    assert_eq!((&run["items"], &run["outputs"][0][0]["json"]), (&json!({"in": 1, "out": 1}), &json!({})), "{run}");
}

/// Where `text` first stands in `workflow.json`, moved by `by` columns.
fn at(workflow: &Value, text: &str, by: usize) -> String {
    let file = pretty(workflow);
    let before = &file[..file.find(text).unwrap_or_else(|| panic!("{text} is not in the file"))];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1 + by;
    format!("workflow.json:{line}:{column}")
}

impl Ran {
    /// Refused before anything ran: the exit code, nothing on standard output, and this said.
    #[track_caller]
    fn blocked(&self, exit: i32, said: &Said<'_>) {
        assert_eq!(self.code, exit, "{}", self.stderr);
        assert_eq!(self.stdout, "", "nothing has run, so nothing stands on standard output");
        self.told("ERROR", said);
    }

    /// A message of this level says so.
    #[track_caller]
    fn told(&self, level: &str, said: &Said<'_>) {
        let messages: Vec<Value> = self.stderr.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        let of_code = messages.iter().filter(|message| message["level"] == level && (said.code.is_empty() || message["code"] == said.code));
        let found = of_code.clone().find(|message| said.words.iter().all(|word| text(&message["message"]).contains(word)));
        let Some(found) = found else { panic!("no {level} {} with {:?} in:\n{}", said.code, said.words, self.stderr) };
        check(found, said);
    }

    /// Failed while it ran: exit 1, and the result's error, its node's run and standard error say the same. Gives the error.
    #[track_caller]
    fn failed(&self, said: &Said<'_>) -> Value {
        assert_eq!(self.code, 1, "{}", self.stderr);
        let result = self.json();
        assert_eq!(result["status"], "error");
        let error = result["error"].clone();
        assert!(said.code.is_empty() || error["code"] == said.code, "{error}");
        assert!(said.words.iter().all(|word| text(&error["message"]).contains(word)), "{:?} is not in {error}", said.words);
        check(&error, said);
        self.told("ERROR", said);
        error
    }
}

#[track_caller]
fn check(message: &Value, said: &Said<'_>) {
    let place = text(&message["at"]);
    assert!(said.at.is_empty() || place == said.at || place.ends_with(&format!("/{}", said.at)), "not at {}: {message}", said.at);
    assert!(!text(&message["help"]).is_empty() && text(&message["help"]).contains(said.help), "no help with {:?}: {message}", said.help);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
