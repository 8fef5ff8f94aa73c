//! Commands of the system, through its shell.

use std::process::Stdio;
use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::event::{Answered, Event, EventSink, PlannedRequest};
use node_sdk::ports::{Process, ProcessOutput, Sender};
use node_sdk::{NodeError, async_trait};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// The most that a command may write to its standard output, and to its standard error.
const MOST: u64 = 64 << 20;

/// Runs commands with this environment and no other variable: what the program was started with may hold secrets.
#[derive(Clone)]
pub struct Commands {
    /// Names and values.
    pub environment: Vec<(String, String)>,
}

#[async_trait]
impl Process for Commands {
    async fn run(&self, command: &str, _: &Sender) -> Result<ProcessOutput, NodeError> {
        let started = Command::new("/bin/sh")
            .args(["-c", command])
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn();
        let mut child = started.map_err(|error| failed(format!("The shell cannot be started: {error}")))?;
        let group = Group::of(&child);
        let (out, err) = (child.stdout.take(), child.stderr.take());
        // The shell is waited for after all that it started has closed its output. Until then its number is nobody else's, so that the
        // group can be ended.
        let (stdout, stderr) = tokio::try_join!(all_of(out, "standard output"), all_of(err, "standard error"))?;
        let status = child.wait().await.map_err(|error| failed(format!("The command was lost: {error}")))?;
        group.ended();
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

/// What a command started. It ends with the run: a time-out, an interrupt or too much output drops it.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(id.cast_signed())))
    }

    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // None of it may be left.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
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
