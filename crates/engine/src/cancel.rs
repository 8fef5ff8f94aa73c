//! Stops a run from outside.

use std::sync::Arc;

use tokio::sync::watch;

/// A switch that stops a run: clones share it, and once it is on it stays on.
///
/// ```
/// let cancel = engine::Cancel::default();
/// let handle = cancel.clone();
/// handle.cancel();
/// assert!(cancel.is_cancelled());
/// ```
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Cancel {
    /// Stops every run that listens. What they did so far stays in their result.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was pulled.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is pulled.
    pub async fn cancelled(&self) {
        // The sender lives in `self`, so waiting ends only with a value.
        let _ = self.0.subscribe().wait_for(|on| *on).await;
    }
}
