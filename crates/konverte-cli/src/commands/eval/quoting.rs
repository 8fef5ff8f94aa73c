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
            Err(error.help(quote(&repaired(&joined).unwrap_or(joined))))
        }
    }
}

/// The advice for an expression that has a gap where a shell may have taken `$json`.
pub(super) fn taken(typed: &str) -> Option<String> {
    let said = "It looks as if the shell took a name such as `$json` away, as it does between double quotes.";
    let repaired = if has_empty_block(typed) { Some("{{ $json.name }}".to_owned()) } else { repaired(typed) };
    repaired.map(|repaired| format!("{said} {}", quote(&repaired)))
}

fn quote(expression: &str) -> String {
    let (sh, cmd) = (expression.replace('\'', r"'\''"), expression.replace('"', "\\\""));
    // Each command on a line of its own, so that it can be copied.
    format!("Put the expression between single quotes, in cmd.exe of Windows between double quotes:\nkonverte eval '{sh}'\nkonverte eval \"{cmd}\"")
}

fn has_empty_block(typed: &str) -> bool {
    typed.split("{{").skip(1).filter_map(|block| block.split("}}").next()).any(|block| block.trim().is_empty())
}

/// The expression with `$json` where a member stands without anything before it; `None` where there is no such place.
fn repaired(typed: &str) -> Option<String> {
    let braces = typed.contains("{{");
    let (mut repaired, mut quote, mut inside, mut found) = (String::new(), None, !braces, false);
    let mut before = ['\0'; 2];
    for (at, c) in typed.char_indices() {
        let rest = &typed[at..];
        match quote {
            Some(open) if c == open && before[1] != '\\' => quote = None,
            Some(_) => {}
            None if rest.starts_with("{{") => inside = true,
            None if braces && rest.starts_with("}}") => inside = false,
            None if inside && "'\"`".contains(c) => quote = Some(c),
            None if inside && c == '.' && begins_member(&rest[1..]) && !ends_value(&repaired, before) => {
                repaired.push_str("$json");
                found = true;
            }
            None => {}
        }
        repaired.push(c);
        before = [before[1], c];
    }
    found.then_some(repaired)
}

fn begins_member(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
}

/// Whether a value ends here, of which a member may follow; `?.` and `...` are whole.
fn ends_value(text: &str, before: [char; 2]) -> bool {
    let ends = |c: char| c.is_alphanumeric() || "_$)]}'\"`".contains(c);
    let is_joined = before[1] == '.' || (before[1] == '?' && ends(before[0]));
    is_joined || text.trim_end().strip_prefix('=').unwrap_or(text.trim_end()).ends_with(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_known_and_what_only_looks_like_one_is_not() {
        for (typed, expected) in [
            ("{{ .name }}", Some("{{ $json.name }}")),
            ("={{ .a.b + .c }}", Some("={{ $json.a.b + $json.c }}")),
            ("Dear {{ .name }}. Yours", Some("Dear {{ $json.name }}. Yours")),
            (".name", Some("$json.name")),
            ("{{ f(.a) ? .b : [.c] }}", Some("{{ f($json.a) ? $json.b : [$json.c] }}")),
            ("{{ $json.name }}", None),
            ("{{ $json?.name }}", None),
            ("{{ [...list, .5] }}", None),
            ("{{ 'a .b' + x .c }}", None),
            ("One. two", None),
        ] {
            assert_eq!(repaired(typed).as_deref(), expected, "{typed}");
        }
        assert!(taken("{{ }}").is_some() && taken("a {{}} b").is_some() && taken("{{ 1 }}").is_none());
    }

    #[test]
    fn what_is_proposed_can_be_pasted() {
        let said = quote(r#"{{ $('A').first().json["b"] }}"#);
        assert!(said.contains(r#"konverte eval '{{ $('\''A'\'').first().json["b"] }}'"#), "{said}");
        assert!(said.contains(r#"konverte eval "{{ $('A').first().json[\"b\"] }}""#), "{said}");
    }
}
