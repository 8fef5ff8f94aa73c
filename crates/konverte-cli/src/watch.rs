//! Stops a run from outside: Ctrl-C, SIGTERM, SIGHUP and time-outs. The engine sees to both by itself and gives a result; the watch ends
//! the process where a node computes without ever looking up.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
#[cfg(unix)]
use std::task::Poll;
use std::time::Duration;

use engine::Cancel;
use node_sdk::ErrorCode;

use crate::console::{Level, Message};
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::progress::Progress;

/// How long a run that was told to stop may take to do so.
const GRACE: Duration = Duration::from_secs(2);
/// How long the last words may take: a standard error that nobody reads must not keep the process.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What to do where a second signal came while the result was written.
const UNWRITTEN: &str =
    "After one signal the result is still written; the second ended that. Look at what the run did where it did it, before you start it once more.";

/// Watches over one run.
#[derive(Clone)]
pub(crate) struct Watch {
    progress: Arc<Progress>,
    interrupted: Arc<OnceLock<Exit>>,
    ended: Arc<AtomicBool>,
    /// How many limits were set: the last one holds.
    limits: Arc<AtomicUsize>,
}

impl Watch {
    /// Begins to watch for signals.
    pub(crate) fn start(cancel: &Cancel, progress: &Arc<Progress>) -> Self {
        let watch = Self { progress: progress.clone(), interrupted: Arc::default(), ended: Arc::default(), limits: Arc::default() };
        let (cancel, signals) = (cancel.clone(), watch.clone());
        let (ready, listening) = mpsc::channel();
        // A thread of its own: nothing that a run does can keep it from hearing the signal.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(signals.signals(&cancel, &ready))
        });
        // Until it listens, or cannot.
        let _ = listening.recv();
        watch
    }

    /// From now on it may take this long, whatever was said before.
    pub(crate) fn limit(&self, timeout: Duration) {
        let number = self.limits.fetch_add(1, Ordering::Relaxed) + 1;
        let limits = self.limits.clone();
        let holds = move || limits.load(Ordering::Relaxed) == number;
        let patience = timeout.saturating_add(GRACE);
        self.clone().end_after(patience, holds, (engine::codes::TIMEOUT, "The run was out of time and did not stop", Exit::Timeout));
    }

    /// The run has ended: what is left is to write its result.
    pub(crate) fn run_ended(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// The exit code of the signal that stopped the run.
    pub(crate) fn interrupted(&self) -> Option<Exit> {
        self.interrupted.get().copied()
    }

    /// The first signal asks the run to stop; the second, or the end of patience, ends the process. Where the work is done, the first
    /// signal lets the result be written.
    async fn signals(self, cancel: &Cancel, ready: &mpsc::Sender<()>) -> std::io::Result<()> {
        let mut signals = Signals::listen()?;
        let _ = ready.send(());
        let first = signals.next().await?;
        if !self.ended.load(Ordering::Relaxed) {
            let _ = self.interrupted.set(first);
            cancel.cancel();
            self.clone().end_after(GRACE, || true, (engine::codes::CANCELED, "The run was interrupted and did not stop", first));
        }
        let second = signals.next().await?;
        match self.interrupted() {
            Some(first) => self.give_up(engine::codes::CANCELED, "The run was interrupted", None, first),
            None => {
                let text = "The run is done, and what it sent was sent: only its result was not written to its end";
                self.give_up(codes::OUTPUT, text, Some(UNWRITTEN), second)
            }
        }
    }

    /// Ends the process if the run has not ended by then, and the reason still holds.
    fn end_after(self, patience: Duration, holds: impl Fn() -> bool + Send + 'static, (code, message, exit): (ErrorCode, &'static str, Exit)) {
        std::thread::spawn(move || {
            std::thread::sleep(patience);
            if holds() && !self.ended.load(Ordering::Relaxed) {
                self.give_up(code, message, None, exit);
            }
        });
    }

    /// Ends the process without a result. Without help that of the code's page is said.
    fn give_up(&self, code: ErrorCode, text: &str, help: Option<&str>, exit: Exit) -> ! {
        let (code, text, help) = (Some(code.to_string()), text.to_owned(), help.map(str::to_owned));
        let message = Message { level: Level::Error, code, text, help, place: None };
        let (progress, (said, is_said)) = (self.progress.clone(), mpsc::channel());
        std::thread::spawn(move || {
            progress.clear();
            progress.console().message(&message);
            let _ = said.send(());
        });
        let _ = is_said.recv_timeout(LAST_WORDS);
        std::process::exit(exit as i32)
    }
}

/// Does the work unless a signal comes first. A question to a person does not keep the signal from being heard.
pub(crate) fn until_signal(work: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let cannot =
        |error: &std::io::Error| CliError::from(packages::Error::new(packages::codes::SYSTEM, format!("The command cannot start: {error}.")));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| cannot(&error))?;
    let done = runtime.block_on(async {
        let mut signals = Signals::listen().map_err(|error| cannot(&error))?;
        tokio::select! {
            done = work => done,
            signal = signals.next() => signal.map_err(|error| cannot(&error)),
        }
    });
    runtime.shutdown_background();
    done
}

/// Ctrl-C, SIGTERM, and SIGHUP of a terminal that is closed.
#[cfg(unix)]
pub(crate) struct Signals(Vec<(Exit, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = heeds_hangup().then(|| (Exit::HungUp, SignalKind::hangup()));
        let kinds = [(Exit::Interrupted, SignalKind::interrupt()), (Exit::Terminated, SignalKind::terminate())].into_iter().chain(hangup);
        kinds.map(|(exit, kind)| Ok((exit, signal(kind)?))).collect::<std::io::Result<_>>().map(Self)
    }

    /// The exit code of the next signal.
    pub(crate) async fn next(&mut self) -> std::io::Result<Exit> {
        std::future::poll_fn(|cx| match self.0.iter_mut().find_map(|(exit, signal)| signal.poll_recv(cx).is_ready().then_some(*exit)) {
            Some(exit) => Poll::Ready(Ok(exit)),
            None => Poll::Pending,
        })
        .await
    }
}

/// Whether SIGHUP is not to be ignored: `nohup` says so, and listening to the signal would undo it. Where nobody tells (only Linux does),
/// it is left as it is.
#[cfg(unix)]
fn heeds_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 0)
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn next(&mut self) -> std::io::Result<Exit> {
        tokio::signal::ctrl_c().await.map(|()| Exit::Interrupted)
    }
}
