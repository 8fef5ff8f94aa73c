//! Bytes and texts: what `Buffer` stands on, natively, for JavaScript takes a hundred times as long.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use memchr::memmem;
use rquickjs::function::Func;
use rquickjs::{ArrayBuffer, Ctx, Exception, Object, String as Text, TypedArray, qjs};

type Bytes<'js> = TypedArray<'js, u8>;

/// Adds the host functions. Encodings are those that `Buffer` names, in their shortest spelling.
pub(crate) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("bytesOf", Func::from(encoded))?;
    h.set("textOf", Func::from(text_of))?;
    h.set(
        "byteLength",
        Func::from(|text: Text<'_>| units_or_text(&text).map_or_else(|text| text.len(), |units| String::from_utf16_lossy(&units).len())),
    )?;
    h.set("bytesAt", Func::from(position))?;
    h.set("bytesLastAt", Func::from(|hay: Bytes<'_>, needle: Bytes<'_>, most: usize| last_position(&hay, &needle, most)))?;
    h.set("bytesOrder", Func::from(|a: Bytes<'_>, b: Bytes<'_>| bytes_of(&a).cmp(&bytes_of(&b)) as i32))
}

/// A copy of the bytes of an array; none where they were handed on. What the array holds may change with whatever runs next.
#[allow(unsafe_code)]
pub fn bytes_of(bytes: &TypedArray<'_, u8>) -> Vec<u8> {
    // SAFETY: nothing of the engine runs while the slice is alive.
    unsafe { bytes.as_bytes() }.map(<[u8]>::to_vec).unwrap_or_default()
}

/// An array of the engine, in its own memory: counted by its limit, and freed with it.
pub fn byte_array<'js>(ctx: &Ctx<'js>, bytes: impl AsRef<[u8]>) -> rquickjs::Result<TypedArray<'js, u8>> {
    TypedArray::from_arraybuffer(ArrayBuffer::new_copy(ctx.clone(), bytes)?)
}

/// The code units of a text that is not well formed, else the text.
fn units_or_text(text: &Text<'_>) -> Result<Vec<u16>, String> {
    match text.to_string() {
        Ok(text) => Err(text),
        Err(_) => Ok(units(text)),
    }
}

#[allow(unsafe_code)]
fn units(text: &Text<'_>) -> Vec<u16> {
    let ctx = text.ctx().as_raw().as_ptr();
    let mut length = 0;
    // SAFETY: the value is a text of this context; what it lends is copied and given back at once.
    unsafe {
        let at = qjs::JS_ToCStringLenUTF16(ctx, &raw mut length, text.as_raw());
        if at.is_null() {
            return Vec::new();
        }
        let found = std::slice::from_raw_parts(at, usize::try_from(length).unwrap_or_default()).to_vec();
        qjs::JS_FreeCStringUTF16(ctx, at);
        found
    }
}

fn encoded<'js>(ctx: Ctx<'js>, text: Text<'js>, encoding: String) -> rquickjs::Result<Bytes<'js>> {
    let utf8 = || units_or_text(&text).map_or_else(|text| text, |units| String::from_utf16_lossy(&units));
    let bytes = match encoding.as_str() {
        "utf8" => utf8().into_bytes(),
        "latin1" | "ascii" => units(&text).into_iter().map(|unit| unit as u8).collect(),
        "utf16le" => units(&text).into_iter().flat_map(u16::to_le_bytes).collect(),
        "hex" => from_hex(utf8().as_bytes()),
        "base64" | "base64url" => from_base64(utf8().as_bytes()),
        _ => return Err(unknown(&ctx, &encoding)),
    };
    byte_array(&ctx, bytes)
}

#[allow(unsafe_code)]
fn text_of<'js>(ctx: Ctx<'js>, bytes: Bytes<'js>, encoding: String) -> rquickjs::Result<Text<'js>> {
    // SAFETY: the engine makes a text of it once the slice is no longer used.
    let bytes = unsafe { bytes.as_bytes() }.unwrap_or_default();
    let text = match encoding.as_str() {
        "utf8" => String::from_utf8_lossy(bytes).into_owned(),
        "latin1" => bytes.iter().map(|byte| char::from(*byte)).collect(),
        "ascii" => bytes.iter().map(|byte| char::from(byte & 0x7f)).collect(),
        "utf16le" => return from_units(&ctx, &bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>()),
        "hex" => bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect(),
        "base64" => STANDARD.encode(bytes),
        "base64url" => URL_SAFE_NO_PAD.encode(bytes),
        _ => return Err(unknown(&ctx, &encoding)),
    };
    Text::from_str(ctx, &text)
}

#[allow(unsafe_code)]
fn from_units<'js>(ctx: &Ctx<'js>, units: &[u16]) -> rquickjs::Result<Text<'js>> {
    // SAFETY: the engine copies the units, and gives a text or an exception that the next call of it reports.
    let made = unsafe { qjs::JS_NewStringUTF16(ctx.as_raw().as_ptr(), units.as_ptr(), units.len() as qjs::size_t) };
    // SAFETY: the value is new and belongs to this context.
    let made = unsafe { rquickjs::Value::from_raw(ctx.clone(), made) };
    made.into_string().ok_or(rquickjs::Error::Exception)
}

fn unknown(ctx: &Ctx<'_>, encoding: &str) -> rquickjs::Error {
    Exception::throw_type(ctx, &format!("Unknown encoding: {encoding}"))
}

/// Pairs of digits, up to the first that is none.
fn from_hex(digits: &[u8]) -> Vec<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    digits.chunks_exact(2).map_while(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

/// Both alphabets; what is of neither is passed over, and padding ends it.
fn from_base64(text: &[u8]) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut count) = (Vec::with_capacity(text.len() / 4 * 3 + 3), 0_u32, 0);
    for digit in text.iter().take_while(|c| **c != b'=').filter_map(|c| value(*c)) {
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// Where the needle stands from an index on, in steps of `step` from it; -1 where it does not.
#[allow(unsafe_code)]
fn position(hay: Bytes<'_>, needle: Bytes<'_>, from: usize, step: usize) -> f64 {
    // SAFETY: nothing of the engine runs while the slices are alive.
    let (hay, needle) = unsafe { (hay.as_bytes().unwrap_or_default(), needle.as_bytes().unwrap_or_default()) };
    let Some(rest) = hay.get(from..) else { return -1.0 };
    let found = if step > 1 { memmem::find_iter(rest, needle).find(|at| at % step == 0) } else { memmem::find(rest, needle) };
    found.map_or(-1.0, |at| (at + from) as f64)
}

#[allow(unsafe_code)]
fn last_position(hay: &Bytes<'_>, needle: &Bytes<'_>, most: usize) -> f64 {
    // SAFETY: nothing of the engine runs while the slices are alive.
    let (hay, needle) = unsafe { (hay.as_bytes().unwrap_or_default(), needle.as_bytes().unwrap_or_default()) };
    let end = most.saturating_add(needle.len()).min(hay.len());
    memmem::rfind(&hay[..end], needle).map_or(-1.0, |at| at as f64)
}
