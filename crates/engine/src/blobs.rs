//! File content that stands inside items as base64: in pinned data, in `--input`, in what a Code node returns.

use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use node_sdk::{Blobs, Item, ItemList, NodeError};

/// Gives the content of every file that carries it to the store, and leaves a handle.
///
/// Text that is no base64 is decoded as far as it goes, as Node.js does it.
pub(crate) async fn store_inline(items: &mut ItemList, blobs: &dyn Blobs) -> Result<(), NodeError> {
    if !items.iter().any(has_inline) {
        return Ok(());
    }
    for item in items.chunks_mut().flatten() {
        if !has_inline(item) {
            continue;
        }
        let Some(binary) = &mut item.binary else { continue };
        for file in Arc::make_mut(binary).values_mut() {
            let Some(data) = file.data.take_if(|_| file.blob.is_none()) else { continue };
            let stored = blobs.put(decode(&data).into()).await;
            file.blob = Some(stored.map_err(|error| NodeError::new(format!("The file content cannot be stored: {error}")))?);
        }
    }
    Ok(())
}

fn has_inline(item: &Item) -> bool {
    item.binary.as_ref().is_some_and(|files| files.values().any(|file| file.blob.is_none() && file.data.is_some()))
}

/// Takes padding or none, and bits left over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

fn decode(text: &str) -> Vec<u8> {
    let standard = |letter: char| match letter {
        '-' => Some('+'),
        '_' => Some('/'),
        '+' | '/' => Some(letter),
        other => other.is_ascii_alphanumeric().then_some(other),
    };
    let mut clean: String = text.chars().take_while(|c| *c != '=').filter_map(standard).collect();
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    LENIENT.decode(clean).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_node_reads_it() {
        for (text, bytes) in [("aGk=", "hi"), ("aGk", "hi"), ("aG k=\n", "hi"), ("", ""), ("a", "")] {
            assert_eq!(decode(text), bytes.as_bytes(), "{text}");
        }
        assert_eq!(decode("-_-_"), decode("+/+/"));
    }
}
