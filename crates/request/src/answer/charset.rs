//! Text out of bytes, by the charset that an answer names, shows or seems to have.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Decodes an answer's text. Declared in the content type, then in a page's `<meta>`, then by a byte order mark; without any of
/// these it is UTF-8 where it is valid, else Windows-1252.
///
/// # Errors
/// The answer names a charset that nobody knows; the words are those of n8n.
pub fn decode(bytes: &[u8], content_type: &str) -> Result<String, String> {
    let declared = charset_of(content_type).or_else(|| meta(bytes, content_type));
    let encoding = match &declared {
        Some(label) if is_latin1(label) => return Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
        Some(label) => {
            Encoding::for_label(label.as_bytes()).ok_or_else(|| format!("Encoding not recognized: '{label}' (searched as: '{}')", searched(label)))?
        }
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    // Takes a byte order mark for what it is, and drops it.
    Ok(encoding.decode(bytes).0.into_owned())
}

/// `charset` of a content type.
fn charset_of(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_ascii_lowercase())
    })
}

/// The charset that a page's head names.
fn meta(bytes: &[u8], content_type: &str) -> Option<String> {
    if !content_type.contains("html") {
        return None;
    }
    let head: String = bytes.iter().take(1024).map(|&byte| char::from(byte).to_ascii_lowercase()).collect();
    let tag = &head[head.find("<meta")?..];
    let value = tag[tag.find("charset=")? + "charset=".len()..].trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c == '"' || c == '\'' || c == '>' || c == ';' || c == '/' || c.is_whitespace()).unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// Where the standard of the web reads Windows-1252, n8n reads Latin-1 to the letter.
fn is_latin1(label: &str) -> bool {
    matches!(label, "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "l1")
}

fn searched(label: &str) -> String {
    label.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn declared_shown_or_guessed() {
        let cases: [(&[u8], &str, &str); 9] = [
            (b"Gr\xfc\xdfe", "text/plain; charset=ISO-8859-1", "Grüße"),
            (b"Gr\xfc\xdfe", "text/plain", "Grüße"),
            ("Grüße".as_bytes(), "text/plain", "Grüße"),
            (b"\xff\xfeG\0\xfc\0", "text/plain; charset=utf-16", "Gü"),
            (b"\xef\xbb\xbfx", "text/plain; charset=\"utf-8\"", "x"),
            (b"\x805", "text/plain;charset=windows-1252", "€5"),
            (b"<meta charset=\"iso-8859-1\">\xfc", "text/html", "<meta charset=\"iso-8859-1\">ü"),
            (b"a\xff\xfeb", "text/plain; charset=utf-8", "a\u{fffd}\u{fffd}b"),
            (b"", "", ""),
        ];
        for (bytes, content_type, want) in cases {
            assert_eq!(decode(bytes, content_type).unwrap(), want, "{content_type}");
        }
        assert!(decode(b"x", "text/plain; charset=x-nope").unwrap_err().contains("x-nope"));
    }
}
