//! `konverte eval EXPR` and `konverte eval --batch`.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use expression::{Evaluator, Limits, Session as ExpressionSession};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::commands::Session;
use crate::console::{Level, Message};
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::scenario::{Context, Facts, Scenario};
use crate::{input, json};

/// Options of `konverte eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The expression: `{{ $json.name }}`, with or without the leading `=`; without braces it is taken as one block
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub expression: Option<String>,
    /// Read requests as NDJSON from standard input, write one answer a line
    #[arg(long)]
    pub batch: bool,
    /// Items that enter the node: a file, - or JSON
    #[arg(long, value_name = "FILE|-|JSON")]
    pub input: Option<String>,
    /// Which item
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub item: usize,
    /// Time zone of the workflow
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub timezone: String,
    /// Freeze the clock at this time (ISO 8601)
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// A JSON file with upstream nodes, their runs and parameters
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
}

/// One request of `--batch`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request {
    expression: String,
    input: Option<Value>,
    item_index: usize,
    context: Option<Context>,
    before: Vec<String>,
    #[serde(flatten)]
    facts: Facts,
}

pub(crate) fn run(args: &EvalArgs, session: &Session) -> Result<Exit, CliError> {
    if args.batch { batch() } else { one(args, session) }
}

fn one(args: &EvalArgs, session: &Session) -> Result<Exit, CliError> {
    let context = match &args.context {
        Some(path) => Some(Context::read(path)?),
        None => None,
    };
    let request = Request {
        expression: as_expression(args.expression.as_deref().unwrap_or_default()),
        input: args.input.as_deref().map(input::read_values).transpose()?.map(Value::Array),
        item_index: args.item,
        context,
        before: Vec::new(),
        facts: Facts { timezone: Some(args.timezone.clone()), now: args.now.clone(), ..Facts::default() },
    };
    let answer = evaluate(request).map_err(|why| CliError::usage(codes::USAGE, why))?;
    if let Some(error) = answer.get("error") {
        let text = |key: &str| error.get(key).and_then(Value::as_str).map(str::to_owned);
        let help = text("description");
        session.console.message(&Message { level: Level::Error, code: text("code"), text: text("message").unwrap_or_default(), help, place: None });
        return Ok(Exit::Failed);
    }
    let value = answer.get("value").cloned().unwrap_or(Value::Null);
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    write_stdout(format!("{text}\n").as_bytes())?;
    Ok(Exit::Done)
}

/// What a person types becomes what a workflow file holds.
fn as_expression(text: &str) -> String {
    if text.starts_with('=') {
        text.to_owned()
    } else if text.contains("{{") {
        format!("={text}")
    } else {
        format!("={{{{ {text} }}}}")
    }
}

fn batch() -> Result<Exit, CliError> {
    let stdin = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let failed = |error: std::io::Error| CliError::usage(codes::OUTPUT, format!("Standard output cannot be written: {error}.")).exit(Exit::Failed);
    for (number, line) in stdin.lines().enumerate() {
        let name = format!("standard input, line {}", number + 1);
        let line = line.map_err(|error| CliError::usage(codes::INPUT_UNREADABLE, format!("{name} cannot be read: {error}.")))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer(&line, &name);
        writeln!(out, "{answer}").map_err(failed)?;
        // Whoever reads answers one by one must not wait for a full buffer.
        out.flush().map_err(failed)?;
    }
    Ok(Exit::Done)
}

/// The answer to one line; a line that is no request is answered with an error, so that lines stay in step.
fn answer(line: &str, name: &str) -> Value {
    let parsed = json::parse(line, name, codes::INPUT_INVALID).map_err(|error| error.message);
    let request = parsed.and_then(|value| serde_json::from_value::<Request>(value).map_err(|error| format!("{name} is not a request: {error}.")));
    request.and_then(evaluate).unwrap_or_else(|message| serde_json::json!({"error": {"code": codes::INPUT_INVALID.0, "message": message}}))
}

/// Evaluates one request in an execution of its own.
fn evaluate(request: Request) -> Result<Value, String> {
    let scenario = match request.context {
        Some(context) => Scenario::from_context(context, request.facts)?,
        None => Scenario::from_input(entries(request.input), request.facts)?,
    };
    let evaluator = Evaluator::new(Arc::new(ExpressionSession::new(Limits::default())), scenario.scope());
    for source in &request.before {
        evaluator.evaluate_marked(source, request.item_index, None);
    }
    Ok(evaluator.evaluate_marked(&request.expression, request.item_index, None))
}

/// One object serves for one item.
fn entries(input: Option<Value>) -> Vec<Value> {
    match input {
        None => vec![Value::Object(Map::new())],
        Some(Value::Array(entries)) => entries,
        Some(value) => vec![value],
    }
}
