//! What sends to the host.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use walls::Writer;

use crate::frames::{MOST, to_frames};
use crate::protocol::{FromWorker, Payload};

/// Sends to the host.
#[derive(Clone)]
pub(crate) struct Out {
    writer: Writer,
    /// The last handle that was given.
    last: Arc<AtomicU32>,
}

impl Out {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { writer, last: Arc::default() }
    }

    /// Sends a message. One that is too large becomes the end of its job: the host would not take it.
    pub(crate) fn send(&self, message: &FromWorker, payload: Payload) {
        if payload.size() > MOST || !self.write(message, payload) {
            let (FromWorker::Call { session, run, .. } | FromWorker::Done { session, run, .. }) = message else { return };
            let error = r#"{"broken": "size", "message": "what the node says is too large"}"#;
            self.write(&FromWorker::Done { session: *session, run: *run, ok: false, goes_on: true }, Payload::json(error));
        }
    }

    /// Whether all of it could be sent.
    fn write(&self, message: &FromWorker, payload: Payload) -> bool {
        to_frames(message, payload, &self.last).all(|frame| self.writer.send(frame).is_ok())
    }
}
