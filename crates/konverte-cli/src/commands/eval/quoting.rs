//! What a shell makes of an expression that is not quoted, or quoted so that it takes part of it away.

use crate::error::{CliError, codes};

/// The expression, which is one argument.
///
/// # Errors
/// There is none, or the shell made several of it.
pub(super) fn whole(words: &[String]) -> Result<&str, CliError> {
    match words {
        [] => Err(CliError::usage(codes::USAGE, "There is no expression.").help(quote("{{ $json.name }}"))),
        [one] if one.trim().is_empty() => {
            let error = CliError::usage(codes::USAGE, "The expression is empty: a shell replaces what begins with `$` by nothing.");
            Err(error.help(quote("{{ $json.name }}")))
        }
        [one] => Ok(one),
        several => {
            let joined = several.join(" ");
            let error =
                CliError::usage(codes::USAGE, format!("The shell split the expression at its blanks: it came as {} arguments.", several.len()));
            Err(error.help(match gap(&joined) {
                Some(Gap::OfJson(repaired)) => quote(&repaired),
                Some(Gap::Lost(place)) => lost(&place),
                None => quote(&joined),
            }))
        }
    }
}

/// The advice for an expression that has a gap where a shell may have taken a name such as `$json`.
pub(super) fn taken(typed: &str) -> Option<String> {
    let said = "It looks as if the shell took a name such as `$json` away, as it does between double quotes.";
    let advice = match gap(typed)? {
        Gap::OfJson(repaired) => quote(&repaired),
        Gap::Lost(place) => lost(&place),
    };
    Some(format!("{said} {advice}"))
}

fn quote(expression: &str) -> String {
    let (sh, cmd) = (expression.replace('\'', r"'\''"), expression.replace('"', "\\\""));
    // Each command on a line of its own, so that it can be copied.
    format!("Put the expression between single quotes, in cmd.exe of Windows between double quotes:\nkonverte eval '{sh}'\nkonverte eval \"{cmd}\"")
}

/// The advice where nothing says which name it was.
fn lost(place: &str) -> String {
    format!(
        "Which name stood {place} cannot be told: type the expression again, between single quotes (in cmd.exe of Windows between double quotes)."
    )
}

/// Where something is missing.
#[derive(Debug, PartialEq)]
enum Gap {
    /// Before a field: the expression with `$json` there, which it mostly was.
    OfJson(String),
    /// Where it may have been any name: the place, in words.
    Lost(String),
}

/// What is called of `$now`, nodes and `$input`, and not of an item's data.
const NOT_OF_JSON: [&str; 4] = ["item", "all", "first", "last"];
/// Functions that make no sense without an argument, by how they begin or are called.
const OF_SOMETHING: [&str; 8] = ["Object.", "JSON.", "Array.from", "Array.isArray", "parseInt", "parseFloat", "Number", "String"];
/// Operators that begin no value.
const BETWEEN: &str = "*%<>=&|?";

fn gap(typed: &str) -> Option<Gap> {
    members(typed).or_else(|| blocks(typed).find_map(|block| in_block(&block)))
}

/// The blocks of the expression, without their texts in quotes; one that does not end is still being typed.
fn blocks(typed: &str) -> impl Iterator<Item = String> {
    let whole = (!typed.contains("{{")).then_some(typed.strip_prefix('=').unwrap_or(typed));
    whole.into_iter().chain(typed.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0))).map(without_texts)
}

/// The code with each text in quotes made `""`.
fn without_texts(code: &str) -> String {
    let (mut out, mut quote, mut before) = (String::new(), None, '\0');
    for c in code.chars() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if "'\"`".contains(c) => {
                out.push_str("\"\"");
                quote = Some(c);
            }
            None => out.push(c),
        }
        before = c;
    }
    out
}

/// A place in a block where there must be a value and is none.
fn in_block(block: &str) -> Option<Gap> {
    let code = block.trim();
    let called = |name: &str| code.match_indices(name).find_map(|(at, _)| called_with_nothing(code, at));
    let ends_open = code.ends_with(|c| BETWEEN.contains(c) || "+-:".contains(c)) && !code.ends_with("++") && !code.ends_with("--");
    let place = if code.is_empty() {
        "between the braces".to_owned()
    } else if let Some(function) = OF_SOMETHING.iter().find_map(|name| called(name)) {
        format!("between the brackets of `{function}()`")
    } else if code.starts_with(|c| BETWEEN.contains(c)) {
        format!("before `{}`", code.chars().take_while(|c| BETWEEN.contains(*c)).collect::<String>())
    } else if ends_open {
        "at the end".to_owned()
    } else {
        return None;
    };
    Some(Gap::Lost(place))
}

/// The name of the function that begins there, where it is called without an argument.
fn called_with_nothing(code: &str, at: usize) -> Option<&str> {
    let is_inside = code[..at].ends_with(|c: char| is_of_name(c) || c == '.');
    let len = code[at..].find(|c: char| !is_of_name(c) && c != '.')?;
    let (name, rest) = code[at..].split_at(len);
    let arguments = rest.strip_prefix('(')?;
    (!is_inside && arguments.trim_start().starts_with(')')).then_some(name)
}

/// Members, such as `.name` and `[name]`, that stand without anything before them.
fn members(typed: &str) -> Option<Gap> {
    let braces = typed.contains("{{");
    let (mut repaired, mut quote, mut inside, mut found) = (String::new(), None, !braces, false);
    let mut before = ['\0'; 2];
    let mut skipped = 0;
    for (at, c) in typed.char_indices() {
        if at < skipped {
            continue;
        }
        let rest = &typed[at..];
        match quote {
            Some(open) if c == open && before[1] != '\\' => quote = None,
            Some(_) => {}
            None if rest.starts_with("{{") => inside = true,
            None if braces && rest.starts_with("}}") => inside = false,
            None if inside && "'\"`".contains(c) => quote = Some(c),
            None if inside && c == '.' && begins_member(&rest[1..]) && !ends_value(&repaired, before) => {
                let name: String = rest[1..].chars().take_while(|c| is_of_name(*c)).collect();
                if rest[1 + name.len()..].starts_with('(') || NOT_OF_JSON.contains(&name.as_str()) {
                    return Some(Gap::Lost(format!("before `.{name}`")));
                }
                repaired.push_str("$json");
                found = true;
            }
            None if inside && c == '[' && !ends_value(&repaired, before) => {
                if let Some(key) = bare_key(rest, typed) {
                    repaired.push_str(&format!("$json[\"{key}\"]"));
                    (found, skipped, before) = (true, at + key.len() + "[]".len(), ['"', ']']);
                    continue;
                }
            }
            None => {}
        }
        repaired.push(c);
        before = [before[1], c];
    }
    found.then_some(Gap::OfJson(repaired))
}

/// The words between brackets, where they are a key that has lost its quotes: names that stand nowhere else in the expression.
fn bare_key<'a>(rest: &'a str, typed: &str) -> Option<&'a str> {
    let (key, _) = rest.strip_prefix('[')?.split_once(']')?;
    let is_known = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit() || c == '$')
            || KNOWN.contains(&word)
            || typed.split(|c| !is_of_name(c)).filter(|other| *other == word).count() > 1
    };
    let is_key = !key.is_empty() && key.chars().all(|c| is_of_name(c) || c == ' ') && key.trim() == key;
    (is_key && !key.split(' ').any(is_known)).then_some(key)
}

/// Names that mean something by themselves.
const KNOWN: [&str; 9] = ["true", "false", "null", "undefined", "NaN", "Infinity", "this", "new", "DateTime"];

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn begins_member(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
}

/// Whether a value ends here, of which a member may follow; `?.` and `...` are whole.
fn ends_value(text: &str, before: [char; 2]) -> bool {
    let ends = |c: char| is_of_name(c) || ")]}'\"`".contains(c);
    let is_joined = before[1] == '.' || (before[1] == '?' && ends(before[0]));
    is_joined || text.trim_end().strip_prefix('=').unwrap_or(text.trim_end()).ends_with(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_known_and_what_only_looks_like_one_is_not() {
        for (typed, expected) in [
            ("{{ .name }}", "{{ $json.name }}"),
            ("={{ .a.b + .c }}", "={{ $json.a.b + $json.c }}"),
            ("Dear {{ .name }}. Yours", "Dear {{ $json.name }}. Yours"),
            (".name", "$json.name"),
            ("{{ f(.a) ? .b : [.c] }}", "{{ f($json.a) ? $json.b : [$json.c] }}"),
            ("{{ [name] }}", "{{ $json[\"name\"] }}"),
            ("={{ [first name].trim() + [last] }}", "={{ $json[\"first name\"].trim() + $json[\"last\"] }}"),
        ] {
            assert_eq!(gap(typed), Some(Gap::OfJson(expected.to_owned())), "{typed}");
        }
        for (typed, place) in [
            ("{{ .plus({days: 1}) }}", "before `.plus`"),
            ("{{ .first().json.name }}", "before `.first`"),
            ("={{ .item.json.name }}", "before `.item`"),
            ("={{ Object.keys() }}", "between the brackets of `Object.keys()`"),
            ("{{ 1 + JSON.stringify( ) }}", "between the brackets of `JSON.stringify()`"),
            ("{{  > 3 }}", "before `>`"),
            ("{{ 'a' +  }}", "at the end"),
            ("{{ }}", "between the braces"),
            ("a {{}} b", "between the braces"),
        ] {
            assert_eq!(gap(typed), Some(Gap::Lost(place.to_owned())), "{typed}");
        }
        for typed in [
            "{{ $json.name }}",
            "{{ $json?.name }}",
            "{{ [...list, .5] }}",
            "{{ 'a .b' + x .c }}",
            "One. two",
            "{{ ",
            "{{ 1",
            "{{ 1 }}",
            "{{ $json.list.map(x => [x]) }}",
            "{{ [true] }}",
            "{{ [$json] }}",
            "{{ $json[key] }}",
            "{{ String($json) + 'Object.keys()' }}",
        ] {
            assert_eq!(gap(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_is_proposed_can_be_pasted() {
        let said = quote(r#"{{ $('A').first().json["b"] }}"#);
        assert!(said.contains(r#"konverte eval '{{ $('\''A'\'').first().json["b"] }}'"#), "{said}");
        assert!(said.contains(r#"konverte eval "{{ $('A').first().json[\"b\"] }}""#), "{said}");
    }
}
