//! Chance from a seed that the host gave.

use std::convert::Infallible;

use digest::Digest;
use rand_core::{TryCryptoRng, TryRng};
use sha2::Sha256;

/// Bytes that SHA-256 makes of a seed and a counter.
pub(super) struct Seeded {
    seed: Vec<u8>,
    count: u64,
    left: Vec<u8>,
}

impl Seeded {
    /// From a seed that nobody can guess: 32 random bytes.
    pub(super) fn new(seed: Vec<u8>) -> Self {
        Self { seed, count: 0, left: Vec::new() }
    }

    fn byte(&mut self) -> u8 {
        if self.left.is_empty() {
            self.count += 1;
            self.left = Sha256::new().chain_update(&self.seed).chain_update(self.count.to_be_bytes()).finalize().to_vec();
        }
        self.left.pop().unwrap_or_default()
    }
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(std::array::from_fn(|_| self.byte())))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(std::array::from_fn(|_| self.byte())))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        into.iter_mut().for_each(|byte| *byte = self.byte());
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}
