//! `konverte sandbox`: the emulator on a loopback port.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use host::codes;
use konverte_sandbox::{Fault, Options, Sandbox, TOKENS};

use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::watch::Signals;

/// Options of `konverte sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Answer as the real server where that leaves its document
    #[arg(long)]
    pub as_server: bool,
    /// Start with this state instead of the seed
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
    /// Write the seed to standard output and end
    #[arg(long)]
    pub show_seed: bool,
    /// Enforce the real server's rate limits
    #[arg(long)]
    pub limits: bool,
    /// Let requests fail: a path pattern or *, and 429, 500, 503, slow or reset; :0.2 for a fifth of them
    #[arg(long, value_name = "ROUTE=KIND[:RATE]")]
    pub fault: Vec<String>,
}

pub(crate) fn run(args: &SandboxArgs, session: &Session) -> Result<Exit, CliError> {
    if args.show_seed {
        write_stdout(Sandbox::seed_json().as_bytes())?;
        return Ok(Exit::Done);
    }
    let sandbox = Arc::new(sandbox(args)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| cannot_start(&error))?;
    runtime.block_on(serve(args, sandbox, session))
}

fn sandbox(args: &SandboxArgs) -> Result<Sandbox, CliError> {
    let faults: Result<Vec<Fault>, _> = args.fault.iter().map(|text| text.parse()).collect();
    let faults = faults.map_err(|error: konverte_sandbox::FaultError| CliError::usage(codes::SANDBOX, error.to_string()))?;
    let options = Options { as_server: args.as_server, limits: args.limits, faults, ..Options::default() };
    Ok(host::emulator(options, args.seed.as_deref())?)
}

fn cannot_start(error: &std::io::Error) -> CliError {
    CliError::usage(codes::SANDBOX, format!("The emulator cannot start: {error}."))
}

/// Standard output gets the address, once it can be reached; the rest is for people.
async fn serve(args: &SandboxArgs, sandbox: Arc<Sandbox>, session: &Session) -> Result<Exit, CliError> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await.map_err(|error| cannot_start(&error))?;
    let address = listener.local_addr().map_err(|error| cannot_start(&error))?;
    let mut signals = Signals::listen().map_err(|error| cannot_start(&error))?;
    write_stdout(format!("http://{address}\n").as_bytes())?;
    session.console.note(&format!("tokens: {}", TOKENS.join(", ")));
    session.console.note("GET /_sandbox/state shows what it holds, POST /_sandbox/reset starts afresh; Ctrl-C ends it");
    tokio::select! {
        never = konverte_sandbox::serve(listener, sandbox) => match never {},
        _ = signals.next() => Ok(Exit::Done),
    }
}
