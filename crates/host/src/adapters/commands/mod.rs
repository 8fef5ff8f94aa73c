//! Commands of the system, through its shell.
//!
//! Between this process and the shell stands a keeper: our own program once more, which knows all that the command starts and ends it when nobody here
//! waits for it any more, however that came.

mod keeper;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::event::{Answered, Event, EventSink, PlannedRequest};
use node_sdk::ports::{Process, ProcessOutput, Sender};
use node_sdk::{NodeError, async_trait};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

pub use keeper::keep;

/// What the keeper is told once the command has closed its output: what is left in the background when the shell ends may stay.
const LET_GO: &[u8] = b".";

/// The most that a command may write to its standard output, and to its standard error.
const MOST: u64 = 64 << 20;

/// Runs commands with this environment and no other variable: what the program was started with may hold secrets.
#[derive(Clone)]
pub struct Commands {
    /// Names and values.
    pub environment: Vec<(String, String)>,
    /// The program and the words that make it call [`keep`] with the word that follows them.
    pub keeper: (PathBuf, Vec<OsString>),
}

#[async_trait]
impl Process for Commands {
    async fn run(&self, command: &str, _: &Sender) -> Result<ProcessOutput, NodeError> {
        let (program, words) = &self.keeper;
        let started = Command::new(program)
            .args(words)
            .arg(command)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn();
        let mut child = started.map_err(|error| failed(format!("The command cannot be started: {error}")))?;
        // As soon as this is closed, be it that the run was stopped or that this process was killed, the keeper ends all that the command started.
        let mut held = child.stdin.take();
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = tokio::try_join!(all_of(out, "standard output"), all_of(err, "standard error"))?;
        if let Some(held) = &mut held {
            // A keeper that has gone needs no word.
            let _ = held.write_all(LET_GO).await;
        }
        let status = child.wait().await.map_err(|error| failed(format!("The command was lost: {error}")))?;
        Ok(ProcessOutput { exit_code: exit_code(status), stdout, stderr })
    }
}

fn failed(message: String) -> NodeError {
    NodeError::coded(codes::COMMAND, message)
}

/// The exit code; that of a signal is 128 and its number, as shells count.
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

async fn all_of(pipe: Option<impl AsyncRead + Unpin>, what: &str) -> Result<String, NodeError> {
    let mut bytes = Vec::new();
    let Some(pipe) = pipe else { return Ok(String::new()) };
    pipe.take(MOST + 1).read_to_end(&mut bytes).await.map_err(|error| failed(format!("The {what} of the command cannot be read: {error}")))?;
    if bytes.len() as u64 > MOST {
        let help = "Let the command write to a file, and read that.";
        return Err(failed(format!("The command wrote more than {} MiB to its {what}", MOST >> 20)).help(help));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Runs nothing: each command is told, and its branch ends.
pub(crate) struct DryCommands {
    pub(crate) events: Arc<dyn EventSink>,
}

#[async_trait]
impl Process for DryCommands {
    async fn run(&self, command: &str, sender: &Sender) -> Result<ProcessOutput, NodeError> {
        let planned = PlannedRequest {
            node: sender.node.clone(),
            item: sender.item,
            method: "EXECUTE".to_owned(),
            url: command.to_owned(),
            body: serde_json::Value::Null,
            answered: Answered::Ended,
        };
        self.events.emit(&sender.execution, Event::Planned(Box::new(planned)));
        Err(NodeError::coded(codes::DRY_RUN_ENDED, "The command is not run in a dry run"))
    }
}
