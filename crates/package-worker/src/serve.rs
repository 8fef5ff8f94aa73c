//! The loop of the process: hands messages to sessions, and what they say to the host.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::json;
use walls::Frame;

use crate::engine::THREAD_STACK;
use crate::frames::Unfinished;
use crate::out::Out;
use crate::protocol::{FromWorker, Message as _, Payload, SessionId, Surroundings, ToWorker};
use crate::pulse::{self, Pulse};
use crate::session::{self, Message};

/// Shuts this process in and works for the host until that has gone. `terms` is the last word of the command line that [`walls::Spawn`] has
/// made. Nothing else may have been done before.
///
/// # Errors
/// The process was not started by a host, or cannot be shut in.
pub fn serve(terms: Option<&OsStr>) -> walls::Result<()> {
    let socket = walls::shut_in(terms)?;
    let mut sessions = Sessions { open: BTreeMap::new(), unfinished: Unfinished::default(), out: Out::new(socket.writer()) };
    socket.serve(move |frame| sessions.take(frame))
}

struct Sessions {
    /// `Err`: why it has no thread.
    open: BTreeMap<SessionId, io::Result<Session>>,
    unfinished: Unfinished,
    out: Out,
}

struct Session {
    inbox: Sender<Message>,
    pulse: Arc<Pulse>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.pulse.close();
    }
}

impl Sessions {
    fn take(&mut self, frame: Frame) {
        let Ok(Some((message, payload))) = self.unfinished.take::<ToWorker>(frame, |session| self.open.contains_key(&session)) else { return };
        let id = message.session();
        let run = if let ToWorker::Run { run, .. } = message { Some(run) } else { None };
        let taken = match message {
            ToWorker::Open { session, surroundings } => {
                self.open.insert(session, open(session, surroundings, self.out.clone()));
                true
            }
            // What is at work there is interrupted, and with its inbox gone the session's thread ends.
            ToWorker::Close { .. } => self.open.remove(&id).is_some(),
            message => {
                self.open.get(&id).and_then(|session| session.as_ref().ok()).is_some_and(|session| session.inbox.send((message, payload)).is_ok())
            }
        };
        if let (false, Some(run)) = (taken, run) {
            let error = match self.open.get(&id) {
                Some(Err(error)) => json!({"broken": "threads", "message": format!("the system starts no further thread: {error}")}),
                _ => json!({"broken": "ended", "message": "the session has ended"}),
            };
            self.out.send(&FromWorker::Done { session: id, run, ok: false, goes_on: true }, Payload::json(error.to_string()));
        }
    }
}

fn open(session: SessionId, surroundings: Surroundings, out: Out) -> io::Result<Session> {
    let (inbox, messages) = channel();
    let pulse = Pulse::new();
    let thread = thread::Builder::new().name(format!("session-{session}")).stack_size(THREAD_STACK);
    pulse::watch(session, Duration::from_millis(surroundings.slice), &pulse, out.clone());
    let of_thread = pulse.clone();
    thread.spawn(move || session::work(session, &surroundings, messages, &of_thread, &out))?;
    Ok(Session { inbox, pulse })
}
