//! `konverte run FILE`.

mod files;
mod result;
mod start;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use engine::{Cancel, EnginePorts, PlanOptions, RunOptions, RunResult, Status};
use host::adapters::commands::Commands;
use host::adapters::credentials::FileCredentials;
use host::adapters::files::AllowedFolders;
use host::adapters::variables::FixedVariables;
use host::adapters::workflows::FolderWorkflows;
use host::{Execution, Reach, begins, is_trigger, packs, start_node};
use konverte_sandbox::Sandbox;
use node_sdk::node::Allowance;
use node_sdk::ports::MemoryState;
use node_sdk::{Begins, Event, EventSink, ItemList, Registry};
use workflow::Workflow;
use workflow::start::StartError;

use self::files::{offline, report_file, state_file};
use self::start::{check_destination, no_start};
use crate::commands::Session;
use crate::commands::check::BeforeRun;
use crate::console::{Console, Level};
use crate::emulator::{self, EmulatorArgs};
use crate::error::{CliError, check_zone, codes};
use crate::exit::Exit;
use crate::offline::{Offline, OfflineArgs};
use crate::output::file::OutFile;
use crate::output::saved::SaveFolder;
use crate::output::time::{parse_size, parse_timeout};
use crate::output::{self, Form};
use crate::packaged::PackagesArgs;
use crate::progress::Progress;
use crate::watch::Watch;
use crate::{environment, input, keeper, loading, pages};

/// What leaves in a dry run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DryRun {
    /// Requests that only read, and those for tokens.
    Read,
}

/// Options of `konverte run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The workflow file, - for standard input
    #[arg(value_name = "FILE|-")]
    pub file: PathBuf,
    /// Items for the start node: a file (JSON, NDJSON, CSV, TSV), - for standard input, or JSON
    #[arg(long, value_name = "FILE|-|JSON", help_heading = "Start and end")]
    pub input: Option<String>,
    /// The input is a table with this between its fields: one character, or the word tab
    #[arg(long, value_name = "CHAR", value_parser = input::parse_delimiter, requires = "input", help_heading = "Start and end")]
    pub delimiter: Option<input::Delimiter>,
    /// Begin with this node
    #[arg(long, value_name = "NODE", help_heading = "Start and end")]
    pub start: Option<String>,
    /// Run only what this node needs, and stop after it
    #[arg(long, value_name = "NODE", help_heading = "Start and end")]
    pub destination: Option<String>,
    /// Do not use the file's pinned data
    #[arg(long, help_heading = "Start and end")]
    pub no_pin: bool,
    /// Credentials by id, name or type, as a JSON object
    #[arg(long, value_name = "FILE", help_heading = "What the run may reach")]
    pub credentials: Option<PathBuf>,
    /// Send the Konverte nodes to the emulator in this process
    #[arg(long, conflicts_with = "answers", help_heading = "What the run may reach")]
    pub sandbox: bool,
    /// How the emulator behaves, with --sandbox
    #[command(flatten)]
    pub emulator: EmulatorArgs,
    /// Send nothing: list the requests that would leave. With =read those that only read, and those for tokens, go to the real servers
    #[arg(long, value_name = "read", num_args = 0..=1, require_equals = true, conflicts_with = "answers", help_heading = "What the run may reach")]
    pub dry_run: Option<Option<DryRun>>,
    /// Where sub-workflows are looked up (default: the file's folder)
    #[arg(long, value_name = "DIR", help_heading = "What the run may reach")]
    pub workflows: Option<PathBuf>,
    /// Lines NAME=value that $env shows
    #[arg(long, value_name = "FILE", help_heading = "What the run may reach")]
    pub env_file: Option<PathBuf>,
    /// Variables of the environment that $env shows
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', help_heading = "What the run may reach")]
    pub allow_env: Vec<String>,
    /// A JSON object for $vars
    #[arg(long, value_name = "FILE", help_heading = "What the run may reach")]
    pub vars: Option<PathBuf>,
    /// A folder whose files the run may read and write; may be given several times
    #[arg(long, value_name = "DIR", help_heading = "What the run may reach")]
    pub allow_files: Vec<PathBuf>,
    /// Let Execute Command run commands: they may do all that you may
    #[arg(long, help_heading = "What the run may reach")]
    pub allow_exec: bool,
    /// Folder of action packs: JSON files whose actions become nodes
    #[arg(long, value_name = "DIR", help_heading = "What the run may reach")]
    pub nodes: Option<PathBuf>,
    /// Answers from a file, requests to a file, a clock that stands still
    #[command(flatten)]
    pub offline: OfflineArgs,
    /// Where the packages of nodes are
    #[command(flatten)]
    pub packages: PackagesArgs,
    /// An error of `check` stops the run before it starts, even in nodes that it may not reach; what n8n swallows is an error
    #[arg(long, help_heading = "How it runs")]
    pub strict: bool,
    /// Time zone of a workflow that names none
    #[arg(long, value_name = "ZONE", default_value = "UTC", help_heading = "How it runs")]
    pub timezone: String,
    /// End the run after this time, for example 30s, 5m, 1h; more than 0
    #[arg(long, value_name = "DUR", value_parser = parse_timeout, help_heading = "How it runs")]
    pub timeout: Option<Duration>,
    /// An answer over this size fails its item
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "64MiB", help_heading = "How it runs")]
    pub max_response: u64,
    /// Write one self-contained HTML page to a file
    #[arg(long, value_name = "FILE.html", help_heading = "What comes out")]
    pub report: Option<PathBuf>,
    /// Save the files of the last node's items in a folder; nothing there is written over
    #[arg(long, value_name = "DIR", help_heading = "What comes out")]
    pub save_files: Option<PathBuf>,
    /// What standard output carries (default: summary on a terminal, else json)
    #[arg(long, value_enum, value_name = "FORM", help_heading = "What comes out")]
    pub output: Option<Form>,
    /// With json: the nodes whose runs carry their items
    #[arg(long, value_enum, default_value_t, value_name = "WHICH", help_heading = "What comes out")]
    pub items: Items,
}

/// Which nodes' runs carry their items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Items {
    /// Those of every node.
    #[default]
    All,
    /// Those of the node that ran last.
    Last,
    /// Those of no node.
    None,
}

pub(crate) fn run(args: &RunArgs, session: &Session) -> Result<Exit, CliError> {
    // One thread: a run is one task, JavaScript has threads of its own, and between a request and its answer nothing is handed to
    // another thread, which costs more than what the runtime does.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::usage(codes::USAGE, format!("The run cannot start: {error}.")).exit(Exit::Failed))?;
    let exit = runtime.block_on(Box::pin(run_file(args, session)));
    // A thread that hangs in user code must not keep the process alive.
    runtime.shutdown_background();
    exit
}

/// What all steps of a run need.
struct Job<'a> {
    args: &'a RunArgs,
    console: &'a Console,
    workflow: Arc<Workflow>,
    registry: Registry,
    progress: Arc<Progress>,
    watch: Watch,
    report: Option<OutFile>,
    /// What the emulator holds at the end.
    state: Option<OutFile>,
    offline: Offline,
    /// With `--sandbox`.
    emulator: Option<Arc<Sandbox>>,
    credentials: FileCredentials,
}

async fn run_file(args: &RunArgs, session: &Session) -> Result<Exit, CliError> {
    let console = &session.console;
    let cancel = Cancel::default();
    let progress = Arc::new(Progress::new(console.clone()));
    let watch = Watch::start(&cancel, &progress);
    // For reading files: a pipe may never end. The run's own time begins after that.
    if let Some(timeout) = args.timeout {
        watch.limit(timeout);
    }
    if loading::is_stdin(&args.file) && args.input.as_deref() == Some("-") {
        let error = CliError::usage(codes::USAGE, "Standard input can be read once: it cannot be the workflow and --input both.");
        return Err(error.help("Name a file for one of them."));
    }
    if args.sandbox && args.dry_run == Some(Some(DryRun::Read)) {
        let error = CliError::usage(codes::USAGE, "--dry-run=read reads from the real server, and --sandbox asks for none.");
        return Err(error.help("Leave out --sandbox, or take --dry-run alone, in which the emulator answers what is read too."));
    }
    let report = args.report.as_deref().map(|path| report_file(args, path)).transpose()?;
    let state = state_file(args)?;
    let offline = offline(args)?;
    let emulator = if args.sandbox { Some(args.emulator.start()?) } else { args.emulator.refuse().map(|()| None)? };
    // What cannot be saved is said before anything is sent.
    args.save_files.as_deref().map(SaveFolder::new).transpose()?;
    let workflow = loading::load(&args.file)?;
    let registry = packs::add(session.registry.clone(), args.nodes.as_deref())?;
    let registry = args.packages.add(registry, Some(&args.file))?;
    let credentials = args.credentials.as_deref().map(|path| FileCredentials::read(path, &environment::variable)).transpose()?.unwrap_or_default();
    let job = Job { args, console, workflow, registry, progress, watch, report, state, offline, emulator, credentials };

    // One for the check and the run, so that the folder is read once.
    let files = job.files()?;
    let workflows = Arc::new(FolderWorkflows::new(&args.file, args.workflows.as_deref(), files.clone()));
    let options = match job.options(&workflows, cancel)? {
        Ok(options) => options,
        Err(exit) => return Ok(exit),
    };
    let execution = job.execution(workflows, files)?;
    let stored = execution.stored.clone();
    let ports = job.offline.process(job.registry.clone()).ports(execution)?;
    let blobs = ports.ports.blobs.clone();
    let mut result = job.run(options, ports).await;
    pages::add_help(&mut result);
    console.secrets().hide_in_result(&mut result, &job.workflow, &job.registry);
    let extra = job.offline.answers().map(|_| ("savedCredentials".to_owned(), stored.list()));
    let written = job.write(&result, &job.progress.plan(), &*blobs, extra).await;
    let exit = job.end(&result);
    // The process ends: to give back the memory of many items one by one would only take time.
    std::mem::forget(result);
    written.map(|()| exit).map_err(|error| too_late(error, exit))
}

/// The run is done whatever becomes of its result: that is no wrong use, and running it again would send everything again.
fn too_late(error: CliError, exit: Exit) -> CliError {
    let exit = if exit == Exit::Done { Exit::Failed } else { exit };
    error.exit(exit).help("The run is done, and what it sent was sent: only its result could not be written.")
}

/// Who hears of events: people, and the watch when no node is at work any more: putting the result together may take its time.
struct Listeners {
    progress: Arc<Progress>,
    watch: Watch,
}

impl EventSink for Listeners {
    fn emit(&self, execution: &Arc<str>, event: Event) {
        if matches!(event, Event::RunEnded) {
            self.watch.run_ended();
        }
        self.progress.emit(execution, event);
    }
}

impl Job<'_> {
    /// How the engine shall run the file; an exit code where its check keeps it from starting.
    fn options(&self, workflows: &Arc<FolderWorkflows>, cancel: Cancel) -> Result<Result<RunOptions, Exit>, CliError> {
        let Self { args, console, workflow, registry, .. } = self;
        let destination = args.destination.as_deref();
        let seeded = args.sandbox || args.dry_run == Some(None);
        let credentials = if seeded { FileCredentials::default() } else { self.credentials.clone() };
        let (use_pins, given, workflows) = (!args.no_pin, args.input.is_some(), workflows.clone());
        let allowances = [(!args.allow_files.is_empty()).then_some(Allowance::Files), args.allow_exec.then_some(Allowance::Commands)];
        let allowed = allowances.into_iter().flatten().collect();
        let before = BeforeRun { workflow, registry, destination, use_pins, given, strict: args.strict, workflows, credentials, allowed };
        let start = match start_node(workflow, registry, args.start.as_deref(), !args.no_pin) {
            Ok(start) => start,
            Err(error) => return before.say_unsupported(error != StartError::None, console).map(Err).ok_or_else(|| no_start(&error)),
        };
        let shows_all = self.report.is_some() || (self.form() == Form::Json && args.items != Items::None);
        let options = RunOptions { last_items_only: !shows_all, ..options(args, workflow, start, cancel, console)? };
        if let Some(exit) = before.say(&options.start, console) {
            return Ok(Err(exit));
        }
        self.say_what_starts(&options);
        Ok(Ok(options))
    }

    /// Names the pinned nodes, and says what the start node puts out; one that is no trigger gets `--input` instead.
    fn say_what_starts(&self, options: &RunOptions) {
        let Self { args, console, workflow, registry, .. } = self;
        let pinned = |name: &str| options.use_pins && workflow.is_pinned(name);
        let start = &options.start;
        let trigger = workflow.node(start).filter(|node| is_trigger(registry, node));
        let verb = if trigger.is_some() || (options.input.is_none() && pinned(start)) { "puts out" } else { "gets" };
        let what = match options.input.as_ref().and_then(ItemList::len) {
            Some(1) => "1 item of --input".to_owned(),
            Some(count) => format!("{count} items of --input"),
            None if pinned(start) => "the file's pinned data".to_owned(),
            None => match trigger.map(|node| begins(registry, node)) {
                None => "one empty item".to_owned(),
                Some(Begins::ByItself) => "what it makes by itself".to_owned(),
                Some(Begins::Polls) => "what it finds now; nothing is remembered between runs until there is a server".to_owned(),
                Some(Begins::Empty) => "one empty item, for nobody has called it; --input gives what would come".to_owned(),
            },
        };
        console.note(&format!("start: \"{start}\" {verb} {what}"));
        let is_pinned = |node: &&workflow::Node| pinned(&node.name) && !node.disabled && node.name != *start;
        let others: Vec<String> = workflow.nodes.iter().filter(is_pinned).map(|node| format!("\"{}\"", node.name)).collect();
        if !others.is_empty() {
            console.note(&format!("pinned: {} put out the file's pinned data (--no-pin runs them)", others.join(", ")));
        }
        match args.dry_run {
            Some(None) => console.note("dry run: no request leaves, no node writes a file, no command runs"),
            Some(Some(DryRun::Read)) => {
                console.note("dry run: requests that only read leave, and those for tokens; no other leaves, no node writes a file, no command runs");
            }
            None => {}
        }
        if let Some(sandbox) = &self.emulator {
            emulator::say_lacking(sandbox, console);
        }
        self.offline.say(args.credentials.as_deref(), console);
    }

    /// The folders that the run may touch; what konverte itself is given is nothing for a workflow.
    fn files(&self) -> Result<Option<AllowedFolders>, CliError> {
        let Self { args, .. } = self;
        let mut kept_back: Vec<PathBuf> = [&args.credentials, &args.env_file, &args.emulator.seed].into_iter().flatten().cloned().collect();
        kept_back.extend(self.credentials.files());
        kept_back.extend(args.packages.lock(&args.file)?);
        let allowed = (!args.allow_files.is_empty()).then(|| AllowedFolders::open(&args.allow_files, kept_back));
        Ok(allowed.transpose()?)
    }

    /// What the options give the execution.
    fn execution(&self, workflows: Arc<FolderWorkflows>, files: Option<AllowedFolders>) -> Result<Execution, CliError> {
        let Self { args, offline, emulator, .. } = self;
        let environment = environment::variable;
        let reach = match (offline.answers(), args.dry_run, emulator.clone()) {
            (Some(answers), ..) => Reach::Answers(answers.clone()),
            (None, Some(Some(DryRun::Read)), _) => Reach::ReadOnly,
            (None, Some(None), sandbox) => Reach::DryRun { sandbox },
            (None, None, Some(sandbox)) => Reach::Sandbox(sandbox),
            (None, None, None) => Reach::Network,
        };
        let variables = FixedVariables::read(args.vars.as_deref(), args.env_file.as_deref(), &args.allow_env, &environment)?;
        let commands =
            args.allow_exec.then(|| Ok::<_, CliError>(Commands { environment: environment::of_commands(&variables), keeper: keeper::start()? }));
        Ok(Execution {
            commands: commands.transpose()?,
            files,
            credentials: self.credentials.clone(),
            secrets: self.console.secrets().clone(),
            stored: Arc::default(),
            reach,
            requests: offline.requests()?,
            variables,
            max_response: args.max_response,
            static_data: Arc::new(MemoryState::new(self.workflow.static_data())),
            workflows,
            events: Arc::new(Listeners { progress: self.progress.clone(), watch: self.watch.clone() }),
        })
    }

    async fn run(&self, options: RunOptions, ports: EnginePorts) -> RunResult {
        let plan_options = PlanOptions { timezone: Some(self.args.timezone.clone()) };
        let plan = ports.plans.of(&self.workflow, &plan_options);
        if let Some(timeout) = self.args.timeout.into_iter().chain(self.workflow.settings.execution_timeout).min() {
            self.watch.limit(timeout);
        }
        let result = engine::run(plan, options, ports).await;
        // One that was refused says nothing of its end.
        self.watch.run_ended();
        self.progress.clear();
        result
    }

    /// Says how it ended, and gives the exit code.
    fn end(&self, result: &RunResult) -> Exit {
        if let Some(error) = &result.error {
            self.console.message(&loading::run_message(&self.workflow, error, Level::Error));
        }
        if self.form() != Form::Summary {
            let lines = output::summary::existed(&self.progress.existed()).into_iter().chain(output::summary::unknown(result));
            lines.for_each(|line| self.console.note(&line));
        }
        if let Some(sandbox) = &self.emulator {
            emulator::say_struck(sandbox, self.console);
        }
        self.offline.say_unanswered(result.error.as_ref().map(|error| error.message.as_str()), self.console);
        if matches!(self.form(), Form::Ndjson | Form::Csv) {
            self.console.status(result.status.as_str(), output::summary::tone(result.status));
        }
        match result.status {
            Status::Success | Status::Waiting => Exit::Done,
            Status::Error => Exit::Failed,
            Status::Canceled => match self.watch.interrupted() {
                Some(exit) => {
                    let done = result.nodes.values().flatten().filter(|run| !run.error.as_ref().is_some_and(|error| error.fatal)).count();
                    self.console.note(&format!("interrupted: {done} node runs were done"));
                    exit
                }
                None => Exit::Timeout,
            },
        }
    }
}

/// How the command line says that the engine shall run.
fn options(args: &RunArgs, workflow: &Workflow, start: String, cancel: Cancel, console: &Console) -> Result<RunOptions, CliError> {
    check_zone(&args.timezone)?;
    args.destination.as_deref().map_or(Ok(()), |name| check_destination(workflow, &start, name))?;
    Ok(RunOptions {
        destination: args.destination.clone(),
        input: args.input.as_deref().map(|spec| input::read_items(spec, args.delimiter, console)).transpose()?,
        use_pins: !args.no_pin,
        strict: args.strict,
        timeout: args.timeout,
        dry_run: args.dry_run.is_some(),
        cancel,
        ..RunOptions::new(start)
    })
}
