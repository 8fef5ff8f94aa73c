//! What a credential can be added to.

use node_sdk::credential::Grant;
use node_sdk::json::to_js_string;
use node_sdk::ports::HttpRequest;
use serde_json::{Map, Value};

use crate::draft::{Body, Draft, Headers, Unsendable};
use crate::helper::marks::{escaped, is_alike, opened, plain, taken_out};

/// A request that a credential can be added to while it is put together.
pub trait Signable: Clone + Send + Sync {
    /// Upper case.
    fn method(&self) -> String;

    /// Adds what a credential grants. Headers win over the request's own; a query name that is there already keeps its place.
    fn add(&mut self, grant: &Grant);

    /// It as n8n's options of a request, for the function of a credential type: JSON with marks.
    fn options(&self) -> Value;

    /// Takes what such a function made of its options.
    fn replace(&mut self, options: Value);

    /// As it is sent, but for a signature.
    ///
    /// # Errors
    /// The body is one that cannot be sent.
    fn build(self) -> Result<HttpRequest, Unsendable>;
}

impl Signable for Draft {
    fn method(&self) -> String {
        self.method.clone()
    }

    fn add(&mut self, grant: &Grant) {
        if grant.replaces_headers {
            self.headers.0.clear();
            self.accept = "*/*";
        }
        for (name, value) in &grant.headers {
            self.headers.set(name, value.clone());
        }
        for (name, value) in &grant.default_headers {
            if self.headers.get(name).is_none() {
                self.headers.set(name, value.clone());
            }
        }
        for (name, value) in &grant.query {
            self.query.insert(name.clone(), value.clone());
        }
        add_body(&grant.body, self);
    }

    fn options(&self) -> Value {
        let headers: Map<String, Value> = self.headers.0.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let mut options = Map::new();
        options.insert("method".into(), self.method.as_str().into());
        options.insert("url".into(), self.url.as_str().into());
        options.insert("uri".into(), self.url.as_str().into());
        options.insert("headers".into(), headers.into());
        options.insert("qs".into(), self.query.clone().into());
        match &self.body {
            Body::Json(value) => options.insert("body".into(), value.clone()),
            Body::Form(form) => options.insert("form".into(), form.clone().into()),
            Body::Raw(bytes, _) => options.insert("body".into(), String::from_utf8_lossy(bytes).into()),
            Body::None | Body::Multipart(_) | Body::Unsendable => None,
        };
        escaped(Value::Object(options))
    }

    fn replace(&mut self, options: Value) {
        let Value::Object(mut options) = opened(&options, &[]).into_owned() else { return };
        let changed = ["url", "uri"].into_iter().filter_map(|name| options.get(name)?.as_str()).find(|url| *url != self.url);
        self.url = changed.map_or_else(|| self.url.clone(), str::to_owned);
        if let Some(Value::Object(query)) = options.remove("qs") {
            self.query = query;
        }
        if let Some(Value::Object(headers)) = options.remove("headers") {
            let had_accept = self.headers.get("accept").is_some();
            self.headers = Headers::default();
            headers.iter().for_each(|(name, value)| self.headers.add_value(name, value));
            if had_accept && self.headers.get("accept").is_none() {
                self.accept = "*/*";
            }
        }
        // A form wins over what is put beside it.
        match (options.remove("form"), options.remove("body"), &self.body) {
            (Some(Value::Object(form)), ..) => self.body = Body::Form(form),
            (_, Some(Value::String(text)), Body::Raw(bytes, _)) if text == String::from_utf8_lossy(bytes) => {}
            (_, Some(body), _) => self.body = Body::Json(body),
            (_, None, _) => {}
        }
    }

    fn build(self) -> Result<HttpRequest, Unsendable> {
        Self::build(self)
    }
}

/// Written over a JSON body, and under a form, which becomes JSON; parts stay as they are.
fn add_body(fields: &Map<String, Value>, draft: &mut Draft) {
    if fields.is_empty() || matches!(draft.body, Body::Multipart(_)) {
        return;
    }
    let (under, over) = match std::mem::replace(&mut draft.body, Body::None) {
        Body::Json(Value::Object(map)) => (map, fields.clone()),
        Body::Form(map) => (fields.clone(), map),
        _ => (Map::new(), fields.clone()),
    };
    draft.headers.remove("content-type");
    draft.body = Body::Json(Value::Object(under.into_iter().chain(over).collect()));
}

/// Adds what a credential grants to n8n's options of a request.
pub(super) fn add_to_options(grant: &Grant, options: &mut Map<String, Value>) {
    let mut headers = object(options.remove("headers"));
    if grant.replaces_headers {
        headers.clear();
    }
    for (name, value) in &grant.headers {
        headers.retain(|known, _| !known.eq_ignore_ascii_case(name));
        headers.insert(name.clone(), value.as_str().into());
    }
    for (name, value) in &grant.default_headers {
        if !headers.keys().any(|known| known.eq_ignore_ascii_case(name)) {
            headers.insert(name.clone(), value.as_str().into());
        }
    }
    if !headers.is_empty() {
        options.insert("headers".into(), within_marks(headers));
    }
    if !grant.query.is_empty() {
        let mut query = object(options.remove("qs"));
        query.extend(grant.query.iter().cloned());
        options.insert("qs".into(), within_marks(query));
    }
    if !grant.body.is_empty() && options.get("body").is_none_or(|body| body.is_object() || body.is_null()) {
        let mut body = object(options.remove("body"));
        body.extend(grant.body.clone());
        options.insert("body".into(), within_marks(body));
    }
}

/// An object of options, whether it is marked as a plain one or not.
fn object(value: Option<Value>) -> Map<String, Value> {
    if let Some(Value::Object(map)) = value { taken_out(map) } else { Map::new() }
}

/// The same as it stands in options.
fn within_marks(map: Map<String, Value>) -> Value {
    if is_alike(&map) { plain(map.into()) } else { map.into() }
}

/// A method as it is sent.
pub(super) fn method(options: &Map<String, Value>) -> String {
    let given = options.get("method").filter(|method| !method.is_null()).map(to_js_string).filter(|method| !method.is_empty());
    given.map_or_else(|| "GET".to_owned(), |method| method.to_uppercase())
}
