//! Packages are granted what is proposed when they are added, so that a host that is not proposed is seen.

use std::path::{Path, PathBuf};

use packages::cache::Cache;
use packages::hosts::Hosts;
use packages::lock::{FILE, Lock};
use packages::offer::Offer;

use crate::failure::Failure;

/// A lock in a folder that grants what is proposed for the packages of another one. n8n-nodes-base keeps any host, as it is proposed.
pub(crate) fn lock(file: &Path, cache: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let mut lock = Lock::open(file)?.ok_or("the lock is not there")?;
    let cache = Cache::new(cache);
    for (name, package) in lock.packages.iter_mut().filter(|(name, _)| *name != host::packages::N8N) {
        let files = cache.read(&package.library.contents, name)?;
        let offer = Offer::of(files, package.library.archive.clone(), name)?;
        package.hosts = if offer.hosts == Hosts::Any { return Err(format!("any host is proposed for {name}").into()) } else { offer.hosts };
    }
    let place = folder.join(FILE);
    std::fs::write(&place, lock.write())?;
    Ok(place)
}
