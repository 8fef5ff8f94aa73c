//! n8n's description JSON of a node type: read at run time, and written from our descriptors.
//!
//! Two forms are read: n8n's own `INodeTypeDescription` (`displayName`, `version`, choices as `{name, value}`), and the
//! shorter one of a `description.json` (`versions`, choices as plain values, `{"omitted": …}` for a long sample default).
//!
//! ```
//! use node_sdk::description::read_groups;
//!
//! let groups = read_groups(r#"[{"versions": [1, 1.1], "inputs": ["main"], "outputs": ["main"],
//!     "properties": [{"name": "mode", "type": "options", "default": "a", "options": ["a", "b"]}]}]"#).unwrap();
//! assert_eq!(*groups[0].versions, [1.0, 1.1]);
//! ```

mod read;
mod write;

pub use read::{DescriptionError, read_group, read_groups, read_properties};
pub use write::{write, write_groups, write_properties};

/// Keys of a group that have a field of their own; the rest is kept in `extra`.
const GROUP_KEYS: [&str; 15] = [
    "versions",
    "anyVersion",
    "version",
    "defaultName",
    "defaults",
    "inputs",
    "outputs",
    "inputNames",
    "outputNames",
    "requiredInputs",
    "credentials",
    "properties",
    "displayName",
    "name",
    "description",
];
/// Keys of `typeOptions` that have a field of their own.
const TYPE_OPTION_KEYS: [&str; 7] =
    ["multipleValues", "minValue", "maxValue", "numberPrecision", "dateOnly", "minRequiredFields", "loadOptionsMethod"];
/// The word that stands for inputs or outputs that depend on parameters.
const BY_PARAMETERS: &str = "by parameters";
