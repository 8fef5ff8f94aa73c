//! The line to a worker.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use package_worker::frames::to_frames;
use package_worker::protocol::{Payload, ToWorker};
use walls::Sender;

/// Sends messages to a worker, from anywhere.
#[derive(Clone)]
pub(super) struct Line {
    sender: Sender,
    /// The last handle that was given.
    last: Arc<AtomicU32>,
}

impl Line {
    pub(super) fn new(sender: Sender) -> Self {
        Self { sender, last: Arc::default() }
    }

    /// Says something; what others say goes between its pieces.
    pub(super) async fn say(&self, message: &ToWorker, payload: Payload) -> walls::Result<()> {
        for frame in to_frames(message, payload, &self.last) {
            self.sender.send(frame).await?;
        }
        Ok(())
    }

    /// Ends the worker.
    pub(super) fn kill(&self) {
        self.sender.kill();
    }
}
