//! Credentials of a file, looked up by id, then by name, then by type. One that changes, as with a new token, is changed by one at a time,
//! for all executions that share it, and in its file.

mod entries;
mod finding;
mod given;
mod keeping;
mod secrets;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use engine::Given;
use node_sdk::async_trait;
use node_sdk::context::NodeInfo;
use node_sdk::error::{NodeError, codes};
use node_sdk::ports::{Credential, CredentialChange, Credentials};
use node_sdk::sync::lock;
use serde_json::{Map, Value};

pub use given::Stored;
pub(crate) use given::{DryRunCredentials, Guarded, SandboxCredentials};

use crate::adapters::Environment;
use crate::error::Error;
use entries::{By, Entry};
pub(crate) use finding::of_family;
use finding::same_type;
use keeping::Held;

/// The file's entries, with `$env` and `$file` filled in where that is possible. Clones share them: what one changes, all see.
#[derive(Default, Clone)]
pub struct FileCredentials(Arc<Shared>);

#[derive(Default)]
struct Shared {
    entries: Mutex<Vec<Entry>>,
    /// Where changes are written; `None`: they last as long as the process.
    file: Option<PathBuf>,
    /// Who changes an entry, by its keys: others wait.
    changing: Mutex<HashMap<[String; 2], Arc<tokio::sync::Mutex<()>>>>,
}

impl FileCredentials {
    /// Entries that are at hand: each an object of fields, by the id, the name or the type of the credential.
    pub fn new(entries: Map<String, Value>) -> Self {
        let fields = |fields: Value| if let Value::Object(fields) = fields { fields } else { Map::new() };
        Self::of(entries.into_iter().map(|(key, value)| Entry::new(&key, fields(value))).collect(), None)
    }

    /// Reads the file. A field that cannot be filled in fails the nodes that need it, and no others.
    ///
    /// # Errors
    /// [`crate::codes::CREDENTIALS_FILE`]: the file cannot be used.
    pub fn read(path: &Path, environment: &Environment<'_>) -> Result<Self, Error> {
        Ok(Self::of(entries::read(path, environment)?, Some(path.to_owned())))
    }

    fn of(entries: Vec<Entry>, file: Option<PathBuf>) -> Self {
        Self(Arc::new(Shared { entries: Mutex::new(entries), file, changing: Mutex::default() }))
    }

    /// The same, shared with nobody and without the file: where no real token comes in, nothing may take the place of one.
    #[must_use]
    pub(crate) fn apart(&self) -> Self {
        Self::of(lock(&self.0.entries).clone(), None)
    }

    /// The values that must not be printed. What merely names someone, or says where and how to ask, is none.
    pub fn secrets(&self) -> Vec<String> {
        lock(&self.0.entries).iter().flat_map(Entry::secrets).collect()
    }

    /// The files that `$file` names: their content is as secret as the file of the credentials.
    pub fn files(&self) -> Vec<PathBuf> {
        lock(&self.0.entries).iter().flat_map(|entry| entry.files.clone()).collect()
    }

    /// The entry for a node's credential of this type; an error where it cannot be filled in.
    pub fn known(&self, node: &NodeInfo, type_name: &str) -> Result<Given, NodeError> {
        Ok(self.given(node, type_name)?.map_or(Given::Nothing, Given::Fields))
    }

    /// The fields for a node's credential of this type, all of them filled in.
    fn given(&self, node: &NodeInfo, type_name: &str) -> Result<Option<Map<String, Value>>, NodeError> {
        let Some(entry) = self.find(node, type_name)? else { return Ok(None) };
        entry.filled().map(|()| Some(entry.fields))
    }

    /// The entry for a node's credential of this type; `None`: there is none.
    fn find(&self, node: &NodeInfo, type_name: &str) -> Result<Option<Entry>, NodeError> {
        finding::find(&lock(&self.0.entries), node, type_name).map(|found| found.cloned())
    }

    /// All entries, for commands that are about the file.
    pub fn list(&self) -> Vec<Listed> {
        lock(&self.0.entries).iter().map(Listed::of).collect()
    }

    /// The entry of this name or id and, where that is said, of this type; `None`: there is none.
    ///
    /// # Errors
    /// There are several.
    pub fn named(&self, name: &str, type_name: Option<&str>) -> Result<Option<Listed>, NodeError> {
        finding::named(&lock(&self.0.entries), name, type_name).map(|found| found.map(Listed::of))
    }

    /// The same with these fields in the entry of a type and a name, which is made where it is absent; shared with nobody, and without the file.
    ///
    /// # Errors
    /// There are several entries of that type and name.
    pub fn with(&self, (type_name, name): (&str, &str), fields: &Map<String, Value>) -> Result<Self, NodeError> {
        let changed = self.apart();
        {
            let mut entries = lock(&changed.0.entries);
            let known = finding::named(&entries, name, Some(type_name))?.map(Entry::keys);
            match entries.iter_mut().find(|entry| Some(entry.keys()) == known) {
                Some(entry) => entry.fields.extend(fields.clone()),
                None => entries.push(Entry::exported([name, name, type_name], fields.clone())),
            }
        }
        Ok(changed)
    }

    /// Sees to it that a file has an entry for a type under a name, with these fields beside those that it has. Makes the file where it is absent, which
    /// only its owner may read then.
    ///
    /// # Errors
    /// [`crate::codes::CREDENTIALS_FILE`]: the file cannot be read or written.
    pub fn make(path: &Path, (type_name, name): (&str, &str), fields: &Map<String, Value>) -> Result<(), Error> {
        let entry = Entry::exported([name, name, type_name], fields.clone());
        keeping::hold_or_make(path).and_then(|mut held| held.put(&entry)).map_err(|why| Error::new(crate::codes::CREDENTIALS_FILE, format!("{why}.")))
    }

    /// Whose turn it is to change an entry.
    fn turn(&self, entry: &Entry) -> Arc<tokio::sync::Mutex<()>> {
        let keys = [entry.key(By::Id).to_owned(), entry.key(By::Name).to_owned()];
        lock(&self.0.changing).entry(keys).or_default().clone()
    }

    /// The file, where there is one, kept from other processes; they may need it for as long as their servers take to answer.
    async fn hold(&self) -> Result<Option<Held>, String> {
        let Some(file) = self.0.file.clone() else { return Ok(None) };
        tokio::task::spawn_blocking(move || keeping::hold(&file)).await.unwrap_or_else(|error| Err(error.to_string())).map(Some)
    }

    /// Takes over fields that have changed.
    fn put(&self, entry: &Entry, fields: &Map<String, Value>) {
        let same = |known: &&mut Entry| [By::Id, By::Name, By::Type].iter().all(|by| known.key(*by) == entry.key(*by));
        if let Some(known) = lock(&self.0.entries).iter_mut().find(same) {
            known.fields.extend(fields.clone());
        }
    }
}

/// Whether a node names a credential of this type.
pub fn names_credential(node: &NodeInfo, type_name: &str) -> bool {
    node.credentials.keys().any(|kind| same_type(kind, type_name))
}

/// An entry as commands see it that are about the file.
pub struct Listed {
    /// Its id in n8n, or its key.
    pub id: String,
    /// Its name, or its key.
    pub name: String,
    /// Its type, where the file says it.
    pub type_name: Option<String>,
}

impl Listed {
    fn of(entry: &Entry) -> Self {
        Self { id: entry.key(By::Id).to_owned(), name: entry.key(By::Name).to_owned(), type_name: entry.type_name().map(str::to_owned) }
    }

    /// A node that has it as its credential of this type.
    pub fn node(&self, type_name: &str) -> NodeInfo {
        let reference = serde_json::json!({"id": self.id, "name": self.name});
        NodeInfo { name: self.name.clone(), credentials: Map::from_iter([(type_name.to_owned(), reference)]), ..NodeInfo::default() }
    }
}

#[async_trait]
impl Credentials for FileCredentials {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        let fields = self.given(node, type_name)?.ok_or_else(|| missing(node, type_name))?;
        Ok(Credential { type_name: type_name.to_owned(), fields })
    }

    async fn change(&self, node: &NodeInfo, type_name: &str) -> Result<Box<dyn CredentialChange>, NodeError> {
        let entry = self.find(node, type_name)?.ok_or_else(|| missing(node, type_name))?;
        let alone = self.turn(&entry).lock_owned().await;
        let held = self.hold().await;
        if let Ok(Some(held)) = &held
            && let Some(newer) = held.fields(&entry)
        {
            self.put(&entry, &newer);
        }
        let credential = self.get(node, type_name).await?;
        Ok(Box::new(Change { all: self.clone(), entry, credential, held, _alone: alone }))
    }
}

/// A credential that is changed by nobody else.
struct Change {
    all: FileCredentials,
    entry: Entry,
    credential: Credential,
    /// The file, or why it cannot be written.
    held: Result<Option<Held>, String>,
    _alone: tokio::sync::OwnedMutexGuard<()>,
}

#[async_trait]
impl CredentialChange for Change {
    fn credential(&self) -> &Credential {
        &self.credential
    }

    async fn store(&mut self, fields: &Map<String, Value>, _whole: &Map<String, Value>) -> Result<(), String> {
        self.credential.fields.extend(fields.clone());
        self.all.put(&self.entry, fields);
        let kept = match &mut self.held {
            Ok(Some(held)) => held.write(&self.entry, fields),
            Ok(None) => Ok(()),
            Err(why) => Err(why.clone()),
        };
        let name = self.entry.key(By::Name);
        kept.map_err(|why| format!("The new token of the credential `{name}` is not kept beyond this run: {why}."))
    }
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
    use serde_json::json;

    fn node(credentials: Value) -> NodeInfo {
        NodeInfo { credentials: credentials.as_object().cloned().unwrap_or_default(), ..NodeInfo::default() }
    }

    fn file(entries: Value) -> FileCredentials {
        FileCredentials::new(entries.as_object().cloned().unwrap_or_default())
    }

    #[test]
    fn id_wins_over_name_and_name_over_type() {
        let file = file(json!({"7": {"v": "id"}, "Main": {"v": "name"}, "httpBasicAuth": {"v": "type"}}));
        let found = |credentials| file.find(&node(credentials), "httpBasicAuth").expect("one").map(|entry| entry.fields["v"].clone());
        assert_eq!(found(json!({"httpBasicAuth": {"id": "7", "name": "Main"}})), Some(json!("id")));
        assert_eq!(found(json!({"httpBasicAuth": {"id": "8", "name": "Main"}})), Some(json!("name")));
        assert_eq!(found(json!({"httpBasicAuth": {"id": "8", "name": "Other"}})), Some(json!("type")));
        assert_eq!(found(json!({})), Some(json!("type")));
    }

    #[test]
    fn the_password_of_an_address_is_a_secret() {
        let file = file(json!({"konverteApi": {"url": "https://ana:p%40ss@konverte.invalid/x", "accessToken": "TOKEN"}}));
        assert_eq!(file.secrets(), ["p%40ss", "p@ss", "YW5hOnBAc3M=", "TOKEN"]);
    }

    #[test]
    fn the_family_stands_for_each_other_and_no_one_else() {
        let file = file(json!({"chatwootApi": {"v": 1}}));
        assert!(file.find(&node(json!({"konverteApi": {"id": "1", "name": "x"}})), "konverteApi").is_ok_and(|found| found.is_some()));
        assert!(file.find(&node(json!({})), "ChatWootTokenApi").is_ok_and(|found| found.is_some()));
        assert!(file.find(&node(json!({})), "httpBasicAuth").is_ok_and(|found| found.is_none()));
    }

    #[tokio::test]
    async fn debug_and_errors_show_no_secret() {
        let file = file(json!({"konverteApi": {"accessToken": "s3cret"}}));
        let credential = file.get(&node(json!({})), "konverteApi").await.expect("found");
        assert!(!format!("{credential:?}").contains("s3cret"));
    }

    /// A file of credentials, and those that it holds.
    fn on_disk(content: &Value) -> (tempfile::TempDir, PathBuf, FileCredentials) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("credentials.json");
        std::fs::write(&path, content.to_string()).expect("written");
        let credentials = FileCredentials::read(&path, &|name| (name == "TOKEN").then(|| "from outside".to_owned())).expect("readable");
        (folder, path, credentials)
    }

    fn content(path: &Path) -> Value {
        serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON")
    }

    #[test]
    fn an_entry_that_is_made_has_an_id_of_its_own() {
        let (_folder, path, _) = on_disk(&json!([{"id": "Main", "name": "Other", "type": "smtp", "data": {}}]));
        for kind in ["aOAuth2Api", "bOAuth2Api", "aOAuth2Api"] {
            FileCredentials::make(&path, (kind, "Main"), &Map::new()).expect("made");
        }
        let content = content(&path);
        let ids: Vec<_> = content.as_array().into_iter().flatten().map(|entry| (&entry["id"], &entry["type"])).collect();
        assert_eq!(json!(ids), json!([["Main", "smtp"], ["Main-2", "aOAuth2Api"], ["Main-3", "bOAuth2Api"]]));
    }

    async fn store(credentials: &FileCredentials, kind: &str, token: &str) -> Result<(), String> {
        let mut change = credentials.change(&node(json!({})), kind).await.expect("it is there");
        let fields = json!({"oauthTokenData": {"access_token": token}}).as_object().cloned().unwrap_or_default();
        change.store(&fields, &fields).await
    }

    #[tokio::test]
    async fn a_new_token_is_in_the_file_and_nothing_else_is_changed() {
        let secret = json!({"$env": "TOKEN"});
        let exported =
            json!([{"id": "1", "name": "Main", "type": "aOAuth2Api", "data": {"clientSecret": secret, "oauthTokenData": {"access_token": "old"}}}]);
        let (folder, path, credentials) = on_disk(&exported);
        store(&credentials, "aOAuth2Api", "new").await.expect("kept");
        let data = json!({"clientSecret": secret, "oauthTokenData": {"access_token": "new"}});
        assert_eq!(content(&path), json!([{"id": "1", "name": "Main", "type": "aOAuth2Api", "data": data}]));
        let known = credentials.get(&node(json!({"aOAuth2Api": {"id": "1"}})), "aOAuth2Api").await.expect("there");
        assert_eq!((known.text("clientSecret"), &known.fields["oauthTokenData"]), ("from outside".to_owned(), &json!({"access_token": "new"})));
        assert_eq!(std::fs::read_dir(folder.path()).map(Iterator::count).ok(), Some(1), "nothing is left beside it");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_file_keeps_its_owner_and_its_mode_and_what_a_killed_process_left_is_cleared() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let (folder, path, credentials) = on_disk(&json!({"a": {"oauthTokenData": {}}}));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("set");
        // Only some users may give a file away.
        let _ = std::os::unix::fs::chown(&path, Some(65534), Some(65534));
        let known = |path: &Path| std::fs::metadata(path).map(|known| (known.uid(), known.gid(), known.mode() & 0o777)).expect("there");
        let before = known(&path);
        let left = folder.path().join(".credentials.json.konverte-left");
        let of_others = [".credentials.json.bak", "credentials.json.new"].map(|name| folder.path().join(name));
        of_others.iter().chain([&left]).for_each(|path| std::fs::write(path, "{").expect("written"));
        for token in ["one", "two"] {
            store(&credentials, "a", token).await.expect("kept");
            assert_eq!((&content(&path)["a"]["oauthTokenData"]["access_token"], known(&path)), (&json!(token), before));
        }
        assert!(!left.exists() && of_others.iter().all(|path| path.exists()));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn where_no_other_file_can_take_its_place_the_file_itself_is_written() {
        let (folder, path, _) = on_disk(&json!({"a": {"oauthTokenData": {"access_token": "a longer token than the one that comes"}}}));
        // A name beside it would be too long for a file system.
        let long = folder.path().join("c".repeat(250));
        std::fs::rename(&path, &long).expect("moved");
        let number = |path: &Path| std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path).expect("there"));
        let before = number(&long);
        store(&FileCredentials::read(&long, &|_| None).expect("readable"), "a", "new").await.expect("kept");
        assert_eq!((content(&long)["a"]["oauthTokenData"].clone(), number(&long)), (json!({"access_token": "new"}), before));
    }

    #[tokio::test]
    async fn who_has_written_once_still_holds_the_file() {
        let (_folder, path, credentials) = on_disk(&json!({"a": {"oauthTokenData": {}}}));
        let mut change = credentials.change(&node(json!({})), "a").await.expect("there");
        let fields = json!({"oauthTokenData": {"access_token": "new"}}).as_object().cloned().unwrap_or_default();
        change.store(&fields, &fields).await.expect("kept");
        assert!(matches!(std::fs::File::open(&path).expect("there").try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        drop(change);
        assert!(std::fs::File::open(&path).expect("there").try_lock().is_ok());
    }

    #[tokio::test]
    async fn one_changes_at_a_time_and_sees_what_others_stored() {
        let (_folder, path, credentials) = on_disk(&json!({"a": {"oauthTokenData": {"access_token": "old"}}}));
        // As another process has it.
        let other = FileCredentials::read(&path, &|_| None).expect("readable");
        let held = credentials.change(&node(json!({})), "a").await.expect("there");
        let waits = tokio::time::timeout(std::time::Duration::from_millis(50), credentials.change(&node(json!({})), "a")).await;
        assert!(waits.is_err(), "another node of the process waits");
        drop(held);
        store(&credentials, "a", "new").await.expect("kept");
        let seen = other.change(&node(json!({})), "a").await.expect("there");
        assert_eq!(seen.credential().fields["oauthTokenData"], json!({"access_token": "new"}), "it was renewed already");
    }

    #[tokio::test]
    async fn what_cannot_be_kept_is_said_and_holds_for_the_process() {
        let (_folder, path, credentials) = on_disk(&json!({"a": {"oauthTokenData": {"$env": "TOKEN"}}, "b": {"oauthTokenData": {}}}));
        let why = store(&credentials, "a", "new").await.expect_err("it is not in the file");
        assert!(why.contains("`oauthTokenData` comes from elsewhere"), "{why}");
        let mut permissions = std::fs::metadata(&path).expect("there").permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).expect("set");
        let before = content(&path);
        let why = store(&credentials, "b", "new").await.expect_err("it is read-only");
        assert!(why.contains("cannot be changed"), "{why}");
        assert_eq!(content(&path), before);
        let known = credentials.get(&node(json!({})), "b").await.expect("there");
        assert_eq!(known.fields["oauthTokenData"], json!({"access_token": "new"}));
        let apart = credentials.apart();
        store(&apart, "b", "made up").await.expect("there is no file");
        assert_eq!(credentials.get(&node(json!({})), "b").await.expect("there").fields["oauthTokenData"], json!({"access_token": "new"}));
    }
}
