//! What the routes answer, word for word.

pub(crate) const JSON: &str = "application/json";

pub(crate) const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
pub(crate) const BROTLI: &str = "CwWAeyJvayI6ImJyIn0D";
pub(crate) const GZIP: &str = "H4sIAAAAAAACA6tWys9WslJKr8osUKoFAGrMCpENAAAA";
pub(crate) const DEFLATE: &str = "eJyrVsrPVrJSSklNy0ksSVWqBQAsTAVq";
const GZIP_FILE: &str = "H4sIAAAAAAACA8vIBACsKpPYAgAAAA==";

pub(crate) const JSONS: [(&str, &str); 15] = [
    ("obj", r#"{"id":1,"name":"Ada","nested":{"a":[1,2]}}"#),
    ("nulls", r#"{"a":null,"b":{"c":null},"d":[null]}"#),
    ("empty-object", "{}"),
    ("empty-array", "[]"),
    ("error-key", r#"{"error":"boom","ok":true}"#),
    ("data-array", r#"{"data":[{"i":1},{"i":2}]}"#),
    ("json-key", r#"{"json":{"a":1}}"#),
    ("unicode", r#"{"t":"Grüße 😀","e":"\u0041\ud83d\ude00"}"#),
    ("dup-keys", r#"{"a":1,"a":2}"#),
    ("proto", r#"{"__proto__":{"x":1},"constructor":"c","a":1}"#),
    ("numbers", r#"{"a":1.0,"b":1e3,"c":-0,"d":0.1,"e":1E400,"f":123456789012345680}"#),
    ("order", r#"{"b":1,"a":2,"10":3,"2":4}"#),
    ("spaces", " \n {\"a\": 1}\n"),
    ("items", r#"[{"id":1},{"id":2},{"id":3}]"#),
    ("nested-arrays", "[[1,2],[3]]"),
];

pub(crate) const HTML: &str = "<!DOCTYPE html><html><head><title>T</title></head><body><p>Hé &amp; llo</p></body></html>";
pub(crate) const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:my="http://example.test/my"><channel>
<title>News</title><link>http://example.test/</link><description>All the news</description>
<item><title>First &amp; best</title><link>http://example.test/1</link><guid isPermaLink="false">id-1</guid><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate><dc:creator>Ada</dc:creator>
<description><![CDATA[<p>Hello <b>you</b></p>]]></description><content:encoded><![CDATA[<div>Full &lt;text&gt;</div>]]></content:encoded><category>a</category><category>b</category><my:score>7</my:score>
<enclosure url="http://example.test/a.mp3" length="12" type="audio/mpeg"/></item>
<item><title>Second</title><link>http://example.test/2</link><pubDate>not a date</pubDate></item>
<item><description>No title</description></item></channel></rss>"#;
pub(crate) const ATOM: &str = r#"<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><id>urn:x</id><updated>2026-03-03T10:00:00Z</updated>
<entry><title>One</title><id>urn:1</id><link href="http://example.test/e1"/><updated>2026-03-03T10:00:00Z</updated><summary>Sum</summary><author><name>Bo</name></author></entry></feed>"#;
pub(crate) const RSS_EMPTY: &str = "<rss version='2.0'><channel><title>E</title></channel></rss>";

/// Content of a file: bytes, or base64 of them.
pub(crate) enum Content {
    Bytes(&'static [u8]),
    Base64(&'static str),
}

/// Name, content type, content, content-disposition.
pub(crate) type File = (&'static str, Option<&'static str>, Content, Option<&'static str>);

pub(crate) const FILES: [File; 22] = [
    ("png", Some("image/png"), Content::Base64(PNG), None),
    ("named", Some("image/png"), Content::Base64(PNG), Some("attachment; filename=\"pic ture.png\"")),
    ("utf8", Some("image/png"), Content::Base64(PNG), Some("attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe.png")),
    ("octet", Some("application/octet-stream"), Content::Bytes(b"\x00\x01\x02\xff"), None),
    ("octet.bin", Some("application/octet-stream"), Content::Bytes(b"\x00\x01\x02\xff"), None),
    ("doc.pdf", Some("application/pdf"), Content::Bytes(b"%PDF-1.4\n%\xe2\xe3\n"), None),
    ("inline", Some("application/pdf"), Content::Bytes(b"%PDF-1.4\n"), Some("inline; filename=report.pdf")),
    ("zip", Some("application/zip"), Content::Bytes(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), None),
    ("svg", Some("image/svg+xml"), Content::Bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None),
    ("gzfile", Some("application/gzip"), Content::Base64(GZIP_FILE), None),
    ("audio", Some("audio/mpeg"), Content::Bytes(b"ID3\x03\0"), None),
    ("csv", Some("text/csv"), Content::Bytes(b"a,b\n1,2\n"), Some("attachment; filename=\"t.csv\"")),
    ("wrong-type", Some("text/plain"), Content::Base64(PNG), None),
    ("untyped", None, Content::Base64(PNG), None),
    ("upper", Some("Image/PNG; x=1"), Content::Base64(PNG), None),
    ("video", Some("video/mp4"), Content::Bytes(b"\0\0\0\x18ftyp"), None),
    ("xml", Some("application/xml"), Content::Bytes(b"<a><b>1</b></a>"), None),
    ("yaml", Some("application/yaml"), Content::Bytes(b"a: 1\n"), None),
    ("vnd", Some("application/vnd.api+json"), Content::Bytes(b"{\"data\":1}"), None),
    ("js", Some("application/javascript"), Content::Bytes(b"f()"), None),
    ("font", Some("font/woff2"), Content::Bytes(b"wOF2"), None),
    ("empty", Some("image/png"), Content::Bytes(b""), None),
];

/// Name, content type, body of an answer that is no success.
pub(crate) const ERRORS: [(&str, Option<&str>, &str); 10] = [
    ("json", Some(JSON), r#"{"message":"it broke","code":"E7","errors":[{"field":"a","message":"bad a"}]}"#),
    ("error", Some(JSON), r#"{"error":{"message":"deep reason","type":"x"}}"#),
    ("string", Some(JSON), "\"just text\""),
    ("array", Some(JSON), r#"[{"message":"first"},{"message":"second"}]"#),
    ("html", Some("text/html"), "<html><body><h1>Broken</h1></body></html>"),
    ("text", Some("text/plain"), "plain trouble"),
    ("empty", None, ""),
    ("badjson", Some(JSON), "{\"a\":"),
    ("detail", Some(JSON), r#"{"detail":"a detail","status":"S"}"#),
    ("description", Some(JSON), r#"{"error_description":"described","error":"invalid_x"}"#),
];

/// Name, content type, bytes of a text in one charset or another.
pub(crate) const CHARSETS: [(&str, &str, &[u8]); 10] = [
    ("latin1", "text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe"),
    ("latin1-undeclared", "text/plain", b"Gr\xfc\xdfe"),
    ("utf16", "text/plain; charset=utf-16", b"\xff\xfeG\0r\0\xfc\0\xdf\0e\0"),
    ("bom", "text/plain; charset=utf-8", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe"),
    ("bom-json", JSON, b"\xef\xbb\xbf{\"a\":1}"),
    ("latin1-json", "application/json; charset=iso-8859-1", b"{\"a\":\"Gr\xfc\xdfe\"}"),
    ("meta", "text/html", b"<meta charset=\"iso-8859-1\">Gr\xfc\xdfe"),
    ("unknown", "text/plain; charset=x-nope", b"Gr\xc3\xbc\xc3\x9fe"),
    ("win", "text/plain; charset=windows-1252", b"\x805"),
    ("invalid", "text/plain; charset=utf-8", b"a\xff\xfeb"),
];

/// Route and answer of those that always say the same JSON.
pub(crate) const SCALARS: [(&str, &str); 7] =
    [("number", "42"), ("string", "\"text\""), ("null", "null"), ("true", "true"), ("false", "false"), ("zero", "0"), ("empty", "\"\"")];

pub(crate) const ARRAYS: [(&str, &str); 3] = [("n", r#"[1,"a",null,{"x":1},[2],true]"#), ("strings", r#"["a","b"]"#), ("nulls", "[null,{}]")];
