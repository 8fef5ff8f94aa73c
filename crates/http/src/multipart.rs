//! `multipart/form-data` as n8n writes it: names raw in UTF-8, with quotes and line breaks escaped.

use std::hash::{BuildHasher, RandomState};

use node_sdk::ports::Part;

/// The content type and the bytes. Without parts the body is the closing boundary alone.
pub(crate) fn encode(parts: &[Part]) -> (String, Vec<u8>) {
    let boundary = boundary(parts);
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.content.len() + 200).sum::<usize>() + 80);
    for part in parts {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escape(&part.name));
        if let Some(file_name) = &part.file_name {
            head.push_str(&format!("; filename=\"{}\"", escape(file_name)));
        }
        if let Some(content_type) = &part.content_type {
            head.push_str(&format!("\r\nContent-Type: {}", escape(content_type)));
        }
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(b"\r\n\r\n");
        out.extend_from_slice(&part.content);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), out)
}

/// A text that no part holds, as far as one can tell: 128 bits that nobody can know beforehand.
fn boundary(parts: &[Part]) -> String {
    let halves = [0, 1].map(|half| RandomState::new().hash_one((parts.len(), half)));
    format!("konverte-{:016x}{:016x}", halves[0], halves[1])
}

fn escape(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn parts_with_odd_names() {
        let text = Part { name: "a\"b\r\nX: 1".into(), file_name: None, content_type: None, content: Bytes::from_static(b"1") };
        let file =
            Part { name: "fü".into(), file_name: Some("h.txt".into()), content_type: Some("text/plain".into()), content: Bytes::from_static(b"hi") };
        let (content_type, body) = encode(&[text, file]);
        let boundary = content_type.split_once("boundary=").unwrap().1;
        let want = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a%22b%0D%0AX: 1\"\r\n\r\n1\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"fü\"; filename=\"h.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--{boundary}--\r\n\r\n"
        );
        assert_eq!(String::from_utf8(body).unwrap(), want);
    }
}
