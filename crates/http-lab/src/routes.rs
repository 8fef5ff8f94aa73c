//! The routes: `/NAME/...` is answered by what stands beside `NAME`.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use crate::log::{body_of, headers_of};
use crate::texts::{ARRAYS, ATOM, BROTLI, CHARSETS, Content, DEFLATE, ERRORS, FILES, GZIP, HTML, JSON, JSONS, RSS, RSS_EMPTY, SCALARS};
use crate::wire::Exchange;

const PLAIN: &str = "text/plain";

/// An answer that is always the same: route, status, content type, headers, body.
type Fixed = (&'static str, u16, Option<&'static str>, &'static [(&'static str, &'static str)], &'static [u8]);

const FIXED: [Fixed; 17] = [
    ("text", 200, Some(PLAIN), &[], b"hello text"),
    ("html", 200, Some("text/html; charset=utf-8"), &[], HTML.as_bytes()),
    ("json_as_text", 200, Some(PLAIN), &[], b"{\"a\":1}"),
    ("text_as_json", 200, Some(JSON), &[], b"hello"),
    ("no_type", 200, None, &[], b"{\"a\":1}"),
    ("empty_204", 204, None, &[], b""),
    ("set_cookie", 200, Some(JSON), &[("Set-Cookie", "a=1; Path=/; HttpOnly"), ("Set-Cookie", "b=2")], b"{\"ok\":1}"),
    ("cookie_redirect", 302, None, &[("Set-Cookie", "c=3; Path=/"), ("Location", "/echo/after")], b""),
    ("dup_headers", 200, Some(JSON), &DUPLICATES, b"{\"ok\":1}"),
    ("badgzip", 200, Some(JSON), &[("Content-Encoding", "gzip")], b"not gzip"),
    ("json_bigint", 200, Some(JSON), &[], BIG_NUMBERS),
    ("invalid_json", 200, Some(JSON), &[], b"{\"a\": 1,}"),
    ("ndjson", 200, Some("application/x-ndjson"), &[], b"{\"a\":1}\n{\"a\":2}\n"),
    ("rss_xml", 200, Some("application/rss+xml"), &[], RSS.as_bytes()),
    ("atom_xml", 200, Some("application/atom+xml"), &[], ATOM.as_bytes()),
    ("rss_bad", 200, Some("application/rss+xml"), &[], b"<rss><channel><item>"),
    ("rss_empty", 200, Some("text/xml"), &[], RSS_EMPTY.as_bytes()),
];
const DUPLICATES: [(&str, &str); 7] =
    [("X-Dup", "one"), ("X-Dup", "two"), ("Vary", "A"), ("vary", "B"), ("X-Utf", "café"), ("X-Empty", ""), ("ETag", "W/\"1\"")];
const BIG_NUMBERS: &[u8] =
    br#"{"a":9007199254740993,"b":12345678901234567890,"c":-9007199254740995,"d":1.00000000000000000001,"e":"9007199254740993"}"#;

/// Answers one request.
pub(crate) fn answer(x: &mut Exchange<'_>) -> io::Result<()> {
    let route = x.part(0).replace(['-', '.'], "_");
    if let Some((_, status, kind, headers, body)) = FIXED.iter().find(|(name, ..)| *name == route) {
        return x.send(*status, *kind, headers, body);
    }
    let compressed = |x: &mut Exchange<'_>, encoding, body| x.send(200, Some(JSON), &[("Content-Encoding", encoding)], &decoded(body));
    match route.as_str() {
        "echo" => echo(x),
        "json" => json_route(x),
        "json_typed" => {
            let kind = x.asked("type");
            text(x, &kind, "{\"a\":\"é\"}")
        }
        "file" => file(x),
        "empty_200" => {
            let kind = x.asked("type");
            x.send(200, Some(kind.as_str()).filter(|kind| !kind.is_empty()), &[], b"")
        }
        "status" => status(x),
        "some" => some(x),
        "redirect" => redirect(x),
        "auth" => auth(x),
        "page" => page(x),
        "slow" => {
            let ms = x.part(1).parse().unwrap_or(0);
            x.wait(ms);
            json_text(x, &format!("{{\"slow\":{ms}}}"))
        }
        "retry" => retry(x),
        "gzip" => compressed(x, "gzip", GZIP),
        "deflate" => compressed(x, "deflate", DEFLATE),
        "br" => compressed(x, "br", BROTLI),
        "large" => {
            let size = x.part(1).parse().unwrap_or(0);
            text(x, PLAIN, &"0123456789abcdef".repeat(size / 16 + 1)[..size])
        }
        "charset" => match CHARSETS.iter().find(|(name, _, _)| *name == x.part(1)) {
            Some((_, kind, bytes)) => x.send(200, Some(kind), &[], bytes),
            None => not_found(x),
        },
        "array" => of_table(x, &ARRAYS),
        "scalar" => of_table(x, &SCALARS),
        "graphql" => graphql(x),
        broken => raw(x, broken),
    }
}

/// Routes that write the bytes of their answer themselves, most of them not to its end.
fn raw(x: &mut Exchange<'_>, route: &str) -> io::Result<()> {
    match route {
        "slow_body" => {
            x.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"a\"")?;
            x.wait(x.part(1).parse().unwrap_or(0));
            x.raw(b":11}")
        }
        "chunked" => {
            let chunks = "5\r\n{\"chu\r\n6\r\nnked\":\r\n5\r\ntrue}\r\n0\r\n\r\n";
            x.raw(format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}").as_bytes())
        }
        "truncated" => {
            x.close();
            x.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"half\":")
        }
        "reset" => x.reset(),
        "hangup" => {
            x.close();
            Ok(())
        }
        _ => not_found(x),
    }
}

/// `/json/KEY`: a text of the table, a deep one, or a record with this number.
fn json_route(x: &mut Exchange<'_>) -> io::Result<()> {
    let key = x.parts.last().cloned().unwrap_or_default();
    if key == "deep" {
        return json_text(x, &format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60)));
    }
    match JSONS.iter().find(|(name, _)| *name == key) {
        Some((_, text)) => json_text(x, text),
        None if !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) => json_text(x, &format!("{{\"id\":{key},\"name\":\"n{key}\"}}")),
        None => not_found(x),
    }
}

fn decoded(base64: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(base64).unwrap_or_default()
}

fn text(x: &mut Exchange<'_>, kind: &str, body: &str) -> io::Result<()> {
    x.send(200, Some(kind), &[], body.as_bytes())
}

fn json_text(x: &mut Exchange<'_>, body: &str) -> io::Result<()> {
    text(x, JSON, body)
}

fn json_value(x: &mut Exchange<'_>, code: u16, headers: &[(&str, &str)], body: &Value) -> io::Result<()> {
    x.send(code, Some(JSON), headers, body.to_string().as_bytes())
}

fn not_found(x: &mut Exchange<'_>) -> io::Result<()> {
    json_value(x, 404, &[], &json!({"message": "no such route"}))
}

fn of_table(x: &mut Exchange<'_>, table: &[(&str, &str)]) -> io::Result<()> {
    match table.iter().find(|(name, _)| *name == x.part(1)) {
        Some((_, body)) => json_text(x, body),
        None => not_found(x),
    }
}

fn echo(x: &mut Exchange<'_>) -> io::Result<()> {
    let mut heads: Map<String, Value> = Map::new();
    for pair in headers_of(x.request).as_array().into_iter().flatten() {
        let (name, value) = (pair[0].as_str().unwrap_or_default().to_lowercase(), pair[1].as_str().unwrap_or_default());
        if !name.starts_with("x-") && !["accept", "content-type", "authorization", "cookie"].contains(&name.as_str()) {
            continue;
        }
        let joined = heads.get(&name).and_then(Value::as_str).map_or_else(|| value.to_owned(), |before| format!("{before}, {value}"));
        heads.insert(name, joined.into());
    }
    let mut body = Map::new();
    body.insert("method".into(), x.request.method.clone().into());
    body.insert("path".into(), x.path.into());
    body.insert("query".into(), x.query.into());
    body.insert("headers".into(), Value::Object(heads));
    body.extend(body_of(x.request));
    json_value(x, 200, &[], &Value::Object(body))
}

fn file(x: &mut Exchange<'_>) -> io::Result<()> {
    let Some((_, kind, content, disposition)) = FILES.iter().find(|(name, ..)| *name == x.part(1)) else { return not_found(x) };
    let bytes = match content {
        Content::Bytes(bytes) => bytes.to_vec(),
        Content::Base64(text) => decoded(text),
    };
    let headers: Vec<(&str, &str)> = disposition.map(|value| ("Content-Disposition", value)).into_iter().collect();
    x.send(200, *kind, &headers, &bytes)
}

fn status(x: &mut Exchange<'_>) -> io::Result<()> {
    let code = x.part(1).parse().unwrap_or(500);
    let kind = if x.part(2).is_empty() { "json" } else { x.part(2) };
    if kind == "long" {
        return x.send(code, Some(PLAIN), &[], "x".repeat(700).as_bytes());
    }
    let Some((_, content_type, body)) = ERRORS.iter().find(|(name, ..)| *name == kind) else { return not_found(x) };
    let headers: &[(&str, &str)] = if x.asked("ra").is_empty() { &[] } else { &[("Retry-After", "1")] };
    x.send(code, *content_type, headers, body.as_bytes())
}

/// `/some/ID`: 500 when ID is in `?bad=`.
fn some(x: &mut Exchange<'_>) -> io::Result<()> {
    let id = x.part(1).to_owned();
    if x.asked("bad").split(',').any(|bad| bad == id) {
        return json_value(x, 500, &[], &json!({"message": format!("bad {id}")}));
    }
    json_value(x, 200, &[], &json!({"id": id.parse::<i64>().unwrap_or(0)}))
}

fn redirect(x: &mut Exchange<'_>) -> io::Result<()> {
    let code = x.part(1).parse().unwrap_or(302);
    let left: u32 = x.part(3).parse().unwrap_or(0);
    let origin = |name| x.shared.origin(name).to_owned();
    let to = match x.part(2) {
        "rel" => "/echo/landed?from=rel".to_owned(),
        "abs" => origin("HTTP") + "/echo/landed",
        "cross" => origin("HTTP2") + "/echo/crossed",
        "loop" => x.path.to_owned(),
        "chain" if left > 1 => format!("/redirect/{code}/chain/{}", left - 1),
        "chain" => "/echo/landed".to_owned(),
        "dots" => "../../json/1".to_owned(),
        "https" => origin("HTTPS") + "/echo/tls",
        "closed" => origin("CLOSED") + "/x",
        "ftp" => "ftp://127.0.0.1/x".to_owned(),
        "json" => "/json/obj".to_owned(),
        "feed" => "/rss.xml".to_owned(),
        "back" => format!("{}/redirect/{code}/abs", origin("HTTP2")),
        _ => String::new(),
    };
    let headers: &[(&str, &str)] = if to.is_empty() { &[] } else { &[("Location", &to)] };
    json_value(x, code, headers, &json!({"moved": true}))
}

fn auth(x: &mut Exchange<'_>) -> io::Result<()> {
    let given = x.request.header("authorization").unwrap_or_default();
    let (ok, wants) = match x.part(1) {
        "basic" => (given == "Basic dXNlcjpwYXNz", Some("Basic realm=\"lab\"")),
        "bearer" => (given == "Bearer tok", Some("Bearer realm=\"lab\"")),
        "header" => (x.request.header("x-api-key") == Some("k1"), None),
        "query" => (x.asked("api_key") == "q1", None),
        _ => (digest(&x.request.method, given), Some("Digest realm=\"lab\", nonce=\"n0nce\", qop=\"auth\", opaque=\"op\", algorithm=MD5")),
    };
    let headers: Vec<(&str, &str)> = wants.filter(|_| !ok).map(|wants| ("WWW-Authenticate", wants)).into_iter().collect();
    json_value(x, if ok { 200 } else { 401 }, &headers, &json!({"authenticated": ok}))
}

/// Whether the header answers our challenge for user `user` with password `pass`.
fn digest(method: &str, given: &str) -> bool {
    let Some(fields) = given.strip_prefix("Digest ") else { return false };
    let field = |wanted: &str| {
        let found = fields.split(',').find_map(|pair| pair.trim().split_once('=').filter(|(name, _)| *name == wanted));
        found.map_or("", |(_, value)| value.trim_matches('"'))
    };
    let md5 = |text: String| Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (secret, what) = (md5("user:lab:pass".into()), md5(format!("{method}:{}", field("uri"))));
    let want = md5([secret.as_str(), "n0nce", field("nc"), field("cnonce"), field("qop"), &what].join(":"));
    field("username") == "user" && field("response") == want
}

/// Which page is asked for: by query, header, cursor, or in the body.
fn page_number(x: &Exchange<'_>) -> i64 {
    let json_type = x.request.header("content-type").is_some_and(|kind| kind.contains("json"));
    let in_json = || {
        let body: Value = serde_json::from_slice(&x.request.body).ok().filter(|_| json_type)?;
        body.get("page").map(|page| page.to_string().trim_matches('"').to_owned())
    };
    let in_form = || url::form_urlencoded::parse(&x.request.body).find(|(name, _)| name == "page").map(|(_, value)| value.into_owned());
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let found = given(x.asked("page"))
        .or_else(|| x.request.header("x-page").map(str::to_owned).and_then(given))
        .or_else(|| given(x.asked("cursor").trim_start_matches('c').to_owned()))
        .or_else(in_json)
        .or_else(in_form);
    found.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// `/page/KIND`: three pages of two records, the last one short.
fn page(x: &mut Exchange<'_>) -> io::Result<()> {
    let number = |text: String, default| text.parse().ok().filter(|n| *n != 0).unwrap_or(default);
    let (size, total, page) = (number(x.asked("limit"), 2), number(x.asked("total"), 5), page_number(x));
    let rows: Vec<Value> = ((page - 1) * size + 1..=(page * size).min(total)).map(|id| json!({"id": id})).collect();
    let more = page * size < total;
    let base = format!("{}{}", x.shared.origin("HTTP"), x.path);
    let next = more.then(|| format!("{base}?page={}&limit={size}", page + 1));
    let empty = rows.is_empty();
    let kind = x.part(1).to_owned();
    match kind.as_str() {
        "array" => json_value(x, 200, &[], &rows.into()),
        "link" => match next {
            Some(next) => json_value(x, 200, &[("Link", &format!("<{next}>; rel=\"next\", <{base}?page=1>; rel=\"first\""))], &rows.into()),
            None => json_value(x, 200, &[], &rows.into()),
        },
        "404" if empty => json_value(x, 404, &[], &json!({"message": "no more"})),
        "204" if empty => x.send(204, Some(JSON), &[], b""),
        "404" | "204" => json_value(x, 200, &[], &rows.into()),
        "text" => text(x, PLAIN, &if empty { String::new() } else { format!("page {page}") }),
        "file" => text(x, "application/pdf", &format!("%PDF page {page}")),
        "fail" if page == 2 => json_value(x, 500, &[], &json!({"message": "second fails"})),
        "fail" => json_value(x, 200, &[], &json!({"page": page})),
        "relative" => {
            let next = if more { format!("{}?page={}", x.path, page + 1) } else { String::new() };
            json_value(x, 200, &[], &json!({"page": page, "next": next}))
        }
        _ => {
            let cursor = more.then(|| format!("c{}", page + 1));
            json_value(x, 200, &[], &json!({"page": page, "items": rows, "total": total, "next": next, "cursor": cursor}))
        }
    }
}

/// `/retry/KEY/K`: 503 for the first K requests with this key.
fn retry(x: &mut Exchange<'_>) -> io::Result<()> {
    let fails = x.part(2).parse().unwrap_or(0);
    let count = x.shared.count(x.part(1));
    if count > fails {
        return json_value(x, 200, &[], &json!({"attempt": count}));
    }
    json_value(x, 503, &[], &json!({"message": format!("not yet {count}")}))
}

fn graphql(x: &mut Exchange<'_>) -> io::Result<()> {
    let asked = if x.request.body.is_empty() {
        url::form_urlencoded::parse(x.query.as_bytes()).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
    } else {
        serde_json::from_slice(&x.request.body).unwrap_or_else(|_| json!({"raw": String::from_utf8_lossy(&x.request.body)}))
    };
    let query = asked.get("query").or_else(|| asked.get("raw")).and_then(Value::as_str).unwrap_or_default().to_owned();
    if query.contains("status400") {
        return json_value(x, 400, &[], &json!({"errors": [{"message": "cannot parse"}]}));
    }
    if query.contains("notjson") {
        return text(x, PLAIN, "oops");
    }
    let header = |name| x.request.header(name);
    let mut body = json!({"data": {"asked": asked, "type": header("content-type"), "accept": header("accept"), "key": header("x-api-key")}});
    if query.contains("fails") {
        body["errors"] = json!([{"message": "field failed", "path": ["a"]}, {"message": "second"}]);
    }
    json_value(x, 200, &[], &body)
}
