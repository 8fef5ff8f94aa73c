//! The emulator of the Konverte API.

use std::path::Path;

use konverte_sandbox::{Options, Sandbox};
use node_sdk::files;

use crate::error::{Error, codes};

/// The emulator with these options; `seed`: a file with the state that it begins with.
///
/// # Errors
/// [`codes::SANDBOX`]: the seed cannot be read, or is none.
pub fn emulator(options: Options, seed: Option<&Path>) -> Result<Sandbox, Error> {
    let seed = seed.map(|path| files::named(path).and_then(files::text)).transpose().map_err(|error| {
        let help = "`konverte sandbox --show-seed > seed.json` writes a seed to start from.";
        Error::new(codes::SANDBOX, format!("The seed cannot be read: {error}.")).help(help)
    })?;
    Sandbox::new(Options { seed, ..options }).map_err(|error| Error::new(codes::SANDBOX, error.to_string()))
}
