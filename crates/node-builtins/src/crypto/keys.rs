//! Keys: read from what Node.js reads them from, and written as what it writes. JavaScript holds a private key as PKCS#8, a public one as SPKI.

use javascript::rquickjs::function::{Func, Opt};
use javascript::rquickjs::{self, Ctx, Object, TypedArray};
use javascript::{byte_array, bytes_of};
use pkcs8::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use pkcs8::der::{Decode, Encode, Reader, SliceReader};
use pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SubjectPublicKeyInfoRef,
};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rsa::BoxedUint;
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey, EncodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};

use super::fail;

type Bytes<'js> = TypedArray<'js, u8>;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Which algorithm a key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl Kind {
    fn of(algorithm: ObjectIdentifier, parameters: Option<AnyRef<'_>>) -> Option<Self> {
        match algorithm {
            RSA => Some(Self::Rsa),
            ED25519 => Some(Self::Ed25519),
            EC => match parameters?.decode_as::<ObjectIdentifier>().ok()? {
                P256 => Some(Self::P256),
                P384 => Some(Self::P384),
                _ => None,
            },
            _ => None,
        }
    }

    /// Of a key as JavaScript holds it.
    pub(super) fn of_private(der: &[u8]) -> Option<Self> {
        let info = PrivateKeyInfoRef::from_der(der).ok()?;
        Self::of(info.algorithm.oid, info.algorithm.parameters)
    }

    pub(super) fn of_public(der: &[u8]) -> Option<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
        Self::of(info.algorithm.oid, info.algorithm.parameters)
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Rsa => ("rsa", ""),
            Self::P256 => ("ec", "prime256v1"),
            Self::P384 => ("ec", "secp384r1"),
            Self::Ed25519 => ("ed25519", ""),
        }
    }
}

/// Adds the host functions. What is no key of that form is `undefined`.
pub(super) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("privateKey", Func::from(|ctx, form: String, der, secret| give(&ctx, private(&form, &der, secret))))?;
    h.set("publicKey", Func::from(|ctx, form: String, der: Bytes<'_>| give(&ctx, public(&form, &bytes_of(&der)))))?;
    h.set("publicOf", Func::from(|ctx, der: Bytes<'_>| give(&ctx, public_of(&bytes_of(&der)))))?;
    h.set("keyAs", Func::from(|ctx, form: String, der: Bytes<'_>| give(&ctx, written(&form, &bytes_of(&der)))))?;
    h.set("keyNames", Func::from(|der: Bytes<'_>, private: bool| names(&bytes_of(&der), private)))?;
    h.set("keyParts", Func::from(|ctx, der: Bytes<'_>, private: bool| parts(&ctx, &bytes_of(&der), private)))?;
    h.set("keyFromParts", Func::from(from_parts))
}

fn give<'js>(ctx: &Ctx<'js>, der: Option<Vec<u8>>) -> rquickjs::Result<Option<Bytes<'js>>> {
    der.map(|der| byte_array(ctx, der)).transpose()
}

/// A private key in a form: `pkcs8`, `encrypted` (with its passphrase), `pkcs1`, `sec1`.
fn private(form: &str, der: &Bytes<'_>, secret: Opt<Option<Bytes<'_>>>) -> Option<Vec<u8>> {
    let der = bytes_of(der);
    let pkcs8 = match form {
        "pkcs8" => der,
        "encrypted" => {
            let secret = secret.0.flatten().map(|secret| bytes_of(&secret))?;
            EncryptedPrivateKeyInfoRef::from_der(&der).ok()?.decrypt(secret).ok()?.as_bytes().to_vec()
        }
        "pkcs1" => rsa::PrivateKey::from_pkcs1_der(&der).ok()?.to_pkcs8_der().ok()?.as_bytes().to_vec(),
        "sec1" => {
            let small = || p256::SecretKey::from_sec1_der(&der).ok()?.to_pkcs8_der().ok();
            let large = || p384::SecretKey::from_sec1_der(&der).ok()?.to_pkcs8_der().ok();
            small().or_else(large)?.as_bytes().to_vec()
        }
        _ => return None,
    };
    Kind::of_private(&pkcs8).map(|_| pkcs8)
}

/// A public key in a form: `spki`, `pkcs1`, `certificate`.
fn public(form: &str, der: &[u8]) -> Option<Vec<u8>> {
    let spki = match form {
        "spki" => der.to_vec(),
        "pkcs1" => rsa::PublicKey::from_pkcs1_der(der).ok()?.to_public_key_der().ok()?.into_vec(),
        "certificate" => of_certificate(der)?,
        _ => return None,
    };
    Kind::of_public(&spki).map(|_| spki)
}

/// The key in a certificate: the seventh thing in it, where it says its version, else the sixth.
fn of_certificate(der: &[u8]) -> Option<Vec<u8>> {
    let certificate = AnyRef::from_der(der).ok()?;
    let mut outer = SliceReader::new(certificate.value()).ok()?;
    let signed: AnyRef<'_> = outer.decode().ok()?;
    let mut inner = SliceReader::new(signed.value()).ok()?;
    let mut things = Vec::<AnyRef<'_>>::new();
    while !inner.is_finished() && things.len() < 7 {
        things.push(inner.decode().ok()?);
    }
    let versioned = things.first().is_some_and(|first| first.header().tag().is_context_specific());
    things.get(if versioned { 6 } else { 5 })?.to_der().ok()
}

pub(super) fn ed25519(pkcs8: &[u8]) -> Option<Ed25519KeyPair> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()
}

/// The public half of a private key.
fn public_of(pkcs8: &[u8]) -> Option<Vec<u8>> {
    Some(match Kind::of_private(pkcs8)? {
        Kind::Rsa => rsa::PrivateKey::from_pkcs8_der(pkcs8).ok()?.to_public_key().to_public_key_der().ok()?.into_vec(),
        Kind::P256 => p256::SecretKey::from_pkcs8_der(pkcs8).ok()?.public_key().to_public_key_der().ok()?.into_vec(),
        Kind::P384 => p384::SecretKey::from_pkcs8_der(pkcs8).ok()?.public_key().to_public_key_der().ok()?.into_vec(),
        Kind::Ed25519 => spki_of_ed25519(ed25519(pkcs8)?.public_key().as_ref()),
    })
}

/// RFC 8410: what stands before the 32 bytes of a public key is always the same.
fn spki_of_ed25519(key: &[u8]) -> Vec<u8> {
    [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], key].concat()
}

/// The bytes of a public key without what says whose algorithm it is of.
pub(super) fn bare_public(spki: &[u8]) -> Option<Vec<u8>> {
    let info = SubjectPublicKeyInfoRef::from_der(spki).ok()?;
    let key: BitStringRef<'_> = info.subject_public_key;
    key.as_bytes().map(<[u8]>::to_vec)
}

/// A key as it is written in another form: `pkcs1` or `sec1` of a private one, `public-pkcs1`.
fn written(form: &str, der: &[u8]) -> Option<Vec<u8>> {
    match form {
        "pkcs1" => Some(rsa::PrivateKey::from_pkcs8_der(der).ok()?.to_pkcs1_der().ok()?.as_bytes().to_vec()),
        "public-pkcs1" => Some(rsa::PublicKey::from_public_key_der(der).ok()?.to_pkcs1_der().ok()?.into_vec()),
        "sec1" if Kind::of_private(der)? == Kind::P256 => Some(p256::SecretKey::from_pkcs8_der(der).ok()?.to_sec1_der().ok()?.to_vec()),
        "sec1" => Some(p384::SecretKey::from_pkcs8_der(der).ok()?.to_sec1_der().ok()?.to_vec()),
        _ => None,
    }
}

fn names(der: &[u8], private: bool) -> Option<Vec<&'static str>> {
    let kind = if private { Kind::of_private(der) } else { Kind::of_public(der) }?;
    Some(vec![kind.names().0, kind.names().1])
}

/// The numbers of a key, as a JSON Web Key has them: of RSA n, e and, of a private one, d, p, q, dp, dq, qi; of a curve x, y and d.
fn parts<'js>(ctx: &Ctx<'js>, der: &[u8], private: bool) -> rquickjs::Result<Option<Vec<Bytes<'js>>>> {
    let found = if private { private_parts(der) } else { public_parts(der) };
    found.map(|parts| parts.into_iter().map(|part| byte_array(ctx, part)).collect()).transpose()
}

fn number(number: &BoxedUint) -> Vec<u8> {
    number.to_be_bytes_trimmed_vartime().into()
}

fn public_parts(spki: &[u8]) -> Option<Vec<Vec<u8>>> {
    match Kind::of_public(spki)? {
        Kind::Rsa => {
            let key = rsa::PublicKey::from_public_key_der(spki).ok()?;
            Some(vec![number(&key.n().as_ref().clone()), number(&key.e().clone())])
        }
        Kind::Ed25519 => Some(vec![bare_public(spki)?]),
        // A point that is not compressed: 4, x, y.
        _ => {
            let point = bare_public(spki)?;
            let (x, y) = point.get(1..)?.split_at((point.len() - 1) / 2);
            Some(vec![x.to_vec(), y.to_vec()])
        }
    }
}

fn private_parts(pkcs8: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut parts = public_parts(&public_of(pkcs8)?)?;
    match Kind::of_private(pkcs8)? {
        Kind::Rsa => {
            let mut key = rsa::PrivateKey::from_pkcs8_der(pkcs8).ok()?;
            key.precompute().ok()?;
            let [p, q, ..] = key.primes() else { return None };
            let last = [Some(key.d()), Some(p), Some(q), key.dp(), key.dq()];
            parts.extend(last.into_iter().map(|part| part.map(number)).collect::<Option<Vec<_>>>()?);
            parts.push(number(&key.crt_coefficient()?));
        }
        Kind::P256 => parts.push(p256::SecretKey::from_pkcs8_der(pkcs8).ok()?.to_bytes().to_vec()),
        Kind::P384 => parts.push(p384::SecretKey::from_pkcs8_der(pkcs8).ok()?.to_bytes().to_vec()),
        Kind::Ed25519 => {
            let info = PrivateKeyInfoRef::from_der(pkcs8).ok()?;
            parts.push(info.private_key.as_bytes().get(2..)?.to_vec());
        }
    }
    Some(parts)
}

/// A key from its numbers: `rsa` n, e; `rsa-private` n, e, d, p, q; `P-256` and `P-384` x, y or, with `-private`, d; `Ed25519` likewise.
fn from_parts<'js>(ctx: Ctx<'js>, kind: String, parts: Vec<Bytes<'js>>) -> rquickjs::Result<Bytes<'js>> {
    let parts: Vec<_> = parts.iter().map(bytes_of).collect();
    let made = made_of(&kind, &parts).ok_or_else(|| fail(&ctx, "Invalid JWK data"))?;
    byte_array(&ctx, made)
}

fn made_of(kind: &str, parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let number = |index: usize| {
        let bytes = parts.get(index).filter(|bytes| bytes.len() <= 2048)?;
        BoxedUint::from_be_slice(bytes, u32::try_from(bytes.len() * 8).ok()?).ok()
    };
    let point = || Some([&[4], parts.first()?.as_slice(), parts.get(1)?.as_slice()].concat());
    Some(match kind {
        "rsa" => rsa::PublicKey::new(number(0)?, number(1)?).ok()?.to_public_key_der().ok()?.into_vec(),
        "rsa-private" => {
            let key = rsa::PrivateKey::from_components(number(0)?, number(1)?, number(2)?, vec![number(3)?, number(4)?]).ok()?;
            key.to_pkcs8_der().ok()?.as_bytes().to_vec()
        }
        "P-256" => p256::PublicKey::from_sec1_bytes(&point()?).ok()?.to_public_key_der().ok()?.into_vec(),
        "P-384" => p384::PublicKey::from_sec1_bytes(&point()?).ok()?.to_public_key_der().ok()?.into_vec(),
        "P-256-private" => p256::SecretKey::from_slice(parts.first()?).ok()?.to_pkcs8_der().ok()?.as_bytes().to_vec(),
        "P-384-private" => p384::SecretKey::from_slice(parts.first()?).ok()?.to_pkcs8_der().ok()?.as_bytes().to_vec(),
        "Ed25519" => spki_of_ed25519(parts.first().filter(|key| key.len() == 32)?),
        "Ed25519-private" => {
            let seed = parts.first().filter(|seed| seed.len() == 32)?;
            [&[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20], seed.as_slice()].concat()
        }
        _ => return None,
    })
}
