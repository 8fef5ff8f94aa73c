//! Requests as node code writes them down.

use bytes::Bytes;
use node_sdk::credential::Grant;
use node_sdk::ports::{HttpRequest, Sender};
use serde_json::{Map, Value};

use super::signable::{Signable, add_to_options, method};
use crate::draft::Unsendable;
use crate::helper::{Asked, Family};

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

impl Signable for Options {
    fn method(&self) -> String {
        method(&self.options)
    }

    fn add(&mut self, grant: &Grant) {
        add_to_options(grant, &mut self.options);
    }

    fn options(&self) -> Value {
        self.options.clone().into()
    }

    fn replace(&mut self, options: Value) {
        if let Value::Object(options) = options {
            self.options = options;
        }
    }

    fn build(mut self) -> Result<HttpRequest, Unsendable> {
        // With a credential no GET has an empty object as its body; without one it may, in the older form.
        if self.method() == "GET" && self.options.get("body").and_then(Value::as_object).is_some_and(Map::is_empty) {
            self.options.remove("body");
        }
        Ok(Asked::new(self.family, &Value::Object(self.options), &self.buffers).sent_by(&self.sender).request)
    }
}
