//! Attending a job of a worker: what it asks is answered until it has ended.

use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::NodeError;
use package_worker::frames::MOST;
use package_worker::protocol::{Job, Payload};
use packages::modules::Modules;

use super::crossing::Answer;
use super::listening::Said;
use super::sessions::Owner;
use super::starting::not_started;
use super::workers::{Workers, Working};

/// How many calls of a job are answered side by side. Whoever asks more waits.
const SIDE_BY_SIDE: usize = 512;

/// How many bytes the calls of a job may hold that are answered side by side, and how many the answers of services that come to it. Whoever
/// asks more waits.
pub(super) const MOST_BYTES: usize = 256 << 20;

/// What a worker is to do.
pub(super) struct Order<'a> {
    /// The name of its package, and its files.
    pub(super) package: &'a str,
    pub(super) modules: &'a Arc<Modules>,
    /// Whose session it is done in.
    pub(super) owner: Owner,
    /// Where the clock stands still.
    pub(super) now: Option<i64>,
    pub(super) job: Job,
    pub(super) payload: Payload,
}

/// Has a worker do a job, and answers what it asks: whether it gave a value, and which. Where the worker ends in the middle, what has `sent`
/// nothing begins once more.
///
/// # Errors
/// There is no worker, or it has ended.
pub(super) async fn work<F: Future<Output = Answer>>(
    workers: &Workers,
    order: &Order<'_>,
    sent: impl Fn() -> bool,
    answer: impl Fn(String, Payload) -> F,
) -> Result<Answer, NodeError> {
    if order.payload.size() > MOST {
        return Err(too_large());
    }
    let mut again = true;
    loop {
        let live = workers.of(order.package, order.modules).await.map_err(|error| not_started(&error))?;
        let began = live.begin(&order.owner, order.now, order.job, order.payload.clone()).await;
        let done = match began {
            Ok(mut working) => attend(&mut working, &answer).await,
            Err(_) => None,
        };
        match done {
            Some(done) => return Ok(done),
            None if again && !sent() => again = false,
            None => return Err(ended(order.package, live.how_it_ended(), sent())),
        }
    }
}

/// More than may cross at once.
fn too_large() -> NodeError {
    let message = format!("What comes into the node is larger than {} MiB as JSON, and no package is given more at once", MOST >> 20);
    NodeError::coded(super::codes::MEMORY, message).help("Give it fewer items at a time: a Loop Over Items node before it does. Nothing was sent.")
}

/// A worker that has ended in the middle.
fn ended(package: &str, how: Option<String>, sent: bool) -> NodeError {
    let how = how.unwrap_or_else(|| "its session was closed".to_owned());
    let help = if sent {
        "It had sent a request before: see at the service what was done before you run the workflow again."
    } else {
        "It had sent nothing, and was begun a second time. Give it less at a time; where it happens again, tell the authors of the package."
    };
    NodeError::coded(super::codes::ENDED, format!("The worker of the package {package} ended in the middle of its work: {how}")).help(help)
}

/// Answers what a job asks, until it has ended. `None`: its worker has ended. Calls are answered side by side.
async fn attend<F: Future<Output = Answer>>(working: &mut Working, answer: impl Fn(String, Payload) -> F) -> Option<Answer> {
    let mut at_work = FuturesUnordered::new();
    let mut held = 0;
    loop {
        tokio::select! {
            biased;
            Some((call, size, (ok, payload))) = at_work.next() => {
                held -= size;
                working.answer(call, ok, payload).await.ok()?;
            }
            said = working.hear(), if at_work.len() < SIDE_BY_SIDE && held < MOST_BYTES => match said? {
                Said::Done { ok, payload, .. } => return Some((ok, payload)),
                Said::Call(call, name, payload) => {
                    let size = payload.size();
                    held += size;
                    let answer = answer(name, payload);
                    at_work.push(async move { (call, size, answer.await) });
                }
            },
        }
    }
}
