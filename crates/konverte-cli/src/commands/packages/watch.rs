//! `konverte packages add DIR --watch`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use packages::folder::{Stamps, stamps};
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Wish;

use super::taking::Taking;
use crate::error::{CliError, codes};
use crate::exit::Exit;

/// How often the files are looked at: people do not notice it, and a thousand files take a few milliseconds.
const PAUSE: Duration = Duration::from_millis(400);
/// So many files that changed are named.
const MOST_NAMED: usize = 5;

/// The folder of the package that is watched.
pub(super) fn folder(wish: &Wish) -> Result<PathBuf, CliError> {
    match wish {
        Wish::Folder(folder) => Ok(packages::folder::find(folder)?),
        Wish::Registry(spec) => {
            let error = CliError::usage(codes::USAGE, format!("--watch takes a folder, and {} is a package of the registry.", spec.name));
            Err(error.help(format!("`./{}` would be a folder.", spec.name)))
        }
    }
}

/// Adds what is in the folder again each time that it changes. What cannot be added is told, and the next change is waited for; it ends by
/// a signal. `seen`: how the files were when they were added.
pub(super) async fn again(work: &Taking<'_>, registry: &Registry, folder: &Path, mut seen: Stamps) -> Result<Exit, CliError> {
    let console = &work.session.console;
    console.note(&format!("watching {}; Ctrl-C ends it", folder.display()));
    loop {
        let now = changed(folder, &seen).await;
        console.note(&format!("changed: {}", named(&seen, &now)));
        seen = now;
        let loaded = match Offer::of_wish(registry, &Wish::Folder(folder.to_owned())).await {
            Ok(offer) => work.take(registry, offer, true).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = loaded {
            console.failure(&error);
        }
    }
}

/// Waits until the files are others, and nobody writes them any more.
async fn changed(folder: &Path, seen: &Stamps) -> Stamps {
    let mut before = seen.clone();
    loop {
        tokio::time::sleep(PAUSE).await;
        let now = stamps(folder);
        if now == before && now != *seen {
            return now;
        }
        before = now;
    }
}

/// The files that differ.
fn named(before: &Stamps, now: &Stamps) -> String {
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let other = now.iter().filter(|(path, stamp)| before.get(*path) != Some(stamp)).map(|(path, _)| path);
    let names: Vec<&str> = other.chain(gone).map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    let shown = names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
