//! What property schemas do with values: one place for every node.
//!
//! Defaults ([`with_defaults`]), display rules ([`is_shown`]), what stops a run before it starts ([`issues`]), the
//! conversion of single values ([`validate_type`]) and which of them a run converts ([`typed`]). All of it is measured on n8n 2.41.
//!
//! ```
//! use node_sdk::{Property, VersionGroup, rows, schema};
//! use serde_json::json;
//!
//! const GROUP: VersionGroup = VersionGroup::new(&[1.0], rows![
//!     Property::string("url").required(),
//!     Property::number("limit").default_int(50),
//! ]);
//! let raw = json!({"limit": 5, "unknown": true});
//! let filled = schema::with_defaults(&GROUP, raw.as_object().unwrap(), 1.0);
//! assert_eq!(serde_json::Value::Object(filled.clone()), json!({"url": "", "limit": 5}));
//! assert_eq!(schema::issues(&GROUP, &filled, 1.0)[0].message, "Parameter \"Url\" is required.");
//! ```

mod column;
mod date_time;
mod defaults;
mod display;
mod issues;
mod loose;
mod raw;
mod typed;
mod validate;

pub use column::Column;
pub use date_time::{iso_text, parse_date_time};
pub use defaults::with_defaults;
pub use display::{Scope, is_shown};
pub use issues::{Issue, issues};
pub use loose::parse_loose_json;
pub use raw::raw_at;
pub(crate) use raw::step_into;
pub use typed::typed;
pub use validate::{Check, validate_type};
