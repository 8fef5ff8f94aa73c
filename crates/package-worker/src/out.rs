//! What sends to the host.

use walls::Writer;

use crate::protocol::{FromWorker, Payload, to_frame};

/// Sends to the host.
#[derive(Clone)]
pub(crate) struct Out(pub(crate) Writer);

impl Out {
    /// Sends a message. One that is too large becomes the end of its job: the host would not take it.
    pub(crate) fn send(&self, message: &FromWorker, payload: Payload) {
        if self.0.send(to_frame(message, payload)).is_err() {
            let (FromWorker::Call { session, run, .. } | FromWorker::Done { session, run, .. }) = message else { return };
            let error = r#"{"broken": "size", "message": "what the node says is too large"}"#;
            _ = self.0.send(to_frame(&FromWorker::Done { session: *session, run: *run, ok: false, goes_on: true }, Payload::json(error)));
        }
    }
}
