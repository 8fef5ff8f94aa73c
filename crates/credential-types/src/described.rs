//! A credential type that a description tells: n8n's form, with what n8n has code for.

mod fields;

use std::collections::BTreeMap;
use std::sync::Arc;

use node_sdk::consent::{Consent, Redirect};
use node_sdk::credential::{CredentialCall, CredentialPlace, CredentialType, Grant, Session, Verdict, filled};
use node_sdk::json::{to_js_string, truthy};
use node_sdk::params::raw_at;
use node_sdk::ports::{HttpClient, HttpResponse};
use node_sdk::{NodeError, async_trait};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::code::{self, Code};
use crate::formula::{self, Scope};
use crate::functions::Functions;
use crate::made::{is_expression, made_session};
use crate::names::N8N;
use crate::oauth1;
use crate::oauth2;
use crate::request::{body, build, invalid, method, refused, scope, send, token, told, unclear};
use crate::text::sign_in_help;

/// A type as JSON has it. `properties`, `authenticate` and `test.request` are n8n's; the rest says what n8n has code for.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Description {
    pub(crate) extends: Vec<String>,
    pub(crate) properties: Vec<Value>,
    /// An address, or a word that n8n makes one of its own pages of.
    documentation_url: Option<String>,
    pub(crate) authenticate: Option<Authenticate>,
    /// The headers take the place of the request's own.
    replaces_headers: bool,
    /// Headers for requests that have none of that name.
    default_headers: BTreeMap<String, String>,
    /// A function of a package does more than our rule.
    partial: bool,
    sign_in: Option<SignIn>,
    test: Option<Test>,
    #[serde(skip)]
    functions: Option<Arc<dyn Functions>>,
    /// Fields that are no properties are named as such.
    strict: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Authenticate {
    Rule {
        properties: Box<Parts>,
    },
    Named(Named),
    /// A function of a package: its JSON has an empty object in its place.
    Function {},
}

/// A function of ours takes the place of a description.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ByCode {
    Code,
}

/// Instead of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Named {
    /// A function of ours.
    Code,
    /// n8n has code for it that we do not have.
    Unknown,
}

/// Where the parts of a rule go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Parts {
    headers: Map<String, Value>,
    qs: Map<String, Value>,
    body: Map<String, Value>,
    auth: Map<String, Value>,
}

/// How a session begins: by a request whose answer holds what `fields` names, or by a function of ours.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum SignIn {
    Request {
        request: Map<String, Value>,
        /// The header of the answer that holds it, in the place of its body.
        #[serde(default)]
        header: Option<String>,
        /// Our field, and the path in the answer.
        fields: BTreeMap<String, String>,
    },
    Code(ByCode),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Test {
    Request {
        request: Map<String, Value>,
        /// What an answer has where the credential does not hold.
        #[serde(default)]
        rules: Vec<Rule>,
    },
    Code(ByCode),
    /// A function of a node of the package.
    #[serde(skip)]
    Function,
}

/// A rule of a test: what an answer of a refused credential looks like, whatever its status.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", content = "properties", rename_all = "camelCase")]
enum Rule {
    /// Its body has this value at this path; without a value: nothing.
    ResponseSuccessBody { key: String, value: Option<Value>, message: Option<String> },
    /// Its status.
    ResponseCode { value: u16, message: Option<String> },
}

/// Where n8n has a page for each of its own types.
const PAGES_OF_N8N: &str = "https://docs.n8n.io/integrations/builtin/credentials/";
const NO_CODE: &str = "needs code of its own, which konverte does not have";
const OAUTH2: &str = "oAuth2Api";
const OAUTH1: &str = "oAuth1Api";
/// Where a credential may be used; every type may say it.
const EVERYWHERE: [&str; 2] = ["allowedHttpRequestDomains", "allowedDomains"];

impl Description {
    /// Takes over the fields that it does not say itself. What it adds to a request it says itself, as in n8n.
    pub(crate) fn inherit(&mut self, parent: &Description) {
        let name = |property: &Value| property.get("name").cloned();
        let own: Vec<_> = self.properties.iter().map(name).collect();
        let passes = |property: &&Value| !own.contains(&name(property)) && property.get("doNotInherit") != Some(&Value::Bool(true));
        let inherited: Vec<Value> = parent.properties.iter().filter(passes).cloned().collect();
        self.properties.splice(0..0, inherited);
        self.extends.extend(parent.extends.iter().cloned());
    }

    /// The same with functions of a package, where konverte has none of its own: `ours` is the description that konverte has of the type.
    pub(crate) fn with_functions(mut self, functions: Option<Arc<dyn Functions>>, ours: Option<Description>) -> Self {
        if let Some(ours) = ours {
            let less = ours.partial && functions.is_some();
            let known = !less && !matches!(ours.authenticate, None | Some(Authenticate::Named(Named::Unknown)));
            self.sign_in = ours.sign_in;
            let replaced = known && matches!(self.authenticate, None | Some(Authenticate::Function {}));
            // What such a function does to the test alone stands in our test.
            if matches!(ours.test, Some(Test::Code(_))) || (replaced && ours.test.is_some()) {
                self.test = ours.test;
            }
            if replaced {
                (self.authenticate, self.replaces_headers) = (ours.authenticate, ours.replaces_headers);
                self.default_headers = ours.default_headers;
            }
        }
        // A package names all fields of its types.
        (self.functions, self.strict) = (functions, true);
        self
    }

    fn is_function(&self) -> bool {
        matches!(self.authenticate, Some(Authenticate::Function {}))
    }
}

/// A type with its name.
pub(crate) struct Described {
    name: String,
    package: Option<String>,
    description: Description,
    code: Code,
}

impl Described {
    pub(crate) fn new(name: &str, description: Description) -> Self {
        Self { name: name.to_owned(), package: None, description, code: code::of(name) }
    }

    /// The same as a type of a package.
    pub(crate) fn of(self, package: &str) -> Self {
        Self { package: Some(package.to_owned()), ..self }
    }

    /// Whether a package has it that is not n8n's own.
    fn is_foreign(&self) -> bool {
        self.package.as_deref().is_some_and(|package| package != N8N)
    }

    fn is(&self, kind: &str) -> bool {
        self.name == kind || self.description.extends.iter().any(|parent| parent == kind)
    }

    /// The field that holds what signing in gave.
    fn held(&self) -> Option<&str> {
        match &self.description.sign_in {
            Some(SignIn::Request { fields, .. }) => fields.keys().next().map(String::as_str),
            Some(SignIn::Code(_)) => Some(oauth2::TOKEN),
            None => {
                let expires = |property: &&Value| property.pointer("/typeOptions/expirable") == Some(&Value::Bool(true));
                self.description.properties.iter().find(expires)?.get("name")?.as_str()
            }
        }
    }

    /// The functions of the package that the type is of.
    fn functions(&self) -> Result<&Arc<dyn Functions>, NodeError> {
        self.description.functions.as_ref().ok_or_else(|| invalid(format!("The credential type \"{}\" {NO_CODE}", self.name)))
    }

    fn rule(&self, parts: &Parts, call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
        let part = |map: &Map<String, Value>| formula::object(map, scope(call)).map_err(unclear);
        let default_headers = self.description.default_headers.clone().into_iter().collect();
        let mut grant = Grant { replaces_headers: self.description.replaces_headers, default_headers, ..Grant::default() };
        grant.headers = part(&parts.headers)?.into_iter().map(|(name, value)| (name, to_js_string(&value))).collect();
        grant.query = part(&parts.qs)?.into_iter().collect();
        grant.body = part(&parts.body)?;
        let auth = part(&parts.auth)?;
        if let Some(user) = auth.get("username") {
            grant.basic(&to_js_string(user), &auth.get("password").map(to_js_string).unwrap_or_default());
        }
        Ok(grant)
    }

    /// What the requests of a package's type go through: where its package and the credential may send.
    fn fence<'a>(&'a self, call: &'a CredentialCall<'_>) -> Option<Box<dyn HttpClient + 'a>> {
        self.description.functions.as_ref().filter(|_| self.is_foreign()).map(|functions| functions.http(call))
    }

    /// Fetches what expires.
    async fn signed_in(&self, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        if self.is(OAUTH2) {
            return oauth2::sign_in(&self.name, call).await;
        }
        let (request, header, fields) = match &self.description.sign_in {
            Some(SignIn::Request { request, header, fields }) => (request, header, fields),
            Some(SignIn::Code(_)) => return self.code.sign_in(call).await,
            None => {
                let made = self.functions()?.pre_authenticate(call).await?;
                return made_session((&self.name, &self.description.properties), made, call.learned);
            }
        };
        let method = method(request);
        let request = build(&told(request, &call.with(call.fields, &method))?, &Grant::default())?;
        let Some((field, path)) = fields.first_key_value() else { return Ok(Map::new()) };
        let read = |answer: &HttpResponse, body: &Value| match header {
            Some(wanted) => {
                let found = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            }
            None => body.as_object().and_then(|map| raw_at(map, path)).map(to_js_string).unwrap_or_default(),
        };
        let token = token(call, request, read).await?;
        Ok(Map::from_iter([(field.clone(), Value::String(token))]))
    }

    /// What the test says; `None`: there is none.
    async fn proved(&self, call: &CredentialCall<'_>) -> Option<Result<String, NodeError>> {
        let status = |error: &NodeError| error.http.as_ref().and_then(|http| http.status);
        let result = match self.test_of() {
            // Whoever is refused is asked once more, with a session of its own where there is one.
            Some(Test::Request { request, rules }) => match self.tested((&request, &rules), call, false).await {
                Err(error) if status(&error) == Some(401) => self.tested((&request, &rules), call, true).await,
                result => result,
            },
            Some(Test::Code(_)) => self.code.test(call).await,
            Some(Test::Function) => match self.functions() {
                Ok(functions) => functions.test(call).await,
                Err(error) => Err(error),
            },
            None if self.is(OAUTH2) && oauth2::may_fetch(call.fields) => oauth2::sign_in(&self.name, call).await.map(|session| {
                (call.signed_in)(&session);
                "The server gives a token for it.".to_owned()
            }),
            None => return None,
        };
        Some(result.map_err(|mut error| {
            if error.help.is_none() && status(&error) == Some(401) {
                error.help = self.expired_help();
            }
            error
        }))
    }

    /// One try of the test; `again`: with a session of its own.
    async fn tested(&self, (request, rules): (&Map<String, Value>, &[Rule]), call: &CredentialCall<'_>, again: bool) -> Result<String, NodeError> {
        let mut fields = call.fields.clone();
        if matches!((self.session(&fields), again), (Session::Missing, _) | (Session::Held, true)) {
            let session = self.sign_in(call).await?;
            (call.signed_in)(&session);
            fields.extend(session);
        }
        let method = method(request);
        let call = call.with(&fields, &method);
        let mut request = told(request, &call)?;
        let any_status = request.get("ignoreHttpStatusErrors").is_some_and(truthy);
        if self.rewrites()
            && let Value::Object(changed) = self.rewrite(&call, request.clone().into()).await?
        {
            request = changed;
        }
        let request = build(&request, &self.grant(&call).await?)?;
        let asked = format!("{} {}", request.method, address(&request.url));
        match send(&call, request).await? {
            Some(answer) => judge(&answer, (rules, any_status), &asked),
            None => Ok(String::new()),
        }
    }

    /// The test of the type, or the one by which a node of its package tests it.
    fn test_of(&self) -> Option<Test> {
        let by_node = || match self.description.functions.as_ref()?.tested_by()? {
            Value::String(_) => Some(Test::Function),
            request => serde_json::from_value(request).ok(),
        };
        self.description.test.clone().or_else(by_node)
    }
}

/// What an answer to a test says.
fn judge(answer: &HttpResponse, (rules, any_status): (&[Rule], bool), asked: &str) -> Result<String, NodeError> {
    let said = body(answer);
    let at = |path: &str| said.as_object().and_then(|map| raw_at(map, path)).cloned();
    let why = rules.iter().find_map(|rule| match rule {
        Rule::ResponseSuccessBody { key, value, message } => (at(key) == *value).then_some(message),
        Rule::ResponseCode { value, message } => (answer.status == *value).then_some(message),
    });
    if why.is_none() && (any_status || (200..300).contains(&answer.status)) {
        return Ok(format!("{asked} answers {}.", answer.status));
    }
    let what = match answer.status {
        408 | 429 | 500.. => "Nothing is known of the credential",
        _ => "The service does not take the credential",
    };
    let error = refused(&format!("{what} ({asked} answers {})", answer.status), answer);
    Err(match why.and_then(Option::as_deref) {
        Some(why) => error.description(why),
        None => error,
    })
}

/// A URL without its query, which may hold a secret.
fn address(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[async_trait]
impl CredentialType for Described {
    fn name(&self) -> &str {
        &self.name
    }

    fn package(&self) -> Option<&str> {
        self.package.as_deref()
    }

    fn properties(&self) -> Vec<Value> {
        self.description.properties.clone()
    }

    fn documentation(&self) -> Option<String> {
        let said = self.description.documentation_url.as_deref()?;
        if said.starts_with("https://") || said.starts_with("http://") {
            return Some(said.to_owned());
        }
        let is_word = !said.is_empty() && said.chars().all(|c| c.is_ascii_alphanumeric() || "-_/#".contains(c));
        (is_word && !self.is_foreign()).then(|| format!("{PAGES_OF_N8N}{said}/"))
    }

    fn refusal(&self) -> Option<String> {
        let by_name = matches!(&self.description.authenticate, Some(Authenticate::Named(Named::Unknown)));
        let lacks = by_name || (self.description.is_function() && self.description.functions.is_none());
        lacks.then(|| format!("it {NO_CODE}"))
    }

    fn missing(&self, fields: &Map<String, Value>) -> Vec<String> {
        self.missing_in(fields)
    }

    fn faults(&self, fields: &Map<String, Value>) -> Vec<String> {
        self.faults_of(fields)
    }

    fn session(&self, fields: &Map<String, Value>) -> Session {
        if self.is(OAUTH2) {
            return oauth2::session(fields);
        }
        let Some(held) = self.held() else { return Session::None };
        let is_there = fields.get(held).and_then(Value::as_str).is_some_and(|token| !token.is_empty());
        if is_there { Session::Held } else { Session::Missing }
    }

    fn signs_in(&self, fields: &Map<String, Value>) -> bool {
        self.is(OAUTH2) || self.is(OAUTH1) || self.session(fields) != Session::None
    }

    fn expired_status(&self, fields: &Map<String, Value>) -> u16 {
        oauth2::expired_status(fields)
    }

    fn complete(&self, fields: &Map<String, Value>) -> Map<String, Value> {
        // An address that somebody left empty is none.
        let is_empty =
            |(name, value): &(&String, &Value)| *value == "" && name.to_ascii_lowercase().ends_with("url") && (self.is(OAUTH2) || self.is(OAUTH1));
        let fields = fields.iter().filter(|field| !is_empty(field)).map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut complete = filled(self, &fields);
        let scope = Scope { fields: &complete.clone(), method: "", now: 0 };
        let is_default = |name: &str, value: &Value| {
            let of_name = |property: &&Value| property.get("name").and_then(Value::as_str) == Some(name);
            self.description.properties.iter().find(of_name).and_then(|property| property.get("default")) == Some(value)
        };
        for (name, value) in complete.iter_mut().filter(|(_, value)| is_expression(value)) {
            // What is made of other fields says so by `$self`; everything else that is an expression is its user's.
            let of_fields = value.as_str().is_some_and(|text| text.starts_with('=') && text.contains("$self"));
            // A package's own expression is not evaluated as those of users are.
            let of_package = self.is_foreign() && is_default(name, value);
            match formula::value(value, scope) {
                Ok(found) if of_fields || of_package => *value = found.unwrap_or_default(),
                Err(_) if of_package => *value = Value::Null,
                _ => {}
            }
        }
        complete
    }

    async fn sign_in(&self, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        match self.fence(call) {
            Some(http) => self.signed_in(&call.through(&*http)).await,
            None => self.signed_in(call).await,
        }
    }

    async fn grant(&self, call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
        if let Some(why) = self.refusal() {
            return Err(invalid(format!("The credential type \"{}\" cannot be used: {why}", self.name)));
        }
        if self.is(OAUTH2) {
            let token = oauth2::token(&self.name, call)?;
            let Some(Authenticate::Rule { properties }) = &self.description.authenticate else { return Ok(oauth2::carried(call, &token)) };
            let mut fields = call.fields.clone();
            fields.insert(oauth2::TOKEN.to_owned(), token.into());
            return self.rule(properties, &call.with(&fields, call.method));
        }
        match &self.description.authenticate {
            Some(Authenticate::Rule { properties }) => self.rule(properties, call),
            Some(Authenticate::Named(_)) => self.code.grant(call).await,
            None if self.is(OAUTH1) => oauth1::grant(&self.name, call),
            Some(Authenticate::Function {}) | None => Ok(Grant::default()),
        }
    }

    fn rewrites(&self) -> bool {
        self.description.is_function()
    }

    async fn rewrite(&self, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
        self.functions()?.authenticate(call, options).await
    }

    fn to_fill_in(&self, fields: &Map<String, Value>) -> Vec<String> {
        self.to_fill_in_of(fields)
    }

    async fn ask_consent(&self, call: &CredentialCall<'_>, redirect: Redirect<'_>) -> Result<Option<Consent>, NodeError> {
        let fence = self.fence(call);
        let call = &call.through(fence.as_deref().unwrap_or(call.http));
        match () {
            () if self.is(OAUTH2) => oauth2::ask(call, redirect),
            () if self.is(OAUTH1) => oauth1::ask(&self.name, call, redirect).await,
            () => Ok(None),
        }
    }

    async fn consented(
        &self,
        call: &CredentialCall<'_>,
        (asked, redirect): (&Consent, Redirect<'_>),
        answer: &[(String, String)],
    ) -> Result<Map<String, Value>, NodeError> {
        let fence = self.fence(call);
        let call = &call.through(fence.as_deref().unwrap_or(call.http));
        match self.is(OAUTH1) {
            true => oauth1::consented(&self.name, call, asked, answer).await,
            false => oauth2::consented(&self.name, call, (asked, redirect), answer).await,
        }
    }

    fn expired_help(&self) -> Option<String> {
        self.is(OAUTH2).then(|| format!("{} {}", oauth2::EXPIRED, sign_in_help(&self.name)))
    }

    fn has_test(&self) -> bool {
        self.test_of().is_some()
    }

    async fn test(&self, call: &CredentialCall<'_>, _: &[CredentialPlace<'_>]) -> Vec<Verdict> {
        let result = match self.fence(call) {
            Some(http) => self.proved(&call.through(&*http)).await,
            None => self.proved(call).await,
        };
        result.map(Verdict::first).into_iter().collect()
    }
}
