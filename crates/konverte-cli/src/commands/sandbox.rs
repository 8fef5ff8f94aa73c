//! `konverte sandbox`: the emulator on a loopback port.

use std::sync::Arc;

use clap::Args;
use host::codes;
use konverte_sandbox::{Sandbox, Tokens};

use crate::commands::Session;
use crate::emulator::{self, EmulatorArgs};
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
    /// Write the seed to standard output and end
    #[arg(long)]
    pub show_seed: bool,
    /// How it behaves.
    #[command(flatten)]
    pub emulator: EmulatorArgs,
}

pub(crate) fn run(args: &SandboxArgs, session: &Session) -> Result<Exit, CliError> {
    if args.show_seed {
        write_stdout(Sandbox::seed_json().as_bytes())?;
        return Ok(Exit::Done);
    }
    let state = args.emulator.state_file(args.emulator.seed.as_deref())?;
    let sandbox = args.emulator.start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| cannot_start(&error))?;
    let exit = runtime.block_on(serve(args, Arc::clone(&sandbox), session))?;
    emulator::say_struck(&sandbox, &session.console);
    state.map_or(Ok(()), |file| emulator::write_state(&file, &sandbox))?;
    Ok(exit)
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
    session.console.note(&tokens(sandbox.tokens()));
    session.console.note("GET /_sandbox/state shows what it holds, POST /_sandbox/reset starts afresh; Ctrl-C ends it");
    tokio::select! {
        never = konverte_sandbox::serve(listener, sandbox) => match never {},
        _ = signals.next() => Ok(Exit::Done),
    }
}

/// Tokens that are named; of more their number alone.
const MOST_TOKENS: usize = 12;

/// What opens the emulator's doors.
fn tokens(tokens: &Tokens) -> String {
    let all: Vec<&str> = tokens.iter().collect();
    let shown = all.iter().take(MOST_TOKENS).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(MOST_TOKENS) {
        0 if all.is_empty() => "tokens: the seed has none".to_owned(),
        0 => format!("tokens: {shown}"),
        more => format!("tokens: {shown} and {more} more"),
    }
}
