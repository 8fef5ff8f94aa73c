//! Stops a run from outside: Ctrl-C, SIGTERM and `--timeout`, which holds whatever the run does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::Cancel;
use serde_json::json;

use crate::exit::Exit;
use crate::output::write_stdout;
use crate::progress::Progress;

/// How long a run that was told to stop may take to do so.
const GRACE: Duration = Duration::from_secs(2);

/// Watches over one run.
pub(crate) struct Watch {
    interrupted: Arc<AtomicBool>,
}

impl Watch {
    /// Begins to watch; `json` says whether standard output must carry a result even when the run does not come back.
    pub(crate) fn start(cancel: &Cancel, timeout: Option<Duration>, progress: &Arc<Progress>, json: bool) -> Self {
        let interrupted = Arc::new(AtomicBool::new(false));
        if let Some(timeout) = timeout {
            let (progress, limit) = (progress.clone(), timeout);
            // A thread of its own: nothing that a run does can keep it from ending the process.
            std::thread::spawn(move || {
                std::thread::sleep(limit + GRACE);
                give_up(&progress, engine::codes::TIMEOUT.0, "The run was out of time and did not stop", Exit::Timeout, json);
            });
        }
        tokio::spawn(signals(cancel.clone(), interrupted.clone(), progress.clone(), json));
        Self { interrupted }
    }

    /// Whether a person stopped the run.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

/// The first signal asks the run to stop; the second, or the end of patience, ends the process.
async fn signals(cancel: Cancel, interrupted: Arc<AtomicBool>, progress: Arc<Progress>, json: bool) {
    if wait_for_signal().await.is_err() {
        return;
    }
    interrupted.store(true, Ordering::Relaxed);
    cancel.cancel();
    let patience = progress.clone();
    std::thread::spawn(move || {
        std::thread::sleep(GRACE);
        give_up(&patience, engine::codes::CANCELED.0, "The run was interrupted and did not stop", Exit::Interrupted, json);
    });
    let _ = wait_for_signal().await;
    give_up(&progress, engine::codes::CANCELED.0, "The run was interrupted", Exit::Interrupted, json);
}

#[cfg(unix)]
async fn wait_for_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Reports what is known and ends the process.
fn give_up(progress: &Progress, code: &str, message: &str, exit: Exit, json: bool) -> ! {
    progress.clear();
    if json {
        let result = progress.as_result(
            &json!({"code": code, "message": message, "help": null, "node": null, "parameter": null, "item": null, "at": null, "http": null}),
        );
        let _ = write_stdout(format!("{result}\n").as_bytes());
    }
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{code}: {message}\n").as_bytes());
    std::process::exit(exit as i32)
}
