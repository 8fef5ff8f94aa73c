//! The emulator of the Konverte API.

use std::path::Path;

use konverte_sandbox::{Options, Sandbox, SeedError};
use node_sdk::files;

use crate::error::Error;

/// The emulator with these options; `seed`: a file with the state that it begins with.
///
/// # Errors
/// [`SeedError::CODE`]: the seed cannot be read, or is none.
pub fn emulator(options: Options, seed: Option<&Path>) -> Result<Sandbox, Error> {
    let wrong =
        |message: String| Error::new(SeedError::CODE, message).help("`konverte sandbox --show-seed > seed.json` writes a seed to start from.");
    let seed = seed.map(|path| files::named(path).and_then(files::text)).transpose();
    let seed = seed.map_err(|error| wrong(format!("The seed cannot be read: {error}.")))?;
    Sandbox::new(Options { seed, ..options }).map_err(|error| wrong(format!("{error}.")))
}
