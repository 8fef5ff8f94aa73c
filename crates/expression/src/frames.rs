//! Frames of a stack that the engine has no name for. n8n names the line of the first frame that V8 has a name for, and V8 names more
//! functions than the engine does; it also knows who waits for a function that went on after an `await`.

use crate::callee::end_of_value;
use crate::v8_text::Text;

/// A function in a text.
struct Function {
    /// Its first token.
    head: usize,
    /// The token after its last.
    end: usize,
    /// Whether V8 has a name for it.
    named: bool,
}

/// A place in the text of user code, line and column from 1.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Whether V8 has a name for the innermost function around a place.
pub(crate) fn is_named(text: &str, place: Place) -> bool {
    let text = Text::new(text);
    token(&text, place).and_then(|at| around(&text, at)).is_some_and(|function| function.named)
}

/// The line of the `await` that waits for the function around a place, in the nearest function that has a name.
pub(crate) fn awaited(text: &str, place: Place) -> Option<usize> {
    let text = Text::new(text);
    let mut at = token(&text, place)?;
    loop {
        let function = around(&text, at)?;
        at = waits(&text, &function)?;
        if around(&text, at).is_none_or(|function| function.named) {
            return Some(text.line(at));
        }
    }
}

fn token(text: &Text<'_>, place: Place) -> Option<usize> {
    text.at(text.byte(place.line, place.column)?)
}

/// The `await` with the function in its operand, or else the next one after it that the same function does.
fn waits(text: &Text<'_>, function: &Function) -> Option<usize> {
    let is_await = |i: &usize| text.name(*i) == Some("await") && !text.is_member(*i);
    let holds = |i: &usize| end_of_value(text, i + 1) > function.head;
    let outer = || around(text, function.head.checked_sub(1)?).map(|outer| outer.head);
    let same = |i: &usize| around(text, *i).map(|around| around.head) == outer();
    let before = (0..function.head).rev().filter(is_await).find(|i| holds(i) && same(i));
    before.or_else(|| (function.end..text.len()).filter(is_await).find(same))
}

/// The innermost function around a token.
fn around(text: &Text<'_>, at: usize) -> Option<Function> {
    (0..=at).rev().find_map(|i| function(text, i).filter(|function| at < function.end))
}

/// The function whose `=>` or `function` stands at a token, or the method whose brace does.
fn function(text: &Text<'_>, i: usize) -> Option<Function> {
    if text.is(i, "=>") {
        let first = i.checked_sub(1)?;
        let head = with_async(text, text.partner(first).min(first));
        let end = if text.is(i + 1, "{") { text.partner(i + 1) + 1 } else { end_of_value(text, i + 1) };
        return Some(Function { head, end, named: is_given_name(text, head) });
    }
    if text.name(i) == Some("function") && !text.is_member(i) {
        let open = (i + 1..=i + 3).find(|open| text.is(*open, "("))?;
        let body = text.partner(open) + 1;
        let head = with_async(text, i);
        let named = text.name(open - 1).is_some_and(|name| name != "function") || is_given_name(text, head);
        return text.is(body, "{").then(|| Function { head, end: text.partner(body) + 1, named });
    }
    let close = i.checked_sub(1).filter(|close| text.is(i, "{") && text.is(*close, ")"))?;
    let name = text.partner(close).checked_sub(1)?;
    let control = matches!(text.name(name), Some("if" | "for" | "while" | "switch" | "catch" | "with" | "function" | "await"));
    let declared = name > 0 && (text.name(name - 1) == Some("function") || text.is(name - 1, "*"));
    let method = text.key(name).is_some() && !control && !declared || text.is(name, "]");
    method.then(|| Function { head: name, end: text.partner(i) + 1, named: true })
}

fn with_async(text: &Text<'_>, head: usize) -> usize {
    head - usize::from(head > 0 && text.name(head - 1) == Some("async"))
}

/// Whether a function is what a variable, a member or a key is set to: alone, in a list or on one side of a condition.
fn is_given_name(text: &Text<'_>, head: usize) -> bool {
    let mut i = head;
    while let Some(last) = i.checked_sub(1) {
        if text.is_any(last, &["=", "??=", "||=", "&&="]) {
            return true;
        }
        if text.is(last, ":") && text.is_key(last) {
            return true;
        }
        if text.is(last, "(") && text.is_call(last) || text.is_any(last, &["{", ";", "=>", "}"]) || text.name(last) == Some("return") {
            return false;
        }
        // What stands before, in the same list or condition.
        i = if text.is_any(last, &[")", "]"]) { text.partner(last) } else { last };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row is code with `!` at the place, whether the function around it has a name in V8, and the line of the `await`.
    #[test]
    fn functions_have_the_names_of_v8() {
        for (code, named, line) in [
            ("o.f = () => { ! }", true, None),
            ("o.f = async function () { ! }", true, None),
            ("const f = a ? () => { ! } : 0", true, None),
            ("const l = [1, () => { ! }]", true, None),
            ("const o = { l: [() => { ! }] }", true, None),
            ("const f = d(() => { ! })", false, None),
            ("const m = new Map([[1, () => { ! }]])", false, None),
            ("(() => { ! })()", false, None),
            ("l.map(x => !)", false, None),
            ("l.forEach(function () { ! })", false, None),
            ("await Promise.all(\nl.map(async x => { await 1; ! }))", false, Some(1)),
            ("const t = l.map(async x => { await 1; ! });\n\nawait Promise.all(t)", false, Some(3)),
            ("return Promise.all(l.map(async x => { await 1; ! }))", false, None),
            ("async function run() {\n  return await all(l.map(async x => { await 1; ! }))\n}\nawait run()", false, Some(2)),
            ("const r =\n await all(l.map(async x => {\n await all(m.map(async y => { await 1; ! }))\n }))", false, Some(2)),
            ("for (const x of l) {\n  if (x) {\n    await (async () => { await 1; ! })()\n  }\n}", false, Some(3)),
        ] {
            let before = code.split('!').next().unwrap_or_default();
            let place = Place { line: before.split('\n').count(), column: before.rsplit('\n').next().map_or(0, str::len) + 1 };
            let text = code.replace('!', "x.y");
            assert_eq!((is_named(&text, place), awaited(&text, place)), (named, if named { awaited(&text, place) } else { line }), "{code}");
        }
    }

    #[test]
    fn no_text_makes_a_panic() {
        let code = "const o = { l: [async () => { await f(async function* g() { `a${b => c}` }) }], m() { return /x(/ } }; o.l[0] = x => y";
        for (at, _) in code.char_indices() {
            for text in [&code[..at], &code[at..]] {
                for column in 0..=text.len() + 2 {
                    _ = (is_named(text, Place { line: 1, column }), awaited(text, Place { line: 1, column }));
                }
            }
        }
    }
}
