//! Error messages in V8's wording: what n8n's users see, made of what QuickJS says.

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

/// The V8 wording where it is another; `what` was called where something is no function.
pub(crate) fn reword(message: &str, what: Option<&str>) -> Option<String> {
    let words = match message {
        "not a function" => format!("{} is not a function", what.unwrap_or("undefined")),
        _ => translate(message),
    };
    if let Some(error) = extension_on_nothing(&words) {
        return Some(error.message);
    }
    (words != message).then_some(words)
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
        "regexp must have the 'g' flag" => "String.prototype.replaceAll called with a non-global RegExp argument",
        "invalid 'instanceof' right operand" => "Right-hand side of 'instanceof' is not an object",
        "invalid array length" => "Invalid array length",
        "empty array" => "Reduce of empty array with no initial value",
        "circular reference" => "Converting circular structure to JSON",
        "BigInt are forbidden in JSON.stringify" => "Do not know how to serialize a BigInt",
        "stack overflow" => "Maximum call stack size exceeded",
        "invalid string length" => "Invalid string length",
        "invalid number of digits" => "toFixed() digits argument must be between 0 and 100",
        "invalid count" | "invalid repeat count" => "Invalid count value",
        "Date value is NaN" => "Invalid time value",
        "malformed URI sequence" | "expecting %" | "expecting hex digit" => "URI malformed",
        _ => return patterned(message),
    };
    Some(fixed.to_owned())
}

fn patterned(message: &str) -> Option<String> {
    if let Some(name) = message.strip_prefix('\'').and_then(|m| m.strip_suffix("' is read-only")) {
        return Some(format!("Cannot assign to read only property '{name}' of object '#<Object>'"));
    }
    if let Some(name) = message.strip_suffix(" is not initialized") {
        return Some(format!("Cannot access '{}' before initialization", name.trim_matches('\'')));
    }
    None
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
