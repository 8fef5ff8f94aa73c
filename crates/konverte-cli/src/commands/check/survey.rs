//! What the workflows of a folder come to: one line a file, and a total.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::path::Path;

use engine::codes::{UNKNOWN_TYPE, UNSUPPORTED_TYPE, UNSUPPORTED_VERSION};
use engine::{Found, package_of};
use host::json::one_line;
use node_sdk::Registry;
use node_sdk::node::Level;
use picture::markup::shorten;
use serde_json::{Value, json};

use super::out::{Format, Out};
use crate::error::codes::NO_START;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::plain::plain;
use crate::screen::words::{cut_inside, fill};
use crate::screen::{Screen, Tone};

/// How many types the total names for people, and a line of one file.
const TYPES: usize = 20;
const TYPES_OF_FILE: usize = 3;
/// How many files of other kinds it names.
const OTHERS: usize = 3;

/// How long a name of others may be on a line.
const NAME: usize = 100;

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
        f.write_str(&named(&self.type_name))?;
        if let Some(version) = &self.version {
            write!(f, " version {version}")?;
        }
        let plain = [UNKNOWN_TYPE, UNSUPPORTED_TYPE, UNSUPPORTED_VERSION].iter().any(|code| code.as_str() == self.code);
        if plain { Ok(()) } else { write!(f, " ({})", self.code) }
    }
}

/// What became of one workflow.
pub(super) struct Verdict {
    exit: Exit,
    errors: usize,
    warnings: usize,
    lacks: BTreeSet<Lack>,
    /// Whether a run of it has to be told where it begins.
    needs_start: bool,
    /// Why it could not be read.
    broken: Option<CliError>,
}

impl Verdict {
    pub(super) fn new(found: &[Found], exit: Exit) -> Self {
        let count = |level: Level| found.iter().filter(|found| found.lacks.is_none() && found.diagnostic.level == level).count();
        let lacks = found.iter().filter_map(Lack::of).collect();
        let needs_start = found.iter().any(|found| found.diagnostic.code == NO_START.as_str());
        Self { exit, errors: count(Level::Error), warnings: count(Level::Warning), lacks, needs_start, broken: None }
    }

    pub(super) fn broken(error: CliError) -> Self {
        Self { exit: error.exit, errors: error.each().count(), warnings: 0, lacks: BTreeSet::new(), needs_start: false, broken: Some(error) }
    }

    fn word(&self) -> (&'static str, Tone) {
        match (self.exit, &self.broken) {
            (_, Some(_)) => ("broken", Tone::Bad),
            (Exit::Done, None) => ("runs", Tone::Good),
            (Exit::Unsupported, None) => ("lacks", Tone::Look),
            (_, None) => ("errors", Tone::Bad),
        }
    }

    /// What became of it, its file, and why.
    fn line(&self, file: &Path, workflow: Option<&str>, screen: Screen) -> String {
        const BEGINS: usize = 8;
        let (word, tone) = self.word();
        let workflow = workflow.map(|name| format!("#{}", named(name))).unwrap_or_default();
        let file = file.display().to_string().replace(char::is_control, "?") + &workflow;
        let (file, blanks) = (plain(&file), " ".repeat(BEGINS - word.len()));
        let file = if screen.is_measured() { cut_inside(&file, screen.text_width() - BEGINS) } else { file };
        let line = format!("{}{blanks}{file}  {}", screen.paint(tone, word), plain(&self.text()));
        if screen.is_measured() { fill(&line, screen.text_width(), &" ".repeat(BEGINS)) } else { line }
    }

    fn text(&self) -> String {
        if let Some(error) = &self.broken {
            return named(&format!("[{}] {}", error.code, error.message.lines().next().unwrap_or_default())).into_owned();
        }
        let types = self.lacks.iter().take(TYPES_OF_FILE).map(Lack::to_string);
        let more = self.lacks.len().checked_sub(TYPES_OF_FILE).filter(|more| *more > 0).map(|more| format!("{more} more"));
        let counts = [(self.errors, "error"), (self.warnings, "warning")].into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
        let start = (self.needs_start && self.exit == Exit::Done).then(|| "with --start NODE".to_owned());
        let parts = [types.chain(more).collect::<Vec<_>>(), counts.chain(start).collect()];
        parts.iter().filter(|words| !words.is_empty()).map(|words| words.join(", ")).collect::<Vec<_>>().join("; ")
    }

    fn json(&self, file: &Path, workflow: Option<&str>) -> Value {
        let error = self.broken.as_ref().map(|error| {
            let at = error.place.as_ref().map(host::Place::at);
            json!({"code": error.code.as_str(), "message": error.message, "help": error.help, "at": at})
        });
        let lacks: Vec<Value> = self.lacks.iter().map(Lack::json).collect();
        json!({"file": file.to_string_lossy(), "workflow": workflow, "status": self.word().0, "needsStart": self.needs_start, "errors": self.errors,
            "warnings": self.warnings, "lacks": lacks, "error": error})
    }
}

/// The workflows so far.
#[derive(Default)]
pub(super) struct Survey {
    run: usize,
    /// Those of them that a run has to be told where it begins.
    need_start: usize,
    with_errors: usize,
    broken: usize,
    /// JSON of other kinds.
    others: Vec<String>,
    lacking: Vec<Lacking>,
}

/// A workflow that does not run for what it lacks.
struct Lacking {
    lacks: BTreeSet<Lack>,
    /// Whether it would run if all of that were there.
    else_good: bool,
}

/// What is missing, and what it would bring.
struct Brings<T> {
    missing: T,
    /// How many workflows need it.
    workflows: usize,
    /// How many run when it and all before it are there.
    then_run: usize,
}

impl Survey {
    /// Counts a file that holds no workflow.
    pub(super) fn other(&mut self, file: &Path, format: Format) -> Result<Exit, CliError> {
        let name = file.to_string_lossy();
        if format == Format::Json {
            say_json(&json!({"file": name, "status": "other"}))?;
        }
        self.others.push(named(&name).into_owned());
        Ok(Exit::Done)
    }

    /// Prints the line of a workflow and counts it. `workflow`: its name, where the file holds several.
    pub(super) fn add(&mut self, file: &Path, workflow: Option<&str>, verdict: Verdict, out: &Out<'_>) -> Result<Exit, CliError> {
        match out.format {
            Format::Json => say_json(&verdict.json(file, workflow))?,
            Format::Text => say(verdict.line(file, workflow, out.console.output()).trim_end())?,
        }
        let exit = verdict.exit;
        match (exit, verdict.broken) {
            (_, Some(_)) => self.broken += 1,
            (Exit::Done, None) => {
                self.run += 1;
                self.need_start += usize::from(verdict.needs_start);
            }
            (Exit::Unsupported, None) => self.lacking.push(Lacking { lacks: verdict.lacks, else_good: verdict.errors == 0 }),
            (_, None) => self.with_errors += 1,
        }
        Ok(exit)
    }

    /// Prints what all come to. `registries`: those that the files were checked with.
    ///
    /// # Errors
    /// There was no workflow at all.
    pub(super) fn total(&self, registries: &[Registry], out: &Out<'_>) -> Result<(), CliError> {
        let installed: BTreeSet<String> = registries.iter().flat_map(Registry::packages).map(|package| name_of(&package).to_owned()).collect();
        // A type that n8n does not know is in none of its packages.
        let named_after = |lack: &Lack| package_of(&lack.type_name).filter(|_| lack.code != UNKNOWN_TYPE.as_str()).map(str::to_owned);
        let package = |lack: &Lack| named_after(lack).filter(|package| !installed.contains(package));
        let types = self.brings(|lack| Some(lack.clone()));
        let packages = self.brings(package);
        match out.format {
            Format::Json => {
                let counted = |mut value: Value, workflows: usize, then_run: usize| {
                    value["workflows"] = workflows.into();
                    value["thenRun"] = then_run.into();
                    value
                };
                let of_type = |Brings { missing, workflows, then_run }: &Brings<Lack>| {
                    let mut value = counted(missing.json(), *workflows, *then_run);
                    value["package"] = package(missing).into();
                    value
                };
                let of_package =
                    |Brings { missing, workflows, then_run }: &Brings<String>| counted(json!({"package": missing}), *workflows, *then_run);
                let (types, packages): (Vec<Value>, Vec<Value>) = (types.iter().map(of_type).collect(), packages.iter().map(of_package).collect());
                let total = json!({"workflows": self.workflows(), "run": self.run, "needStart": self.need_start, "errors": self.with_errors,
                    "lack": self.lacking.len(), "broken": self.broken, "others": self.others.len(), "types": types, "packages": packages});
                say_json(&json!({"total": total}))?;
            }
            Format::Text => {
                let text = self.text(&types, &packages, |lack| package(lack).is_some());
                say(&out.console.output().lines(&plain(text.trim_end())))?;
            }
        }
        if self.workflows() == 0 {
            let error = CliError::usage(codes::USAGE, "There is no workflow in what was given.");
            return Err(error.help("A workflow is an object with a list \"nodes\" and an object \"connections\", as n8n exports it."));
        }
        Ok(())
    }

    fn workflows(&self) -> usize {
        self.run + self.with_errors + self.broken + self.lacking.len()
    }

    fn text(&self, types: &[Brings<Lack>], packages: &[Brings<String>], can_be_added: impl Fn(&Lack) -> bool) -> String {
        let mut text = format!("\n{} of {} workflows run", self.run, self.workflows());
        if self.need_start > 0 {
            let _ = write!(text, " ({} of them with --start NODE: they have no trigger, or several)", self.need_start);
        }
        let rest = [("with errors", self.with_errors), ("lacking nodes", self.lacking.len()), ("broken", self.broken)];
        let rest: Vec<String> = rest.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what}: {count}")).collect();
        text += &if rest.is_empty() { ".\n".to_owned() } else { format!("; {}.\n", rest.join(", ")) };
        if self.with_errors + self.broken > 0 {
            text += "What is wrong with one: konverte check FILE.\n";
        }
        if !self.others.is_empty() {
            let more = self.others.len().saturating_sub(OTHERS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = writeln!(text, "JSON files of other kinds: {}{more}.", self.others.iter().take(OTHERS).cloned().collect::<Vec<_>>().join(", "));
        }
        if types.is_empty() {
            return text;
        }
        let _ = writeln!(text, "\nWhat is missing, in the order of what each would bring:\n\n  workflows  then run  type");
        let mut marked = false;
        for Brings { missing, workflows, then_run } in types.iter().take(TYPES) {
            let mark = if can_be_added(missing) { "" } else { " *" };
            marked |= !mark.is_empty();
            let _ = writeln!(text, "  {workflows:>9}  {then_run:>8}  {missing}{mark}");
        }
        if types.len() > TYPES {
            let _ = writeln!(text, "  and {} more: --format json names all", types.len() - TYPES);
        }
        if marked {
            text += "  * no package that can be added has it\n";
        }
        for (index, Brings { missing, workflows, then_run }) in packages.iter().take(TYPES_OF_FILE).enumerate() {
            let first = if index == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{first}konverte packages add {missing}   (needed by {workflows}; then at most {then_run} run)");
        }
        text
    }

    /// What is missing, in the order of what each brings when those before it are there. `of`: what brings a type, where something does.
    fn brings<T: Ord>(&self, of: impl Fn(&Lack) -> Option<T>) -> Vec<Brings<T>> {
        let all: BTreeSet<T> = self.lacking.iter().flat_map(|lacking| &lacking.lacks).filter_map(&of).collect();
        let all: Vec<T> = all.into_iter().collect();
        let indices = |lacking: &Lacking| {
            let indices: BTreeSet<usize> = lacking.lacks.iter().filter_map(|lack| all.binary_search(&of(lack)?).ok()).collect();
            indices.into_iter().collect::<Vec<usize>>()
        };
        let mut workflows = vec![0; all.len()];
        self.lacking.iter().flat_map(indices).for_each(|index| workflows[index] += 1);
        // Of workflows with errors of their own, or with something that nothing brings, none would run.
        let could_run = |lacking: &&Lacking| lacking.else_good && lacking.lacks.iter().all(|lack| of(lack).is_some());
        let mut left: Vec<Vec<usize>> = self.lacking.iter().filter(could_run).map(indices).collect();
        let mut rest: BTreeSet<usize> = (0..all.len()).collect();
        let (mut order, mut then_run) = (Vec::with_capacity(all.len()), self.run);
        loop {
            let scores = scores(&left, all.len());
            let Some(best) = rest.iter().copied().max_by_key(|index| (scores[*index], workflows[*index], Reverse(*index))) else { break };
            rest.remove(&best);
            left.iter_mut().for_each(|lacks| lacks.retain(|index| *index != best));
            let before = left.len();
            left.retain(|lacks| !lacks.is_empty());
            then_run += before - left.len();
            order.push((best, then_run));
        }
        let mut all: Vec<Option<T>> = all.into_iter().map(Some).collect();
        let brings = |(index, then_run): (usize, usize)| Some(Brings { missing: all[index].take()?, workflows: workflows[index], then_run });
        order.into_iter().filter_map(brings).collect()
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

/// A name of others as a part of one line.
fn named(name: &str) -> Cow<'_, str> {
    let short = shorten(name, NAME);
    if short.contains(char::is_control) { short.replace(char::is_control, "?").into() } else { short }
}

fn say_json(value: &Value) -> Result<(), CliError> {
    say(&plain(&one_line(value)))
}

fn say(text: &str) -> Result<(), CliError> {
    write_stdout(format!("{text}\n").as_bytes())
}
