//! Options of commands that send requests: who answers them, where they are written down, what time it is.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use host::Process;
use host::adapters::answers::Answers;
use host::adapters::clock::StandingClock;
use node_sdk::Registry;
use node_sdk::error::codes::HTTP_UNANSWERED;

use crate::console::{Console, Level, Message};
use crate::error::CliError;
use crate::output::file::OutFile;
use crate::output::time::parse_time;

/// Options of `run` and of `check --test-credentials`.
#[derive(Debug, Args)]
pub struct OfflineArgs {
    /// Send nothing: requests are answered by a file, a JSON list of {method, match, times, status, headers, json|text|base64}
    #[arg(long, value_name = "FILE", help_heading = "What the run may reach")]
    pub answers: Option<PathBuf>,
    /// Write each request to a file, a JSON object a line
    #[arg(long, value_name = "FILE", help_heading = "What comes out")]
    pub requests: Option<PathBuf>,
    /// The clock stands still at this time, for example 2026-03-15T12:34:56Z, and waits take no time
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "How it runs", allow_hyphen_values = true)]
    pub now: Option<i64>,
}

/// What the options say, read and looked at before anything is done.
pub(crate) struct Offline {
    answers: Option<Arc<Answers>>,
    requests: Option<OutFile>,
    now: Option<i64>,
}

impl OfflineArgs {
    /// Whether one of them is given.
    pub(crate) fn any(&self) -> bool {
        self.answers.is_some() || self.requests.is_some() || self.now.is_some()
    }

    /// Reads the answers and sees that the requests can be written. `read`: the other files of the command.
    pub(crate) fn read<'a>(&'a self, read: impl IntoIterator<Item = &'a Path>) -> Result<Offline, CliError> {
        let answers = self.answers.as_deref().map(Answers::read).transpose()?;
        let read = read.into_iter().chain(self.answers.as_deref());
        let requests = self.requests.as_deref().map(|path| OutFile::beside_result(path, "requests", read)).transpose()?;
        Ok(Offline { answers: answers.map(Arc::new), requests, now: self.now })
    }
}

impl Offline {
    /// What answers in the place of the world.
    pub(crate) fn answers(&self) -> Option<&Arc<Answers>> {
        self.answers.as_ref()
    }

    /// The file that requests are written to; from now on it is a new one.
    pub(crate) fn requests(&self) -> Result<Option<File>, CliError> {
        self.requests.as_ref().map(OutFile::lines).transpose()
    }

    /// A process with these node types, in which it is the time that the options say.
    pub(crate) fn process(&self, registry: Registry) -> Process {
        let process = Process::new(registry);
        match self.now {
            Some(now) => Process { clock: Arc::new(StandingClock::new(now)), ..process },
            None => process,
        }
    }

    /// Says who answers, and what the file of requests will hold.
    pub(crate) fn say(&self, credentials: Option<&Path>, console: &Console) {
        let Some(answers) = &self.answers else { return };
        console.note(&format!("no request leaves: {} answers", answers.name));
        if let (Some(requests), Some(credentials)) = (&self.requests, credentials) {
            console.note(&format!("{} will hold what is secret in {}: nothing in it is masked", requests.name(), credentials.display()));
        }
    }

    /// Shows the requests that no entry fits, but for those that `said` holds already.
    pub(crate) fn say_unanswered(&self, said: Option<&str>, console: &Console) {
        let unanswered = self.answers.iter().flat_map(|answers| answers.unanswered());
        let mut left = unanswered.filter(|request| !said.is_some_and(|said| said.contains(&request.message)));
        for request in left.by_ref().take(MOST_SHOWN) {
            let help = format!("This entry in the answers file would answer: {}", request.entry);
            warn(console, request.message, Some(HTTP_UNANSWERED.to_string()), Some(help));
        }
        let more = left.count();
        if more > 0 {
            warn(console, format!("No answer fits {more} more requests"), None, None);
        }
    }
}

/// More requests without an answer are counted alone.
const MOST_SHOWN: usize = 10;

fn warn(console: &Console, text: String, code: Option<String>, help: Option<String>) {
    console.message(&Message { level: Level::Warning, code, text, help, place: None });
}
