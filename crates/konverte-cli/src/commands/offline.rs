//! Options of commands that send requests: who answers them, where they are written down, what time it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use konverte_http::{Client, Exchange, Network};
use node_sdk::error::codes::HTTP_UNANSWERED;
use node_sdk::ports::{Clock, HttpClient};

use crate::adapters::answers::{Answered, Answers};
use crate::adapters::clock::{StandingClock, SystemClock};
use crate::adapters::requests::{Logged, RequestLog};
use crate::console::{Console, Level, Message};
use crate::error::CliError;
use crate::output::errors::Secrets;
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
    pub(crate) fn read<'a>(&'a self, read: impl IntoIterator<Item = &'a Path>, console: &Console) -> Result<Offline, CliError> {
        let answers = self.answers.as_deref().map(Answers::read).transpose()?;
        let read = read.into_iter().chain(self.answers.as_deref());
        let requests = self.requests.as_deref().map(|path| OutFile::beside_result(path, "requests", read)).transpose()?;
        answers.iter().flat_map(|answers| &answers.odd).for_each(|odd| warn(console, odd.clone(), None, None));
        Ok(Offline { answers: answers.map(Arc::new), requests, now: self.now })
    }
}

/// Everything that sends, and what time it is.
pub(crate) struct Outside {
    /// Follows redirects, and answers from the network or from the file.
    pub(crate) http: Arc<dyn HttpClient>,
    /// What is answered in the process is written there too.
    pub(crate) log: Option<Arc<RequestLog>>,
}

impl Offline {
    /// Who answers; from now on the file of requests is a new one.
    pub(crate) fn outside(&self, secrets: &Arc<Secrets>) -> Result<Outside, CliError> {
        let answered = |answers: &Arc<Answers>| -> Arc<dyn Exchange> { Arc::new(Answered { answers: answers.clone(), secrets: secrets.clone() }) };
        let mut exchange = self.answers.as_ref().map_or_else(|| Arc::new(Network::default()) as Arc<dyn Exchange>, answered);
        let masks = self.answers.is_none().then(|| secrets.clone());
        let file = self.requests.as_ref().map(OutFile::lines).transpose()?;
        let log = file.map(|file| Arc::new(RequestLog::new(file, masks)));
        if let Some(log) = &log {
            exchange = Arc::new(Logged { inner: exchange, log: log.clone() });
        }
        Ok(Outside { http: Arc::new(Client::over(exchange)), log })
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self.now {
            Some(now) => Arc::new(StandingClock::new(now)),
            None => Arc::new(SystemClock::new()),
        }
    }

    /// Whether a file answers.
    pub(crate) fn is_answered(&self) -> bool {
        self.answers.is_some()
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
