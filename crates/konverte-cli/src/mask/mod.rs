//! Secrets in a piece of a workflow file that is shown. [`looks`] knows them by what they are, this by where they stand.

pub(crate) mod looks;

/// Words in the name of a field whose value is a secret.
const WORDS: [&str; 12] =
    ["password", "passphrase", "passwd", "passcode", "pwd", "token", "secret", "authorization", "apikey", "accesskey", "privatekey", "cookie"];

/// The text with stars for the bytes of every quoted value that is a secret by its key, or by the `name` beside it, or by its looks. Expressions
/// stay: the secret is not in them, and their errors must be seen. Nothing moves.
pub(crate) fn secrets(text: &str) -> String {
    let mut masked = text.as_bytes().to_vec();
    let (mut key, mut named) = ("", "");
    let mut rest = 0;
    while let Some((start, end)) = quoted(text, rest) {
        let inner = &text[start..end];
        rest = end + 1;
        if text.get(rest..).is_some_and(|after| after.trim_start().starts_with(':')) {
            key = inner;
            continue;
        }
        if key == "name" {
            named = inner;
        }
        if (is_secret(key) || (key == "value" && is_secret(named))) && !inner.starts_with('=') {
            masked[start..end].fill(b'*');
        }
    }
    for range in looks::found(text) {
        masked[range].fill(b'*');
    }
    // Stars stand for whole texts between quotes, so that it stays UTF-8.
    String::from_utf8_lossy(&masked).into_owned()
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

/// Whether what a field of this name holds is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::secrets;

    #[test]
    fn secrets_become_stars_and_nothing_moves() {
        let cases = [
            (r#"{"password": "shörtx", "a": "b"}"#, r#"{"password": "*******", "a": "b"}"#),
            (r#"{"api_key": "a\"b", "n": 1}"#, r#"{"api_key": "****", "n": 1}"#),
            (r#"[{"name": "Authorization", "value": "Bearer x"}]"#, r#"[{"name": "Authorization", "value": "********"}]"#),
            (r#"{"password": "={{ $json.p }}", "value": "x"}"#, r#"{"password": "={{ $json.p }}", "value": "x"}"#),
            (r#"{"url": "http://ana:pw@host/", "a": "b"}"#, r#"{"url": "http://ana:**@host/", "a": "b"}"#),
            ("{\"accessToken\": \"abc\n \"x\": \"y\"", "{\"accessToken\": \"***\n \"x\": \"y\""),
        ];
        for (text, expected) in cases {
            assert_eq!(secrets(text), expected);
        }
    }
}
