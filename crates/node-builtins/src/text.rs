//! Texts in the encodings of the WHATWG, by `encoding_rs`.

use encoding_rs::Encoding;
use javascript::bytes_of;
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Object, TypedArray};

/// Adds the host functions.
pub(crate) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("encodingName", Func::from(|label: String| Some(Encoding::for_label_no_replacement(label.as_bytes())?.name().to_ascii_lowercase())))?;
    h.set("decodeText", Func::from(|bytes: TypedArray<'_, u8>, encoding: String, fatal: bool| decode(&bytes_of(&bytes), &encoding, fatal)))?;
    h.set("unfinished", Func::from(|bytes: TypedArray<'_, u8>, encoding: String| unfinished(&bytes_of(&bytes), &encoding)))
}

/// None where the bytes are no text in this encoding and that is an error. A mark of the byte order stays.
fn decode(bytes: &[u8], encoding: &str, fatal: bool) -> Option<String> {
    let encoding = Encoding::for_label_no_replacement(encoding.as_bytes())?;
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    (!fatal || !broken).then(|| text.into_owned())
}

/// How many bytes at the end may begin a character that is not whole: those without which the text ends well, at most three.
fn unfinished(bytes: &[u8], encoding: &str) -> usize {
    let Some(encoding) = Encoding::for_label_no_replacement(encoding.as_bytes()).filter(|encoding| !encoding.is_single_byte()) else { return 0 };
    let tail = &bytes[bytes.len().saturating_sub(64)..];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(tail.len()).unwrap_or(1024));
    let _ = decoder.decode_to_string(tail, &mut text, false);
    let whole = |left: usize| {
        let (part, _) = encoding.decode_without_bom_handling(&tail[..tail.len() - left]);
        part == text
    };
    (0..=tail.len().min(3)).find(|left| whole(*left)).unwrap_or_default()
}
