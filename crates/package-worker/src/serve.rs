//! The loop of the process: hands messages to sessions, and what they say to the host.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use walls::Frame;

use crate::engine::THREAD_STACK;
use crate::out::Out;
use crate::protocol::{FromWorker, Payload, SessionId, Surroundings, ToWorker, from_frame};
use crate::session::{self, Message};

/// Shuts this process in and works for the host until that has gone. `terms` is the last word of the command line that [`walls::Spawn`] has
/// made. Nothing else may have been done before.
///
/// # Errors
/// The process was not started by a host, or cannot be shut in.
pub fn serve(terms: Option<&OsStr>) -> walls::Result<()> {
    let socket = walls::shut_in(terms)?;
    let mut sessions = Sessions { open: BTreeMap::new(), out: Out(socket.writer()) };
    socket.serve(move |frame| sessions.take(&frame))
}

struct Sessions {
    open: BTreeMap<SessionId, Sender<Message>>,
    out: Out,
}

impl Sessions {
    fn take(&mut self, frame: &Frame) {
        let Some((message, payload)) = from_frame::<ToWorker>(frame) else { return };
        let id = message.session();
        let run = if let ToWorker::Run { run, .. } = message { Some(run) } else { None };
        let taken = match message {
            ToWorker::Open { session, surroundings } => {
                self.open.extend(open(session, surroundings, self.out.clone()).map(|inbox| (session, inbox)));
                true
            }
            // With its inbox gone, the session's thread ends when it has nothing to do.
            ToWorker::Close { .. } => self.open.remove(&id).is_some(),
            message => self.open.get(&id).is_some_and(|inbox| inbox.send((message, payload)).is_ok()),
        };
        if let (false, Some(run)) = (taken, run) {
            let error = Payload::json(r#"{"broken": "ended", "message": "the session has ended"}"#);
            self.out.send(&FromWorker::Done { session: id, run, ok: false }, error);
        }
    }
}

fn open(session: SessionId, surroundings: Surroundings, out: Out) -> Option<Sender<Message>> {
    let (sender, inbox) = channel();
    let thread = thread::Builder::new().name(format!("session-{session}")).stack_size(THREAD_STACK);
    thread.spawn(move || session::work(session, &surroundings, inbox, &out)).ok()?;
    Some(sender)
}
