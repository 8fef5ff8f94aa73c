//! Credentials of a file, looked up by id, then by name, then by type; what the emulator, a dry run and the masks make of them.

use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Given;
use konverte_sandbox::{ORIGIN, TOKENS};
use node_sdk::async_trait;
use node_sdk::context::NodeInfo;
use node_sdk::error::{NodeError, codes};
use node_sdk::files;
use node_sdk::ports::{Credential, Credentials};
use node_sdk::sync::lock;
use serde_json::{Map, Value, json};

use crate::adapters::Environment;
use crate::adapters::http::Bases;
use crate::error::{Error, codes as own_codes};
use crate::json as json_file;
use crate::secrets::{Secrets, names};

/// The file's entries, with `$env` and `$file` filled in where that is possible.
#[derive(Default, Clone)]
pub struct FileCredentials {
    entries: Map<String, Value>,
    unfilled: Vec<Unfilled>,
}

/// A field that `$env` or `$file` could not fill in. It matters only to a node that needs its entry.
#[derive(Clone)]
struct Unfilled {
    entry: String,
    field: String,
    why: String,
}

impl Unfilled {
    fn error(&self) -> NodeError {
        let message = format!("The field `{}` of the credential `{}` cannot be filled in: {}", self.field, self.entry, self.why);
        NodeError::coded(codes::CREDENTIAL_INVALID, message).help("Set the variable, or create the file, that the credentials file names.")
    }
}

impl FileCredentials {
    /// Entries that are at hand: each an object of fields, by the id, the name or the type of the credential.
    pub fn new(entries: Map<String, Value>) -> Self {
        Self { entries, unfilled: Vec::new() }
    }

    /// Reads the file. A field that cannot be filled in fails the nodes that need it, and no others.
    ///
    /// # Errors
    /// [`own_codes::CREDENTIALS_FILE`]: the file cannot be used.
    pub fn read(path: &Path, environment: &Environment<'_>) -> Result<Self, Error> {
        let mut entries = json_file::read_object(path, own_codes::CREDENTIALS_FILE).map_err(Error::without_text)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut unfilled = Vec::new();
        for (key, entry) in &mut entries {
            let Some(fields) = entry.as_object_mut() else {
                let message = format!("The entry `{key}` of {} is not an object of fields.", path.display());
                return Err(Error::new(own_codes::CREDENTIALS_FILE, message));
            };
            for (field, value) in fields {
                match fill_in(value, folder, environment) {
                    Ok(Some(filled)) => *value = filled,
                    Ok(None) => {}
                    Err(why) => unfilled.push(Unfilled { entry: key.clone(), field: field.clone(), why }),
                }
            }
        }
        Ok(Self { entries, unfilled })
    }

    /// The values that must not be printed. What merely names someone, or says where and how to ask, is none.
    pub fn secrets(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (entry, fields) in &self.entries {
            // The name of a variable or a file is no secret.
            let filled = |field: &str| !self.unfilled.iter().any(|unfilled| unfilled.entry == *entry && unfilled.field == field);
            let fields = fields.as_object();
            found.extend(fields.into_iter().flat_map(basic));
            found.extend(fields.into_iter().flat_map(Map::values).filter_map(Value::as_str).flat_map(in_url));
            for (_, value) in fields.into_iter().flatten().filter(|(field, _)| names::is_secret_field(field) && filled(field)) {
                collect_texts(value, &mut found);
            }
        }
        found
    }

    /// The entry for a node's credential of this type; an error where it cannot be filled in.
    pub fn known(&self, node: &NodeInfo, type_name: &str) -> Result<Given, NodeError> {
        Ok(self.given(node, type_name)?.map_or(Given::Nothing, |fields| Given::Fields(fields.clone())))
    }

    /// The fields for a node's credential of this type, all of them filled in.
    fn given(&self, node: &NodeInfo, type_name: &str) -> Result<Option<&Map<String, Value>>, NodeError> {
        let Some((key, fields)) = self.find(node, type_name) else { return Ok(None) };
        self.unfilled.iter().find(|unfilled| unfilled.entry == *key).map_or(Ok(Some(fields)), |unfilled| Err(unfilled.error()))
    }

    /// The entry for a node's credential of this type, with its key.
    fn find(&self, node: &NodeInfo, type_name: &str) -> Option<(&String, &Map<String, Value>)> {
        let named = node.credentials.iter().find(|(kind, _)| same_type(kind, type_name)).map(|(_, entry)| entry);
        let text = |key: &str| named.and_then(|entry| entry.get(key)).and_then(Value::as_str).filter(|text| !text.is_empty());
        let of_key = |key: &str| self.entries.iter().find(|(known, _)| *known == key);
        let by_reference = text("id").and_then(of_key).or_else(|| text("name").and_then(of_key));
        let by_type = || of_key(type_name).or_else(|| self.entries.iter().find(|(key, _)| same_type(key, type_name)));
        by_reference.or_else(by_type).and_then(|(key, entry)| Some((key, entry.as_object()?)))
    }
}

/// What stands behind `Basic` in a header that is made of two fields.
fn basic(fields: &Map<String, Value>) -> Vec<String> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let pairs = [("user", "password"), ("username", "password"), ("clientId", "clientSecret"), ("consumerKey", "consumerSecret")];
    let header = |(user, password)| Some(STANDARD.encode(format!("{}:{}", text(user)?, text(password)?)));
    pairs.into_iter().filter_map(header).collect()
}

/// The password of an address such as `https://user:password@host`, and what stands behind `Basic` in the header that it becomes.
fn in_url(text: &str) -> Vec<String> {
    let Ok(url) = url::Url::parse(text) else { return Vec::new() };
    let Some(password) = url.password().filter(|password| !password.is_empty()) else { return Vec::new() };
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = STANDARD.encode(format!("{}:{}", plain(url.username()), plain(password)));
    vec![password.to_owned(), plain(password), pair]
}

/// The texts in a value, also in JSON written as text; short ones would be found everywhere.
fn collect_texts(value: &Value, found: &mut Vec<String>) {
    const SHORTEST: usize = 4;
    match value {
        Value::String(text) => match node_sdk::json::parse_text(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => collect_texts(&inner, found),
            _ if text.len() >= SHORTEST => found.push(text.clone()),
            _ => {}
        },
        Value::Array(list) => list.iter().for_each(|value| collect_texts(value, found)),
        Value::Object(map) => map.values().for_each(|value| collect_texts(value, found)),
        _ => {}
    }
}

/// `konverteApi`, `chatwootApi` and any other type of that family stand for each other.
fn same_type(a: &str, b: &str) -> bool {
    a == b || (of_family(a) && of_family(b))
}

/// Whether a node names a credential of this type.
pub fn names_credential(node: &NodeInfo, type_name: &str) -> bool {
    node.credentials.keys().any(|kind| same_type(kind, type_name))
}

/// Whether a credential type is of the Konverte family.
pub(crate) fn of_family(type_name: &str) -> bool {
    let name = type_name.to_ascii_lowercase();
    name.starts_with("konverte") || name.starts_with("chatwoot")
}

/// The value that `{"$env": NAME}` or `{"$file": PATH}` stands for; `None` for a plain value.
fn fill_in(value: &Value, folder: &Path, environment: &Environment<'_>) -> Result<Option<Value>, String> {
    let Some((key, Value::String(text))) = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next()) else { return Ok(None) };
    match key.as_str() {
        "$env" => environment(text).map(|found| Some(Value::String(found))).ok_or_else(|| format!("the variable {text} is not set")),
        "$file" => {
            let content =
                files::found(&folder.join(text)).and_then(files::text).map_err(|error| format!("the file {text} cannot be read: {error}"))?;
            Ok(Some(Value::String(content.trim_end_matches(['\r', '\n']).to_owned())))
        }
        _ => Ok(None),
    }
}

#[async_trait]
impl Credentials for FileCredentials {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        if let Some(fields) = self.given(node, type_name)? {
            return Ok(Credential { type_name: type_name.to_owned(), fields: fields.clone() });
        }
        Err(missing(node, type_name))
    }
}

/// Sends Konverte nodes to the emulator: a seeded token of the credential given is kept, everything else of it is not.
pub(crate) struct SandboxCredentials(pub(crate) FileCredentials);

#[async_trait]
impl Credentials for SandboxCredentials {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        if !of_family(type_name) {
            return self.0.get(node, type_name).await;
        }
        let given = self.0.find(node, type_name).and_then(|(_, fields)| fields.get("accessToken")).and_then(Value::as_str);
        Ok(sandbox_credential(type_name, given.filter(|token| TOKENS.contains(token)).unwrap_or(ANY_TOKEN)))
    }
}

/// Remembers where Konverte credentials point at, so that the emulator answers there; without a credential it is the emulator itself.
pub(crate) struct DryRunCredentials {
    pub(crate) inner: FileCredentials,
    pub(crate) bases: Arc<Bases>,
}

#[async_trait]
impl Credentials for DryRunCredentials {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        if !of_family(type_name) {
            return self.inner.get(node, type_name).await;
        }
        let Some(fields) = self.inner.given(node, type_name)? else { return Ok(sandbox_credential(type_name, ANY_TOKEN)) };
        let credential = Credential { type_name: type_name.to_owned(), fields: fields.clone() };
        self.bases.add(&credential.text("url"));
        Ok(credential)
    }
}

/// Credentials that an execution has changed: each time that a token was stored.
#[derive(Default)]
pub struct Stored(Mutex<Vec<Credential>>);

impl Stored {
    /// What `savedCredentials` lists.
    pub fn list(&self) -> Value {
        let stored = lock(&self.0);
        stored.iter().map(|credential| json!({"type": credential.type_name, "data": credential.fields})).collect()
    }
}

/// Adds the secrets that a run learns to those that it does not show, and remembers what it stores.
pub(crate) struct Guarded {
    pub(crate) inner: Arc<dyn Credentials>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) stored: Arc<Stored>,
}

#[async_trait]
impl Credentials for Guarded {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        self.inner.get(node, type_name).await
    }

    fn learned(&self, secret: &str) {
        self.secrets.add(&[secret.to_owned()]);
    }

    fn stored(&self, credential: &Credential) {
        lock(&self.stored.0).push(credential.clone());
    }
}

/// Stands for the token that the emulator wants.
const ANY_TOKEN: &str = "any";

fn sandbox_credential(type_name: &str, token: &str) -> Credential {
    let fields = [("url", ORIGIN), ("accessToken", token)].into_iter().map(|(key, value)| (key.to_owned(), value.into()));
    Credential { type_name: type_name.to_owned(), fields: fields.collect() }
}

/// A node without its credential: n8n's sentence, and how to give one.
fn missing(node: &NodeInfo, type_name: &str) -> NodeError {
    let message = if node.credentials.is_empty() {
        "Node does not have any credentials set".to_owned()
    } else {
        format!("Node does not have any credentials set for \"{type_name}\"")
    };
    let (shape, sandbox) = match of_family(type_name) {
        true => (r#"{"url": "https://…", "accessToken": "…"}"#, "; this node also runs with --sandbox"),
        false => ("{…the fields of the type…}", ""),
    };
    NodeError::coded(codes::CREDENTIAL_MISSING, message)
        .help(format!("Give it with --credentials FILE, where FILE holds {{\"{type_name}\": {shape}}}{sandbox}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(credentials: Value) -> NodeInfo {
        NodeInfo { credentials: credentials.as_object().cloned().unwrap_or_default(), ..NodeInfo::default() }
    }

    fn file(entries: Value) -> FileCredentials {
        FileCredentials::new(entries.as_object().cloned().unwrap_or_default())
    }

    #[test]
    fn id_wins_over_name_and_name_over_type() {
        let file = file(json!({"7": {"v": "id"}, "Main": {"v": "name"}, "httpBasicAuth": {"v": "type"}}));
        let found = |credentials| file.find(&node(credentials), "httpBasicAuth").map(|(_, fields)| fields["v"].clone());
        assert_eq!(found(json!({"httpBasicAuth": {"id": "7", "name": "Main"}})), Some(json!("id")));
        assert_eq!(found(json!({"httpBasicAuth": {"id": "8", "name": "Main"}})), Some(json!("name")));
        assert_eq!(found(json!({"httpBasicAuth": {"id": "8", "name": "Other"}})), Some(json!("type")));
        assert_eq!(found(json!({})), Some(json!("type")));
    }

    #[test]
    fn the_password_of_an_address_is_a_secret() {
        let file = file(json!({"konverteApi": {"url": "https://ana:p%40ss@konverte.invalid/x", "accessToken": "TOKEN"}}));
        assert_eq!(file.secrets(), ["p%40ss", "p@ss", &STANDARD.encode("ana:p@ss"), "TOKEN"]);
    }

    #[test]
    fn the_family_stands_for_each_other_and_no_one_else() {
        let file = file(json!({"chatwootApi": {"v": 1}}));
        assert!(file.find(&node(json!({"konverteApi": {"id": "1", "name": "x"}})), "konverteApi").is_some());
        assert!(file.find(&node(json!({})), "ChatWootTokenApi").is_some());
        assert!(file.find(&node(json!({})), "httpBasicAuth").is_none());
    }

    #[tokio::test]
    async fn debug_and_errors_show_no_secret() {
        let file = file(json!({"konverteApi": {"accessToken": "s3cret"}}));
        let credential = file.get(&node(json!({})), "konverteApi").await.expect("found");
        assert!(!format!("{credential:?}").contains("s3cret"));
    }
}
