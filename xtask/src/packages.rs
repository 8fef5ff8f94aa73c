//! Node packages for tests, brought by our own program: n8n-nodes-base where whoever runs the tests accepts its licence, and community
//! packages, which are under the MIT licence. What cannot be brought is said, and what needs it is skipped.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{root, target};

/// Says that the licence of n8n-nodes-base is accepted: `1`.
const ACCEPTED: &str = "KONVERTE_TEST_PACKAGES";
/// The folder of its lock, and the cache, for tests that need it; whoever sets both has installed it.
const PROJECT: &str = "KONVERTE_TEST_PROJECT";
const CACHE: &str = "KONVERTE_CACHE";
/// The lock of a folder.
pub(crate) const LOCK: &str = "packages.lock.json";

/// What is there.
pub(crate) struct Packages {
    /// The folder of the files.
    pub(crate) cache: PathBuf,
    /// The folder with the lock of n8n-nodes-base.
    pub(crate) base: Option<PathBuf>,
    /// The folder with the lock of community packages.
    pub(crate) community: Option<PathBuf>,
}

impl Packages {
    /// Brings what is not there yet with the program `binary`.
    pub(crate) fn bring(binary: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = target()?.join("packages");
        let named = |name| variable(name).map(std::path::absolute).transpose();
        let (project, cache) = (named(PROJECT)?, named(CACHE)?);
        let given = project.zip(cache.clone());
        let cache = cache.unwrap_or_else(|| folder.join("cache"));
        let bring = Bring { binary, cache: &cache };
        let base = match given {
            _ if variable(ACCEPTED).as_deref() != Some("1") => {
                println!("SKIPPED: all that needs n8n-nodes-base. {ACCEPTED}=1 says that you accept n8n's licence, and that it may be fetched");
                None
            }
            Some((project, _)) => Some(project),
            None => bring.base(folder.join(format!("n8n-nodes-base-{:x}", built_in()?)))?,
        };
        let community = bring.community(root().join("tests/data/packages/community"))?;
        Ok(Self { cache, base, community })
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.base.is_some() || self.community.is_some()
    }

    /// The words by which the program finds n8n-nodes-base.
    pub(crate) fn words(&self) -> Option<Vec<String>> {
        let word = |path: &Path| path.to_string_lossy().into_owned();
        Some(vec!["--packages".into(), word(self.base.as_ref()?), "--cache".into(), word(&self.cache)])
    }

    /// Tells the tests where n8n-nodes-base is, or that it is not there.
    pub(crate) fn tell(&self, tests: &mut Command) {
        match &self.base {
            Some(base) => tests.env(PROJECT, base).env(CACHE, &self.cache),
            None => tests.env_remove(ACCEPTED),
        };
    }
}

struct Bring<'a> {
    binary: &'a Path,
    cache: &'a Path,
}

impl Bring<'_> {
    fn base(&self, project: PathBuf) -> std::io::Result<Option<PathBuf>> {
        std::fs::create_dir_all(&project)?;
        let added = project.join(LOCK).is_file();
        let words: &[&str] = if added { &["install"] } else { &["add", "n8n-nodes-base", "--yes"] };
        Ok(self.packages(&project, words, "n8n-nodes-base")?.then_some(project))
    }

    fn community(&self, project: PathBuf) -> std::io::Result<Option<PathBuf>> {
        Ok(self.packages(&project, &["install"], "community packages")?.then_some(project))
    }

    /// Whether `konverte packages` did it. What is there already is not fetched again, and needs no network.
    fn packages(&self, project: &Path, words: &[&str], what: &str) -> std::io::Result<bool> {
        let mut command = Command::new(self.binary);
        let done = command.arg("packages").args(words).arg("--cache").arg(self.cache).current_dir(project).output()?;
        let said = String::from_utf8_lossy(&done.stderr);
        if done.status.success() {
            println!("{what}: {}", said.trim_end().lines().last().unwrap_or_default());
        } else {
            println!("{said}\nSKIPPED: all that needs {what}, which cannot be brought: is there a network?");
        }
        Ok(done.status.success())
    }
}

/// A number for what the program installs n8n-nodes-base with: another lock is another project.
fn built_in() -> std::io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    std::fs::read(root().join("crates/packages/src/built_in.lock.json"))?.hash(&mut hasher);
    Ok(hasher.finish())
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says by the environment what they accept and where things are")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
