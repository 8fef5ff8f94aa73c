//! Text of others on a terminal: what servers, files and items say must not steer it.

use std::borrow::Cow;

/// Whether a terminal would act on the character instead of showing it, or show what follows out of order.
pub(crate) fn steers(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with such characters written as JavaScript escapes, for example `\u001b`.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| if steers(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    Cow::Owned(text.chars().map(escape).collect())
}

/// The text with such characters blotted out, as long in bytes as before: places in it stay where they are.
pub(crate) fn blotted(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let blot = |c: char| if steers(c) && c != '\r' { "?".repeat(c.len_utf8()) } else { c.to_string() };
    Cow::Owned(text.chars().map(blot).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\u{1b}]0;x\u{7}\tb\nc\u{9b}2J\u{202e}"), "a\\u001b]0;x\\u0007\tb\nc\\u009b2J\\u202e");
        assert_eq!(plain("Zoë\n\t😀"), "Zoë\n\t😀");
        assert_eq!(blotted("a\u{1b}\u{9b}\u{202e}\r\nb"), "a??????\r\nb");
    }
}
