//! What is found out of a package when it is installed, by running it in its worker: what the modules that it borrows export, and what its
//! types say of themselves where they do not say it as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use node_sdk::NodeError;
use package_worker::protocol::{ENGINE, Job, Payload};
use packages::cache::Cache;
use packages::described::{self, Described, Source, Sources, class_of};
use packages::facts::Facts;
use packages::lock::Lock;
use packages::manifest::Manifest;
use packages::modules::Modules;
use packages::{Error, archive, codes};
use serde_json::{Map, Value, json};

use super::attending::{Order, work};
use super::bundling::Bundler;
use super::crossing::{failed, parsed};
use super::library::Library;
use super::sessions::Owner;
use super::starting::Starts;
use super::thrown::thrown;
use super::workers::Workers;
use crate::installed::Package;

/// What came of preparing a package.
#[derive(Debug, Default)]
pub struct Prepared {
    /// Types that cannot be used, by their names or files, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Why nothing of it could be run.
    pub not_started: Option<NodeError>,
}

/// Finds out what is not known yet of a package of a lock, and keeps it in the cache.
///
/// # Errors
/// [`codes::NO_NODES`]: its files were run, and none of them is a type. Those of the cache.
pub async fn prepare(workers: &Workers, lock: &Arc<Lock>, cache: &Cache, name: &str) -> packages::Result<Prepared> {
    let Some(package) = Package::locked(lock, cache, name) else { return Ok(Prepared::default()) };
    let modules = workers.modules(&package).map_err(|error| Error::new(codes::NOT_INSTALLED, error.message.to_string()))?;
    let asking = Asking { workers: &workers.with_texts(), name, modules: &modules };
    package.find_needs(cache)?;
    let begun = asking.facts(cache).await?.and(asking.types(lock, cache).await?);
    if begun.is_ok() {
        compile(&workers.library(&modules), &workers.starts).await?;
    }
    Ok(match begun {
        Ok(left_out) => Prepared { left_out, not_started: None },
        Err(error) => Prepared { left_out: Vec::new(), not_started: Some(error) },
    })
}

/// Bytes of what is compiled of a package that are kept at most: files that many types share are in the bundle of each.
const MOST_COMPILED: usize = 256 << 20;

/// Compiles what begins with each type and each borrowed module, and keeps it. What is not kept is compiled when it runs.
async fn compile(library: &Library, starts: &Starts) -> packages::Result<()> {
    let bundles = library.modules.bundles(ENGINE);
    let mut bundler = Bundler::new(&library.modules, starts.clone());
    let mut kept = 0;
    for id in library.modules.beginnings()? {
        if kept > MOST_COMPILED {
            break;
        }
        if bundles.kept(&id).is_none()
            && let Ok(bundle) = bundler.make(&id).await
        {
            kept += bundle.parts.iter().map(bytes::Bytes::len).sum::<usize>();
            bundles.keep(&id, &bundle)?;
        }
    }
    Ok(())
}

/// What the types of a package say of themselves when their files are run, without those that cannot be used: these with the reason.
///
/// # Errors
/// Those of the cache. The inner error: nothing of it could be run.
pub async fn ran(workers: &Workers, lock: &Arc<Lock>, cache: &Cache, name: &str) -> packages::Result<Result<Ran, NodeError>> {
    let (Some(package), Some(held)) = (Package::locked(lock, cache, name), lock.packages.get(name)) else { return Ok(Ok(Ran::default())) };
    let modules = workers.modules(&package).map_err(|error| Error::new(codes::NOT_INSTALLED, error.message.to_string()))?;
    Asking { workers: &workers.with_texts(), name, modules: &modules }.ran(held, cache).await
}

/// Types, and names of files that are none, with the reason.
pub type Ran = (Sources, Vec<(String, String)>);

struct Asking<'a> {
    workers: &'a Workers,
    name: &'a str,
    modules: &'a Arc<Modules>,
}

/// What a worker gave; the inner error is the job's. The outer one: there is no worker.
type Given = Result<Result<Value, NodeError>, NodeError>;

impl Asking<'_> {
    /// Whether the modules could be run that the package borrows. One that cannot be run is not noted: it is run where it is asked for.
    async fn facts(&self, cache: &Cache) -> packages::Result<Result<(), NodeError>> {
        if matches!(Facts::kept(cache, self.modules.identity()), Ok(Some(_))) {
            return Ok(Ok(()));
        }
        let mut facts = Facts::default();
        for id in self.modules.borrowed()? {
            match self.ask("facts", Job::Facts, json!({"modules": [id]})).await {
                Ok(Ok(Value::Array(mut given))) => facts.0.extend(given.pop().and_then(|fact| Some((id, serde_json::from_value(fact).ok()?)))),
                Ok(_) => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        facts.keep(cache, self.modules.identity()).map(Ok)
    }

    /// Which types cannot be used, of a package that does not say as data which it has.
    async fn types(&self, lock: &Lock, cache: &Cache) -> packages::Result<Result<Vec<(String, String)>, NodeError>> {
        let Some(package) = lock.packages.get(self.name) else { return Ok(Ok(Vec::new())) };
        if described::is_kept(cache, &package.library.contents, self.modules.identity()) {
            return Ok(Ok(Vec::new()));
        }
        let (sources, mut left_out) = match self.ran(package, cache).await? {
            Ok(ran) => ran,
            Err(error) => return Ok(Err(error)),
        };
        let mut described = Described::of(self.name, sources);
        left_out.append(&mut described.left_out);
        if described.node_names().next().is_none() && described.credentials().next().is_none() {
            let why = left_out.first().map(|(file, why)| format!(" {file}: {why}.")).unwrap_or_default();
            return Err(Error::new(codes::NO_NODES, format!("No file of {} is a type that can be used.{why}", self.name)));
        }
        described.keep(cache, self.modules.identity())?;
        Ok(Ok(left_out))
    }

    /// What the types say of themselves when their files are run.
    async fn ran(&self, package: &packages::lock::Package, cache: &Cache) -> packages::Result<Result<Ran, NodeError>> {
        let files = cache.open(&package.library.contents, self.name)?;
        let manifest = Manifest::read(files.read("package.json")?.as_deref(), self.name)?;
        let mut left_out = Vec::new();
        let mut sources = [BTreeMap::new(), BTreeMap::new()];
        let nodes = manifest.nodes().map(|file| (false, file));
        for (credential, file) in nodes.chain(manifest.credentials().map(|file| (true, file))).filter(|(_, file)| archive::is_kept(file)) {
            let class = class_of(file).unwrap_or_default();
            let about = json!({"file": self.modules.own(file), "className": class, "credential": credential});
            match self.ask("types", Job::Describe, about).await {
                Ok(given) => match given.map_err(|error| error.message.to_string()).and_then(described_as) {
                    Ok((name, descriptions)) => {
                        sources[usize::from(credential)].insert(name, Source { descriptions, file: file.to_owned(), class });
                    }
                    Err(why) => left_out.push((file.to_owned(), why)),
                },
                Err(error) => return Ok(Err(error)),
            }
        }
        let [nodes, credentials] = sources;
        Ok(Ok((Sources { nodes, credentials }, left_out)))
    }

    /// Has the worker do a job. Nothing that it asks for but its files is given.
    async fn ask(&self, session: &str, job: Job, about: Value) -> Given {
        let payload = Payload::json(about.to_string());
        let owner = Owner::Named(session.to_owned());
        let order = Order { package: self.name, modules: self.modules, owner, now: None, job, payload };
        let refused = |name: String, _| async move { failed(&NodeError::new(format!("\"{name}\" is not there while a package is installed"))) };
        match work(self.workers, &order, || false, refused).await {
            Ok((true, payload)) => Ok(parsed(&payload)),
            Ok((false, payload)) => Ok(Err(thrown(self.modules, &payload))),
            Err(error) if error.code == super::codes::ENDED => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }
}

/// The name of a type, and its descriptions.
fn described_as(given: Value) -> Result<(String, Vec<Map<String, Value>>), String> {
    let Value::Array(list) = given else { return Err("it has no description".into()) };
    let list = list.into_iter().filter_map(|one| if let Value::Object(map) = one { Some(map) } else { None });
    let descriptions: Vec<Map<String, Value>> = list.collect();
    let name = descriptions.iter().find_map(|description| description.get("name")?.as_str()).map(str::to_owned);
    Ok((name.ok_or("it has no name")?, descriptions))
}
