//! What native mode does otherwise than n8n's node, where the service leaves its document.

use serde::{Deserialize, Serialize};

use super::param::{Literal, ParamType, Place};
use super::{Rows, Str, is_default, leak};

/// Of an action.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Native {
    /// The path that works; its placeholders may be parameters of any place.
    #[serde(deserialize_with = "leak::maybe_text", skip_serializing_if = "Option::is_none")]
    pub path: Option<Str>,
    /// The media type to ask for; `application/json` without it.
    #[serde(deserialize_with = "leak::maybe_text", skip_serializing_if = "Option::is_none")]
    pub accept: Option<Str>,
    /// Files that the server takes as multipart.
    #[serde(deserialize_with = "leak::list", skip_serializing_if = "<[_]>::is_empty")]
    pub files: Rows<FileParam>,
    /// One sentence for people.
    #[serde(deserialize_with = "leak::text", skip_serializing_if = "str::is_empty")]
    pub note: Str,
}

/// Of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NativeParam {
    /// The type that the server takes.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ParamType>,
    /// The choices that the server takes.
    #[serde(deserialize_with = "leak::texts", skip_serializing_if = "<[_]>::is_empty")]
    pub choices: Rows<Str>,
    /// What the server takes an absent value for; for people, it is not sent.
    pub default: Literal,
    /// The name that the server reads.
    #[serde(deserialize_with = "leak::maybe_text", skip_serializing_if = "Option::is_none")]
    pub send_as: Option<Str>,
    /// The place where the server reads it.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The server takes null for a value, although the parameter is required.
    #[serde(skip_serializing_if = "is_default")]
    pub nullable: bool,
}

/// A parameter whose value names binary properties of the item, which go out as files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileParam {
    /// Key in `parameters`: the name of a binary property, or several with commas.
    #[serde(deserialize_with = "leak::text")]
    pub name: Str,
    /// Field name in the form.
    #[serde(deserialize_with = "leak::text")]
    pub field: Str,
    /// How many files at most.
    pub max_files: usize,
    /// Bytes of one file at most.
    pub max_bytes: u64,
    /// Media types that the server takes; empty: any.
    #[serde(default, deserialize_with = "leak::texts", skip_serializing_if = "<[_]>::is_empty")]
    pub types: Rows<Str>,
}

impl Native {
    /// Nothing: as n8n's node.
    pub const NONE: Self = Self { path: None, accept: None, files: &[], note: "" };
}

impl NativeParam {
    /// Nothing: as the document says.
    pub const NONE: Self = Self { kind: None, choices: &[], default: Literal::None, send_as: None, place: None, nullable: false };

    /// Another type.
    pub const fn of_type(kind: ParamType) -> Self {
        let mut native = Self::NONE;
        native.kind = Some(kind);
        native
    }

    /// Other choices, with the one that the server takes for an absent value.
    pub const fn of_choices(choices: Rows<Str>, default: Literal) -> Self {
        let mut native = Self::NONE;
        native.choices = choices;
        native.default = default;
        native
    }

    /// Another name and place on the wire.
    pub const fn sent_as(mut self, name: Str, place: Place) -> Self {
        self.send_as = Some(name);
        self.place = Some(place);
        self
    }
}

impl FileParam {
    /// One picture of up to 15 MB.
    pub const fn picture(name: Str) -> Self {
        Self { name, field: name, max_files: 1, max_bytes: 15 << 20, types: &["image/jpeg", "image/png", "image/gif"] }
    }

    /// Up to 15 files of any type, of up to 40 MB each.
    pub const fn attachments(name: Str, field: Str) -> Self {
        Self { name, field, max_files: 15, max_bytes: 40 << 20, types: &[] }
    }
}
