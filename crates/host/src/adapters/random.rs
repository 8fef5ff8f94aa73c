//! The system's randomness.

use node_sdk::ports::Random;

/// Bytes from the operating system.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        // Every platform that Rust's standard library supports has a source; without one ids would be constant, not wrong.
        let _ = getrandom::fill(buffer);
    }
}
