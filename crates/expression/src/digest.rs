//! Digests for `hash()`.

use std::fmt::Write;

use javascript::rquickjs;
use javascript::rquickjs::Object;
use javascript::rquickjs::function::Func;
use sha2::Digest;

/// Adds the host functions.
pub(crate) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("digest", Func::from(|algorithm: String, text: String| hex(&algorithm, text.as_bytes())))
}

/// The digest in hexadecimal; `None`: an algorithm that we do not have.
fn hex(algorithm: &str, content: &[u8]) -> Option<String> {
    let bytes: Vec<u8> = match algorithm {
        "md5" => md5::Md5::digest(content).to_vec(),
        "sha1" => sha1::Sha1::digest(content).to_vec(),
        "sha224" => sha2::Sha224::digest(content).to_vec(),
        "sha256" => sha2::Sha256::digest(content).to_vec(),
        "sha384" => sha2::Sha384::digest(content).to_vec(),
        "sha512" => sha2::Sha512::digest(content).to_vec(),
        "sha3" => sha3::Sha3_512::digest(content).to_vec(),
        _ => return None,
    };
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        _ = write!(text, "{byte:02x}");
    }
    Some(text)
}
