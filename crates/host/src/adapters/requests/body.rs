//! A body as people and tests compare it, by its content type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use node_sdk::json::{parse_text, stringify};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// The keys that say what a body holds; none where there is none.
pub(super) fn of(content_type: &str, body: &[u8]) -> Map<String, Value> {
    let mut map = Map::new();
    if body.is_empty() {
        return map;
    }
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(parts) = essence.starts_with("multipart/").then(|| multipart(content_type, body)).flatten() {
        map.insert("multipart".to_owned(), parts.into());
        return map;
    }
    if essence == "application/x-www-form-urlencoded" {
        map.insert("form".to_owned(), form_urlencoded::parse(body).map(|(name, value)| json!([name, value])).collect());
    } else if let Some((text, value)) = std::str::from_utf8(body).ok().and_then(|text| Some((text, parse_text(text).ok()?))) {
        let same = stringify(&value) == text;
        map.insert("json".to_owned(), value);
        if same {
            return map;
        }
    }
    add_content(&mut map, body);
    map
}

/// `text` where it is UTF-8, else `base64`.
fn add_content(map: &mut Map<String, Value>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => map.insert("text".to_owned(), text.into()),
        Err(_) => map.insert("base64".to_owned(), STANDARD.encode(bytes).into()),
    };
}

/// The parts; `None`: the body is not what its content type says.
fn multipart(content_type: &str, body: &[u8]) -> Option<Vec<Value>> {
    let (_, boundary) = content_type.split_once("boundary=")?;
    let boundary = boundary.strip_prefix('"').map_or_else(|| boundary.split(';').next(), |quoted| quoted.split('"').next())?.trim();
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter has no line before it.
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, delimiter.as_bytes())?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
    }
    Some(parts)
}

fn part(bytes: &[u8]) -> Option<Value> {
    let at = find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let mut map = Map::new();
    let mut others = Map::new();
    for (name, value) in head.split("\r\n").filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                map.extend(parameter(value, "name").map(|name| ("name".to_owned(), name.into())));
                map.extend(parameter(value, "filename").map(|name| ("filename".to_owned(), name.into())));
            }
            "content-type" => drop(map.insert("contentType".into(), value.into())),
            name => drop(others.insert(name.to_owned(), value.into())),
        }
    }
    if !others.is_empty() {
        map.insert("headers".into(), others.into());
    }
    add_content(&mut map, &bytes[at + 4..]);
    Some(Value::Object(map))
}

/// A parameter of `Content-Disposition`, as it was sent: whether `%22` stands for a quote only the receiver knows.
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let (_, quoted) = value.split_once(&format!("; {name}=\""))?;
    quoted.split('"').next()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_body_by_its_content_type() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let parts = "--b\r\nContent-Disposition: form-data; name=\"a%22\"\r\nX-Own: 1\r\n\r\nü\r\n--b\r\n\
                     Content-Disposition: form-data; name=\"f\"; filename=\"p.png\"\r\nContent-Type: image/png\r\n\r\n";
        let parts = [parts.as_bytes(), b"\xff\r\n\r\n--b--\r\n"].concat();
        let read = json!([{"name": "a%22", "headers": {"x-own": "1"}, "text": "ü"},
            {"name": "f", "filename": "p.png", "contentType": "image/png", "base64": "/w0K"}]);
        let cases: [(&str, &[u8], Value); 10] = [
            ("application/json", b"", json!({})),
            (form, b"a=1+2&a=%C3%BC", json!({"form": [["a", "1 2"], ["a", "\u{fc}"]], "text": "a=1+2&a=%C3%BC"})),
            ("text/plain", b"{\"b\":1,\"a\":2}", json!({"json": {"b": 1, "a": 2}})),
            ("application/json", b"{\"a\": 1}", json!({"json": {"a": 1}, "text": "{\"a\": 1}"})),
            ("application/json", b"{\"a\":", json!({"text": "{\"a\":"})),
            ("", b"\xff\xfe", json!({"base64": "//4="})),
            (form, b"a=\xff", json!({"form": [["a", "\u{fffd}"]], "base64": "YT3/"})),
            ("multipart/form-data; boundary=b", &parts, json!({"multipart": read})),
            ("multipart/form-data; boundary=\"b\"", b"--b--\r\n", json!({"multipart": []})),
            ("multipart/form-data; boundary=c", b"--b--\r\n", json!({"text": "--b--\r\n"})),
        ];
        for (content_type, body, expected) in cases {
            assert_eq!(Value::Object(of(content_type, body)), expected, "{content_type}");
        }
    }
}
