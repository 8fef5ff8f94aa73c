//! `konverte check FILE...`, and the same findings before a run.

mod before;
mod folder;
mod notes;
mod out;
mod proofs;
mod survey;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;
use engine::{CheckOptions, Found, Given};
use host::adapters::credentials::{FileCredentials, names_credential};
use host::adapters::workflows::FolderWorkflows;
use host::{packs, start_node};
use node_sdk::{NodeInfo, Registry};
use workflow::Workflow;
use workflow::diagnostic::repeated_keys;

pub(crate) use self::before::BeforeRun;
use self::folder::Files;
use self::notes::{beginning, no_start, origins};
pub use self::out::Format;
pub(crate) use self::out::Out;
use self::out::{Counts, exit_of};
pub(crate) use self::proofs::Tests;
use self::survey::{Survey, Verdict};
use crate::commands::Session;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::misfits::Schemas;
use crate::offline::OfflineArgs;
use crate::packaged::PackagesArgs;
use crate::{environment, loading};

/// Options of `konverte check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The workflow files, - for standard input; of a folder, one line a file and a total
    #[arg(required = true, value_name = "FILE|DIR|-")]
    pub files: Vec<PathBuf>,
    /// Text for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// Warnings count as errors
    #[arg(long)]
    pub deny_warnings: bool,
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

pub(crate) fn run(args: &CheckArgs, session: &Session) -> Result<Exit, CliError> {
    if args.files.iter().filter(|file| loading::is_stdin(file)).count() > 1 {
        return Err(CliError::usage(codes::USAGE, "Standard input can be read once: - stands there twice."));
    }
    let ours = packs::add(session.registry.clone(), args.nodes.as_deref())?;
    let Files { files, unread, .. } = Files::of(&args.files)?;
    let (registries, of_file) = args.packages.each(&ours, &files)?;
    let credentials = args.credentials.as_deref().map(|path| FileCredentials::read(path, &environment::variable)).transpose()?;
    session.console.secrets().add(&credentials.as_ref().map(FileCredentials::secrets).unwrap_or_default());
    let tests = Tests::new(args, credentials.as_ref(), registries.first().unwrap_or(&ours), &session.console)?;
    let schemas = registries.iter().map(Schemas::new).collect();
    let out = Out { format: args.format, console: &session.console };
    let mut checker = Checker { args, registries: &registries, schemas, credentials, tests, folders: HashMap::new(), out };
    let mut survey = args.files.iter().any(|path| path.is_dir()).then(Survey::default);
    let mut exit = Exit::Done;
    for (file, place) in files.iter().zip(of_file) {
        let ended = match &mut survey {
            Some(survey) => checker.line(file, place, survey)?,
            None => checker.details(file, place)?,
        };
        exit = worse(exit, ended);
    }
    if let Some(mut survey) = survey {
        for (folder, error) in unread {
            exit = worse(exit, survey.add(&folder, None, Verdict::broken(error), &checker.out)?);
        }
        survey.total(&registries, &checker.out)?;
    }
    if let Some(tests) = checker.tests {
        tests.offline.say_unanswered(Some(&tests.unanswered), &session.console);
    }
    Ok(exit)
}

/// The exit code of two files: a node that is not supported wins over everything else.
fn worse(exit: Exit, next: Exit) -> Exit {
    if next == Exit::Unsupported || exit == Exit::Done { next } else { exit }
}

/// What the check of each file needs.
struct Checker<'a> {
    args: &'a CheckArgs,
    registries: &'a [Registry],
    /// Of each registry.
    schemas: Vec<Schemas<'a>>,
    credentials: Option<FileCredentials>,
    tests: Option<Tests>,
    /// Where the sub-workflows of the files of a folder are: it is read once.
    folders: HashMap<PathBuf, FolderWorkflows>,
    out: Out<'a>,
}

impl Checker<'_> {
    /// Prints all that is found in a file. `place`: that of its registry.
    fn details(&mut self, file: &Path, place: usize) -> Result<Exit, CliError> {
        let workflow = match loading::load(file) {
            Ok(workflow) => workflow,
            Err(error) => return error.each().try_for_each(|error| self.out.error(error)).map(|()| error.exit),
        };
        let found = self.found(file, &workflow, place)?;
        found.iter().try_for_each(|finding| self.out.finding(&workflow, finding))?;
        self.exit(&workflow, &found)
    }

    /// Prints a line for each workflow of a file, and counts it. What only stands in a folder may be JSON of another kind.
    fn line(&mut self, file: &PathBuf, place: usize, survey: &mut Survey) -> Result<Exit, CliError> {
        let is_named = self.args.files.contains(file);
        let workflows = match if is_named { loading::load(file).map(|workflow| Some(vec![Ok(workflow)])) } else { loading::find(file) } {
            Ok(Some(workflows)) => workflows,
            Ok(None) => return survey.other(file, self.out.format),
            Err(error) => return survey.add(file, None, Verdict::broken(error), &self.out),
        };
        let is_several = workflows.len() > 1;
        let mut exit = Exit::Done;
        for workflow in workflows {
            let (name, verdict) = match workflow {
                Ok(workflow) => {
                    let found = self.found(file, &workflow, place)?;
                    (workflow.name.clone(), Verdict::new(&found, self.exit(&workflow, &found)?))
                }
                Err(error) => (String::new(), Verdict::broken(error)),
            };
            exit = worse(exit, survey.add(file, is_several.then_some(name.as_str()), verdict, &self.out)?);
        }
        Ok(exit)
    }

    /// The exit code of one file; its credentials are tested where that is asked for.
    fn exit(&mut self, workflow: &Workflow, found: &[Found]) -> Result<Exit, CliError> {
        let exit = exit_of(found, if self.args.deny_warnings { Counts::Warnings } else { Counts::Errors });
        let good = self.tests.as_mut().map_or(Ok(true), |tests| tests.run(workflow, &self.out))?;
        Ok(if exit == Exit::Done && !good { Exit::Invalid } else { exit })
    }

    fn found(&mut self, file: &Path, workflow: &Workflow, place: usize) -> Result<Vec<Found>, CliError> {
        let registry = &self.registries[place];
        let start = start_node(workflow, registry, None, true);
        let beginning = start.as_ref().map_or_else(|error| Some(no_start(error)), |start| beginning(workflow, registry, start));
        let home = file.parent().unwrap_or(Path::new("")).to_path_buf();
        let folders = self.folders.entry(home).or_insert_with(|| FolderWorkflows::new(file, self.args.workflows.as_deref(), None)).clone();
        let given = self.credentials.clone();
        // Without a file, what a node names counts as there: the run may get it.
        let has_credential = move |node: &NodeInfo, type_name: &str| match &given {
            Some(given) => given.known(node, type_name),
            None => Ok(if names_credential(node, type_name) { Given::Name } else { Given::Nothing }),
        };
        let find = move |reference: &str| folders.find_now(reference);
        let options = CheckOptions {
            start: start.ok(),
            destination: None,
            use_pins: true,
            given: false,
            has_credential: Some(&has_credential),
            subworkflow: Some(&find),
            compile: true,
            allowed: &[],
        };
        let mut found = engine::check(workflow, registry, &options);
        let misfits = self.schemas[place].misfits(workflow, &found)?;
        found.extend(misfits);
        found.extend(origins(workflow, registry).into_iter().map(Found::reported));
        found.extend(repeated_keys(workflow).into_iter().chain(beginning).map(Found::reported));
        Ok(found)
    }
}
