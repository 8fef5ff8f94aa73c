//! What comes of a request: the value, or the error that JavaScript throws.

use node_sdk::json::stringify;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse};
use serde_json::{Map, Value, json};

use super::{Answered, Asked};
use crate::answer;

impl Asked {
    /// What the helper gives back for an answer.
    ///
    /// # Errors
    /// Its status is no success: the object that JavaScript throws.
    pub fn answered(&self, answer: &HttpResponse) -> Result<Answered, Value> {
        if (self.any_status && !self.except.contains(&answer.status)) || (200..300).contains(&answer.status) {
            return Ok(self.given(answer));
        }
        let message = match self.older {
            true => format!("{} - {}", answer.status, stringify(&self.body(answer))),
            false => format!("Request failed with status code {}", answer.status),
        };
        let mut error = self.error("AxiosError", &message, Some(code_of(answer.status)));
        error.insert("status".into(), answer.status.into());
        Err(Value::Object(error))
    }

    /// The object that JavaScript throws where a service that was asked on the way, such as for a token, answers with no success.
    pub fn refused(&self, status: u16, body: &Value) -> Value {
        let mut error = self.error("AxiosError", &format!("Request failed with status code {status}"), Some(code_of(status)));
        error.insert("status".into(), status.into());
        error.insert("response".into(), json!({"status": status, "headers": {}, "data": body}));
        Value::Object(error)
    }

    /// What node code sees beside that of an error: the answer, in the places where either family of requests has it.
    pub fn add_answer(&self, error: &mut Value, answer: &HttpResponse) {
        let Value::Object(error) = error else { return };
        let body = self.body(answer);
        if self.older {
            error.insert("statusCode".into(), answer.status.into());
            error.insert("error".into(), body.clone());
        }
        let response = json!({"status": answer.status, "statusText": answer.status_text, "headers": answer::header_object(answer), "data": body});
        error.insert("response".into(), response);
    }

    /// The object that JavaScript throws where no answer came.
    pub fn unanswered(&self, error: &HttpError) -> Value {
        if error.kind == HttpErrorKind::InvalidUrl {
            return self.no_address(&error.message);
        }
        let name = if error.code() == Some("ECONNABORTED") { "AxiosError" } else { "Error" };
        Value::Object(self.error(name, &error.message, error.code()))
    }

    fn given(&self, answer: &HttpResponse) -> Answered {
        let bytes = matches!(self.encoding.as_str(), "arraybuffer" | "stream");
        if bytes && !self.full {
            return Answered::Bytes(answer.body.clone());
        }
        let full = |body: Value| json!({"body": body, "headers": answer::header_object(answer), "statusCode": answer.status, "statusMessage": answer.status_text});
        match (bytes, self.full) {
            (true, _) => Answered::Full(full(Value::Null), answer.body.clone()),
            (false, true) => Answered::Value(full(self.body(answer))),
            (false, false) => Answered::Value(self.body(answer)),
        }
    }

    /// The content of an answer in the form that was asked for.
    fn body(&self, answer: &HttpResponse) -> Value {
        let text = String::from_utf8_lossy(&answer.body);
        let text = text.trim_start_matches('\u{feff}');
        match self.encoding.as_str() {
            "text" => Value::String(text.to_owned()),
            _ => answer::parse_json(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        }
    }

    fn error(&self, name: &str, message: &str, code: Option<&str>) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("message".into(), message.into());
        map.insert("name".into(), name.into());
        map.insert("stack".into(), format!("{name}: {message}").into());
        map.insert("config".into(), json!({"method": self.request.method, "url": self.request.url}));
        if let Some(code) = code {
            map.insert("code".into(), code.into());
        }
        map
    }
}

/// axios' word for a status that is no success.
fn code_of(status: u16) -> &'static str {
    if status >= 500 { "ERR_BAD_RESPONSE" } else { "ERR_BAD_REQUEST" }
}
