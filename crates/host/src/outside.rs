//! What sends requests out of the process, or answers them in the place of the world.

use std::fs::File;
use std::sync::Arc;

use konverte_http::{Client, Exchange};
use node_sdk::ports::HttpClient;

use crate::adapters::answers::{Answered, Answers};
use crate::adapters::requests::{Logged, RequestLog};
use crate::secrets::Secrets;

/// What sends requests out of the process, or answers them in the place of the world.
pub(crate) struct Outside {
    /// Follows redirects, and answers from the network or from a file.
    pub(crate) http: Arc<dyn HttpClient>,
    /// What is answered in the process is written there too.
    pub(crate) log: Option<Arc<RequestLog>>,
}

impl Outside {
    /// Over the network, or `answers`. Each request is written to `requests`: without secrets, except where none leaves.
    pub(crate) fn new(network: &Arc<dyn Exchange>, answers: Option<&Arc<Answers>>, requests: Option<File>, secrets: &Arc<Secrets>) -> Self {
        let answered = |answers: &Arc<Answers>| -> Arc<dyn Exchange> { Arc::new(Answered { answers: answers.clone(), secrets: secrets.clone() }) };
        let mut exchange = answers.map_or_else(|| network.clone(), answered);
        let masks = answers.is_none().then(|| secrets.clone());
        let log = requests.map(|file| Arc::new(RequestLog::new(file, masks)));
        if let Some(log) = &log {
            exchange = Arc::new(Logged { inner: exchange, log: log.clone() });
        }
        Self { http: Arc::new(Client::over(exchange)), log }
    }
}
