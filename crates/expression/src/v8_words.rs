//! Error messages in V8's wording: what n8n's users see, made of what QuickJS says.

use crate::callee::{Site, Through, Uniterable};
use crate::error::{ErrorKind, ExpressionError};

/// The V8 wording of a QuickJS message; unknown messages stay.
pub(crate) fn translate(message: &str) -> String {
    property(message, "cannot read property '", "read", "reading")
        .or_else(|| property(message, "cannot set property '", "set", "setting"))
        .or_else(|| simple(message))
        .unwrap_or_else(|| message.to_owned())
}

/// `cannot read property 'a' of undefined`.
fn property(message: &str, prefix: &str, verb: &str, gerund: &str) -> Option<String> {
    let rest = message.strip_prefix(prefix)?;
    let (name, of) = rest.rsplit_once("' of ")?;
    matches!(of, "null" | "undefined").then(|| match verb {
        "read" => unreadable(of, name),
        _ => format!("Cannot {verb} properties of {of} ({gerund} '{name}')"),
    })
}

/// The V8 wording where it is another. `within` is the function that threw; `site` the place where it stands in a text, which
/// the function of a built-in does not.
pub(crate) fn reword(message: &str, within: &str, site: Option<&Site<'_>>) -> Option<String> {
    let words = match site {
        Some(site) => of_site(message, within, site),
        None => of_built_in(message, within),
    };
    let words = words.unwrap_or_else(|| translate(message));
    if let Some(error) = extension_on_nothing(&words) {
        return Some(error.message);
    }
    (words != message).then_some(words)
}

/// What takes its words from the text at the place.
fn of_site(message: &str, within: &str, site: &Site<'_>) -> Option<String> {
    if let Some(name) = read_only(message) {
        return site.is_variable(name).then(|| "Assignment to constant variable.".to_owned());
    }
    match message {
        "not a function" if site.makes_error() => Some(message.to_owned()),
        "not a function" => Some(match site.called() {
            Some(what) => format!("{} is not a {}", what.words, if what.constructor { "constructor" } else { "function" }),
            None => "undefined is not a function".into(),
        }),
        _ if message.ends_with("not a constructor") => site.called().map(|what| format!("{} is not a constructor", what.words)),
        "class constructors must be invoked with 'new'" if within.is_empty() => Some("Class constructors cannot be invoked without 'new'".into()),
        "class constructors must be invoked with 'new'" => Some(format!("Class constructor {within} cannot be invoked without 'new'")),
        "cannot convert to object" | "Cannot convert undefined or null to object" => site.undestructured(),
        "value is not iterable" => uniterable(site, None),
        "cannot read property 'Symbol.iterator' of undefined" => uniterable(site, Some("undefined")),
        "cannot read property 'Symbol.iterator' of null" => uniterable(site, Some("null")),
        "invalid 'in' operand" => site.searched().map(|(key, object)| format!("Cannot use 'in' operator to search for '{key}' in {object}")),
        _ => None,
    }
}

/// `nothing`: the value, where it is `undefined` or `null`.
fn uniterable(site: &Site<'_>, nothing: Option<&str>) -> Option<String> {
    let Uniterable { words, place } = site.gone_through()?;
    match (nothing, place) {
        (_, Through::FirstCall) => Some(format!("{} is not iterable{NO_ITERATOR}", words?)),
        // The engine does not tell what it is: an object, in most cases.
        (None, Through::Members) => Some(format!("object is not iterable{NO_ITERATOR}")),
        (Some(nothing), Through::Pattern | Through::Members) => Some(format!("{nothing} is not iterable{NO_ITERATOR}")),
        (Some(_), Through::Arguments) => Some(format!("{} is not iterable (cannot read property undefined)", words?)),
        (None, Through::Arguments) => Some("Spread syntax requires ...iterable[Symbol.iterator] to be a function".into()),
        _ => Some(format!("{} is not iterable", words?)),
    }
}

const NO_ITERATOR: &str = " (cannot read property Symbol(Symbol.iterator))";

/// What takes its words from the name of the built-in function that threw.
fn of_built_in(message: &str, name: &str) -> Option<String> {
    Some(match (message, name) {
        ("not a function", "sort" | "toSorted") => "The comparison function must be either a function or undefined".into(),
        ("not a function", "flatMap") => "flatMap mapper function is not callable".into(),
        ("not a function", "Promise") => "Promise resolver undefined is not a function".into(),
        ("not a function", _) => "undefined is not a function".into(),
        ("not a constructor", "Symbol" | "BigInt") => format!("{name} is not a constructor"),
        ("must be called with new", "Promise") => "Promise constructor cannot be invoked without 'new'".into(),
        ("must be called with new", _) => format!("Constructor {name} requires 'new'"),
        ("invalid number of digits", "toFixed") => "toFixed() digits argument must be between 0 and 100".into(),
        ("invalid number of digits", "toPrecision") => "toPrecision() argument must be between 1 and 100".into(),
        ("invalid number of digits", _) => format!("{name}() argument must be between 0 and 100"),
        ("regexp must have the 'g' flag", _) => format!("String.prototype.{name} called with a non-global RegExp argument"),
        ("regexp not supported", _) => format!("First argument to String.prototype.{name} must not be a regular expression"),
        ("null or undefined are forbidden", _) => format!("String.prototype.{name} called on null or undefined"),
        ("cannot convert BigInt to number" | "cannot convert bigint to number", _) => "Cannot convert a BigInt value to a number".into(),
        ("cannot read property 'Symbol.iterator' of undefined", _) => {
            "undefined is not iterable (cannot read property Symbol(Symbol.iterator))".into()
        }
        ("not an object", "Map" | "WeakMap" | "fromEntries") => "Iterator value is not an entry object".into(),
        (_, "RegExp") => format!("Invalid regular expression: {}", of_pattern(message)?),
        ("could not delete property", "pop" | "shift") => "Cannot delete property '0' of [object Array]".into(),
        _ => return None,
    })
}

/// V8's words where a member of `undefined` or `null` is read.
pub fn unreadable(of: &str, key: &str) -> String {
    // The engine does not tell the symbol from its name; nobody means the name.
    if key == "Symbol.iterator" {
        return format!("{of} is not iterable");
    }
    format!("Cannot read properties of {of} (reading '{key}')")
}

fn simple(message: &str) -> Option<String> {
    let fixed = match message {
        "value is not iterable" => "object is not iterable (cannot read property Symbol(Symbol.iterator))",
        "cannot convert to object" => "Cannot convert undefined or null to object",
        "cannot convert symbol to string" => "Cannot convert a Symbol value to a string",
        "cannot convert symbol to number" => "Cannot convert a Symbol value to a number",
        "cannot convert bigint to number" | "cannot mix bigint and other types" => "Cannot mix BigInt and other types, use explicit conversions",
        "toPrimitive" => "Cannot convert object to primitive value",
        "cannot convert BigInt to number" => "Cannot mix BigInt and other types, use explicit conversions",
        "invalid 'instanceof' right operand" => "Right-hand side of 'instanceof' is not an object",
        "invalid array length" => "Invalid array length",
        "empty array" => "Reduce of empty array with no initial value",
        "circular reference" => "Converting circular structure to JSON",
        "BigInt are forbidden in JSON.stringify" => "Do not know how to serialize a BigInt",
        "stack overflow" => "Maximum call stack size exceeded",
        "invalid string length" => "Invalid string length",
        "invalid count" | "invalid repeat count" => "Invalid count value",
        "Date value is NaN" => "Invalid time value",
        "malformed URI sequence" | "expecting %" | "expecting hex digit" | "expecting surrogate pair" => "URI malformed",
        "'this' is not initialized" | "this is not initialized" => {
            "Must call super constructor in derived class before accessing 'this' or returning from derived constructor"
        }
        "BigInt division by zero" => "Division by zero",
        "BigInt is too large" | "BigInt is too large to allocate" => "Maximum BigInt size exceeded",
        "bigint argument with unary +" => "Cannot convert a BigInt value to a number",
        "BigInt operands are forbidden for >>>" => "BigInts have no unsigned right shift, use >> instead",
        "bad normalization form" => "The normalization form should be one of NFC, NFD, NFKC, NFKD.",
        "invalid regular expression flags" => "Invalid flags supplied to RegExp constructor",
        "cannot invoke a running generator" => "Generator is already running",
        "not a Date object" => "this is not a Date object.",
        "out of bound" => "Offset is outside the bounds of the DataView",
        _ => return patterned(message),
    };
    Some(fixed.to_owned())
}

fn patterned(message: &str) -> Option<String> {
    if let Some(name) = read_only(message) {
        // Only lists have such names in practice.
        let object = if name == "length" || name.parse::<u32>().is_ok() { "[object Array]" } else { "#<Object>" };
        return Some(format!("Cannot assign to read only property '{name}' of object '{object}'"));
    }
    if let Some(name) = message.strip_suffix(" is not initialized") {
        return Some(format!("Cannot access '{}' before initialization", name.trim_matches('\'')));
    }
    None
}

/// What is wrong with a regular expression.
fn of_pattern(message: &str) -> Option<&'static str> {
    Some(match message {
        "expecting ')'" => "Unterminated group",
        "extraneous characters at the end" => "Unmatched ')'",
        "unexpected end" => "Unterminated character class",
        "nothing to repeat" => "Nothing to repeat",
        "invalid repetition count" => "numbers out of order in {} quantifier",
        "invalid class range" => "Range out of order in character class",
        "duplicate group name" => "Duplicate capture group name",
        "invalid group name" => "Invalid capture group name",
        "group name not defined" => "Invalid named capture referenced",
        "invalid group" | "expecting ':'" => "Invalid group",
        "syntax error" => "Lone quantifier brackets",
        "invalid escape sequence in regular expression" => "Invalid escape",
        _ if message.starts_with("unknown unicode") => "Invalid property name",
        _ => return None,
    })
}

fn read_only(message: &str) -> Option<&str> {
    message.strip_prefix('\'')?.strip_suffix("' is read-only")
}

/// An extension method on `null` or `undefined`: the engine names our symbol in its message.
pub(crate) fn extension_on_nothing(message: &str) -> Option<ExpressionError> {
    let rest = message.strip_prefix("Cannot read properties of ")?;
    let (of, name) = rest.split_once(" (reading 'kv:")?;
    let name = name.strip_suffix("')")?;
    let text = format!("{name} can't be used on {of} value");
    let hint = format!("To ignore this error, add a ? to the variable before this function, e.g. my_var?.{name}");
    Some(ExpressionError::new(ErrorKind::Extension, text).with_description(hint))
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn says_it_as_v8_does() {
        for (ours, theirs) in [
            ("cannot read property 'a' of undefined", "Cannot read properties of undefined (reading 'a')"),
            ("cannot set property 'b' of null", "Cannot set properties of null (setting 'b')"),
            ("x is not defined", "x is not defined"),
        ] {
            assert_eq!(translate(ours), theirs);
        }
    }
}
