//! What was called: the text that V8 puts before `is not a function`.

/// The callee whose call stands at `column` (in bytes, from 1) of a line.
pub(crate) fn callee(line: &str, column: usize) -> Option<String> {
    let chars: Vec<char> = line.chars().collect();
    let mut at = line.get(..column.checked_sub(1)?)?.chars().count();
    // The engine points at the dot on the first line, behind it on the others.
    if at > 0 && chars.get(at - 1) == Some(&'.') {
        at -= 1;
    }
    let start = *chars.get(at)?;
    if let Some(open) = of_argument(&chars, at) {
        return Some(receiver(&chars, open)).filter(|text| !text.is_empty());
    }
    if start == '.' || start == '?' {
        let dot = at + usize::from(start == '?');
        let name = word(&chars, dot + 1)?;
        return Some(format!("{}.{name}", receiver(&chars, at)));
    }
    word(&chars, at).filter(|name| !name.is_empty())
}

/// The engine points at the first argument of a call where that begins with a name: the parenthesis before it.
fn of_argument(chars: &[char], at: usize) -> Option<usize> {
    let open = if chars[at] == '(' { at } else { chars[..at].iter().rposition(|c| !c.is_whitespace()).filter(|i| chars[*i] == '(')? };
    let name = word(chars, at + usize::from(open == at))?;
    let is_called = chars.get(at + name.chars().count()) == Some(&'(');
    (!is_called || name == "function").then_some(open)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn word(chars: &[char], from: usize) -> Option<String> {
    let name: String = chars.get(from..)?.iter().skip_while(|c| c.is_whitespace()).take_while(|c| is_word(**c)).collect();
    (!name.is_empty()).then_some(name)
}

/// The text of what stands before `end`: names and members as they are, calls as `f(...)`.
fn receiver(chars: &[char], end: usize) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = end;
    loop {
        let last = chars[..at].iter().rposition(|c| !c.is_whitespace());
        let Some(last) = last else { break };
        match chars[last] {
            ')' | ']' => {
                let Some(open) = opening(chars, last) else { break };
                let inside: String = chars[open..=last].iter().collect();
                let called = chars[last] == ')';
                if called && !chars[..open].iter().rev().find(|c| !c.is_whitespace()).is_some_and(|c| is_word(*c) || *c == ')' || *c == ']') {
                    parts.push("(intermediate value)".into());
                    break;
                }
                parts.push(if called { "(...)".into() } else { inside });
                at = open;
            }
            c if is_word(c) => {
                let start = chars[..=last].iter().rposition(|c| !is_word(*c)).map_or(0, |i| i + 1);
                parts.push(chars[start..=last].iter().collect());
                let before = chars[..start].iter().rposition(|c| !c.is_whitespace());
                match before {
                    Some(i) if chars[i] == '.' => {
                        parts.push(".".into());
                        at = i - usize::from(i > 0 && chars[i - 1] == '?');
                    }
                    _ => break,
                }
            }
            _ => {
                parts.push("(intermediate value)".into());
                break;
            }
        }
    }
    parts.reverse();
    parts.concat()
}

/// The bracket that the one at `close` closes.
fn opening(chars: &[char], close: usize) -> Option<usize> {
    let mut depth = 0;
    for (i, c) in chars[..=close].iter().enumerate().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::callee;

    #[test]
    fn names_what_was_called() {
        for (line, column, expected) in [
            ("return o.a.b(1)", 11, "o.a.b"),
            ("return foo(1)", 8, "foo"),
            ("x = f(1, 2).g()", 12, "f(...).g"),
            ("x = list[0].run()", 12, "list[0].run"),
            ("x = 'é' + a.b()", 13, "a.b"),
            ("x = a.b.map(i => i)", 13, "a.b.map"),
            ("x = a.b.map(i => i)", 12, "a.b.map"),
            ("x = f(g(1))", 7, "g"),
            ("({}).nope()", 5, "(intermediate value).nope"),
        ] {
            assert_eq!(callee(line, column).as_deref(), Some(expected), "{line}");
        }
    }
}
