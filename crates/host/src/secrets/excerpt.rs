//! Secrets in a piece of a workflow file that is shown. [`looks`] knows them by what they are, this by where they stand.

use std::ops::Range;

use super::looks;
use super::names::{SCHEMES, is_secret, names_secret};

/// The text with stars for the bytes of every quoted value that is a secret by its key, or by the `name` beside it, or by its looks. Of
/// expressions the code stays: the secret is not in it, and its errors must be seen. Nothing moves.
pub(super) fn masked(text: &str) -> String {
    let mut stars = Masked { text, bytes: text.as_bytes().to_vec() };
    let (mut key, mut beside) = ("", Beside::default());
    let mut rest = 0;
    while let Some((start, end)) = quoted(text, rest) {
        // Another object is another pair.
        if text[rest..start].contains(['{', '}']) {
            beside = Beside::default();
        }
        let inner = &text[start..end];
        rest = (end + 1).min(text.len());
        if text.get(rest..).is_some_and(|after| after.trim_start().starts_with(':')) {
            key = inner;
            continue;
        }
        match key {
            "name" | "key" => beside.name = Some(inner),
            "value" => beside.value = Some(start..end),
            _ => {}
        }
        if is_secret(key) {
            stars.field(start..end);
        }
        if let Beside { name: Some(name), value: Some(value) } = &beside
            && names_secret(name)
        {
            stars.field(value.clone());
        }
    }
    for range in looks::found(text) {
        stars.bytes[range].fill(b'*');
    }
    // Stars stand for whole texts between quotes, so that it stays UTF-8.
    String::from_utf8_lossy(&stars.bytes).into_owned()
}

/// What one object says of a header or a parameter, in either order.
#[derive(Default)]
struct Beside<'a> {
    name: Option<&'a str>,
    value: Option<Range<usize>>,
}

/// A text on which stars are laid.
struct Masked<'a> {
    text: &'a str,
    bytes: Vec<u8>,
}

impl Masked<'_> {
    /// The value of a field that holds a secret. Of an expression: what stands outside of its code, and the texts in it.
    fn field(&mut self, Range { start, end }: Range<usize>) {
        let text = self.text;
        if !text[start..end].starts_with('=') {
            self.bytes[start..end].fill(b'*');
            return;
        }
        let mut at = start + 1;
        while at < end {
            let code = text[at..end].find("{{").map_or(end, |found| at + found);
            self.words(at..code);
            let close = text[code..end].find("}}").map_or(end, |found| code + found + 2);
            self.code(code..close);
            at = close;
        }
    }

    /// The texts in code, but for those that name a field or a node.
    fn code(&mut self, Range { mut start, end }: Range<usize>) {
        let text = self.text;
        while let Some(open) = text[start..end].find(['"', '\'', '`']).map(|found| start + found) {
            let quote = text.as_bytes()[open];
            let (close, behind) = closing(text, open + 1..end, quote);
            let before = text[start..open].trim_end_matches(['\\', ' ']);
            if !names_place(before) {
                self.literal(open + 1..close, quote == b'`');
            }
            start = behind;
        }
    }

    /// A text in code; a template has code in it.
    fn literal(&mut self, Range { mut start, end }: Range<usize>, template: bool) {
        let text = self.text;
        while let Some(code) = text[start..end].find("${").filter(|_| template).map(|found| start + found) {
            self.words(start..code);
            let close = text[code..end].find('}').map_or(end, |found| code + found + 1);
            self.code(code..close);
            start = close;
        }
        self.words(start..end);
    }

    /// All words but a scheme in front of them and what is no word.
    fn words(&mut self, range: Range<usize>) {
        let (text, mut at) = (self.text, range.start);
        for (number, word) in text[range].split_inclusive(|c: char| c.is_ascii_whitespace()).enumerate() {
            let (start, len) = (at, word.trim_ascii_end().len());
            at += word.len();
            let scheme = number == 0 && SCHEMES.contains(&word.trim_ascii_end().to_ascii_lowercase().as_str());
            if !scheme && word.contains(char::is_alphanumeric) {
                self.bytes[start..start + len].fill(b'*');
            }
        }
    }
}

/// Where a text in code ends, and where the code goes on. It is written between quotes itself, so that of its backslashes there are two.
fn closing(text: &str, range: Range<usize>, quote: u8) -> (usize, usize) {
    let mut slashes = 0;
    for (at, byte) in text.bytes().enumerate().take(range.end).skip(range.start) {
        match byte {
            b'\\' => slashes += 1,
            _ if byte == quote && slashes / 2 % 2 == 0 => return (at - slashes % 2, at + 1),
            _ => slashes = 0,
        }
    }
    (range.end, range.end)
}

/// Whether a text behind this is the name of a field (`$json['a']`) or of a node (`$('A')`).
fn names_place(before: &str) -> bool {
    let of = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ']' | ')' | '.'));
    before.strip_suffix('[').is_some_and(of) || before.ends_with("$(")
}

/// Where the next text between quotes begins and ends; one that is not closed ends with its line.
fn quoted(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text.get(from..)?.find('"')? + 1;
    let mut escaped = false;
    for (offset, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'\n' => return Some((start, offset)),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some((start, offset)),
            _ => {}
        }
    }
    Some((start, text.len()))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_become_stars_and_nothing_moves() {
        let cases = [
            (r#"{"password": "shörtx", "a": "b"}"#, r#"{"password": "*******", "a": "b"}"#),
            (r#"{"api_key": "a\"b", "n": 1}"#, r#"{"api_key": "****", "n": 1}"#),
            (r#"[{"name": "Authorization", "value": "Bearer x"}]"#, r#"[{"name": "Authorization", "value": "********"}]"#),
            (r#"{"password": "={{ $json.p }}", "value": "x"}"#, r#"{"password": "={{ $json.p }}", "value": "x"}"#),
            (r#"{"url": "http://ana:pw@host/", "a": "b"}"#, r#"{"url": "http://ana:**@host/", "a": "b"}"#),
            (
                r#"{"name": "X-Auth", "value": "ab"}, {"name": "X", "value": "cd"}"#,
                r#"{"name": "X-Auth", "value": "**"}, {"name": "X", "value": "cd"}"#,
            ),
            (
                r#"{"value": "ab", "name": "key"}, {"name": "monkey", "value": "cd"}"#,
                r#"{"value": "**", "name": "key"}, {"name": "monkey", "value": "cd"}"#,
            ),
            (r#"{"pageToken": "ab", "tokenUrl": "cd"}"#, r#"{"pageToken": "ab", "tokenUrl": "cd"}"#),
            ("{\"accessToken\": \"abc\n \"x\": \"y\"", "{\"accessToken\": \"***\n \"x\": \"y\""),
        ];
        for (text, expected) in cases {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn of_an_expression_only_the_code_stays() {
        let cases = [
            ("=plainword{{ a. }}", "=*********{{ a. }}"),
            ("={{ a. }}x y{{ b", "={{ a. }}* *{{ b"),
            ("=Bearer {{ $json.t }}", "=Bearer {{ $json.t }}"),
            ("=Bearer abc{{ $json.t }}", "=Bearer ***{{ $json.t }}"),
            ("={{ 'Bearer ' + 'abc' + $json['tok'] }}", "={{ 'Bearer ' + '***' + $json['tok'] }}"),
            (r#"={{ $('A b').item.json.x || \"ab\" || $node[\"C\"] }}"#, r#"={{ $('A b').item.json.x || \"**\" || $node[\"C\"] }}"#),
            ("={{ `ab ${ $json.x + 'cd' } ef` }}", "={{ `** ${ $json.x + '**' } **` }}"),
            (r"={{ 'a\\'b' + c }}", r"={{ '*****' + c }}"),
            ("={{ ['ab'][0] }}", "={{ ['**'][0] }}"),
            ("={{ 'é }}", "={{ '** }}"),
        ];
        for (value, expected) in cases {
            let field = |value: &str| format!(r#"{{"name": "X-Auth-Token", "value": "{value}"}}"#);
            assert_eq!(masked(&field(value)), field(expected), "{value}");
        }
    }
}
