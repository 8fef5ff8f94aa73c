//! Which node types and credential types there are.

use std::sync::Arc;

use crate::credential::CredentialType;
use crate::node::Node;

/// A source of node types and credential types: a table, an action pack, a package that is not Rust.
pub trait Provider: Send + Sync {
    /// The node type of this name, as a workflow file writes it; aliases count.
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>>;

    /// Its types, in the order people should see them. Aliases are left out.
    fn list(&self) -> Vec<Arc<dyn Node>>;

    /// The credential type of this name; aliases count.
    fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.credentials().into_iter().find(|kind| kind.name() == type_name)
    }

    /// Its credential types, in the order people should see them. Aliases are left out.
    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        Vec::new()
    }
}

/// All providers, asked in order.
#[derive(Default, Clone)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
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

    /// The node type of this name.
    pub fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        self.providers.iter().find_map(|provider| provider.find(type_name))
    }

    /// The credential type of this name.
    pub fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.providers.iter().find_map(|provider| provider.credential(type_name))
    }

    /// All credential types.
    pub fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        self.providers.iter().flat_map(|provider| provider.credentials()).collect()
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
