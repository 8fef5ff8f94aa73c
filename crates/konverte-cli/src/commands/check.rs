//! `konverte check FILE...`, and the same findings before a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use engine::codes::{NO_SUBWORKFLOW, UNKNOWN_TYPE};
use engine::{Blocking, CheckOptions, Found, Given};
use host::adapters::credentials::{FileCredentials, names_credential};
use host::adapters::workflows::FolderWorkflows;
use host::json::one_line;
use host::{CredentialTests, Place, Used, packs, start_node};
use node_sdk::credential::Proof;
use node_sdk::error::codes::{CREDENTIAL_INVALID, HTTP_UNANSWERED};
use node_sdk::node::{Allowance, Level as FindingLevel};
use node_sdk::{Begins, NodeError, NodeInfo, Registry};
use serde_json::{Value, json};
use workflow::diagnostic::repeated_keys;
use workflow::start::StartError;
use workflow::{Diagnostic, Workflow};

use crate::commands::Session;
use crate::console::{Console, Level, Message};
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::misfits::Schemas;
use crate::offline::{Offline, OfflineArgs};
use crate::output::write_stdout;
use crate::packaged::PackagesArgs;
use crate::{environment, loading, pages};

/// Options of `konverte check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The workflow files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Text for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// Credentials, so that it can be said which are missing
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Ask the services whether the credentials hold
    #[arg(long, requires = "credentials")]
    pub test_credentials: bool,
    /// Where sub-workflows are looked up (default: each file's folder)
    #[arg(long, value_name = "DIR")]
    pub workflows: Option<PathBuf>,
    /// Folder of action packs
    #[arg(long, value_name = "DIR")]
    pub nodes: Option<PathBuf>,
    /// For the tests of credentials
    #[command(flatten)]
    pub offline: OfflineArgs,
    /// Where the packages of nodes are
    #[command(flatten)]
    pub packages: PackagesArgs,
}

/// How many nodes of a package are named.
const SHOWN: usize = 10;

/// How findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the place in the file.
    #[default]
    Text,
    /// For programs.
    Json,
}

pub(crate) fn run(args: &CheckArgs, session: &Session) -> Result<Exit, CliError> {
    let ours = packs::add(session.registry.clone(), args.nodes.as_deref())?;
    let (registries, of_file) = args.packages.each(&ours, &args.files)?;
    let credentials = args.credentials.as_deref().map(|path| FileCredentials::read(path, &environment::variable)).transpose()?;
    session.console.secrets().add(&credentials.as_ref().map(FileCredentials::secrets).unwrap_or_default());
    let mut tests = Tests::new(args, credentials.as_ref(), registries.first().unwrap_or(&ours), &session.console)?;
    let mut schemas: Vec<Schemas<'_>> = registries.iter().map(Schemas::new).collect();
    let out = Out { format: args.format, console: &session.console };
    let mut exit = Exit::Done;
    for (file, place) in args.files.iter().zip(of_file) {
        let ended = match loading::load(file) {
            Ok(workflow) => {
                check_file(args, file, &workflow, (&registries[place], &mut schemas[place]), (credentials.as_ref(), tests.as_mut()), &out)?
            }
            Err(error) => {
                error.each().try_for_each(|error| out.error(error))?;
                error.exit
            }
        };
        // A node that is not supported wins over everything else.
        if ended == Exit::Unsupported || exit == Exit::Done {
            exit = ended;
        }
    }
    if let Some(tests) = tests {
        tests.offline.say_unanswered(Some(&tests.unanswered), &session.console);
    }
    Ok(exit)
}

fn check_file(
    args: &CheckArgs,
    file: &Path,
    workflow: &Workflow,
    (registry, schemas): (&Registry, &mut Schemas<'_>),
    (credentials, tests): (Option<&FileCredentials>, Option<&mut Tests>),
    out: &Out<'_>,
) -> Result<Exit, CliError> {
    let start = start_node(workflow, registry, None, true);
    let beginning = start.as_ref().map_or_else(|error| Some(no_start(error)), |start| beginning(workflow, registry, start));
    let start = start.ok();
    let folders = FolderWorkflows::new(file, args.workflows.as_deref(), None);
    let given = credentials.cloned();
    // Without a file, what a node names counts as there: the run may get it.
    let has_credential = move |node: &NodeInfo, type_name: &str| match &given {
        Some(given) => given.known(node, type_name),
        None => Ok(if names_credential(node, type_name) { Given::Name } else { Given::Nothing }),
    };
    let find = move |reference: &str| folders.find_now(reference);
    let options = CheckOptions {
        start,
        destination: None,
        use_pins: true,
        given: false,
        has_credential: Some(&has_credential),
        subworkflow: Some(&find),
        compile: true,
        allowed: &[],
    };
    let mut found = engine::check(workflow, registry, &options);
    let misfits = schemas.misfits(workflow, &found)?;
    found.extend(misfits);
    found.extend(origins(workflow, registry).into_iter().map(Found::reported));
    found.extend(repeated_keys(workflow).into_iter().chain(beginning).map(Found::reported));
    for finding in &found {
        out.finding(workflow, finding)?;
    }
    let mut exit = exit_of(&found, true);
    if let Some(tests) = tests {
        let good = tests.run(workflow, out)?;
        exit = if exit == Exit::Done && !good { Exit::Invalid } else { exit };
    }
    Ok(exit)
}

/// Which nodes are not built in: a note for each package.
fn origins(workflow: &Workflow, registry: &Registry) -> Vec<Diagnostic> {
    let mut of: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for node in workflow.nodes.iter() {
        let found = registry.find_version(&node.type_name, node.type_version);
        let runs = found.filter(|found| found.descriptor().version(node.type_version).is_some());
        if let Some(package) = runs.and_then(|found| found.package()) {
            of.entry(package).or_default().push(&node.name);
        }
    }
    let say = |(package, nodes): (String, Vec<&str>)| {
        let names: Vec<String> = nodes.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect();
        let more = nodes.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let come = if nodes.len() == 1 { "1 node comes".to_owned() } else { format!("{} nodes come", nodes.len()) };
        Diagnostic::new(codes::OF_PACKAGE, FindingLevel::Note, format!("{come} from {package}: {}{more}", names.join(", ")))
    };
    of.into_iter().map(say).collect()
}

/// A run needs `--start`: good to know of several triggers, worth a warning where there is none.
fn no_start(error: &StartError) -> Diagnostic {
    let level = if *error == StartError::None { FindingLevel::Warning } else { FindingLevel::Note };
    Diagnostic::new(codes::NO_START, level, error.to_string()).help("A run of this file begins with --start NODE.")
}

/// What is good to know of the trigger that a run begins with: what it puts out where it is given nothing.
fn beginning(workflow: &Workflow, registry: &Registry, start: &str) -> Option<Diagnostic> {
    let node = workflow.node(start).filter(|node| !workflow.is_pinned(&node.name))?;
    let trigger = registry.find_version(&node.type_name, node.type_version).filter(|found| found.descriptor().trigger)?;
    let (level, message) = match (trigger.refusal(), trigger.begins(node.type_version)) {
        (Some(why), _) => (FindingLevel::Warning, format!("\"{start}\" cannot begin a run by itself: {why}.")),
        (None, Begins::ByItself) => return None,
        (None, Begins::Polls) => (
            FindingLevel::Note,
            format!(
                "\"{start}\" asks once what is there. Nothing is remembered between runs until there is a server: the next one may find the same."
            ),
        ),
        (None, Begins::Empty) => (FindingLevel::Note, format!("\"{start}\" begins a run with one empty item: nobody has called it.")),
    };
    let found = Diagnostic::new(codes::BEGINS, level, message).help("What would come is given by --input, or pinned in the file.");
    Some(found.at(workflow, start, None))
}

/// The exit code that findings ask for; `strict`: every error counts, else those that block a run.
fn exit_of(found: &[Found], strict: bool) -> Exit {
    let counts = |finding: &&Found| finding.blocking.is_some() || (strict && finding.diagnostic.level == FindingLevel::Error);
    let counting: Vec<&Found> = found.iter().filter(counts).collect();
    if counting.iter().any(|finding| finding.blocking == Some(Blocking::Unsupported)) {
        Exit::Unsupported
    } else if counting.is_empty() {
        Exit::Done
    } else {
        Exit::Invalid
    }
}

/// What is said before a run of `workflow`; an exit code where it does not start. Sub-workflows named by a literal are checked with it.
pub(crate) struct BeforeRun<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) registry: &'a Registry,
    pub(crate) destination: Option<&'a str>,
    pub(crate) use_pins: bool,
    /// Whether there is `--input`.
    pub(crate) given: bool,
    pub(crate) strict: bool,
    pub(crate) workflows: Arc<FolderWorkflows>,
    /// Those that the run takes as they are.
    pub(crate) credentials: FileCredentials,
    /// What of the machine it may reach.
    pub(crate) allowed: Vec<Allowance>,
}

impl BeforeRun<'_> {
    fn found(&self, start: Option<&str>) -> Vec<Found> {
        let workflows = self.workflows.clone();
        let find = move |reference: &str| workflows.find_now(reference);
        let start = start.map(str::to_owned);
        let destination = self.destination.map(str::to_owned);
        let credentials = self.credentials.clone();
        // A node whose credential is not there says so when it runs; one whose credential lacks a field sends without it.
        let has_credential = move |node: &NodeInfo, type_name: &str| match credentials.known(node, type_name) {
            Ok(fields @ Given::Fields(_)) => Ok(fields),
            _ => Ok(Given::Name),
        };
        let options = CheckOptions {
            start,
            destination,
            use_pins: self.use_pins,
            given: self.given,
            has_credential: Some(&has_credential),
            subworkflow: Some(&find),
            compile: self.strict,
            allowed: &self.allowed,
        };
        engine::check(self.workflow, self.registry, &options)
    }

    /// What is said where no start node was found: types that are not supported, for one of them may be the trigger that is missed.
    /// `certain`: only those that block wherever they stand.
    pub(crate) fn say_unsupported(&self, certain: bool, console: &Console) -> Option<Exit> {
        let mut found = self.found(None);
        found.retain(|finding| finding.blocking == Some(Blocking::Unsupported) && (!certain || finding.diagnostic.code == UNKNOWN_TYPE.as_str()));
        for finding in &found {
            console.message(&message(self.workflow, finding));
        }
        (!found.is_empty()).then_some(Exit::Unsupported)
    }

    pub(crate) fn say(&self, start: &str, console: &Console) -> Option<Exit> {
        let found = self.found(Some(start));
        let exit = exit_of(&found, self.strict);
        // A run that does not start names what keeps it from starting; one that starts says everything but notes, and but what
        // the node itself will say when it runs.
        let stops = exit != Exit::Done;
        let said = |Found { diagnostic, .. }: &&Found| match stops {
            true => diagnostic.level == FindingLevel::Error,
            false => diagnostic.level > FindingLevel::Note && diagnostic.code != NO_SUBWORKFLOW.as_str(),
        };
        for finding in found.iter().filter(said) {
            console.message(&message(self.workflow, finding));
        }
        stops.then_some(exit)
    }
}

fn message(workflow: &Workflow, finding: &Found) -> Message {
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
    fn finding(&self, workflow: &Workflow, finding: &Found) -> Result<(), CliError> {
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

    fn error(&self, error: &CliError) -> Result<(), CliError> {
        let at = error.place.as_ref().map(Place::at);
        match self.format {
            Format::Json => self.line(&mut finding_json(error.code.as_str(), "error", &error.message, error.help.as_deref(), None, at.as_deref())),
            Format::Text => self.text(&error.into()),
        }
    }

    fn line(&self, value: &mut Value) -> Result<(), CliError> {
        for said in ["message", "help"] {
            if let Some(Value::String(text)) = value.get_mut(said) {
                self.console.secrets().hide(text);
            }
        }
        write_stdout(format!("{}\n", one_line(value)).as_bytes())
    }

    fn text(&self, message: &Message) -> Result<(), CliError> {
        write_stdout(format!("{}\n", self.console.render(message).trim_end()).as_bytes())
    }
}

fn finding_json(code: &str, level: &str, message: &str, help: Option<&str>, node: Option<&str>, at: Option<&str>) -> Value {
    let help = help.map(str::to_owned).or_else(|| pages::what_to_do(code));
    json!({"code": code, "level": level, "message": message, "help": help, "node": node, "parameter": null, "at": at})
}

/// The tests of credentials, and what the options say of them.
pub(crate) struct Tests {
    pub(crate) offline: Offline,
    pub(crate) tests: CredentialTests,
    /// What was said of tests that no entry of an answers file fits, a line each.
    pub(crate) unanswered: String,
}

impl Tests {
    /// `None` where no tests are asked for.
    fn new(args: &CheckArgs, credentials: Option<&FileCredentials>, registry: &Registry, console: &Console) -> Result<Option<Self>, CliError> {
        let Some(credentials) = credentials.filter(|_| args.test_credentials) else {
            let error = CliError::usage(codes::USAGE, "A check sends no request: --answers, --requests and --now are for the tests of credentials.");
            let help = "Add --test-credentials with --credentials FILE, or leave them out.";
            return if args.offline.any() { Err(error.help(help)) } else { Ok(None) };
        };
        let read = args.files.iter().chain(&args.credentials).map(PathBuf::as_path);
        let offline = args.offline.read(read)?;
        offline.say(args.credentials.as_deref(), console);
        let outside = (offline.answers(), offline.requests()?);
        let tests = CredentialTests::new(offline.process(registry.clone()), credentials.clone(), outside, console.secrets().clone());
        Ok(Some(Self { offline, tests, unanswered: String::new() }))
    }

    /// Asks the service of each credential that can be tested, once; whether all hold. The others are named.
    fn run(&mut self, workflow: &Workflow, out: &Out<'_>) -> Result<bool, CliError> {
        let mut good = true;
        for used in self.tests.used(workflow) {
            good &= self.of(&used, out)?.unwrap_or(true);
        }
        Ok(good)
    }

    /// Asks the service of one; whether it holds. `None`: its type has no test.
    pub(crate) fn of(&mut self, used: &Used<'_>, out: &Out<'_>) -> Result<Option<bool>, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| CliError::usage(codes::USAGE, format!("The test cannot start: {error}.")))?;
        let mut good = None;
        for tested in runtime.block_on(self.tests.test(used)) {
            if tested.asked {
                good = Some(good.unwrap_or(true) && tested.result.is_ok());
            }
            if let Err(error) = tested.result.as_ref()
                && error.code == HTTP_UNANSWERED
            {
                self.unanswered += &format!("{}\n", error.message);
            }
            out.proof(tested.node, &used.type_name, tested.result)?;
        }
        Ok(good)
    }
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
