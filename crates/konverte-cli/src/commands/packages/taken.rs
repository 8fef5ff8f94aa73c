//! Credential types of a package whose names are taken: by n8n and konverte, or by another package.

use node_sdk::Registry;
use packages::cache::Cache;
use packages::lock::Lock;

use super::list;

/// A line for each credential type of a package of a lock whose name others have too: who sees which. `registry` has konverte's own types.
pub(crate) fn of(name: &str, lock: &Lock, cache: &Cache, registry: &Registry) -> Vec<String> {
    let types = |name: &str| lock.packages.get(name).and_then(|package| list::types(name, package, lock, cache)).unwrap_or_default().credentials;
    let others: Vec<(&str, Vec<String>)> = lock.packages.keys().filter(|other| *other != name).map(|other| (other.as_str(), types(other))).collect();
    let line = |kind: String| {
        if name == host::packages::N8N {
            return None;
        }
        if host::packages::is_n8ns(&kind) || registry.credential(&kind).is_some() {
            return Some(format!(
                "{name}: {kind} is a credential type of n8n or konverte, which counts for all nodes; that of the package is not used"
            ));
        }
        let (other, _) = others.iter().find(|(_, types)| types.contains(&kind))?;
        Some(format!("{name}: {kind} is a credential type of {other} too; each counts for the nodes of its own package alone"))
    };
    types(name).into_iter().filter_map(line).collect()
}
