//! Events on their way to whoever shows or keeps them.

use std::sync::Arc;

use node_sdk::{Event, EventSink};

use crate::secrets::Secrets;

/// Takes the secrets out of each event.
pub(crate) struct Masked {
    pub(crate) inner: Arc<dyn EventSink>,
    pub(crate) secrets: Arc<Secrets>,
}

impl EventSink for Masked {
    fn emit(&self, execution: &Arc<str>, mut event: Event) {
        self.secrets.hide_in_event(&mut event);
        self.inner.emit(execution, event);
    }
}
