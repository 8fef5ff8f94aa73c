//! Reads the parts of a row from JSON. A row is `Copy` and made of constants; what a pack brings is kept for the rest of
//! the program's life instead: packs are read once, when it starts, and are small.

use serde::{Deserialize, Deserializer};

pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    Ok(Box::leak(String::deserialize(deserializer)?.into_boxed_str()))
}

pub(super) fn maybe_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'static str>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|text| &*Box::leak(text.into_boxed_str())))
}

pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static [&'static str], D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let texts: Vec<&'static str> = texts.into_iter().map(|text| &*Box::leak(text.into_boxed_str())).collect();
    Ok(Box::leak(texts.into_boxed_slice()))
}

pub(super) fn maybe_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'static [&'static str]>, D::Error> {
    texts(deserializer).map(Some)
}

pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<&'static [T], D::Error> {
    Ok(Box::leak(Vec::<T>::deserialize(deserializer)?.into_boxed_slice()))
}
