//! Requests as node code writes them down.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use node_sdk::credential::Grant;
use node_sdk::ports::{HttpRequest, HttpResponse, Sender};
use serde_json::{Map, Value, json};

use super::signable::{Signable, add_to_options, method};
use crate::draft::Unsendable;
use crate::helper::{Asked, Family};

/// The mark of a body's bytes, as the functions of credential types take and give them.
const BYTES: &str = "$bytes";

/// Options of a request, and who sends it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whose options they are.
    pub family: Family,
    /// As code gave them.
    pub options: Map<String, Value>,
    /// The bytes that `{"$buffer": N}` in them stands for.
    pub buffers: Vec<Bytes>,
    /// Who sends it.
    pub sender: Sender,
}

impl Options {
    /// Whether an answer is an error to who asks.
    pub fn refuses(&self, answer: &HttpResponse) -> bool {
        Asked::new(self.family, &Value::Object(self.options.clone()), &self.buffers).answered(answer).is_err()
    }
}

impl Signable for Options {
    fn method(&self) -> String {
        method(&self.options)
    }

    fn add(&mut self, grant: &Grant) {
        add_to_options(grant, &mut self.options);
    }

    fn options(&self) -> Value {
        let mut options = self.options.clone();
        let at = options.get("body").and_then(|body| body.get("$buffer")).and_then(Value::as_u64);
        if let Some(bytes) = at.and_then(|at| self.buffers.get(at as usize)) {
            options.insert("body".into(), json!({ BYTES: BASE64_STANDARD.encode(bytes) }));
        }
        options.into()
    }

    fn replace(&mut self, options: Value) {
        let Value::Object(mut options) = options else { return };
        let text = options.get("body").and_then(|body| body.get(BYTES)).and_then(Value::as_str);
        if let Some(bytes) = text.and_then(|text| BASE64_STANDARD.decode(text).ok()) {
            options.insert("body".into(), json!({"$buffer": self.buffers.len()}));
            self.buffers.push(bytes.into());
        }
        self.options = options;
    }

    fn build(mut self) -> Result<HttpRequest, Unsendable> {
        // With a credential no GET has an empty object as its body; without one it may, in the older form.
        if self.method() == "GET" && self.options.get("body").and_then(Value::as_object).is_some_and(Map::is_empty) {
            self.options.remove("body");
        }
        Ok(Asked::new(self.family, &Value::Object(self.options), &self.buffers).sent_by(&self.sender).request)
    }
}
