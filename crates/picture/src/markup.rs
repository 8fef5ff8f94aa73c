//! Text inside SVG and HTML.

use std::borrow::Cow;

/// Characters of a name in a title.
const TITLE: usize = 1_000;

/// Text with nothing left that markup could take for its own, in content and in quoted attributes; what steers is written out.
pub fn escape(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if !text.contains(['&', '<', '>', '"', '\'', '\u{fffe}', '\u{ffff}']) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML does not allow them at all.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// Text with each character that steers written as in JavaScript, but for line breaks and tabs.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| steers(c) && !matches!(c, '\n' | '\t' | '\r');
    if !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| if hidden(c) { written_out(c) } else { c.to_string() });
    Cow::Owned(shown.collect())
}

/// The character as JavaScript writes it: `\u202e`.
pub(crate) fn written_out(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

/// Whether the character is none to be shown: it controls, turns the direction of writing, or ends a line.
pub(crate) fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name inside a sentence of HTML: written from right to left, it turns nothing beside it. Where it is cut, a title has more of it.
pub(crate) fn name(name: &str, max: usize) -> String {
    let short = shorten(name, max);
    let title = if short == name { String::new() } else { format!(" title=\"{}\"", escape(&shorten(name, TITLE))) };
    format!("<bdi{title}>{}</bdi>", escape(&short))
}

/// The same for SVG, which has no element for it: the characters that set a text apart are around it.
pub(crate) fn apart(text: &str) -> Cow<'_, str> {
    let escaped = escape(text);
    if escaped.is_ascii() { escaped } else { Cow::Owned(format!("\u{2068}{escaped}\u{2069}")) }
}

/// At most `max` characters; what is cut is shown by an ellipsis.
pub fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(max.saturating_sub(1)).chain(['…']).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_the_direction_of_writing_stays_within_its_name() {
        assert_eq!(escape("live\u{202e}txt.exe\n\u{7}<\u{ffff}"), "live\\u202etxt.exe\n\\u0007&lt;\u{fffd}");
        assert_eq!(name("نشط", 9), "<bdi>نشط</bdi>");
        assert_eq!(name("abc\"def", 3), "<bdi title=\"abc&quot;def\">ab…</bdi>");
        assert_eq!((&*apart("a<b"), &*apart("نشط")), ("a&lt;b", "\u{2068}نشط\u{2069}"));
    }
}
