//! Which names a block may use.

/// Names of JavaScript that reach the real thing.
const GLOBALS: &[&str] = &[
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "Float32Array",
    "Float64Array",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Intl",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "RangeError",
    "ReferenceError",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakSet",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
    "undefined",
];

/// Members that nobody may reach: the doors out of every JavaScript sandbox.
pub(crate) const BANNED_MEMBERS: &[&str] = &[
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "_linkedBinding",
    "_load",
    "arguments",
    "binding",
    "caller",
    "constructor",
    "defineProperties",
    "defineProperty",
    "dlopen",
    "execve",
    "getBuiltinModule",
    "getOwnPropertyDescriptor",
    "getOwnPropertyDescriptors",
    "getPrototypeOf",
    "loadEnvFile",
    "mainModule",
    "prepareStackTrace",
    "prototype",
    "setPrototypeOf",
];

/// Of those the one that only functions have, and that data may well have: a call has a caller. Where it is a field of data, it is read as any other.
pub(crate) const OF_DATA: &str = "caller";

/// Names by which the rewriting of n8n's own engine calls its parts.
const RESERVED: &[&str] = &["___n8n_data", "__sanitize"];

/// Words that are neither a name nor a primary expression.
const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "catch",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "finally",
    "for",
    "if",
    "import",
    "in",
    "instanceof",
    "return",
    "switch",
    "throw",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
];

/// Words that are no names, and that a value may begin with.
const VALUE_WORDS: &[&str] = &["await", "class", "false", "function", "new", "null", "super", "this", "true"];

/// Whether the word is neither a name nor a primary expression.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

/// Whether the word is no name.
pub(crate) fn is_reserved(word: &str) -> bool {
    is_keyword(word) || VALUE_WORDS.contains(&word)
}

/// Whether the name is a global of JavaScript that blocks may use.
pub(crate) fn is_global(name: &str) -> bool {
    GLOBALS.binary_search(&name).is_ok()
}

/// Whether `x.NAME` is refused.
pub(crate) fn is_banned_member(name: &str) -> bool {
    BANNED_MEMBERS.binary_search(&name).is_ok()
}

/// Whether a `NAME` that stands for itself is refused.
pub(super) fn is_banned_name(name: &str) -> bool {
    is_banned_member(name) || RESERVED.contains(&name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_sorted() {
        assert!(super::GLOBALS.is_sorted());
        assert!(super::KEYWORDS.is_sorted());
        assert!(super::BANNED_MEMBERS.is_sorted());
    }
}
