//! Bytes of scripts.

use rquickjs::TypedArray;

/// A copy of the bytes of an array; none where they were handed on.
#[allow(unsafe_code)]
pub fn bytes_of(array: &TypedArray<'_, u8>) -> Vec<u8> {
    // SAFETY: no script runs while they are copied, and nothing of the borrow is left afterwards.
    unsafe { array.as_bytes() }.map(<[u8]>::to_vec).unwrap_or_default()
}
