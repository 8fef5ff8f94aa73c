//! Findings as they are printed, and what they come to.

use clap::ValueEnum;
use engine::{Blocking, Found};
use host::Place;
use host::json::one_line;
use node_sdk::NodeError;
use node_sdk::credential::Proof;
use node_sdk::error::codes::CREDENTIAL_INVALID;
use node_sdk::node::Level as FindingLevel;
use serde_json::{Value, json};
use workflow::Workflow;

use crate::console::{Console, Level, Message};
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::{loading, pages};

/// How findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the place in the file.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Which findings count for the exit code, beside those that block a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counts {
    /// No others.
    Blocking,
    /// All errors.
    Errors,
    /// Warnings too.
    Warnings,
}

/// The exit code that findings ask for.
pub(super) fn exit_of(found: &[Found], counts: Counts) -> Exit {
    let least = match counts {
        Counts::Blocking => None,
        Counts::Errors => Some(FindingLevel::Error),
        Counts::Warnings => Some(FindingLevel::Warning),
    };
    let counting: Vec<_> =
        found.iter().filter(|found| found.blocking.is_some() || least.is_some_and(|least| found.diagnostic.level >= least)).collect();
    if counting.iter().any(|found| found.blocking == Some(Blocking::Unsupported)) {
        Exit::Unsupported
    } else if counting.is_empty() {
        Exit::Done
    } else {
        Exit::Invalid
    }
}

pub(super) fn message(workflow: &Workflow, finding: &Found) -> Message {
    let diagnostic = &finding.diagnostic;
    let level = match diagnostic.level {
        FindingLevel::Error => Level::Error,
        FindingLevel::Warning => Level::Warning,
        FindingLevel::Note => Level::Note,
    };
    // Most findings name their node themselves.
    let node = diagnostic.node.as_deref().map(|node| format!("\"{node}\"")).filter(|node| !diagnostic.message.contains(node.as_str()));
    let node = node.map(|node| format!("{node}: ")).unwrap_or_default();
    Message {
        level,
        code: Some(diagnostic.code.clone()),
        text: format!("{node}{}", diagnostic.message),
        help: diagnostic.help.clone(),
        place: diagnostic.at.as_ref().and_then(|place| loading::shown(workflow, place)),
    }
}

/// Standard output of `check`.
pub(crate) struct Out<'a> {
    pub(crate) format: Format,
    pub(crate) console: &'a Console,
}

impl Out<'_> {
    pub(super) fn finding(&self, workflow: &Workflow, finding: &Found) -> Result<(), CliError> {
        match self.format {
            Format::Json => {
                let mut line = serde_json::to_value(finding).unwrap_or_default();
                if line["help"].is_null() {
                    line["help"] = pages::what_to_do(&finding.diagnostic.code).into();
                }
                self.line(&mut line)
            }
            Format::Text => self.text(&message(workflow, finding)),
        }
    }

    pub(super) fn error(&self, error: &CliError) -> Result<(), CliError> {
        let at = error.place.as_ref().map(Place::at);
        match self.format {
            Format::Json => self.line(&mut finding_json(error.code.as_str(), "error", &error.message, error.help.as_deref(), None, at.as_deref())),
            Format::Text => self.text(&error.into()),
        }
    }

    pub(super) fn line(&self, value: &mut Value) -> Result<(), CliError> {
        for said in ["message", "help"] {
            if let Some(Value::String(text)) = value.get_mut(said) {
                self.console.secrets().hide(text);
            }
        }
        write_stdout(format!("{}\n", one_line(value)).as_bytes())
    }

    fn text(&self, message: &Message) -> Result<(), CliError> {
        write_stdout(format!("{}\n", self.console.render(message, self.console.output()).trim_end()).as_bytes())
    }
}

fn finding_json(code: &str, level: &str, message: &str, help: Option<&str>, node: Option<&str>, at: Option<&str>) -> Value {
    let help = help.map(str::to_owned).or_else(|| pages::what_to_do(code));
    json!({"code": code, "level": level, "message": message, "help": help, "node": node, "parameter": null, "at": at})
}

impl Out<'_> {
    /// Why a credential was not looked at.
    pub(crate) fn not_tested(&self, name: &str, why: &str) -> Result<(), CliError> {
        match self.format {
            Format::Json => self.line(&mut finding_json("", Level::Warning.word(), why, None, Some(name), None)),
            Format::Text => self.text(&Message { level: Level::Warning, code: None, text: format!("\"{name}\": {why}"), help: None, place: None }),
        }
    }

    pub(crate) fn proof(&self, node: &str, type_name: &str, proof: Result<Proof, NodeError>) -> Result<(), CliError> {
        let (code, level, text, help) = match proof {
            Ok(Proof { message, warning: false }) => (None, Level::Note, format!("{type_name}: {message}"), None),
            Ok(Proof { message, warning: true }) => {
                let help = "Give the node the token of a user who may do this, or another account.";
                (Some(CREDENTIAL_INVALID.to_string()), Level::Warning, format!("{type_name}: {message}"), Some(help.to_owned()))
            }
            Err(error) => (Some(error.code.to_string()), Level::Error, format!("{type_name}: {}", error.message), error.help),
        };
        match self.format {
            Format::Json => self.line(&mut finding_json(code.as_deref().unwrap_or_default(), level.word(), &text, help.as_deref(), Some(node), None)),
            Format::Text => self.text(&Message { level, code, text: format!("\"{node}\": {text}"), help, place: None }),
        }
    }
}
