//! What a user writes into the parameters of a node and n8n itself works out: JavaScript, which n8n's nodes hand to its task runner and the host runs as
//! that of a Code node; conditions, of which nodes are told whether they hold.

use async_trait::async_trait;
use node_sdk::{Item, NodeError, References, Resolvable, RunContext, VersionGroup};
use serde_json::{Map, Value};

/// Runs JavaScript and conditions of the user's.
#[async_trait]
pub trait UserCode: Send + Sync {
    /// What it refers to.
    fn references(&self, source: &str) -> References;

    /// Runs it once for all items of the node: the items that it makes.
    ///
    /// # Errors
    /// What it threw; what it returned is no items; a limit.
    async fn items(&self, cx: &RunContext, source: String) -> Result<Vec<Item>, NodeError>;

    /// Runs it once, with more names: what it returned.
    ///
    /// # Errors
    /// What it threw; a limit.
    async fn value(&self, cx: &RunContext, source: String, given: Map<String, Value>) -> Result<Value, NodeError>;

    /// Whether conditions (the value of a parameter of type `filter`), which stand at a path, hold for an item.
    ///
    /// # Errors
    /// An expression in them cannot be resolved; a value does not have the type that is compared.
    async fn hold(&self, cx: &RunContext, item: usize, path: &str, conditions: Resolvable) -> Result<bool, NodeError>;
}

/// The parameters that hold code by the description, with the code.
pub(crate) fn of_parameters<'a>(group: Option<&'a VersionGroup>, parameters: &'a Map<String, Value>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let is_code = |extra: &Map<String, Value>| extra.get("editor").is_some_and(|editor| editor == "jsEditor");
    let named = group.into_iter().flat_map(|group| group.properties.iter());
    let named = named.filter(move |property| property.type_options.extra.as_deref().is_some_and(is_code)).map(|property| property.name.as_ref());
    named.filter_map(|name| Some((name, parameters.get(name)?.as_str()?)))
}

/// Whether a text that a node hands on is the user's: what stands in a parameter, as it is or as what Item Lists makes of it.
pub(crate) fn is_users(text: &str, code: &str) -> bool {
    let sorting = text.strip_prefix("return items.sort((a, b) => { ").and_then(|text| text.strip_suffix(" })"));
    text == code || sorting == Some(code)
}
