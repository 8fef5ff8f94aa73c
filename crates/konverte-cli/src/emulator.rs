//! Options of the emulator, for `konverte sandbox` and for `run --sandbox`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use konverte_sandbox::{Fault, FaultError, Options, Sandbox, Strikes};

use crate::console::Console;
use crate::error::{CliError, codes};
use crate::output::file::OutFile;

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
    /// Which requests of a RATE fail: the same N lets the same requests fail, another N others
    #[arg(long, value_name = "N", requires = "fault", default_value_t = 0, help_heading = "The emulator")]
    pub fault_seed: u64,
    /// Write what the emulator holds at the end to a file: it can be the --seed of the next start
    #[arg(long, value_name = "FILE", help_heading = "The emulator")]
    pub sandbox_state: Option<PathBuf>,
}

impl EmulatorArgs {
    /// The emulator that behaves so.
    pub(crate) fn start(&self) -> Result<Arc<Sandbox>, CliError> {
        let faults: Result<Vec<Fault>, FaultError> = self.fault.iter().map(|text| text.parse()).collect();
        let faults = faults.map_err(|error| CliError::usage(FaultError::CODE, format!("{error}.")))?;
        let options = Options { as_server: self.as_server, limits: self.limits, faults, fault_seed: self.fault_seed, ..Options::default() };
        Ok(Arc::new(host::emulator(options, self.seed.as_deref())?))
    }

    /// The file of its state at the end. Whether it can be written is known before anything is done. `read`: what the command reads.
    pub(crate) fn state_file<'a>(&self, read: impl IntoIterator<Item = &'a Path>) -> Result<Option<OutFile>, CliError> {
        self.sandbox_state.as_deref().map(|path| OutFile::beside_result(path, "sandbox-state", read)).transpose()
    }

    /// Fails where one of them is given to a run without `--sandbox`.
    pub(crate) fn refuse(&self) -> Result<(), CliError> {
        let given = [
            (self.as_server, "--as-server"),
            (self.seed.is_some(), "--seed"),
            (self.limits, "--limits"),
            (!self.fault.is_empty(), "--fault"),
            (self.sandbox_state.is_some(), "--sandbox-state"),
        ];
        match given.into_iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, option)) => {
                let error = CliError::usage(codes::USAGE, format!("{option} goes with --sandbox."));
                Err(error.help("It says how the emulator behaves, and --sandbox sends the Konverte nodes there."))
            }
        }
    }
}

/// Writes what the emulator holds, in the form of its seed.
pub(crate) fn write_state(file: &OutFile, sandbox: &Sandbox) -> Result<(), CliError> {
    let state = sandbox.state();
    file.write(format!("{state:#}\n").as_bytes())
}

/// Says how often each fault struck: where none did, nothing was tried.
pub(crate) fn say_struck(sandbox: &Sandbox, console: &Console) {
    for (fault, Strikes { requests, struck }) in sandbox.strikes() {
        let of = if requests == 1 { "1 request".to_owned() } else { format!("{requests} requests") };
        let hint = match (requests, struck) {
            (0, _) => ": none went to its route",
            (_, 0) => ", so nothing was tried: --fault-seed N strikes others, a higher RATE more",
            _ => "",
        };
        console.note(&format!("fault {fault} struck {struck} of {of}{hint}"));
    }
}

/// Says which tokens the seed lacks: who has none is refused.
pub(crate) fn say_lacking(sandbox: &Sandbox, console: &Console) {
    let lacking = sandbox.tokens().lacking();
    if !lacking.is_empty() {
        console.note(&format!("the seed has no tokens of {}: the emulator refuses what takes one", lacking.join(", ")));
    }
}
