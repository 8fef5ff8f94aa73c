//! Options of the emulator, for `konverte sandbox` and for `run --sandbox`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use host::codes;
use konverte_sandbox::{Fault, FaultError, Options, Sandbox};

use crate::error::{self, CliError};

/// How the emulator behaves.
#[derive(Debug, Args)]
pub struct EmulatorArgs {
    /// Where the API's documentation and the real server differ, the emulator answers as the server does
    #[arg(long, help_heading = "The emulator")]
    pub as_server: bool,
    /// The emulator starts with this state instead of the seed
    #[arg(long, value_name = "FILE", help_heading = "The emulator")]
    pub seed: Option<PathBuf>,
    /// The emulator enforces the real server's rate limits
    #[arg(long, help_heading = "The emulator")]
    pub limits: bool,
    /// Let requests to the emulator fail. ROUTE: a path in which * is one segment, or * for all. KIND: 429, 500, 503, slow, reset (no answer, not done), lost (no answer, but done). RATE: their share, 0.2 for a fifth
    #[arg(long, value_name = "ROUTE=KIND[:RATE]", help_heading = "The emulator")]
    pub fault: Vec<String>,
}

impl EmulatorArgs {
    /// The emulator that behaves so.
    pub(crate) fn start(&self) -> Result<Arc<Sandbox>, CliError> {
        let faults: Result<Vec<Fault>, FaultError> = self.fault.iter().map(|text| text.parse()).collect();
        let faults = faults.map_err(|error| CliError::usage(codes::SANDBOX, error.to_string()))?;
        let options = Options { as_server: self.as_server, limits: self.limits, faults, ..Options::default() };
        Ok(Arc::new(host::emulator(options, self.seed.as_deref())?))
    }

    /// Fails where one of them is given to a run without `--sandbox`.
    pub(crate) fn refuse(&self) -> Result<(), CliError> {
        let given =
            [(self.as_server, "--as-server"), (self.seed.is_some(), "--seed"), (self.limits, "--limits"), (!self.fault.is_empty(), "--fault")];
        match given.into_iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, option)) => {
                let error = CliError::usage(error::codes::USAGE, format!("{option} goes with --sandbox."));
                Err(error.help("It says how the emulator behaves, and --sandbox sends the Konverte nodes there."))
            }
        }
    }
}
