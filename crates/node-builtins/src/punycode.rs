//! Punycode of RFC 3492.

use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Object};

/// Adds the host functions.
pub(crate) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("punycodeEncode", Func::from(|text: String| idna::punycode::encode_str(&text)))?;
    h.set("punycodeDecode", Func::from(|text: String| idna::punycode::decode_to_string(&text)))
}
