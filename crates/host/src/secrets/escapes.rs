//! Servers repeat what they were sent as they like to write it: with the escapes of addresses, of JSON or of HTML, of any of its letters, and one
//! around the other. A text is read with them undone, so that a secret is seen whoever wrote it.

use std::ops::Range;

/// How many escapes around each other are undone.
const DEEPEST: usize = 3;
/// The longest beginning of an escape.
const LONGEST: usize = 7;

/// A text with escapes undone.
pub(super) struct Reading {
    pub(super) text: String,
    /// Where each byte of it begins in the text that is read, and where that ends.
    starts: Vec<usize>,
}

impl Reading {
    /// Where a piece of it stands in the text that is read.
    pub(super) fn place(&self, Range { start, end }: Range<usize>) -> Range<usize> {
        self.starts[start]..self.starts[end]
    }

    /// `None`: there is no escape in the text.
    fn of(text: &str) -> Option<Self> {
        let signs = ['%', '\\', '&'];
        let mut reading = Self { text: String::with_capacity(text.len()), starts: Vec::with_capacity(text.len() + 1) };
        let (mut at, mut undone) = (0, false);
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let (read, length) = if !signs.contains(&c) {
                (Some(c), c.len_utf8())
            } else if let Some((read, length)) = escape(rest) {
                undone = true;
                (Some(read), length)
            } else if let Some(length) = cut(rest) {
                undone = true;
                (None, length)
            } else {
                (Some(c), 1)
            };
            if let Some(read) = read {
                reading.text.push(read);
                reading.starts.resize(reading.text.len(), at);
            }
            at += length;
        }
        reading.starts.push(at);
        undone.then_some(reading)
    }
}

/// The text with its escapes undone once, twice, and so on.
pub(super) fn readings(text: &str) -> Vec<Reading> {
    let mut readings: Vec<Reading> = Vec::new();
    while readings.len() < DEEPEST {
        let next = match readings.last() {
            None => Reading::of(text),
            Some(last) => Reading::of(&last.text)
                .map(|Reading { text, starts }| Reading { text, starts: starts.into_iter().map(|start| last.starts[start]).collect() }),
        };
        let Some(next) = next else { break };
        readings.push(next);
    }
    readings
}

/// The letter that an escape stands for, and how long that is.
fn escape(text: &str) -> Option<(char, usize)> {
    match text.as_bytes() {
        [b'%', ..] => percent(text),
        [b'\\', b'u', ..] => unicode(text),
        [b'\\', b'x', ..] => Some((char::from_u32(hex(text.get(2..4)?)?)?, 4)),
        [b'\\', letter, ..] => {
            let (_, c) = [(b'n', '\n'), (b't', '\t'), (b'r', '\r'), (b'"', '"'), (b'\'', '\''), (b'/', '/'), (b'\\', '\\')]
                .into_iter()
                .find(|(known, _)| known == letter)?;
            Some((c, 2))
        }
        _ => entity(text),
    }
}

/// `%C3%A9`; where that is no UTF-8, each byte is a letter of Latin-1.
fn percent(text: &str) -> Option<(char, usize)> {
    let byte = |at: usize| text.get(at * 3..at * 3 + 3)?.strip_prefix('%').and_then(hex).and_then(|byte| u8::try_from(byte).ok());
    let first = byte(0)?;
    let length = match first {
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
        _ => 1,
    };
    let bytes: Option<Vec<u8>> = (0..length).map(byte).collect();
    let whole = bytes.and_then(|bytes| String::from_utf8(bytes).ok()?.chars().next());
    Some(whole.map_or((char::from(first), 3), |c| (c, length * 3)))
}

/// `\u00e9`, or two of them for one letter.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| text.get(at..at + 6)?.strip_prefix("\\u").and_then(hex).and_then(|unit| u16::try_from(unit).ok());
    let first = unit(0)?;
    if let Some(c) = char::from_u32(first.into()) {
        return Some((c, 6));
    }
    char::decode_utf16([first, unit(6)?]).next()?.ok().map(|c| (c, 12))
}

/// `&amp;`, `&#39;`, `&#x27;`.
fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 5] = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
    let end = text.bytes().take(LONGEST + 2).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let number = || match name.strip_prefix('#')?.strip_prefix(['x', 'X']) {
        Some(digits) => char::from_u32(hex(digits)?),
        None => char::from_u32(name[1..].parse().ok()?),
    };
    let named = NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    named.or_else(number).map(|c| (c, name.len() + 2))
}

fn hex(digits: &str) -> Option<u32> {
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The length of an escape in which the text was cut.
fn cut(text: &str) -> Option<usize> {
    let (end, c) = text.char_indices().skip(1).take(LONGEST).find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '#'))?;
    (c == '…').then_some(end)
}

#[cfg(test)]
mod tests {
    use super::readings;

    #[test]
    fn escapes_are_undone_and_places_are_those_of_the_text() {
        for (text, read) in [
            (r"a\u003cb\u00E9\ud83d\ude00", "a<bé😀"),
            (r#"\/ \" \\ \n \x2f"#, "/ \" \\ \n /"),
            ("%2f%C3%A9%e9%F0%9F%98%80", "/éé😀"),
            ("&lt;&#39;&#x27;&amp;", "<''&"),
            (r"%5Cu003c and %252F", "< and /"),
            (r"a\u003…, b%2…, c&am…", "a…, b…, c…"),
        ] {
            let readings = readings(text);
            let last = readings.last().expect("an escape");
            assert_eq!(last.text, read);
            for (at, c) in last.text.char_indices() {
                let place = last.place(at..at + c.len_utf8());
                assert!(!place.is_empty() && text.get(place).is_some(), "{text} {c}");
            }
            assert_eq!(last.place(0..last.text.len()), 0..text.len());
        }
        for text in ["100% of a\\b & more", "&nothing; &#; %zz \\uD83D", "é…", "&"] {
            assert!(readings(text).is_empty(), "{text}");
        }
    }
}
