//! `this.helpers.httpRequest` and `this.helpers.request`, over the port: of code, and of nodes of packages.
//!
//! Options are JSON with marks for what JSON cannot say ([`marks`]); those of user code have none.

mod answer;
mod body;
pub mod marks;
mod newer;
mod older;

use bytes::Bytes;
use node_sdk::Ports;
use node_sdk::ports::{HttpRequest, KnownBy, Sender};
use serde_json::{Value, json};
use url::Url;

/// What the helper gives back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// A value.
    Value(Value),
    /// A `Buffer`, for `encoding: 'arraybuffer'` without the full response.
    Bytes(Bytes),
    /// A full response whose body is a `Buffer`; `body` is for its place.
    Full(Value, Bytes),
}

/// Sends what `this.helpers.httpRequest(options)` describes. The error is the object that JavaScript throws: `message`, `name`,
/// `stack`, `code`, `config`, and `status` where the server answered; for a URL that is none `code` and `input` alone.
pub async fn http_request(ports: &Ports, sender: &Sender, options: &Value) -> Result<Answered, Value> {
    exchange(ports, Asked::newer(&marks::escaped(options.clone()), &[]).sent_by(sender)).await
}

/// Sends what the older `this.helpers.request(options)` describes (`uri`, `form`, `json`, `simple`, `resolveWithFullResponse`). An address may stand
/// in the place of the options, or before them.
pub async fn request(ports: &Ports, sender: &Sender, first: &Value, second: &Value) -> Result<Answered, Value> {
    let Value::String(address) = first else { return exchange(ports, Asked::older(&marks::escaped(first.clone()), &[]).sent_by(sender)).await };
    let mut options = second.as_object().cloned().unwrap_or_default();
    options.insert("uri".to_owned(), address.as_str().into());
    exchange(ports, Asked::older(&marks::escaped(Value::Object(options)), &[]).sent_by(sender)).await
}

/// Which of n8n's two helpers options are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `httpRequest`, `httpRequestWithAuthentication`.
    HttpRequest,
    /// The older `request`, `requestWithAuthentication`, `requestOAuth1`, `requestOAuth2`.
    Request,
}

/// What is asked for, in either form of options.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The request, which may still be signed.
    pub request: HttpRequest,
    full: bool,
    any_status: bool,
    /// Statuses that are no success all the same.
    except: Vec<u16>,
    /// `arraybuffer`, `stream`, `text`, ...; empty: JSON where it is JSON.
    encoding: String,
    /// Whether the older form asks, whose errors tell the answer.
    older: bool,
}

impl Asked {
    /// What options of either helper ask for.
    pub fn new(family: Family, options: &Value, buffers: &[Bytes]) -> Self {
        match family {
            Family::HttpRequest => Self::newer(options, buffers),
            Family::Request => Self::older(options, buffers),
        }
    }

    /// On whose behalf it is sent.
    #[must_use]
    pub fn sent_by(mut self, sender: &Sender) -> Self {
        let options = &mut self.request.options;
        (options.sender, options.known_by) = (Some(sender.clone()), KnownBy::Request);
        self
    }

    /// Whether the answer is wanted as a stream.
    pub fn streams(&self) -> bool {
        self.encoding == "stream"
    }

    /// Whether its address is one.
    ///
    /// # Errors
    /// It is not: the object that JavaScript throws.
    pub fn check(&self) -> Result<(), Value> {
        let url = &self.request.url;
        if url.starts_with("http://") || url.starts_with("https://") {
            return Ok(());
        }
        Err(match Url::parse(url) {
            Ok(other) => self.no_address(&format!("Unsupported protocol {}:", other.scheme())),
            Err(_) => self.no_address("Invalid URL"),
        })
    }

    /// What JavaScript throws for an address that cannot be requested.
    fn no_address(&self, message: &str) -> Value {
        json!({"message": message, "name": "TypeError", "code": INVALID_URL, "input": self.request.url})
    }
}

/// Node.js's word for an address that cannot be requested.
const INVALID_URL: &str = "ERR_INVALID_URL";

async fn exchange(ports: &Ports, asked: Asked) -> Result<Answered, Value> {
    asked.check().map_err(without_words)?;
    let answer = ports.http.send(asked.request.clone()).await.map_err(|error| without_words(asked.unanswered(&error)))?;
    asked.answered(&answer)
}

/// The Code node sees of an address that is none the code and the address alone.
fn without_words(mut error: Value) -> Value {
    if let Some(error) = error.as_object_mut().filter(|error| error.get("code").is_some_and(|code| code == INVALID_URL)) {
        error.retain(|key, _| key == "code" || key == "input");
    }
    error
}

#[cfg(test)]
mod tests {
    use node_sdk::ports::{HttpBody, HttpResponse};

    use super::*;

    fn headers_and_body(asked: &Asked) -> (Option<&str>, String) {
        let HttpBody::Bytes(body) = &asked.request.body else { return (None, String::new()) };
        (body::find(&asked.request.headers, "authorization"), String::from_utf8_lossy(body).into_owned())
    }

    #[test]
    fn the_older_options_know_tokens_and_add_a_form_to_a_body() {
        let asked = Asked::older(&json!({"uri": "https://h/", "auth": {"bearer": "t"}, "form": {"a": 1}, "body": {"b": 2}, "json": true}), &[]);
        assert_eq!(headers_and_body(&asked), (Some("Bearer t"), r#"{"b":2,"a":1}"#.to_owned()));
    }

    #[test]
    fn lists_of_a_form_have_one_name_where_those_of_the_query_do() {
        let body = |more: &str| {
            let asked = Asked::older(&json!({"url": "https://h/", "form": {"a": ["1", "2"]}, "qs": {"q": [3, 4]}, more: true}), &[]);
            (headers_and_body(&asked).1, asked.request.url)
        };
        assert_eq!(body("useQuerystring"), ("a=1&a=2".to_owned(), "https://h/?q=3&q=4".to_owned()));
        assert_eq!(body("json"), ("a%5B0%5D=1&a%5B1%5D=2".to_owned(), "https://h/?q%5B0%5D=3&q%5B1%5D=4".to_owned()));
    }

    #[test]
    fn an_object_is_a_form_where_its_headers_say_so() {
        let options = |body| json!({"method": "POST", "url": "https://h/", "headers": {"content-type": "application/x-www-form-urlencoded"}, "body": body, "json": true});
        for family in [Family::HttpRequest, Family::Request] {
            assert_eq!(headers_and_body(&Asked::new(family, &options(json!({"a": "b c", "n": 1})), &[])).1, "a=b+c&n=1");
        }
        let mut both = options(json!({}));
        both["form"] = json!({"content": ""});
        assert_eq!(headers_and_body(&Asked::older(&both, &[])).1, "content=");
    }

    #[test]
    fn bytes_of_which_nothing_is_said_are_sent_as_a_form_is() {
        let kind = |method: &str, headers: Value| {
            let options = json!({"method": method, "url": "https://h/", "headers": headers, "body": {"$buffer": 0}});
            let asked = Asked::newer(&options, &[Bytes::from_static(b"x")]);
            body::find(&asked.request.headers, "content-type").map(str::to_owned)
        };
        assert_eq!(kind("PUT", json!({})).as_deref(), Some("application/x-www-form-urlencoded"));
        assert_eq!(kind("PUT", json!({"Content-Type": "image/png"})).as_deref(), Some("image/png"));
        assert_eq!(kind("DELETE", json!({})), None);
    }

    #[test]
    fn statuses_that_are_excepted_are_errors() {
        let asked = Asked::newer(&json!({"url": "https://h/", "ignoreHttpStatusErrors": {"ignore": true, "except": [401]}}), &[]);
        let answer = |status| HttpResponse {
            status,
            status_text: String::new(),
            url: "https://h/".into(),
            redirected: false,
            headers: Vec::new(),
            body: Bytes::new(),
        };
        assert!(asked.answered(&answer(404)).is_ok());
        assert!(asked.answered(&answer(401)).is_err());
    }
}
