//! Files: out of an answer, and out of an item; and what n8n says of them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use node_sdk::error::codes;
use node_sdk::ports::HttpResponse;
use node_sdk::{Binary, Item, NodeError, RunContext};
use url::Url;

/// The content of an item's file.
///
/// # Errors
/// It cannot be read.
pub async fn content(cx: &RunContext, binary: &Binary) -> Result<Bytes, NodeError> {
    let unreadable = |why: String| NodeError::new(format!("The file of the item cannot be read: {why}"));
    match (&binary.blob, &binary.data) {
        (Some(blob), _) => cx.ports.blobs.get(blob).await.map_err(|error| unreadable(error.to_string())),
        (None, Some(data)) => BASE64_STANDARD.decode(data).map(Bytes::from).map_err(|error| unreadable(error.to_string())),
        (None, None) => Ok(Bytes::new()),
    }
}

/// The file that item `index` holds under this name.
///
/// # Errors
/// There is no such file; the words are n8n's.
pub fn input_file(item: &Item, name: &str, index: usize) -> Result<Binary, NodeError> {
    let files = item.binary.as_deref().ok_or_else(|| {
        let message = format!("This operation expects the node's input data to contain a binary file '{name}', but none was found [item {index}]");
        NodeError::coded(codes::PARAMETER, message).description("Make sure that the previous node outputs a binary file")
    })?;
    files.get(name).cloned().ok_or_else(|| {
        let description =
            "Check that the parameter where you specified the input binary field name is correct, and that it matches a field in the binary input";
        NodeError::coded(codes::PARAMETER, format!("The item has no binary field '{name}' [item {index}]")).description(description)
    })
}

/// Stores an answer's body, and says what is known of it; a file without a name is called after the last piece of the URL that was asked
/// for, where that ends with the extension, else `stem`.
///
/// # Errors
/// It cannot be stored.
pub async fn store(cx: &RunContext, answer: &HttpResponse, asked: &str, stem: &str) -> Result<Binary, NodeError> {
    let blob = cx.ports.blobs.put(answer.body.clone()).await;
    let blob = blob.map_err(|error| NodeError::coded(codes::NODE_FAILED, format!("The file cannot be stored: {error}")))?;
    let mut binary = describe(answer, asked, stem);
    binary.file_size = Some(size_text(blob.len));
    binary.blob = Some(blob);
    Ok(binary)
}

/// Name and type, from the headers and the URL. A compressed answer has lost its name on the way.
fn describe(answer: &HttpResponse, asked: &str, stem: &str) -> Binary {
    let declared = answer.header("content-type").and_then(essence);
    let compressed = answer.header("content-encoding").is_some();
    let name = if compressed { None } else { answer.header("content-disposition").and_then(file_name_of).or_else(|| last_piece(&answer.url)) };
    let own_extension =
        name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension).filter(|e| !e.is_empty()).map(str::to_owned);
    let guessed = || own_extension.as_deref().and_then(|extension| mime_guess::from_ext(extension).first()).map(|mime| mime.essence_str().to_owned());
    let known = declared.or_else(guessed).or_else(|| compressed.then(|| PLAIN.to_owned()));
    let extension = own_extension.or_else(|| known.as_deref().and_then(extension_of));
    let mime_type = known.unwrap_or_else(|| PLAIN.to_owned());
    let made_up = |extension: &String| match last_piece(asked).filter(|_| asked.ends_with(extension)) {
        Some(piece) => piece,
        None => format!("{stem}.{extension}"),
    };
    let file_name = name.or_else(|| extension.as_ref().map(made_up));
    Binary { file_type: file_type(&mime_type), mime_type, file_name, file_extension: extension, ..Binary::default() }
}

const PLAIN: &str = "text/plain";

/// A content type without its parameters, in lower case.
fn essence(content_type: &str) -> Option<String> {
    let essence = content_type.split(';').next()?.trim().to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}

/// The last piece of a URL's path, as it stands there.
fn last_piece(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let piece = url.path().trim_end_matches('/').rsplit('/').next()?;
    (!piece.is_empty()).then(|| piece.to_owned())
}

/// `filename*` or `filename` of a `content-disposition`, without folders.
fn file_name_of(disposition: &str) -> Option<String> {
    let parameters = disposition_parameters(disposition);
    let find = |wanted: &str| parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.clone());
    let extended = find("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let bytes: Vec<u8> = percent_encoding::percent_decode_str(rest.split_once('\'')?.1).collect();
        let encoding = encoding_rs::Encoding::for_label(charset.as_bytes())?;
        Some(encoding.decode(&bytes).0.into_owned())
    });
    let name = extended.or_else(|| find("filename"))?;
    let base = name.rsplit(['/', '\\']).next().unwrap_or(&name).to_owned();
    (!base.is_empty()).then_some(base)
}

fn disposition_parameters(text: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(';') {
        rest = rest[at + 1..].trim_start();
        let Some((name, after)) = rest.split_once('=') else { break };
        let name = name.trim().to_owned();
        let after = after.trim_start();
        if let Some(quoted) = after.strip_prefix('"') {
            let (value, used) = unquote(quoted);
            parameters.push((name, value));
            rest = &quoted[used..];
        } else {
            let end = after.find(';').unwrap_or(after.len());
            parameters.push((name, after[..end].trim().to_owned()));
            rest = &after[end..];
        }
    }
    parameters
}

/// The text up to the closing quote, and how many bytes that took.
fn unquote(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, at + 1),
            c => {
                value.push(c);
                escaped = false;
            }
        }
    }
    (value, text.len())
}

/// What n8n says of a file that code made: its type by its name where none is given, else by the first bytes of its content.
pub fn described(name: Option<&str>, mime_type: Option<&str>, content: &[u8]) -> Binary {
    let extension = name.and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension.to_owned());
    let guessed = || extension.as_deref().and_then(|e| mime_guess::from_ext(e).first()).map(|mime| mime.essence_str().to_owned());
    let known = mime_type.map(str::to_owned).or_else(guessed).or_else(|| told_by(content));
    let extension = extension.or_else(|| known.as_deref().and_then(extension_of));
    let mime_type = known.unwrap_or_else(|| PLAIN.to_owned());
    Binary {
        file_type: file_type(&mime_type),
        file_name: name.map(str::to_owned),
        file_extension: extension,
        file_size: Some(size_text(content.len() as u64)),
        mime_type,
        ..Binary::default()
    }
}

/// The type of a content that begins with the mark of one. Texts have none.
fn told_by(content: &[u8]) -> Option<String> {
    let told = infer::get(content).filter(|told| told.matcher_type() != infer::MatcherType::Text)?;
    Some(told.mime_type().to_owned())
}

/// n8n's coarse kind.
fn file_type(mime_type: &str) -> Option<String> {
    let kind = match mime_type {
        "application/json" => "json",
        "application/pdf" => "pdf",
        "text/html" => "html",
        "application/javascript" => "text",
        _ => match mime_type.split('/').next() {
            Some(kind @ ("image" | "audio" | "video" | "text")) => kind,
            _ => return None,
        },
    };
    Some(kind.to_owned())
}

/// The extension that n8n gives a type: the first one in the list of the `mime-db` project, which is not always the common one.
fn extension_of(mime_type: &str) -> Option<String> {
    let known = EXTENSIONS.iter().find(|(mime, _)| *mime == mime_type).map(|(_, extension)| *extension);
    known.or_else(|| mime_guess::get_mime_extensions_str(mime_type)?.first().copied()).map(str::to_owned)
}

const EXTENSIONS: [(&str, &str); 46] = [
    ("application/epub+zip", "epub"),
    ("application/gzip", "gz"),
    ("application/java-archive", "jar"),
    ("application/javascript", "js"),
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/octet-stream", "bin"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.rar", "rar"),
    ("application/x-7z-compressed", "7z"),
    ("application/x-bzip", "bz"),
    ("application/x-bzip2", "bz2"),
    ("application/x-tar", "tar"),
    ("application/xhtml+xml", "xhtml"),
    ("application/xml", "xml"),
    ("application/yaml", "yaml"),
    ("application/zip", "zip"),
    ("audio/midi", "mid"),
    ("audio/mp4", "m4a"),
    ("audio/mpeg", "mpga"),
    ("audio/ogg", "oga"),
    ("audio/wav", "wav"),
    ("font/woff2", "woff2"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpeg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tif"),
    ("image/webp", "webp"),
    ("text/calendar", "ics"),
    ("text/css", "css"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/markdown", "markdown"),
    ("text/plain", "txt"),
    ("video/mp4", "mp4"),
    ("video/mpeg", "mpeg"),
    ("video/quicktime", "qt"),
];

/// n8n's text for a size: three digits, units of a thousand.
pub fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        return format!("{bytes} B");
    }
    let decimals = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str, headers: &[(&str, &str)]) -> (String, String, String) {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let answer = HttpResponse { status: 200, status_text: "OK".into(), url: url.into(), redirected: false, headers, body: Bytes::new() };
        let binary = describe(&answer, url, "data");
        (binary.mime_type, binary.file_name.unwrap_or_default(), binary.file_extension.unwrap_or_default())
    }

    #[test]
    fn a_file_without_a_name_is_told_by_its_content() {
        let of = |name, content: &[u8]| {
            let file = described(name, None, content);
            (file.mime_type, file.file_extension.unwrap_or_default())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(of(None, b"%PDF-1.4\n"), pair("application/pdf", "pdf"));
        assert_eq!(of(Some("it.html"), b"%PDF-1.4\n"), pair("text/html", "html"));
        assert_eq!(of(Some("it"), b"\x89PNG\r\n\x1a\n"), pair("image/png", "png"));
        assert_eq!(of(None, b"<!DOCTYPE html><html>").0, PLAIN);
    }

    #[test]
    fn names_and_types() {
        let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(of("http://h/file/png?x=1", &[("content-type", "image/png")]), text("image/png", "png", "png"));
        assert_eq!(
            of("http://h/a", &[("content-type", "Image/PNG; x=1"), ("content-disposition", "attachment; filename=\"pic ture.png\"")]),
            text("image/png", "pic ture.png", "png")
        );
        assert_eq!(
            of("http://h/a", &[("content-type", "image/png"), ("content-disposition", "attachment; filename*=UTF-8''gr%C3%BC.png")]),
            text("image/png", "grü.png", "png")
        );
        assert_eq!(
            of("http://h/a", &[("content-type", "application/pdf"), ("content-disposition", "inline; filename=../report.pdf")]),
            text("application/pdf", "report.pdf", "pdf")
        );
        assert_eq!(of("http://h/empty", &[]), text("text/plain", "empty", ""));
        assert_eq!(of("http://h/t.csv", &[]), text("text/csv", "t.csv", "csv"));
        assert_eq!(
            of("http://h/x", &[("content-type", "application/json"), ("content-encoding", "gzip")]),
            text("application/json", "data.json", "json")
        );
        assert_eq!(
            of("http://h/report.json", &[("content-type", "application/json"), ("content-encoding", "br")]),
            text("application/json", "report.json", "json")
        );
        assert_eq!(of("http://h/song", &[("content-type", "audio/mpeg")]), text("audio/mpeg", "song", "mpga"));
        assert_eq!(of("http://h/", &[("content-type", "application/pdf")]), text("application/pdf", "data.pdf", "pdf"));
    }

    #[test]
    fn sizes() {
        let cases = [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1536, "1.54 kB"), (12_340, "12.3 kB"), (123_456, "123 kB"), (70_000_000, "70 MB")];
        for (bytes, text) in cases {
            assert_eq!(size_text(bytes), text);
        }
    }
}
