//! JSON as JavaScript sees it, and reading it with our limits.
//!
//! ```
//! use node_sdk::json;
//!
//! let value = json::parse_text(r#"{"b": 1e21, "a": "cut \ud83d"}"#).unwrap();
//! assert_eq!(json::stringify(&value), "{\"b\":1e+21,\"a\":\"cut \u{fffd}\"}");
//! assert_eq!(json::parse_text("{\n  \"a\": 1e309}").unwrap_err().to_string(), "the number 1e309 is too large (line 2, column 8)");
//! ```

mod convert;
mod depth;
mod parse;
mod write;

pub use convert::{as_javascript, lossy_text, number, same, to_js_string, to_number, truthy};
pub use depth::{check_depth, too_deep};
pub use parse::{JsonError, JsonErrorKind, MAX_DEPTH, NoObserver, Observer, Overflow, parse_answer, parse_observed, parse_text};
pub use write::{number_text, stringify, stringify_pretty, write_to};
