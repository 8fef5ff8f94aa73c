//! What native mode does otherwise than n8n's node, where the service differs from its documentation.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::param::{Literal, Param, ParamType, Place};
use super::{List, Text, Texts, is_default};
use crate::texts::put;

/// Of an action.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Native {
    /// The path that works; its placeholders may be parameters of any place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Text>,
    /// The media type to ask for; `application/json` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<Text>,
    /// Files that the server takes as multipart.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub files: List<FileParam>,
    /// What the server takes besides; n8n's node knows nothing of it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub params: List<Param>,
    /// Parameters, or files, that must be set together; one of these groups must be. Empty: what is required says all.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub needs: List<Texts>,
    /// One sentence for people.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub note: Text,
}

/// Of a parameter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NativeParam {
    /// The type that the server takes.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ParamType>,
    /// The choices that the server takes.
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub choices: Texts,
    /// What the server takes an absent value for; for people, it is not sent.
    pub default: Literal,
    /// The name that the server reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_as: Option<Text>,
    /// The place where the server reads it.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The server takes null for a value, although the parameter is required.
    #[serde(skip_serializing_if = "is_default")]
    pub nullable: bool,
    /// The server does without it, although the document requires it.
    #[serde(skip_serializing_if = "is_default")]
    pub optional: bool,
}

/// A parameter whose value names binary properties of the item, which go out as files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileParam {
    /// Key in `parameters`: the name of a binary property, or several with commas.
    pub name: Text,
    /// Field name in the form.
    pub field: Text,
    /// How many files at most.
    pub max_files: usize,
    /// Bytes of one file at most.
    pub max_bytes: u64,
    /// Media types that the server takes; empty: any.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub types: Texts,
}

impl Native {
    /// Nothing: as n8n's node.
    pub const NONE: Self =
        Self { path: None, accept: None, files: Cow::Borrowed(&[]), params: Cow::Borrowed(&[]), needs: Cow::Borrowed(&[]), note: Cow::Borrowed("") };
}

impl NativeParam {
    /// Nothing: as the document says.
    pub const NONE: Self =
        Self { kind: None, choices: Texts::NONE, default: Literal::None, send_as: None, place: None, nullable: false, optional: false };

    /// Another type.
    pub const fn of_type(kind: ParamType) -> Self {
        let mut native = Self::NONE;
        native.kind = Some(kind);
        native
    }

    /// Other choices, with the one that the server takes for an absent value.
    pub const fn of_choices(choices: &'static [&'static str], default: Literal) -> Self {
        let mut native = Self::NONE;
        put(&mut native.choices, Texts::Fixed(choices));
        put(&mut native.default, default);
        native
    }

    /// Another name and place on the wire.
    pub const fn sent_as(mut self, name: &'static str, place: Place) -> Self {
        put(&mut self.send_as, Some(Cow::Borrowed(name)));
        self.place = Some(place);
        self
    }
}

impl FileParam {
    const fn new(name: &'static str, field: &'static str, max_files: usize, max_bytes: u64, types: &'static [&'static str]) -> Self {
        Self { name: Cow::Borrowed(name), field: Cow::Borrowed(field), max_files, max_bytes, types: Texts::Fixed(types) }
    }

    /// One picture of up to 15 MB.
    pub const fn picture(name: &'static str) -> Self {
        Self::new(name, name, 1, 15 << 20, &["image/jpeg", "image/png", "image/gif"])
    }

    /// Up to 15 files of any type, of up to 40 MB each.
    pub const fn attachments(name: &'static str, field: &'static str) -> Self {
        Self::new(name, field, 15, 40 << 20, &[])
    }
}
