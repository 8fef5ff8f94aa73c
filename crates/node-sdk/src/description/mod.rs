//! n8n's description JSON of a node type: read at run time, and written from our descriptors.
//!
//! Two forms are read, and nothing of them is lost: what has no field of its own is kept in the `extra` of the level where it stood, and
//! written again. [`read`] makes a whole node type of n8n's form, at run time too; [`read_groups`] only its versions. The forms are n8n's own `INodeTypeDescription` (`displayName`, `version`, choices as `{name, value}`), and the
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

pub use read::{DescriptionError, read, read_display, read_groups};
pub use write::{write, write_groups, write_properties};

/// What n8n says of a type in each group of its versions.
const NAMES: [&str; 3] = ["displayName", "name", "description"];
/// The word that stands for inputs or outputs that depend on parameters.
const BY_PARAMETERS: &str = "by parameters";
