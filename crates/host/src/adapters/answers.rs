//! Requests are answered by a file, and none leaves.

use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use konverte_http::{Exchange, Outgoing};
use node_sdk::json::{stringify, to_js_string};
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse};
use node_sdk::sync::lock;
use node_sdk::{async_trait, files};
use serde_json::{Map, Value, json};
use workflow::Document;

use crate::error::{Error, Place, codes};
use crate::json;
use crate::secrets::Secrets;

/// The keys of an entry.
const KEYS: [&str; 8] = ["method", "match", "times", "status", "headers", "json", "text", "base64"];

/// The entries of the file.
pub struct Answers {
    /// The file, as it was named.
    pub name: String,
    entries: Vec<Entry>,
    asked: Mutex<Asked>,
}

/// What became of the requests until now.
#[derive(Default)]
struct Asked {
    /// How often each entry has answered.
    answered: Vec<u64>,
    /// The requests that no entry fits.
    unanswered: Vec<Unanswered>,
}

/// A request that no entry fits.
#[derive(Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The sentence that says so.
    pub message: String,
    /// The entry that would answer.
    pub entry: String,
}

#[derive(Debug)]
struct Entry {
    method: Option<String>,
    part: String,
    times: Option<u64>,
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Answers {
    /// Reads the file; what is wrong in it is said before anything runs.
    ///
    /// # Errors
    /// [`codes::ANSWERS_FILE`]: it cannot be read, or an entry cannot be meant.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let text = files::named(path).and_then(files::text);
        Self::parse(&name, &text.map_err(|error| Error::new(codes::ANSWERS_FILE, format!("{name} cannot be read: {error}.")))?)
    }

    /// Takes them from the text of a file; `name` is how messages call it.
    ///
    /// # Errors
    /// [`codes::ANSWERS_FILE`]: it is no list of entries, or an entry cannot be meant.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let Value::Array(list) = json::parse(text, name, codes::ANSWERS_FILE)? else {
            let error = Error::new(codes::ANSWERS_FILE, format!("{name} must hold a JSON list of answers."));
            return Err(error.help(r#"For example [{"match": "/v1/users", "json": []}]."#));
        };
        let document = Document::new(name, text);
        let entries = list.iter().enumerate().map(|(index, entry)| {
            let read = entry.as_object().ok_or_else(|| Wrong::entry("is not an object")).and_then(Entry::read);
            read.map_err(|wrong| wrong.into_error(&document, index))
        });
        Ok(Self::new(name.to_owned(), entries.collect::<Result<_, _>>()?))
    }

    fn new(name: String, entries: Vec<Entry>) -> Self {
        let asked = Asked { answered: vec![0; entries.len()], unanswered: Vec::new() };
        Self { name, entries, asked: Mutex::new(asked) }
    }

    /// The first entry that fits and has not answered as often as it may.
    fn take(&self, method: &str, url: &str) -> Option<&Entry> {
        let mut asked = lock(&self.asked);
        let (index, entry) = self.entries.iter().enumerate().find(|(index, entry)| entry.fits(method, url, asked.answered[*index]))?;
        asked.answered[index] += 1;
        Some(entry)
    }

    /// The requests that no entry fits, each once.
    pub fn unanswered(&self) -> Vec<Unanswered> {
        lock(&self.asked).unanswered.clone()
    }

    fn keep(&self, unanswered: Unanswered) {
        let known = &mut lock(&self.asked).unanswered;
        if !known.contains(&unanswered) {
            known.push(unanswered);
        }
    }
}

/// Why an entry cannot be meant.
#[derive(Debug)]
struct Wrong {
    /// The end of a sentence about the entry.
    why: String,
    /// Under which key; `None`: the entry as a whole.
    key: Option<String>,
}

impl Wrong {
    fn entry(why: impl Into<String>) -> Self {
        Self { why: why.into(), key: None }
    }

    fn at(key: &str, why: impl Into<String>) -> Self {
        Self { why: why.into(), key: Some(key.to_owned()) }
    }

    fn into_error(self, document: &Document, index: usize) -> Error {
        let number = index.to_string();
        let path: Vec<&str> = std::iter::once(number.as_str()).chain(self.key.as_deref()).collect();
        let error = Error::new(codes::ANSWERS_FILE, format!("{}: entry {} {}.", document.name, index + 1, self.why));
        let Some(place) = document.place(&path, None) else { return error };
        error.place(Place { file: place.file, text: document.text.clone(), offset: place.range.start, len: place.range.len() })
    }
}

impl Entry {
    fn read(map: &Map<String, Value>) -> Result<Self, Wrong> {
        // It may be a condition that is misspelt: then the entry would answer more than it should.
        if let Some(key) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(Wrong::at(key, format!("has an unknown key `{key}`: the keys are {}", KEYS.join(", "))));
        }
        let status = whole(map, "status")?.map_or(Some(200), |status| u16::try_from(status).ok().filter(|status| (100..1000).contains(status)));
        let mut headers = headers(map.get("headers"))?;
        let (body, content_type) = body(map)?;
        if let Some(content_type) = content_type {
            if !headers.iter().any(|(name, _)| name == "content-type") {
                headers.push(("content-type".to_owned(), content_type.to_owned()));
            }
            // Only bytes are what went over the wire: the others say what the answer holds.
            headers.retain(|(name, _)| name != "content-encoding" || content_type == BYTES);
        }
        Ok(Self {
            method: text(map, "method")?,
            part: text(map, "match")?.unwrap_or_default(),
            times: whole(map, "times")?,
            status: status.ok_or_else(|| Wrong::at("status", "has a `status` that is not between 100 and 999"))?,
            headers,
            body,
        })
    }

    fn fits(&self, method: &str, url: &str, answered: u64) -> bool {
        let is_method = self.method.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(method));
        is_method && url.contains(&self.part) && self.times.is_none_or(|times| answered < times)
    }
}

fn text(map: &Map<String, Value>, key: &str) -> Result<Option<String>, Wrong> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Wrong::at(key, format!("has a `{key}` that is not text"))),
    }
}

fn whole(map: &Map<String, Value>, key: &str) -> Result<Option<u64>, Wrong> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| Wrong::at(key, format!("has a `{key}` that is not a whole number from 0"))),
    }
}

/// Names in lower case, as they come from a server; a list is a header that is repeated.
fn headers(given: Option<&Value>) -> Result<Vec<(String, String)>, Wrong> {
    let map = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(Wrong::at("headers", "has `headers` that are not an object of names and values")),
    };
    let mut headers = Vec::with_capacity(map.len());
    for (name, value) in map {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if values.iter().any(|value| value.is_object() || value.is_array() || value.is_null()) {
            return Err(Wrong::at("headers", format!("has a header `{name}` that is not text")));
        }
        headers.extend(values.iter().map(|value| (name.to_ascii_lowercase(), to_js_string(value))));
    }
    Ok(headers)
}

const BYTES: &str = "application/octet-stream";

/// The body, and its content type where nothing else is said.
fn body(map: &Map<String, Value>) -> Result<(Bytes, Option<&'static str>), Wrong> {
    let given: Vec<&str> = ["json", "text", "base64"].into_iter().filter(|key| map.contains_key(*key)).collect();
    Ok(match given.as_slice() {
        [] => (Bytes::new(), None),
        ["json"] => (stringify(&map["json"]).into(), Some("application/json")),
        ["text"] => {
            let text = text(map, "text")?.unwrap_or_default();
            let content_type = if text.starts_with('<') { "application/xml" } else { "text/plain" };
            (text.into(), Some(content_type))
        }
        ["base64"] => {
            let bytes = STANDARD.decode(text(map, "base64")?.unwrap_or_default().trim());
            (bytes.map_err(|_| Wrong::at("base64", "has a `base64` that cannot be decoded"))?.into(), Some(BYTES))
        }
        several => return Err(Wrong::at(several[1], format!("has {}: one of them is the body", several.join(" and ")))),
    })
}

/// Answers from the file.
pub(crate) struct Answered {
    pub(crate) answers: Arc<Answers>,
    /// What a message may not show.
    pub(crate) secrets: Arc<Secrets>,
}

#[async_trait]
impl Exchange for Answered {
    async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
        let (method, url) = (request.method.as_str(), request.url.as_str());
        if let Some(entry) = self.answers.take(method, url) {
            return request.answer(entry.status, entry.headers.clone(), entry.body.clone());
        }
        let shown = self.secrets.hidden(url);
        let message = format!("No answer in {} fits {method} {shown}", self.answers.name);
        // A part of the address that holds no secret fits too.
        let same = url.char_indices().zip(shown.chars()).find(|((_, a), b)| a != b).map_or(url.len(), |((at, _), _)| at);
        let part = if shown == url { url } else { &url[..same] };
        let entry = stringify(&json!({"method": method, "match": part, "json": {}}));
        self.answers.keep(Unanswered { message: message.clone(), entry: entry.clone() });
        Err(HttpError { kind: HttpErrorKind::Unanswered, message: format!("{message}\n{entry}"), maybe_sent: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(value: Value) -> Result<Entry, Wrong> {
        Entry::read(value.as_object().expect("an object"))
    }

    #[test]
    fn bodies_have_the_content_type_that_is_said_or_goes_without_saying() {
        for (given, content_type, body) in [
            (json!({"json": {"b": 1, "a": null}}), Some("application/json"), r#"{"b":1,"a":null}"#),
            (json!({"json": null}), Some("application/json"), "null"),
            (json!({"text": "a"}), Some("text/plain"), "a"),
            (json!({"text": "<a/>"}), Some("application/xml"), "<a/>"),
            (json!({"base64": "aGk="}), Some("application/octet-stream"), "hi"),
            (json!({"text": "a", "headers": {"Content-Type": "text/csv"}}), Some("text/csv"), "a"),
            (json!({}), None, ""),
        ] {
            let entry = entry(given).expect("an entry");
            let found = entry.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
            assert_eq!((found, &*entry.body, entry.status), (content_type, body.as_bytes(), 200));
        }
    }

    #[test]
    fn entries_that_cannot_be_meant_are_refused() {
        for (given, words) in [
            (json!({"status": 20}), "`status`"),
            (json!({"times": -1}), "`times`"),
            (json!({"method": 1}), "`method`"),
            (json!({"headers": {"a": {}}}), "header `a`"),
            (json!({"json": 1, "text": "a"}), "json and text"),
            (json!({"base64": "§"}), "`base64`"),
            (json!({"mtch": "/v1", "json": []}), "`mtch`"),
        ] {
            assert!(entry(given.clone()).is_err_and(|wrong| wrong.why.contains(words)), "{given}");
        }
    }

    #[test]
    fn the_first_that_fits_answers_as_often_as_it_may() {
        let list = [json!({"method": "post", "match": "/a"}), json!({"match": "/a?x=%20", "times": 1}), json!({})];
        let answers = Answers::new("a".into(), list.map(|value| entry(value).expect("an entry")).into());
        let taken = |method: &str, url: &str| answers.take(method, url).map(|entry| entry.part.as_str());
        assert_eq!(taken("POST", "http://h/a"), Some("/a"));
        assert_eq!(taken("GET", "http://h/a?x=%20"), Some("/a?x=%20"));
        assert_eq!(taken("GET", "http://h/a?x=%20"), Some(""));
    }
}
