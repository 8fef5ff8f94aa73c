//! Requests are answered by a file, and none leaves.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use konverte_http::{Exchange, Outgoing};
use node_sdk::json::{stringify, to_js_string};
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse};
use node_sdk::{async_trait, files};
use serde_json::{Map, Value, json};

use crate::error::{Error, codes};
use crate::json;
use crate::secrets::Secrets;

/// The keys of an entry.
const KEYS: [&str; 8] = ["method", "match", "times", "status", "headers", "json", "text", "base64"];

/// The entries of the file.
pub struct Answers {
    /// The file, as it was named.
    pub name: String,
    /// What is odd in the file, and does not keep it from being used.
    pub odd: Vec<String>,
    entries: Vec<Entry>,
    /// How often each entry has answered, and the requests that none fits.
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    answered: Vec<u64>,
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
        let unusable = |why: String| Error::new(codes::ANSWERS_FILE, why);
        let text = files::named(path).and_then(files::text).map_err(|error| unusable(format!("{name} cannot be read: {error}.")))?;
        let Value::Array(list) = json::parse(&text, &name, codes::ANSWERS_FILE)? else {
            return Err(unusable(format!("{name} must hold a JSON list of answers.")).help(r#"For example [{"match": "/v1/users", "json": []}]."#));
        };
        let mut odd = Vec::new();
        let mut entries = Vec::with_capacity(list.len());
        for (index, entry) in list.iter().enumerate() {
            let wrong = |why: String| unusable(format!("{name}: entry {} {why}.", index + 1));
            let map = entry.as_object().ok_or_else(|| wrong("is not an object".to_owned()))?;
            let unknown = map.keys().filter(|key| !KEYS.contains(&key.as_str()));
            odd.extend(
                unknown.map(|key| format!("{name}: entry {} has a key `{key}`, which says nothing: the keys are {}", index + 1, KEYS.join(", "))),
            );
            entries.push(Entry::read(map).map_err(wrong)?);
        }
        let told = Mutex::new(Told { answered: vec![0; entries.len()], unanswered: Vec::new() });
        Ok(Self { name, odd, entries, told })
    }

    /// The first entry that fits and has not answered as often as it may.
    fn take(&self, method: &str, url: &str) -> Option<&Entry> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (index, entry) = self.entries.iter().enumerate().find(|(index, entry)| entry.fits(method, url, told.answered[*index]))?;
        told.answered[index] += 1;
        Some(entry)
    }

    /// The requests that no entry fits, each once.
    pub fn unanswered(&self) -> Vec<Unanswered> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).unanswered.clone()
    }

    fn keep(&self, unanswered: Unanswered) {
        let known = &mut self.told.lock().unwrap_or_else(PoisonError::into_inner).unanswered;
        if !known.contains(&unanswered) {
            known.push(unanswered);
        }
    }
}

impl Entry {
    fn read(map: &Map<String, Value>) -> Result<Self, String> {
        let text = |key: &str| match map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("has a `{key}` that is not text")),
        };
        let whole = |key: &str| match map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or_else(|| format!("has a `{key}` that is not a whole number from 0")),
        };
        let status = whole("status")?.map_or(Some(200), |status| u16::try_from(status).ok().filter(|status| (100..1000).contains(status)));
        let mut headers = headers(map.get("headers"))?;
        let (body, content_type) = body(map, &text)?;
        if let Some(content_type) = content_type {
            if !headers.iter().any(|(name, _)| name == "content-type") {
                headers.push(("content-type".to_owned(), content_type.to_owned()));
            }
            // Only bytes are what went over the wire: the others say what the answer holds.
            headers.retain(|(name, _)| name != "content-encoding" || content_type == BYTES);
        }
        Ok(Self {
            method: text("method")?,
            part: text("match")?.unwrap_or_default(),
            times: whole("times")?,
            status: status.ok_or("has a `status` that is none")?,
            headers,
            body,
        })
    }

    fn fits(&self, method: &str, url: &str, answered: u64) -> bool {
        let is_method = self.method.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(method));
        is_method && url.contains(&self.part) && self.times.is_none_or(|times| answered < times)
    }
}

/// Names in lower case, as they come from a server; a list is a header that is repeated.
fn headers(given: Option<&Value>) -> Result<Vec<(String, String)>, String> {
    let map = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(map)) => map,
        Some(_) => return Err("has `headers` that are not an object of names and values".to_owned()),
    };
    let mut headers = Vec::with_capacity(map.len());
    for (name, value) in map {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if values.iter().any(|value| value.is_object() || value.is_array() || value.is_null()) {
            return Err(format!("has a header `{name}` that is not text"));
        }
        headers.extend(values.iter().map(|value| (name.to_ascii_lowercase(), to_js_string(value))));
    }
    Ok(headers)
}

const BYTES: &str = "application/octet-stream";

/// The body, and its content type where nothing else is said.
fn body(map: &Map<String, Value>, text: &impl Fn(&str) -> Result<Option<String>, String>) -> Result<(Bytes, Option<&'static str>), String> {
    let given: Vec<&str> = ["json", "text", "base64"].into_iter().filter(|key| map.contains_key(*key)).collect();
    Ok(match given.as_slice() {
        [] => (Bytes::new(), None),
        ["json"] => (stringify(&map["json"]).into(), Some("application/json")),
        ["text"] => {
            let text = text("text")?.unwrap_or_default();
            let content_type = if text.starts_with('<') { "application/xml" } else { "text/plain" };
            (text.into(), Some(content_type))
        }
        ["base64"] => {
            let bytes = STANDARD.decode(text("base64")?.unwrap_or_default().trim());
            (bytes.map_err(|_| "has a `base64` that is none".to_owned())?.into(), Some(BYTES))
        }
        several => return Err(format!("has {}: one of them is the body", several.join(" and "))),
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

    fn entry(value: Value) -> Result<Entry, String> {
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
        ] {
            assert!(entry(given.clone()).is_err_and(|why| why.contains(words)), "{given}");
        }
    }

    #[test]
    fn the_first_that_fits_answers_as_often_as_it_may() {
        let list = [json!({"method": "post", "match": "/a"}), json!({"match": "/a?x=%20", "times": 1}), json!({})];
        let entries = list.map(|value| entry(value).expect("an entry")).into();
        let answers = Answers { name: "a".into(), odd: Vec::new(), entries, told: Mutex::new(Told { answered: vec![0; 3], ..Told::default() }) };
        let taken = |method: &str, url: &str| answers.take(method, url).map(|entry| entry.part.as_str());
        assert_eq!(taken("POST", "http://h/a"), Some("/a"));
        assert_eq!(taken("GET", "http://h/a?x=%20"), Some("/a?x=%20"));
        assert_eq!(taken("GET", "http://h/a?x=%20"), Some(""));
    }
}
