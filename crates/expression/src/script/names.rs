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

/// Whether the name is a global of JavaScript that blocks may use.
pub(crate) fn is_global(name: &str) -> bool {
    GLOBALS.binary_search(&name).is_ok()
}

/// Whether `x.NAME` is refused.
pub(crate) fn is_banned_member(name: &str) -> bool {
    BANNED_MEMBERS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_sorted() {
        assert!(super::GLOBALS.is_sorted());
        assert!(super::BANNED_MEMBERS.is_sorted());
    }
}
