//! Hashes, and codes that authenticate messages.

use digest::{Digest, DynDigest};
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Object, TypedArray};
use javascript::{byte_array, bytes_of};

type Bytes<'js> = TypedArray<'js, u8>;
type Returns<'js> = rquickjs::Result<Option<Bytes<'js>>>;

/// Adds the host functions. What they do not know they give back as `undefined`.
pub(super) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("hash", Func::from(|ctx, name: String, bytes| digest_of(&ctx, &name, &bytes)))?;
    h.set("shake", Func::from(|ctx, name: String, bytes, length| shake(&ctx, &name, &bytes, length)))?;
    h.set("hashSize", Func::from(|name: String| hasher(&name).map(|hasher| hasher.output_size())))?;
    h.set("hmac", Func::from(|ctx, name: String, key, bytes| hmac(&ctx, &name, &key, &bytes)))
}

/// A hash by the name that Node.js has for it.
pub(super) fn hasher(name: &str) -> Option<Box<dyn DynDigest>> {
    Some(match plain(name).as_str() {
        "md5" => Box::new(md5::Md5::new()),
        "sha1" => Box::new(sha1::Sha1::new()),
        "sha224" => Box::new(sha2::Sha224::new()),
        "sha256" => Box::new(sha2::Sha256::new()),
        "sha384" => Box::new(sha2::Sha384::new()),
        "sha512" => Box::new(sha2::Sha512::new()),
        "sha512/224" => Box::new(sha2::Sha512_224::new()),
        "sha512/256" => Box::new(sha2::Sha512_256::new()),
        "sha3/224" => Box::new(sha3::Sha3_224::new()),
        "sha3/256" => Box::new(sha3::Sha3_256::new()),
        "sha3/384" => Box::new(sha3::Sha3_384::new()),
        "sha3/512" => Box::new(sha3::Sha3_512::new()),
        "ripemd160" | "ripemd" | "rmd160" => Box::new(ripemd::Ripemd160::new()),
        _ => return None,
    })
}

/// One spelling for each: `RSA-SHA256`, `SHA-256` and `sha256` are the same, `sha512-256` and `sha3-256` are not of those.
pub(super) fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("rsa-").unwrap_or(&name);
    match name.strip_prefix("sha-") {
        Some(rest) => format!("sha{}", rest.replace('-', "/")),
        None => name.replace('-', "/"),
    }
}

/// Bytes of a block of the hash: what a key is filled up to.
fn block(name: &str) -> usize {
    match plain(name).as_str() {
        "sha384" | "sha512" | "sha512/224" | "sha512/256" => 128,
        "sha3/224" => 144,
        "sha3/256" => 136,
        "sha3/384" => 104,
        "sha3/512" => 72,
        _ => 64,
    }
}

pub(super) fn hashed(name: &str, bytes: &[u8]) -> Option<Box<[u8]>> {
    let mut hasher = hasher(name)?;
    hasher.update(bytes);
    Some(hasher.finalize())
}

fn digest_of<'js>(ctx: &Ctx<'js>, name: &str, bytes: &Bytes<'js>) -> Returns<'js> {
    hashed(name, &bytes_of(bytes)).map(|hash| byte_array(ctx, hash)).transpose()
}

/// The longest output of a function that has no length of its own.
const LONGEST: usize = 1 << 20;

fn shake<'js>(ctx: &Ctx<'js>, name: &str, bytes: &Bytes<'js>, length: usize) -> Returns<'js> {
    use digest::{ExtendableOutput, Update, XofReader};
    let mut out = vec![0; length.min(LONGEST)];
    match name.to_ascii_lowercase().as_str() {
        "shake128" => sha3::Shake128::default().chain(bytes_of(bytes)).finalize_xof().read(&mut out),
        "shake256" => sha3::Shake256::default().chain(bytes_of(bytes)).finalize_xof().read(&mut out),
        _ => return Ok(None),
    }
    byte_array(ctx, out).map(Some)
}

/// HMAC of RFC 2104 with a key that has been taken in: it can be used any number of times.
#[derive(Clone)]
pub(super) struct Mac {
    inner: Box<dyn DynDigest>,
    outer: Box<dyn DynDigest>,
}

impl Mac {
    pub(super) fn new(name: &str, key: &[u8]) -> Option<Self> {
        let mut padded = vec![0; block(name)];
        let short = if key.len() > padded.len() { hashed(name, key)?.into_vec() } else { key.to_vec() };
        padded[..short.len()].copy_from_slice(&short);
        let with = |mask: u8| {
            let mut hasher = hasher(name)?;
            hasher.update(&padded.iter().map(|byte| byte ^ mask).collect::<Vec<_>>());
            Some(hasher)
        };
        Some(Self { inner: with(0x36)?, outer: with(0x5c)? })
    }

    /// The code of a message that is in parts.
    pub(super) fn code(&self, parts: &[&[u8]]) -> Box<[u8]> {
        let mut inner = self.inner.clone();
        parts.iter().for_each(|part| inner.update(part));
        let mut outer = self.outer.clone();
        outer.update(&inner.finalize());
        outer.finalize()
    }
}

fn hmac<'js>(ctx: &Ctx<'js>, name: &str, key: &Bytes<'js>, bytes: &Bytes<'js>) -> Returns<'js> {
    Mac::new(name, &bytes_of(key)).map(|mac| byte_array(ctx, mac.code(&[&bytes_of(bytes)]))).transpose()
}
