//! Hashes that say what an archive or a file has to be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::error::{Error, Result, codes};

/// A hash in npm's words, for example `sha512-…`; the part behind the line is base64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Integrity {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

const ALGORITHMS: [(&str, Algorithm, usize); 4] =
    [("sha512", Algorithm::Sha512, 64), ("sha384", Algorithm::Sha384, 48), ("sha256", Algorithm::Sha256, 32), ("sha1", Algorithm::Sha1, 20)];

impl Integrity {
    /// Reads the strongest hash of a list (`integrity` of the registry).
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: there is none that is known.
    pub fn parse(text: &str) -> Result<Self> {
        let known = ALGORITHMS.iter().find_map(|(name, algorithm, length)| {
            let hashes = text.split_ascii_whitespace().filter_map(|hash| hash.strip_prefix(name)?.strip_prefix('-'));
            hashes
                .filter_map(|hash| STANDARD.decode(hash.split('?').next()?).ok())
                .find(|digest| digest.len() == *length)
                .map(|digest| Self { algorithm: *algorithm, digest })
        });
        known.ok_or_else(|| Error::new(codes::INTEGRITY, format!("`{text}` is not a hash that can be checked.")))
    }

    /// From the older `shasum`, SHA-1 in hexadecimal digits: packages published before 2017 have no other.
    pub fn from_shasum(text: &str) -> Result<Self> {
        let pairs = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        match pairs.collect::<Option<Vec<u8>>>() {
            Some(digest) if digest.len() == 20 => Ok(Self { algorithm: Algorithm::Sha1, digest }),
            _ => Err(Error::new(codes::INTEGRITY, format!("`{text}` is not a hash that can be checked."))),
        }
    }

    /// The SHA-256 of this content.
    pub fn of(content: &[u8]) -> Self {
        Self { algorithm: Algorithm::Sha256, digest: sha2::Sha256::digest(content).to_vec() }
    }

    /// The SHA-256 of these pieces, one after the other.
    pub fn of_all(pieces: &[&[u8]]) -> Self {
        let mut hash = sha2::Sha256::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        Self { algorithm: Algorithm::Sha256, digest: hash.finalize().to_vec() }
    }

    /// The bytes of the hash.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// Whether it is of the kind that [`Self::of`] makes.
    pub fn is_ours(&self) -> bool {
        self.algorithm == Algorithm::Sha256
    }

    /// This hash, or a strong one of the content where this one is weak (SHA-1): once the content is here, nothing has to rely on that.
    #[must_use]
    pub fn or_stronger(self, content: &[u8]) -> Self {
        if self.algorithm == Algorithm::Sha1 { Self::of(content) } else { self }
    }

    /// Whether this content is meant.
    pub fn fits(&self, content: &[u8]) -> bool {
        let digest = match self.algorithm {
            Algorithm::Sha1 => sha1::Sha1::digest(content).to_vec(),
            Algorithm::Sha256 => sha2::Sha256::digest(content).to_vec(),
            Algorithm::Sha384 => sha2::Sha384::digest(content).to_vec(),
            Algorithm::Sha512 => sha2::Sha512::digest(content).to_vec(),
        };
        digest == self.digest
    }

    /// The first 16 bytes as hexadecimal digits, for the name of a folder.
    pub fn short(&self) -> String {
        self.hex()[..32].to_owned()
    }

    /// All of it as hexadecimal digits.
    pub fn hex(&self) -> String {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        self.digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

impl From<Integrity> for String {
    fn from(hash: Integrity) -> Self {
        let name = ALGORITHMS.iter().find(|(_, algorithm, _)| *algorithm == hash.algorithm).map_or("", |(name, ..)| name);
        format!("{name}-{}", STANDARD.encode(&hash.digest))
    }
}

impl TryFrom<String> for Integrity {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_hash_counts() {
        let content = b"hello";
        let strong = "sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";
        assert!(Integrity::parse(strong).unwrap().fits(content));
        assert!(!Integrity::parse(strong).unwrap().fits(b"hallo"));
        let mixed = format!("sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= {strong}");
        assert!(Integrity::parse(&mixed).unwrap().fits(content));
        assert!(Integrity::from_shasum("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d").unwrap().fits(content));
        assert_eq!(String::from(Integrity::parse(strong).unwrap()), strong);
        for bad in ["", "md5-abc", "sha512-", "sha512-AAAA", "sha512"] {
            assert_eq!(Integrity::parse(bad).unwrap_err().code, codes::INTEGRITY, "{bad}");
        }
    }
}
