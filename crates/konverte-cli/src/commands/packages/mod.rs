//! `konverte packages`: node packages of n8n and its community, installed without Node.js.

mod add;
mod ask;
mod grant;
mod install;
mod list;
mod outdated;
mod prepared;
mod progress;
mod taken;
mod taking;
mod update;
mod watch;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use packages::cache::Cache;
use packages::lock::{self, Lock};
use packages::npmrc::Sources;
use packages::registry::Registry;
use packages::{codes, place};

use crate::commands::Session;
use crate::environment;
use crate::error::CliError;
use crate::exit::Exit;

/// Options of `konverte packages`.
#[derive(Debug, Args)]
pub struct PackagesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: PackagesCommand,
}

/// The commands below `konverte packages`.
#[derive(Debug, Subcommand)]
pub enum PackagesCommand {
    /// Add a package from the npm registry, or an installed one from its folder
    Add(add::AddArgs),
    /// Bring into the cache exactly what the lock names
    Install(install::InstallArgs),
    /// List the packages of the lock: versions, node types, where requests may go
    List(list::ListArgs),
    /// Say where the requests of a package may go
    Grant(grant::GrantArgs),
    /// Take a package out of the lock
    Remove(grant::RemoveArgs),
    /// Say of which packages of the lock there is a newer version, and what it would change
    Outdated(outdated::OutdatedArgs),
    /// Add the newest version of a package of the lock
    Update(update::UpdateArgs),
    /// Compare what is in the cache with the lock
    Verify(install::VerifyArgs),
}

/// Where the lock and the cache are.
#[derive(Debug, Clone, Args)]
pub struct WhereArgs {
    /// The lock (default: packages.lock.json in the working directory)
    #[arg(long, value_name = "FILE")]
    pub lock: Option<PathBuf>,
    /// The folder of the files (default: KONVERTE_CACHE, else the user's cache)
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
}

/// Where packages may send requests.
#[derive(Debug, Clone, Args)]
pub struct HostArgs {
    /// Requests may go to these hosts; *.example.com stands for all below example.com
    #[arg(long, value_name = "HOST", num_args = 1.., conflicts_with = "any_host")]
    pub host: Vec<String>,
    /// Requests may go to any host
    #[arg(long)]
    pub any_host: bool,
}

/// Which registry is asked.
#[derive(Debug, Clone, Args)]
pub struct RegistryArgs {
    /// Ask this registry (default: that of npm's configuration)
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
}

/// How a package is taken into the lock.
#[derive(Debug, Clone, Args)]
pub struct TakeArgs {
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// Where its requests may go.
    #[command(flatten)]
    pub hosts: HostArgs,
    /// Accept the licence, grant the hosts that are proposed, and ask nothing
    #[arg(long, short)]
    pub yes: bool,
    /// Which registry is asked.
    #[command(flatten)]
    pub registry: RegistryArgs,
}

pub(crate) fn run(args: &PackagesArgs, session: &Session) -> Result<Exit, CliError> {
    match &args.command {
        PackagesCommand::Add(args) => add::run(args, session),
        PackagesCommand::Install(args) => install::run(args, session),
        PackagesCommand::List(args) => list::run(args, session),
        PackagesCommand::Grant(args) => grant::run(args, session),
        PackagesCommand::Remove(args) => grant::remove(args, session),
        PackagesCommand::Outdated(args) => outdated::run(args, session),
        PackagesCommand::Update(args) => update::run(args, session),
        PackagesCommand::Verify(args) => install::verify(args, session),
    }
}

impl WhereArgs {
    /// The path of the lock.
    fn file(&self) -> PathBuf {
        self.lock.clone().unwrap_or_else(|| PathBuf::from(lock::FILE))
    }

    fn cache(&self) -> Result<Cache, CliError> {
        Ok(Cache::new(place::cache(self.cache.as_deref(), &environment::variable)?))
    }

    /// The lock, which has to be there.
    fn open(&self) -> Result<Lock, CliError> {
        let file = self.file();
        Lock::open(&file)?.ok_or_else(|| {
            let error = packages::Error::new(codes::LOCK, format!("{} is not there.", file.display()));
            error.help("`konverte packages add NAME` makes it; `--lock FILE` names another one.").into()
        })
    }
}

impl HostArgs {
    /// What is granted; `None` where nothing is said of it.
    fn hosts(&self) -> Result<Option<packages::hosts::Hosts>, CliError> {
        use packages::hosts::{Hosts, parse};
        if self.any_host {
            return Ok(Some(Hosts::Any));
        }
        let hosts: packages::Result<_> = self.host.iter().map(|host| parse(host)).collect();
        Ok(Some(Hosts::These(hosts?)).filter(|_| !self.host.is_empty()))
    }
}

impl RegistryArgs {
    /// Asks the registry that is named, else those of npm's own configuration: the user's, and that of the working directory. `most`: so many
    /// bytes are fetched at most.
    fn open(&self, most: Option<u64>) -> Result<Registry, CliError> {
        let home = environment::variable("HOME").map(|home| Path::new(&home).join(".npmrc"));
        let files = home.into_iter().chain([PathBuf::from(".npmrc")]).filter_map(|file| std::fs::read_to_string(file).ok());
        let files: Vec<String> = files.collect();
        let mut sources = Sources::from_npmrc(files.iter().map(String::as_str), environment::variable);
        if let Some(url) = &self.registry {
            sources = sources.with_registry(url)?;
        }
        let named = sources.authorities().map(str::to_owned);
        let authorities = named.or_else(|| ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].into_iter().find_map(environment::variable));
        let authorities = authorities.and_then(|file| std::fs::read_to_string(file).ok());
        let registry = Registry::new(Arc::new(konverte_http::Client::default()), sources).trusting(authorities);
        Ok(registry.at_most(most.unwrap_or(u64::MAX)))
    }
}

impl From<packages::Error> for CliError {
    fn from(packages::Error { code, message, help }: packages::Error) -> Self {
        let exit = if code == codes::SYSTEM {
            Exit::Unsupported
        } else if [codes::NAME, codes::HOST, codes::NOT_ADDED, codes::CONSENT].contains(&code) {
            Exit::Usage
        } else {
            Exit::Failed
        };
        Self { help, ..Self::usage(code, message) }.exit(exit)
    }
}
