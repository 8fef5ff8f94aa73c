//! Which packages a package of nodes needs, in which versions.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::error::{Error, Result, codes};
use crate::left_out::{LeftOut, left_out};
use crate::registry::{Published, Registry, Versions};
use crate::spec::{Name, Spec, Wanted};

/// How many questions to the registry are open at once.
const AT_ONCE: usize = 12;

/// The packages that are needed.
#[derive(Debug, Clone, Default)]
pub struct Closure {
    /// What the requires of the package of nodes mean: the name that they use, and the key in `libraries`.
    pub uses: BTreeMap<String, String>,
    /// By `NAME@VERSION`.
    pub libraries: BTreeMap<String, Needed>,
    /// What is not fetched, and why.
    pub left_out: BTreeMap<Name, LeftOut>,
}

/// A package that is needed.
#[derive(Debug, Clone)]
pub struct Needed {
    /// What the registry says of it.
    pub published: Published,
    /// What its requires mean, as in [`Closure::uses`].
    pub uses: BTreeMap<String, String>,
}

/// Works out what is needed. `of` names the package of nodes in errors, `first` are the dependencies of the package of nodes that its files reach; all of *their* dependencies
/// follow, never dev and optional ones; the peers of libraries are dependencies too, as npm has it, in the version that the package of nodes
/// depends on (`own`) where it does. One version serves all whose range it fits; where it does not, another one stands beside
/// it, as npm's nested folders have it.
///
/// # Errors
/// Those of the registry, [`codes::VERSION`] where no version fits a range, or a dependency is no package of a registry.
pub async fn work_out(registry: &Registry, of: &str, first: &BTreeMap<String, String>, own: &BTreeMap<String, String>) -> Result<Closure> {
    let mut search = Search { registry, own, known: BTreeMap::new(), closure: Closure::default() };
    let wanted = search.wanted(of, first)?;
    search.ask(&wanted).await?;
    let (uses, mut level) = search.choose(&wanted)?;
    search.closure.uses = uses;
    while !level.is_empty() {
        level = search.next_level(level).await?;
    }
    Ok(search.closure)
}

struct Search<'a> {
    registry: &'a Registry,
    /// What the package of nodes depends on.
    own: &'a BTreeMap<String, String>,
    known: BTreeMap<Name, Versions>,
    closure: Closure,
}

/// A name under which a package is used, and the package that is meant.
type Wants = Vec<(String, Spec)>;

impl Search<'_> {
    /// Chooses what the packages of a level need; these are the next level.
    async fn next_level(&mut self, level: Vec<String>) -> Result<Vec<String>> {
        let mut wants = Vec::new();
        for key in level {
            let Some(needed) = self.closure.libraries.get(&key) else { continue };
            let needs = needed.published.needs(self.own);
            let wanted = self.wanted(&key, &needs)?;
            wants.push((key, wanted));
        }
        for (_, wanted) in &wants {
            self.ask(wanted).await?;
        }
        let mut next = Vec::new();
        for (key, wanted) in wants {
            let (uses, new) = self.choose(&wanted)?;
            next.extend(new);
            if let Some(needed) = self.closure.libraries.get_mut(&key) {
                needed.uses = uses;
            }
        }
        Ok(next)
    }

    /// What of these dependencies of a package is to be fetched.
    fn wanted(&mut self, of: &str, dependencies: &BTreeMap<String, String>) -> Result<Wants> {
        let mut wants = Wants::new();
        for (used_as, range) in dependencies {
            let read = Name::new(used_as).and_then(|name| Ok((name, Spec::of_dependency(used_as, range)?)));
            let (name, spec) = read.map_err(|error| not_followed(of, used_as, range, error))?;
            // Nothing takes the place of what the host has, by no other name either.
            match left_out(&name).or_else(|| left_out(&spec.name)) {
                Some(why) => drop(self.closure.left_out.insert(name, why)),
                None => wants.push((used_as.clone(), spec)),
            }
        }
        Ok(wants)
    }

    /// Asks for the versions of those that are not known yet.
    async fn ask(&mut self, wants: &Wants) -> Result<()> {
        let unknown: BTreeSet<&Name> = wants.iter().map(|(_, spec)| &spec.name).filter(|name| !self.known.contains_key(name)).collect();
        let registry = self.registry;
        let answers = stream::iter(unknown).map(|name| async move { registry.versions(name).await.map(|versions| (name.clone(), versions)) });
        let answers: Vec<_> = answers.buffer_unordered(AT_ONCE).try_collect().await?;
        self.known.extend(answers);
        Ok(())
    }

    /// For each the version that is there already and fits, else the one that npm would take. The keys that are new come second.
    fn choose(&mut self, wants: &Wants) -> Result<(BTreeMap<String, String>, Vec<String>)> {
        let (mut uses, mut new) = (BTreeMap::new(), Vec::new());
        for (used_as, spec) in wants {
            let key = match self.there(spec) {
                Some(key) => key,
                None => {
                    let published = self.published(spec)?.clone();
                    let key = format!("{}@{}", spec.name, published.version);
                    self.closure.libraries.insert(key.clone(), Needed { published, uses: BTreeMap::new() });
                    new.push(key.clone());
                    key
                }
            };
            uses.insert(used_as.clone(), key);
        }
        Ok((uses, new))
    }

    fn there(&self, spec: &Spec) -> Option<String> {
        let Some(Wanted::Range(range)) = &spec.wanted else { return None };
        let same = self.closure.libraries.iter().filter(|(_, needed)| needed.published.name == spec.name.as_str());
        let fitting = same.filter(|(_, needed)| range.satisfies(&needed.published.version));
        fitting.max_by(|(_, a), (_, b)| a.published.version.cmp(&b.published.version)).map(|(key, _)| key.clone())
    }

    fn published(&self, spec: &Spec) -> Result<&Published> {
        let versions = self.known.get(&spec.name);
        versions.and_then(|versions| versions.choose(spec.wanted.as_ref())).ok_or_else(|| no_version(spec, versions))
    }
}

/// What a package depends on is not what can be fetched: no fault of who asked for the package.
fn not_followed(of: &str, used_as: &str, range: &str, error: Error) -> Error {
    let message = format!("{of} depends on `{used_as}` as `{range}`, which cannot be fetched: {}", error.message);
    let help = error.help.unwrap_or_default();
    Error::new(codes::VERSION, message).help(format!("{help} Another version of the package may depend on something else.").trim_start())
}

/// No version is what is wanted.
pub(crate) fn no_version(spec: &Spec, versions: Option<&Versions>) -> Error {
    let wanted = spec.wanted.as_ref().map_or_else(|| "latest".to_owned(), Wanted::to_string);
    let error = Error::new(codes::VERSION, format!("{} has no version {wanted}.", spec.name));
    match &versions.map(|versions| versions.newest(5)).unwrap_or_default()[..] {
        [] => error.help("It has none at all."),
        [only] => error.help(format!("It has {only} alone.")),
        newest => error.help(format!("The newest are {}.", newest.join(", "))),
    }
}
