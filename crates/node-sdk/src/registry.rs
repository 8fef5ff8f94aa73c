//! Which node types and credential types there are.

use std::collections::HashSet;
use std::sync::Arc;

use crate::credential::CredentialType;
use crate::error::ErrorCode;
use crate::node::Node;

/// A source of node types and credential types: a table, an action pack, a package that is not Rust. A list of nodes is one; another
/// may make a type when it is asked for:
///
/// ```
/// use std::sync::Arc;
/// use node_sdk::*;
///
/// /// `times.2`, `times.3`, …: hands on each item so many times.
/// struct Times(Descriptor, usize);
///
/// impl Node for Times {
///     fn descriptor(&self) -> &Descriptor {
///         &self.0
///     }
///     fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
///         Ok(Prepared::Item(Arc::new(Copies(self.1))))
///     }
/// }
///
/// struct Copies(usize);
///
/// impl RunItem for Copies {
///     fn run_item(&self, _: &RunContext, _: &ItemParams<'_>, item: Item, _: usize, out: &mut Output) -> Result<(), NodeError> {
///         (0..self.0).for_each(|_| out.push(item.clone()));
///         Ok(())
///     }
/// }
///
/// struct AnyNumber;
///
/// impl Provider for AnyNumber {
///     fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
///         let times: usize = type_name.strip_prefix("times.")?.parse().ok()?;
///         let descriptor = Descriptor {
///             name: type_name.to_owned().into(),
///             display_name: format!("{times} times").into(),
///             description: "Hands on each item several times.".into(),
///             trigger: false,
///             needs: Needs::Item,
///             effect: Effect::None,
///             versions: vec![VersionGroup::new(&[1.0], &[])].into(),
///         };
///         Some(Arc::new(Times(descriptor, times)))
///     }
///     fn list(&self) -> Vec<Arc<dyn Node>> {
///         Vec::new()
///     }
/// }
///
/// let registry = Registry::new().with(AnyNumber);
/// assert_eq!(registry.find("times.3").unwrap().descriptor().display_name, "3 times");
/// assert!(registry.find("times.many").is_none());
/// ```
pub trait Provider: Send + Sync {
    /// The node type of this name, as a workflow file writes it; aliases count.
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>>;

    /// [`Self::find`] for a node of this version: of the descriptor's groups only the one that runs it has to be whole; of the others it has
    /// at least the versions. For sources from which reading everything takes long.
    fn find_version(&self, type_name: &str, version: f64) -> Option<Arc<dyn Node>> {
        let _ = version;
        self.find(type_name)
    }

    /// Its types, in the order people should see them. Aliases are left out.
    fn list(&self) -> Vec<Arc<dyn Node>>;

    /// The names of its types, in the order of [`Self::list`].
    fn names(&self) -> Vec<String> {
        self.list().iter().map(|node| node.descriptor().name.to_string()).collect()
    }

    /// The packages that its types are of, as `NAME@VERSION`; none: they are built in.
    fn packages(&self) -> Vec<String> {
        Vec::new()
    }

    /// Why a type that it should have is not there, and what brings it.
    fn absent(&self, type_name: &str) -> Option<Absent> {
        let _ = type_name;
        None
    }

    /// The credential type of this name; aliases count.
    fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.credentials().into_iter().find(|kind| kind.name() == type_name)
    }

    /// The credential type of this name as nodes of a type see it: for sources whose types are not for everybody.
    fn credential_for(&self, node_type: &str, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        let _ = node_type;
        self.credential(type_name)
    }

    /// Whether its credential types give way to those of the same name that others have: what was installed knows better.
    fn gives_way(&self) -> bool {
        false
    }

    /// Its credential types, in the order people should see them. Aliases are left out.
    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        Vec::new()
    }
}

/// Why a type is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Absent {
    /// Stable code, where there is a better one than that of types that are not supported.
    pub code: Option<ErrorCode>,
    /// The reason, as the end of a sentence about the node: "which …".
    pub reason: String,
    /// What brings it.
    pub help: Option<String>,
}

/// All providers, asked in order.
#[derive(Default, Clone)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
    /// Which of them is asked for node types before all others.
    preferred: Option<usize>,
}

impl Registry {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a provider; those added earlier win.
    #[must_use]
    pub fn with(mut self, provider: impl Provider + 'static) -> Self {
        self.providers.push(Arc::new(provider));
        self
    }

    /// Adds a provider whose node types win over those of all others, as far as they run here; of credential types those added earlier win.
    #[must_use]
    pub fn preferring(mut self, provider: impl Provider + 'static) -> Self {
        self.preferred = Some(self.providers.len());
        self.with(provider)
    }

    /// The node type of this name.
    pub fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        let preferred = self.preferred(|provider| provider.find(type_name));
        preferred.or_else(|| self.providers.iter().find_map(|provider| provider.find(type_name)))
    }

    /// What the preferred provider has, if it runs here.
    fn preferred(&self, find: impl FnOnce(&dyn Provider) -> Option<Arc<dyn Node>>) -> Option<Arc<dyn Node>> {
        find(&**self.providers.get(self.preferred?)?).filter(|node| node.refusal().is_none())
    }

    /// The node type of this name for a node of this version ([`Provider::find_version`]): of the first provider that has the version, else of
    /// the first that has the type.
    pub fn find_version(&self, type_name: &str, version: f64) -> Option<Arc<dyn Node>> {
        let has_version = |node: &Arc<dyn Node>| node.descriptor().version(version).is_some();
        if let Some(preferred) = self.preferred(|provider| provider.find_version(type_name, version)).filter(has_version) {
            return Some(preferred);
        }
        let mut found = self.providers.iter().filter_map(|provider| provider.find_version(type_name, version));
        let first = found.next()?;
        if has_version(&first) { Some(first) } else { found.find(has_version).or(Some(first)) }
    }

    /// Whether a run can begin with a node of this type by itself. A type that nobody has is a trigger where its name says so.
    pub fn is_trigger(&self, type_name: &str, version: f64) -> bool {
        self.find_version(type_name, version).map_or_else(|| type_name.ends_with("Trigger"), |found| found.descriptor().trigger)
    }

    /// Why a type that one of the providers should have is not there.
    pub fn absent(&self, type_name: &str) -> Option<Absent> {
        self.providers.iter().find_map(|provider| provider.absent(type_name))
    }

    /// The packages that are installed, as `NAME@VERSION`.
    pub fn packages(&self) -> Vec<String> {
        self.providers.iter().flat_map(|provider| provider.packages()).collect()
    }

    /// The names of all node types.
    pub fn names(&self) -> Vec<String> {
        self.providers.iter().flat_map(|provider| provider.names()).collect()
    }

    /// The credential type of this name.
    pub fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.of_credentials().find_map(|provider| provider.credential(type_name))
    }

    /// The credential type of this name as nodes of a type see it ([`Provider::credential_for`]).
    pub fn credential_for(&self, node_type: &str, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.of_credentials().find_map(|provider| provider.credential_for(node_type, type_name))
    }

    /// All credential types.
    pub fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        let mut seen = HashSet::new();
        let all = self.of_credentials().flat_map(|provider| provider.credentials());
        all.filter(|kind| seen.insert(kind.name().to_owned())).collect()
    }

    /// The providers in the order in which their credential types win.
    fn of_credentials(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        let those = |gives_way: bool| self.providers.iter().filter(move |provider| provider.gives_way() == gives_way);
        those(false).chain(those(true))
    }

    /// All node types.
    pub fn list(&self) -> Vec<Arc<dyn Node>> {
        self.providers.iter().flat_map(|provider| provider.list()).collect()
    }
}

/// A list of nodes is a provider: the short way to add nodes of one's own.
impl Provider for Vec<Arc<dyn Node>> {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        self.iter().find(|node| node.descriptor().name == type_name).cloned()
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        self.clone()
    }
}

/// A list of credential types is a provider too.
impl Provider for Vec<Arc<dyn CredentialType>> {
    fn find(&self, _: &str) -> Option<Arc<dyn Node>> {
        None
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        Vec::new()
    }

    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Descriptor, Effect, Needs, NodeError, PrepareContext, Prepared, VersionGroup};

    struct Of(Descriptor);

    impl Node for Of {
        fn descriptor(&self) -> &Descriptor {
            &self.0
        }

        fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
            Err(NodeError::new("it is not run"))
        }
    }

    fn node(display_name: &'static str, versions: &'static [f64]) -> Vec<Arc<dyn Node>> {
        let versions = vec![VersionGroup::new(versions, &[])].into();
        let (name, description) = ("a.set".into(), "".into());
        vec![Arc::new(Of(Descriptor {
            name,
            display_name: display_name.into(),
            description,
            trigger: false,
            needs: Needs::Item,
            effect: Effect::None,
            versions,
        }))]
    }

    #[test]
    fn a_version_that_the_first_does_not_have_is_anothers() {
        let registry = Registry::new().with(node("first", &[3.0])).with(node("second", &[1.0, 3.0])).with(node("third", &[1.0]));
        let found = |version: f64| registry.find_version("a.set", version).unwrap().descriptor().display_name.clone();
        assert_eq!((found(3.0), found(1.0), found(2.0), found(0.0)), ("first".into(), "second".into(), "first".into(), "first".into()));
        assert!(registry.find_version("a.other", 1.0).is_none());
    }
}
