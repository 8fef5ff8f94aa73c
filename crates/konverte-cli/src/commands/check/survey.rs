//! What the workflows of a folder come to: one line a file, and a total.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::path::Path;

use engine::codes::{UNKNOWN_TYPE, UNSUPPORTED_TYPE, UNSUPPORTED_VERSION};
use engine::{Found, package_of};
use host::json::one_line;
use node_sdk::Registry;
use node_sdk::node::Level;
use serde_json::{Value, json};

use super::out::Format;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::plain::plain;

/// How many types the total names for people, and a line of one file.
const TYPES: usize = 20;
const TYPES_OF_FILE: usize = 3;

/// What a workflow needs and does not find.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lack {
    type_name: String,
    /// Where the type is there, and not in this version.
    version: Option<String>,
    code: String,
}

impl Lack {
    fn of(found: &Found) -> Option<Self> {
        let lack = found.lacks.as_ref()?;
        let version = lack.version.map(|version| version.to_string());
        Some(Self { type_name: lack.type_name.clone(), version, code: found.diagnostic.code.clone() })
    }

    fn json(&self) -> Value {
        let version = self.version.as_deref().and_then(|version| version.parse::<f64>().ok());
        json!({"type": self.type_name, "version": version, "code": self.code})
    }
}

/// The type, with what of it is not there; the code where it is neither type nor version.
impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.type_name)?;
        if let Some(version) = &self.version {
            write!(f, " version {version}")?;
        }
        let plain = [UNKNOWN_TYPE, UNSUPPORTED_TYPE, UNSUPPORTED_VERSION].iter().any(|code| code.as_str() == self.code);
        if plain { Ok(()) } else { write!(f, " ({})", self.code) }
    }
}

/// What became of one file.
pub(super) struct Verdict {
    exit: Exit,
    errors: usize,
    warnings: usize,
    lacks: BTreeSet<Lack>,
    /// Why it could not be read.
    broken: Option<CliError>,
}

impl Verdict {
    pub(super) fn new(found: &[Found], exit: Exit) -> Self {
        let count = |level: Level| found.iter().filter(|found| found.lacks.is_none() && found.diagnostic.level == level).count();
        let lacks = found.iter().filter_map(Lack::of).collect();
        Self { exit, errors: count(Level::Error), warnings: count(Level::Warning), lacks, broken: None }
    }

    pub(super) fn broken(error: CliError) -> Self {
        Self { exit: error.exit, errors: error.each().count(), warnings: 0, lacks: BTreeSet::new(), broken: Some(error) }
    }

    fn word(&self) -> &'static str {
        match (self.exit, &self.broken) {
            (_, Some(_)) => "broken",
            (Exit::Done, None) => "runs",
            (Exit::Unsupported, None) => "lacks",
            (_, None) => "errors",
        }
    }

    fn text(&self) -> String {
        let counts = [(self.errors, "error"), (self.warnings, "warning")].into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
        match &self.broken {
            Some(error) => format!("[{}] {}", error.code, error.message.lines().next().unwrap_or_default()),
            None if self.lacks.is_empty() => counts.collect::<Vec<_>>().join(", "),
            None => {
                let mut types: Vec<String> = self.lacks.iter().take(TYPES_OF_FILE).map(Lack::to_string).collect();
                types.extend(self.lacks.len().checked_sub(TYPES_OF_FILE).filter(|more| *more > 0).map(|more| format!("{more} more")));
                types.join(", ")
            }
        }
    }

    fn json(&self, file: &Path) -> Value {
        let error = self.broken.as_ref().map(|error| {
            let at = error.place.as_ref().map(host::Place::at);
            json!({"code": error.code.as_str(), "message": error.message, "help": error.help, "at": at})
        });
        let lacks: Vec<Value> = self.lacks.iter().map(Lack::json).collect();
        json!({"file": file.to_string_lossy(), "status": self.word(), "errors": self.errors, "warnings": self.warnings, "lacks": lacks, "error": error})
    }
}

/// The files so far.
#[derive(Default)]
pub(super) struct Survey {
    run: usize,
    with_errors: usize,
    broken: usize,
    /// JSON of other kinds.
    others: usize,
    lacking: Vec<Lacking>,
}

/// A workflow that does not run for what it lacks.
struct Lacking {
    lacks: BTreeSet<Lack>,
    /// Whether it would run if all of that were there.
    else_good: bool,
}

/// A type, and what it would bring.
struct Brings<'a> {
    lack: &'a Lack,
    /// How many workflows need it.
    workflows: usize,
    /// How many run when it and all before it are there.
    then_run: usize,
}

impl Survey {
    /// Counts a file that holds no workflow.
    pub(super) fn no_workflow(&mut self) {
        self.others += 1;
    }

    /// Prints the line of a file and counts it.
    pub(super) fn add(&mut self, file: &Path, verdict: Verdict, format: Format) -> Result<Exit, CliError> {
        match format {
            Format::Json => say(&one_line(&verdict.json(file)))?,
            Format::Text => {
                let line = format!("{:<6}  {}  {}", verdict.word(), file.display().to_string().replace(char::is_control, "?"), verdict.text());
                say(line.trim_end())?;
            }
        }
        let exit = verdict.exit;
        match (exit, verdict.broken) {
            (_, Some(_)) => self.broken += 1,
            (Exit::Done, None) => self.run += 1,
            (Exit::Unsupported, None) => self.lacking.push(Lacking { lacks: verdict.lacks, else_good: verdict.errors == 0 }),
            (_, None) => self.with_errors += 1,
        }
        Ok(exit)
    }

    /// Prints what all come to. `registries`: those that the files were checked with.
    pub(super) fn total(&self, registries: &[Registry], format: Format) -> Result<(), CliError> {
        let installed: BTreeSet<String> = registries.iter().flat_map(Registry::packages).map(|package| name_of(&package).to_owned()).collect();
        let package = |lack: &Lack| package_of(&lack.type_name).filter(|package| !installed.contains(*package)).map(str::to_owned);
        let brings = self.brings();
        match format {
            Format::Json => {
                let of_type = |Brings { lack, workflows, then_run }: &Brings<'_>| {
                    let mut value = lack.json();
                    value["workflows"] = (*workflows).into();
                    value["thenRun"] = (*then_run).into();
                    value["package"] = package(lack).into();
                    value
                };
                let types: Vec<Value> = brings.iter().map(of_type).collect();
                let total = json!({"workflows": self.workflows(), "run": self.run, "errors": self.with_errors, "lack": self.lacking.len(),
                    "broken": self.broken, "others": self.others, "types": types});
                say(&one_line(&json!({"total": total})))
            }
            Format::Text => say(self.text(&brings, package).trim_end()),
        }
    }

    fn workflows(&self) -> usize {
        self.run + self.with_errors + self.broken + self.lacking.len()
    }

    fn text(&self, brings: &[Brings<'_>], package: impl Fn(&Lack) -> Option<String>) -> String {
        let mut text = format!("\n{} of {} workflows run", self.run, self.workflows());
        let rest = [("with errors", self.with_errors), ("lacking nodes", self.lacking.len()), ("broken", self.broken)];
        let rest: Vec<String> = rest.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what}: {count}")).collect();
        text += &if rest.is_empty() { ".\n".to_owned() } else { format!("; {}.\n", rest.join(", ")) };
        if self.with_errors + self.broken > 0 {
            text += "What is wrong with one: konverte check FILE.\n";
        }
        if self.others > 0 {
            let _ = writeln!(text, "JSON files of other kinds: {}.", self.others);
        }
        if brings.is_empty() {
            return text;
        }
        let _ = writeln!(text, "\nWhat is missing, in the order of what each would bring:\n\n  workflows  then run  type");
        for Brings { lack, workflows, then_run } in brings.iter().take(TYPES) {
            let _ = writeln!(text, "  {workflows:>9}  {then_run:>8}  {lack}");
        }
        if brings.len() > TYPES {
            let _ = writeln!(text, "  and {} more: --format json names all", brings.len() - TYPES);
        }
        let mut packages: BTreeMap<String, usize> = BTreeMap::new();
        brings.iter().filter_map(|brings| package(brings.lack)).for_each(|package| *packages.entry(package).or_default() += 1);
        let mut packages: Vec<(String, usize)> = packages.into_iter().collect();
        packages.sort_by_key(|(_, types)| Reverse(*types));
        for (index, (package, types)) in packages.iter().take(TYPES_OF_FILE).enumerate() {
            let first = if index == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{first}konverte packages add {package}   (missing types that are named after it: {types})");
        }
        text
    }

    /// What is missing, in the order of what each brings when those before it are there.
    fn brings(&self) -> Vec<Brings<'_>> {
        let types: BTreeSet<&Lack> = self.lacking.iter().flat_map(|lacking| &lacking.lacks).collect();
        let types: Vec<&Lack> = types.into_iter().collect();
        let indices = |lacking: &Lacking| lacking.lacks.iter().filter_map(|lack| types.binary_search(&lack).ok()).collect::<Vec<usize>>();
        let mut workflows = vec![0; types.len()];
        self.lacking.iter().flat_map(indices).for_each(|index| workflows[index] += 1);
        // Of workflows with errors of their own none would run.
        let mut left: Vec<Vec<usize>> = self.lacking.iter().filter(|lacking| lacking.else_good).map(indices).collect();
        let mut rest: BTreeSet<usize> = (0..types.len()).collect();
        let (mut order, mut then_run) = (Vec::with_capacity(types.len()), self.run);
        loop {
            let scores = scores(&left, types.len());
            let Some(best) = rest.iter().copied().max_by_key(|index| (scores[*index], workflows[*index], Reverse(*index))) else { return order };
            rest.remove(&best);
            left.iter_mut().for_each(|lacks| lacks.retain(|index| *index != best));
            let before = left.len();
            left.retain(|lacks| !lacks.is_empty());
            then_run += before - left.len();
            order.push(Brings { lack: types[best], workflows: workflows[best], then_run });
        }
    }
}

/// How much each type is worth: most where it is all that a workflow lacks, less where it is one of several that only help together.
fn scores(left: &[Vec<usize>], types: usize) -> Vec<usize> {
    let mut scores = vec![0; types];
    for lacks in left {
        let worth = match lacks.len() {
            1 => 100,
            2 => 30,
            3 => 10,
            _ => 1,
        };
        lacks.iter().for_each(|index| scores[*index] += worth);
    }
    scores
}

/// A package as a registry names it, without its version.
fn name_of(package: &str) -> &str {
    package.rsplit_once('@').map_or(package, |(name, _)| name)
}

fn say(text: &str) -> Result<(), CliError> {
    write_stdout(format!("{}\n", plain(text)).as_bytes())
}
