//! `cargo xtask closure`: works out anew, with the versions that the registry has now, what is built in of n8n-nodes-base.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use packages::built_in::TESTED;
use packages::cache::Cache;
use packages::hosts::Hosts;
use packages::install::{self, Accepted};
use packages::lock::Lock;
use packages::npmrc::Sources;
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Spec;

use crate::shell::{Outcome, root};

/// Facts alone are written: names, versions, addresses and hashes. Nobody has accepted anything in this lock.
pub(crate) fn run() -> Outcome {
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let cache = Cache::new(folder.path());
    let registry = Registry::new(Arc::new(konverte_http::Client::default()), Sources::default()).trusting(authorities());
    let (package, libraries) = runtime.block_on(async {
        let offer = Offer::fetch(&registry, &Spec::parse(&format!("{}@{}", TESTED.0, TESTED.1))?).await?;
        let accepted = Accepted { on: String::new(), hosts: Hosts::These([].into()) };
        install::fetch_anew(&registry, &cache, &offer, accepted, &|_| {}).await
    })?;
    println!("{} libraries, {} MB fetched", libraries.len(), registry.fetched() / 1_000_000);
    let mut lock = Lock::default();
    lock.libraries = libraries;
    lock.packages = BTreeMap::from([(TESTED.0.to_owned(), package)]);
    fs::write(root().join("crates/packages/src/built_in.lock.json"), lock.write())?;
    Ok(true)
}

/// As npm, behind a proxy that looks into connections.
#[expect(clippy::disallowed_methods, reason = "a chore may read the environment")]
fn authorities() -> Option<String> {
    std::env::var_os("NODE_EXTRA_CA_CERTS").and_then(|file| fs::read_to_string(file).ok())
}
