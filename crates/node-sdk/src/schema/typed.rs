//! Which parameters a run looks at again.

use serde_json::{Map, Value};

use super::display::{Scope, is_shown};
use crate::descriptor::VersionGroup;
use crate::property::{Property, PropertyKind};

/// The shown parameters whose values a run converts: those with a `validateType`, and resource locators. n8n looks only at the
/// parameters themselves, at no field inside of one. `filled` comes from [`super::with_defaults`].
pub fn typed(group: &VersionGroup, filled: &Map<String, Value>, version: f64) -> Vec<Property> {
    let scope = Scope { siblings: filled, root: filled, version };
    let converts = |property: &&Property| {
        let checked = property.validate_type.is_some() && !property.ignore_validation_during_execution;
        checked || matches!(property.kind, PropertyKind::ResourceLocator(_))
    };
    let shown = |property: &&Property| is_shown(property.display.as_ref(), scope);
    group.properties.iter().filter(converts).filter(shown).cloned().collect()
}
