//! `konverte eval EXPR` and `konverte eval --batch`.

mod quoting;

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use expression::scenario::{Defaults, evaluate, scope};
use expression::{Evaluator, Limits};
use host::Place;
use host::adapters::clock::SystemClock;
use host::adapters::variables::FixedVariables;
use host::json::{self, one_line};
use node_sdk::Expression;
use node_sdk::ports::{Clock, Variables};
use serde_json::{Map, Value, json};

use crate::commands::Session;
use crate::console::{Console, Level, Message};
use crate::error::{CliError, check_zone, codes};
use crate::exit::Exit;
use crate::input;
use crate::output::{closed, write_stdout};

/// Options of `konverte eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The expression, between single quotes (in cmd.exe: double): `{{ $json.name }}`, with or without the leading `=`; without braces the whole text is one block
    #[arg(conflicts_with = "batch", value_name = "EXPRESSION", allow_negative_numbers = true)]
    pub expression: Vec<String>,
    /// Read requests from standard input, one JSON object a line, and write one answer a line
    #[arg(long)]
    pub batch: bool,
    /// Items that come into the node: a file (JSON, NDJSON, CSV, TSV), - for standard input, or JSON
    #[arg(long, value_name = "FILE|-|JSON")]
    pub input: Option<String>,
    /// The input is a table with this between its fields
    #[arg(long, value_name = "CHAR", value_parser = input::parse_delimiter, requires = "input")]
    pub delimiter: Option<input::Delimiter>,
    /// Which of the items, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub item: usize,
    /// Time zone of the workflow
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub timezone: String,
    /// The clock stands still at this time, for example 2026-03-15T12:34:56Z
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// A JSON file with the nodes before this one: their runs and parameters
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// Lines NAME=value that $env shows
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Variables of the environment that $env shows
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub allow_env: Vec<String>,
}

pub(crate) fn run(args: &EvalArgs, session: &Session) -> Result<Exit, CliError> {
    let given = given(args, &session.console)?;
    if args.batch { batch(&given) } else { one(args, given, session) }
}

/// What the options say of a request: all of it, or with `--batch` what a line leaves out.
fn given(args: &EvalArgs, console: &Console) -> Result<Map<String, Value>, CliError> {
    check_zone(&args.timezone)?;
    if let Some(error) = args.now.as_deref().and_then(|now| now.parse::<jiff::Timestamp>().err()) {
        return Err(CliError::usage(codes::USAGE, format!("--now is not a time: {error}.")).help("Write it like 2026-03-15T12:34:56Z."));
    }
    let mut given = Map::new();
    given.insert("itemIndex".into(), args.item.into());
    given.insert("timezone".into(), args.timezone.as_str().into());
    if let Some(input) = &args.input {
        if args.batch && input == "-" {
            return Err(CliError::usage(codes::USAGE, "With --batch, standard input carries the requests: --input cannot be - too."));
        }
        given.insert("input".into(), Value::Array(input::read_values(input, args.delimiter, console)?));
    }
    if let Some(now) = &args.now {
        given.insert("now".into(), now.as_str().into());
    }
    if let Some(path) = &args.context {
        given.insert("context".into(), Value::Object(json::read_object(path, codes::INPUT_INVALID)?));
    }
    let variables = FixedVariables::read(None, args.env_file.as_deref(), &args.allow_env, &crate::environment::variable)?;
    if let Some(env) = variables.env() {
        given.insert("env".into(), Value::Object((*env).clone()));
    }
    Ok(given)
}

fn one(args: &EvalArgs, given: Map<String, Value>, session: &Session) -> Result<Exit, CliError> {
    let typed = quoting::whole(&args.expression)?;
    let mut request = Value::Object(given);
    request["expression"] = as_expression(typed).into();
    let defaults = defaults();
    let evaluator = Evaluator::new(Arc::new(expression::Session::new(defaults.limits)), scope(&request, &defaults));
    let (mut answer, swallowed) = evaluator.evaluate_noted(&Expression::new(as_expression(typed)), args.item, None);
    if let Some(error) = answer.get("error") {
        session.console.message(&failure(error, typed));
        return Ok(Exit::Failed);
    }
    let help = quoting::taken(typed);
    let warned = match swallowed {
        Some(message) => Some((node_sdk::error::codes::EXPRESSION_SWALLOWED, format!("{message}; the value is undefined, as n8n's is"))),
        None => help.as_ref().map(|_| (codes::USAGE, "the expression has a gap".to_owned())),
    };
    if let Some((code, text)) = warned {
        session.console.message(&Message { level: Level::Warning, code: Some(code.to_string()), text, help, place: None });
    }
    let value = answer.get_mut("value").map_or(Value::Null, Value::take);
    let text = node_sdk::json::stringify_pretty(&value);
    write_stdout(format!("{text}\n").as_bytes())?;
    Ok(Exit::Done)
}

/// The error of an evaluation; where it is known, with the place in the text as it was typed.
fn failure(error: &Value, typed: &str) -> Message {
    let text = |key: &str| error.get(key).and_then(Value::as_str).map(str::to_owned);
    let offset = error.get("offset").and_then(Value::as_u64);
    let place = offset.map(|offset| {
        let last = typed.trim_end().char_indices().next_back().map_or(0, |(last, _)| last);
        let offset = (offset as usize).saturating_sub(added(typed).len()).min(last);
        Place { file: "expression".to_owned(), text: typed.into(), offset, len: 1 }
    });
    let message = text("message").unwrap_or_default();
    let told = || text("help").or_else(|| text("description")).filter(|help| *help != message);
    let help = quoting::taken(typed).or_else(told);
    Message { level: Level::Error, code: text("code"), text: message, help, place }
}

/// What a person types becomes what a workflow file holds.
fn as_expression(text: &str) -> String {
    let added = added(text);
    format!("{added}{text}{}", if added.ends_with(' ') { " }}" } else { "" })
}

/// What stands before the typed text in a workflow file.
fn added(text: &str) -> &'static str {
    if text.starts_with('=') {
        ""
    } else if text.contains("{{") {
        "="
    } else {
        "={{ "
    }
}

fn batch(given: &Map<String, Value>) -> Result<Exit, CliError> {
    let mut stdin = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for number in 1.. {
        let name = format!("standard input, line {number}");
        let mut line = Vec::new();
        let read = stdin.read_until(b'\n', &mut line);
        if read.map_err(|error| CliError::usage(codes::INPUT_UNREADABLE, format!("{name} cannot be read: {error}.")))? == 0 {
            break;
        }
        let answer = answer(&line, &name, given);
        // Whoever reads answers one by one must not wait for a full buffer.
        if let Err(error) = writeln!(out, "{}", one_line(&answer)).and_then(|()| out.flush()) {
            return closed(error).map(|()| Exit::Done);
        }
    }
    Ok(Exit::Done)
}

/// What holds where a request does not say.
fn defaults() -> Defaults {
    Defaults { timezone: "UTC".to_owned(), now: SystemClock::new().now_millis(), limits: Limits::default() }
}

/// The answer to one line; a line that is no JSON, no text or blank is answered with an error, so that lines stay in step.
fn answer(line: &[u8], name: &str, given: &Map<String, Value>) -> Value {
    let Ok(line) = std::str::from_utf8(line) else {
        return json!({"error": {"code": codes::INPUT_INVALID.as_str(), "message": format!("{name} is not UTF-8 text.")}});
    };
    match json::parse(line.trim_end(), name, codes::INPUT_INVALID) {
        Ok(mut request) => match fault(&request) {
            Some(message) => json!({"error": {"code": codes::INPUT_INVALID.as_str(), "message": format!("{name}: {message}")}}),
            None => {
                fill_in(&mut request, given);
                evaluate(&request, &defaults())
            }
        },
        Err(error) => json!({"error": {"code": error.code.as_str(), "message": error.message}}),
    }
}

/// The options of the command line hold where a request says nothing.
fn fill_in(request: &mut Value, given: &Map<String, Value>) {
    let Some(request) = request.as_object_mut() else { return };
    for (key, value) in given {
        if request.get(key).is_none_or(Value::is_null) {
            request.insert(key.clone(), value.clone());
        }
    }
}

/// What a request says that cannot be meant.
fn fault(request: &Value) -> Option<&'static str> {
    let bad_time = match &request["now"] {
        Value::Null => false,
        Value::Number(number) => number.as_i64().is_none(),
        Value::String(text) => text.parse::<jiff::Timestamp>().is_err(),
        _ => true,
    };
    if bad_time {
        return Some("`now` must be a time like 2026-03-15T12:34:56Z, or milliseconds since 1970.");
    }
    let given = |name: &str| request.get(name).filter(|value| !value.is_null());
    let texts = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    // More items than memory could hold are none.
    let is_index = |value: &Value| value.as_u64().is_some_and(|index| u32::try_from(index).is_ok());
    match () {
        () if !request.is_object() => Some("a request must be an object."),
        () if request.get("expression").is_some_and(|expression| !expression.is_string()) => Some("`expression` must be text."),
        () if given("itemIndex").is_some_and(|index| !is_index(index)) => Some("`itemIndex` must be a whole number from 0."),
        () if given("context").is_some_and(|context| !context.is_object()) => Some("`context` must be an object."),
        () if given("before").is_some_and(|before| !texts(before)) => Some("`before` must be a list of texts."),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    fn answer(line: &[u8], name: &str) -> Value {
        super::answer(line, name, &Map::new())
    }

    #[test]
    fn what_a_request_leaves_out_is_said_by_the_options() {
        let given = json!({"timezone": "Asia/Tokyo", "input": [{"a": 1}, {"a": 2}], "itemIndex": 1});
        let answer = |line: &str| super::answer(line.as_bytes(), "line 1", given.as_object().expect("an object"))["value"].clone();
        assert_eq!(answer(r#"{"expression": "={{ $now.zoneName + $json.a }}"}"#), "Asia/Tokyo2");
        assert_eq!(answer(r#"{"expression": "={{ $now.zoneName + $json.a }}", "timezone": "UTC", "itemIndex": 0}"#), "UTC1");
    }

    #[test]
    fn a_line_that_is_no_text_is_answered() {
        assert!(answer(b"\xff\n", "line 1")["error"]["message"].as_str().is_some_and(|message| message.contains("UTF-8")));
    }

    #[test]
    fn requests_that_cannot_be_meant_are_errors() {
        for (line, words) in [
            (r#"{"expression":"={{ $now }}","now":"rubbish"}"#, "`now` must be a time"),
            (r#"{"expression":5}"#, "`expression` must be text"),
            (r#"{"expression":"=1","itemIndex":1e99}"#, "`itemIndex` must be"),
            (r#"{"expression":"=1","itemIndex":-1}"#, "`itemIndex` must be"),
            (r#"{"expression":"=1","context":5}"#, "`context` must be an object"),
            (r#"{"expression":"=1","before":"x"}"#, "`before` must be a list"),
            ("\n", "standard input, line 1"),
        ] {
            let answer = answer(line.as_bytes(), "standard input, line 1");
            assert!(answer["error"]["message"].as_str().is_some_and(|message| message.contains(words)), "{answer}");
        }
    }
}
