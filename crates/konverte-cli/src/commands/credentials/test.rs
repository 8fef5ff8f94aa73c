//! `konverte credentials test`: asks services whether the credentials of a file hold.

use std::path::PathBuf;

use clap::Args;
use host::CredentialTests;
use host::adapters::credentials::{FileCredentials, Listed};
use node_sdk::{NodeError, Registry};
use serde_json::Map;

use crate::commands::Session;
use crate::commands::check::{Format, Out, Tests};
use crate::console::{Level, Message};
use crate::environment;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::offline::OfflineArgs;
use crate::packaged::PackagesArgs;

/// Options of `konverte credentials test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// The name (or the id) of one credential (default: all)
    pub name: Option<String>,
    /// The credentials file
    #[arg(long, value_name = "FILE")]
    pub credentials: PathBuf,
    /// Its type, where the file does not say it
    #[arg(long = "type", value_name = "TYPE", requires = "name")]
    pub type_name: Option<String>,
    /// Text for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// Who answers the tests
    #[command(flatten)]
    pub offline: OfflineArgs,
    /// Where the packages of nodes are
    #[command(flatten)]
    pub packages: PackagesArgs,
}

pub(crate) fn run(args: &TestArgs, session: &Session) -> Result<Exit, CliError> {
    let registry = args.packages.add(session.registry.clone(), Some(&args.credentials))?;
    let credentials = FileCredentials::read(&args.credentials, &environment::variable)?;
    session.console.secrets().add(&credentials.secrets());
    let listed = listed(args, &credentials)?;
    let offline = args.offline.read([args.credentials.as_path()])?;
    offline.say(Some(&args.credentials), &session.console);
    let outside = (offline.answers(), offline.requests()?);
    let tests = CredentialTests::new(offline.process(registry.clone()), credentials, outside, session.console.secrets().clone());
    let mut tests = Tests { offline, tests, unanswered: String::new(), deny_warnings: false };
    let out = Out { format: args.format, console: &session.console };
    let mut all = Vec::new();
    for listed in &listed {
        all.push(holds(&mut tests, (listed, args.type_name.as_deref()), &registry, &out)?);
    }
    tests.offline.say_unanswered(Some(&tests.unanswered), &session.console);
    if let (Some(name), [None]) = (&args.name, &all[..]) {
        // Who asks about one wants to know: neither yes nor no is true.
        let text = format!("The credential \"{name}\" could not be tested: nothing is known of whether it holds.");
        session.console.message(&Message { level: Level::Error, code: None, text, help: None, place: None });
        return Ok(Exit::Failed);
    }
    Ok(if all.contains(&Some(false)) { Exit::Invalid } else { Exit::Done })
}

/// The credentials to be tested.
fn listed(args: &TestArgs, credentials: &FileCredentials) -> Result<Vec<Listed>, CliError> {
    let Some(name) = &args.name else { return Ok(credentials.list()) };
    let found = credentials.named(name, args.type_name.as_deref()).map_err(|NodeError { code, message, .. }| {
        CliError::usage(code, format!("{message}."))
            .help("Name the one that is meant by its id; where their types are not the same, `--type TYPE` tells them apart too.")
    })?;
    found.map(|found| vec![found]).ok_or_else(|| {
        let names: Vec<String> = credentials.list().into_iter().map(|listed| format!("`{}`", listed.name)).collect();
        let error = CliError::usage(codes::UNKNOWN_NAME, format!("{} has no credential `{name}`.", args.credentials.display()));
        error.help(if names.is_empty() { "It has none at all.".to_owned() } else { format!("It has {}.", names.join(", ")) })
    })
}

/// Whether one holds; `None`: its type is not known or has no test, so nobody can say.
fn holds(tests: &mut Tests, (listed, given): (&Listed, Option<&str>), registry: &Registry, out: &Out<'_>) -> Result<Option<bool>, CliError> {
    // Under a key alone stands a type where one of that name is known.
    let type_name = given.or(listed.type_name.as_deref()).unwrap_or(&listed.name);
    let unknown = match (registry.credential(type_name), given.or(listed.type_name.as_deref())) {
        (Some(_), _) => None,
        (None, Some(type_name)) => Some(format!("not tested: konverte does not know the type `{type_name}`")),
        (None, None) => Some("not tested: the file does not say its type (`--type TYPE` does)".to_owned()),
    };
    if let Some(why) = unknown {
        out.not_tested(&listed.name, &why)?;
        return Ok(None);
    }
    let none = Map::new();
    match tests.tests.of_file(listed, type_name, &none) {
        Ok(Some(used)) => tests.of(&used, out),
        Ok(None) => Ok(None),
        Err(error) => out.proof(&listed.name, type_name, Err(error)).map(|()| Some(false)),
    }
}
