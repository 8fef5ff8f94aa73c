//! What the modules of libraries export, as far as it has to be known before they are run: a `require` of one of them gives an object that
//! runs the module when it is used. Found out by running the modules in the box of the package, when that is installed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::error::Result;
use crate::integrity::Integrity;

/// What is made here, and its form.
pub(crate) const FORM: &str = "facts-2";
/// Its file.
const FILE: &str = "facts.json";

/// What a module exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// What kind of value.
    pub kind: Kind,
    /// Whether it has a true `__esModule`.
    pub es_module: bool,
    /// The names that it has, where it is an object that holds nothing but them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// What kind of value a module exports; of other kinds nothing is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A function.
    Function,
    /// An object.
    Object,
}

/// What is known of modules, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<String, Fact>);

impl Facts {
    /// Keeps them in the cache, beside the packages that they are about: `of` is [`crate::lock::Lock::identity`].
    ///
    /// # Errors
    /// [`crate::codes::CACHE`]: the cache cannot be written.
    pub fn keep(&self, cache: &Cache, of: &Integrity) -> Result<()> {
        cache.put_value(of, FORM, FILE, self)
    }

    /// What was kept; `None`: nothing was.
    ///
    /// # Errors
    /// [`crate::codes::INTEGRITY`]: it is not as it was made.
    pub fn kept(cache: &Cache, of: &Integrity) -> Result<Option<Self>> {
        cache.value(of, FORM, FILE)
    }
}
