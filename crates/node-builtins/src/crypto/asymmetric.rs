//! Signatures, and messages for the holder of a key.

use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Object, TypedArray};
use javascript::{byte_array, bytes_of};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey};
use ring::signature::{ED25519, UnparsedPublicKey};
use rsa::{Generate, Oaep, Pkcs1v15Encrypt, Pkcs1v15Sign, PrivateKey, Pss, PublicKey};

use super::fail;
use super::hash::{hashed, plain};
use super::keys::{Kind, bare_public, ed25519};
use super::seeded::Seeded;

type Bytes<'js> = TypedArray<'js, u8>;

/// The longest RSA key that is made: it takes seconds.
const LONGEST: usize = 4096;

/// Adds the host functions. `how` is the padding of RSA (`pkcs1`, `pss`) or the form of an ECDSA signature (`der`, `raw`).
pub(super) fn host_functions<'js>(h: &Object<'js>) -> rquickjs::Result<()> {
    h.set(
        "sign",
        Func::from(|ctx: Ctx<'js>, hash: String, how: String, length: i32, given: Vec<Bytes<'js>>| signed(&ctx, &hash, &(how, length), &given)),
    )?;
    h.set("verify", Func::from(|hash: String, how: String, length: i32, given: Vec<Bytes<'_>>| verified(&hash, &(how, length), &given).is_some()))?;
    h.set("encrypt", Func::from(|ctx: Ctx<'js>, hash: String, given: Vec<Bytes<'js>>| encrypted(&ctx, &hash, &given)))?;
    h.set("decrypt", Func::from(|ctx: Ctx<'js>, hash: String, given: Vec<Bytes<'js>>| decrypted(&ctx, &hash, &given)))?;
    h.set("makeKey", Func::from(|ctx, kind: String, bits, seed| make(&ctx, &kind, bits, &seed)))
}

/// Runs a body with the hash type that a name means.
macro_rules! with_hash {
    ($name:expr, $hash:ident => $body:expr) => {
        match plain($name).as_str() {
            "sha1" => {
                type $hash = sha1::Sha1;
                $body
            }
            "sha224" => {
                type $hash = sha2::Sha224;
                $body
            }
            "sha256" => {
                type $hash = sha2::Sha256;
                $body
            }
            "sha384" => {
                type $hash = sha2::Sha384;
                $body
            }
            "sha512" => {
                type $hash = sha2::Sha512;
                $body
            }
            _ => None,
        }
    };
}

/// What JavaScript hands over in a list; what it leaves out is empty.
fn taken<const N: usize>(given: &[Bytes<'_>]) -> [Vec<u8>; N] {
    std::array::from_fn(|index| given.get(index).map(bytes_of).unwrap_or_default())
}

/// How a signature is made: its name, and the length of its salt; -1 stands for that of the hash, -2 for any.
type How = (String, i32);

fn salt(hash: &str, length: i32) -> Option<usize> {
    if length == -1 { hashed(hash, &[]).map(|hash| hash.len()) } else { usize::try_from(length).ok() }
}

/// PKCS#1 v1.5 knows MD5 besides: its prefix stands in RFC 8017.
fn pkcs1(hash: &str) -> Option<Pkcs1v15Sign> {
    const MD5: [u8; 18] = [0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04, 0x10];
    if plain(hash) == "md5" {
        return Some(Pkcs1v15Sign { hash_len: Some(16), prefix: MD5.into() });
    }
    with_hash!(hash, H => Some(Pkcs1v15Sign::new::<H>()))
}

fn signed<'js>(ctx: &Ctx<'js>, hash: &str, how: &How, given: &[Bytes<'js>]) -> rquickjs::Result<Option<Bytes<'js>>> {
    let [key, data, seed] = taken(given);
    sign(hash, how, &key, &data, seed).map(|signature| byte_array(ctx, signature)).transpose()
}

fn sign(hash: &str, (how, length): &How, key: &[u8], data: &[u8], seed: Vec<u8>) -> Option<Vec<u8>> {
    let kind = Kind::of_private(key)?;
    if kind == Kind::Ed25519 {
        return Some(ed25519(key)?.sign(data).as_ref().to_vec());
    }
    let digest = hashed(hash, data)?;
    match kind {
        Kind::Rsa => {
            let key = PrivateKey::from_pkcs8_der(key).ok()?;
            let mut chance = Seeded::new(seed);
            if how == "pss" {
                let length =
                    if *length == -2 { rsa::traits::PublicKeyParts::size(&key).checked_sub(digest.len() + 2)? } else { salt(hash, *length)? };
                return with_hash!(hash, H => key.sign_with_rng(&mut chance, Pss::<H>::new_with_salt(length), &digest).ok());
            }
            key.sign_with_rng(&mut chance, pkcs1(hash)?, &digest).ok()
        }
        Kind::P256 => {
            let key = p256::ecdsa::SigningKey::from(p256::SecretKey::from_pkcs8_der(key).ok()?);
            let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).ok()?;
            Some(if how == "raw" { signature.to_vec() } else { signature.to_der().as_bytes().to_vec() })
        }
        _ => {
            let key = p384::ecdsa::SigningKey::from(p384::SecretKey::from_pkcs8_der(key).ok()?);
            let signature: p384::ecdsa::Signature = key.sign_prehash(&digest).ok()?;
            Some(if how == "raw" { signature.to_vec() } else { signature.to_der().as_bytes().to_vec() })
        }
    }
}

fn verified(hash: &str, (how, length): &How, given: &[Bytes<'_>]) -> Option<()> {
    let [key, data, signature] = taken(given);
    let kind = Kind::of_public(&key)?;
    if kind == Kind::Ed25519 {
        return UnparsedPublicKey::new(&ED25519, bare_public(&key)?).verify(&data, &signature).ok();
    }
    let digest = hashed(hash, &data)?;
    match kind {
        Kind::Rsa => {
            let key = PublicKey::from_public_key_der(&key).ok()?;
            if how == "pss" {
                return with_hash!(hash, H => {
                    let scheme = Pss::<H> { salt_len: salt(hash, *length), ..Pss::new() };
                    key.verify(scheme, &digest, &signature).ok()
                });
            }
            key.verify(pkcs1(hash)?, &digest, &signature).ok()
        }
        Kind::P256 => {
            use p256::ecdsa::{Signature, VerifyingKey};
            let signature = if how == "raw" { Signature::from_slice(&signature) } else { Signature::from_der(&signature) };
            VerifyingKey::from(p256::PublicKey::from_public_key_der(&key).ok()?).verify_prehash(&digest, &signature.ok()?).ok()
        }
        _ => {
            use p384::ecdsa::{Signature, VerifyingKey};
            let signature = if how == "raw" { Signature::from_slice(&signature) } else { Signature::from_der(&signature) };
            VerifyingKey::from(p384::PublicKey::from_public_key_der(&key).ok()?).verify_prehash(&digest, &signature.ok()?).ok()
        }
    }
}

/// With OAEP over a hash, or with PKCS#1 v1.5 where none is named.
fn encrypted<'js>(ctx: &Ctx<'js>, hash: &str, given: &[Bytes<'js>]) -> rquickjs::Result<Bytes<'js>> {
    let [key, data, label, seed] = taken(given);
    let encrypt = || {
        let key = PublicKey::from_public_key_der(&key).ok()?;
        let mut chance = Seeded::new(seed);
        if hash.is_empty() {
            return key.encrypt(&mut chance, Pkcs1v15Encrypt, &data).ok();
        }
        with_hash!(hash, H => key.encrypt(&mut chance, Oaep::<H>::new_with_label(label), &data).ok())
    };
    byte_array(ctx, encrypt().ok_or_else(|| fail(ctx, "data too large for key size"))?)
}

fn decrypted<'js>(ctx: &Ctx<'js>, hash: &str, given: &[Bytes<'js>]) -> rquickjs::Result<Bytes<'js>> {
    let [key, data, label] = taken(given);
    let decrypt = || {
        let key = PrivateKey::from_pkcs8_der(&key).ok()?;
        if hash.is_empty() {
            return key.decrypt(Pkcs1v15Encrypt, &data).ok();
        }
        with_hash!(hash, H => key.decrypt(Oaep::<H>::new_with_label(label), &data).ok())
    };
    byte_array(ctx, decrypt().ok_or_else(|| fail(ctx, "oaep decoding error"))?)
}

/// A new private key: `rsa` with so many bits, `P-256` or `P-384`.
fn make<'js>(ctx: &Ctx<'js>, kind: &str, bits: usize, seed: &Bytes<'js>) -> rquickjs::Result<Bytes<'js>> {
    let mut chance = Seeded::new(bytes_of(seed));
    let made = match kind {
        "rsa" if bits <= LONGEST => PrivateKey::new(&mut chance, bits).ok().and_then(|key| key.to_pkcs8_der().ok()),
        "P-256" => p256::SecretKey::generate_from_rng(&mut chance).to_pkcs8_der().ok(),
        "P-384" => p384::SecretKey::generate_from_rng(&mut chance).to_pkcs8_der().ok(),
        _ => None,
    };
    byte_array(ctx, made.ok_or_else(|| fail(ctx, "a key of this kind cannot be made"))?.as_bytes())
}
