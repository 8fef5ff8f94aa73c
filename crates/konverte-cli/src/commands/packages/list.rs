//! `konverte packages list`.

use clap::Args;
use packages::cache::Cache;
use packages::described::Described;
use packages::hosts::Hosts;
use packages::lock::{Lock, Package};
use packages::types::Types;
use serde_json::{Value, json};

use super::WhereArgs;
use super::words::count;
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;

/// Options of `konverte packages list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

pub(crate) fn run(args: &ListArgs, session: &Session) -> Result<Exit, CliError> {
    let lock = Lock::open(&args.place.file())?.unwrap_or_default();
    let cache = args.place.cache()?;
    let packages: Vec<Listed<'_>> = lock.packages.iter().map(|(name, package)| Listed::new(name, package, &lock, &cache)).collect();
    let here = walls::here();
    let text = if args.json {
        let all = json!({
            "lock": args.place.file(),
            "cache": cache.folder(),
            "walls": here.walls,
            "packages": packages.iter().map(Listed::json).collect::<Vec<_>>(),
        });
        format!("{all:#}\n")
    } else {
        let walls = here.to_string().lines().map(|line| format!("  {line}\n")).collect::<String>();
        let missing = here.missing().map(|why| format!("  nothing of a package runs here: {why}\n")).unwrap_or_default();
        let text: String = packages.iter().map(Listed::text).chain([format!("walls on this system\n{walls}{missing}")]).collect();
        session.console.output().lines(&text)
    };
    write_stdout(text.as_bytes())?;
    Ok(Exit::Done)
}

/// As its descriptions say; of a package of which none are kept, as its files are called.
pub(super) fn types(name: &str, package: &Package, lock: &Lock, cache: &Cache) -> Option<Types> {
    let contents = &package.library.contents;
    let described = Described::known(cache, contents, &lock.identity(name, package)).map(|described| Types {
        nodes: described.node_names().map(str::to_owned).collect(),
        credentials: described.credentials().map(|credential| credential.name).collect(),
    });
    described.or_else(|| cache.open(contents, name).and_then(|kept| Types::of_kept(&kept)).ok())
}

struct Listed<'a> {
    name: &'a str,
    package: &'a Package,
    libraries: usize,
    /// Whether all of it is in the cache.
    installed: bool,
    /// As far as its files are in the cache.
    types: Option<Types>,
}

impl<'a> Listed<'a> {
    fn new(name: &'a str, package: &'a Package, lock: &'a Lock, cache: &Cache) -> Self {
        let libraries = lock.libraries_of(package);
        let there = |key: &&str| lock.libraries.get(*key).is_some_and(|library| cache.has(&library.contents));
        let installed = cache.has(&package.library.contents) && libraries.iter().all(there);
        let types = types(name, package, lock, cache);
        Self { name, package, libraries: libraries.len(), installed, types }
    }

    fn json(&self) -> Value {
        let hosts = match &self.package.hosts {
            Hosts::Any => json!("any"),
            Hosts::These(hosts) => json!(hosts),
        };
        json!({
            "name": self.name,
            "version": self.package.version,
            "licence": self.package.licence,
            "archive": self.package.library.archive,
            "hosts": hosts,
            "libraries": self.libraries,
            "installed": self.installed,
            "nodes": self.types.as_ref().map(|types| &types.nodes),
            "credentials": self.types.as_ref().map(|types| &types.credentials),
        })
    }

    fn text(&self) -> String {
        let Package { version, licence, hosts, .. } = self.package;
        let types = self.types.as_ref().map_or("its types are not known here".to_owned(), |types| {
            format!("{}, {}", count(types.nodes.len(), "node type"), count(types.credentials.len(), "credential type"))
        });
        let installed = if self.installed { "installed" } else { "not installed here: `konverte packages install` brings it" };
        format!(
            "{} {version}\n  {types}, {}; {installed}\n  licence {}, accepted on {}\n  requests may go to {hosts}\n",
            self.name,
            if self.libraries == 1 { "1 library".to_owned() } else { format!("{} libraries", self.libraries) },
            licence.name,
            licence.accepted
        )
    }
}
