//! What the host and a worker say to each other.
//!
//! A message has a head that says what it is, a JSON text, and bytes: `{"$buffer": N}` in the JSON stands for the N-th of them. The text goes
//! through as it is: only who uses it reads it. `frames` says how it crosses.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What bytecode is made for: that of another engine cannot be read.
pub use javascript::compiled::ENGINE;

/// A session: an isolate for one workflow.
pub type SessionId = u32;
/// A job in a session.
pub type RunId = u32;
/// A question of a job.
pub type CallId = u32;

/// A JSON text with the bytes that it names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    /// JSON; empty stands for `undefined`.
    pub json: Bytes,
    /// What `{"$buffer": N}` in it stands for.
    pub buffers: Vec<Bytes>,
}

impl Payload {
    /// Its bytes.
    pub fn size(&self) -> usize {
        self.json.len() + self.buffers.iter().map(Bytes::len).sum::<usize>()
    }

    /// A text without bytes.
    pub fn json(text: impl Into<Bytes>) -> Self {
        Self { json: text.into(), buffers: Vec::new() }
    }
}

/// What host and worker say.
pub trait Message: Serialize + DeserializeOwned {
    /// The session that it is for, or of.
    fn session(&self) -> SessionId;
}

/// Host to worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum ToWorker {
    /// Makes an isolate.
    Open {
        /// Its number.
        session: SessionId,
        /// What it may take, and what surrounds it.
        surroundings: Surroundings,
    },
    /// Begins a job. The payload is an object: what it is about.
    Run {
        /// Where.
        session: SessionId,
        /// Its number.
        run: RunId,
        /// What to do.
        job: Job,
    },
    /// Answers a call. The payload is the value, or the error as an object.
    Answer {
        /// Where.
        session: SessionId,
        /// Of which call.
        call: CallId,
        /// Whether it is a value.
        ok: bool,
    },
    /// Nobody waits for a job any more.
    Cancel {
        /// Where.
        session: SessionId,
        /// Which.
        run: RunId,
    },
    /// Ends a session.
    Close {
        /// Which.
        session: SessionId,
    },
}

impl Message for ToWorker {
    fn session(&self) -> SessionId {
        match self {
            Self::Open { session, .. } | Self::Run { session, .. } | Self::Answer { session, .. } => *session,
            Self::Cancel { session, .. } | Self::Close { session } => *session,
        }
    }
}

/// What an isolate may take, and what surrounds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Surroundings {
    /// Where the clock stands still, in milliseconds since 1970-01-01 UTC.
    pub now: Option<i64>,
    /// Bytes of its heap.
    pub memory: usize,
    /// Milliseconds that JavaScript may work without a pause.
    pub slice: u64,
}

/// What to do in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Job {
    /// Runs a node: `execute`.
    Execute,
    /// Begins a run by hand with a trigger: its `poll` once, or what it emits first.
    Begin,
    /// Has functions of a node's description at hand: the job asks for `order` after `order`, and says what it `did`, until there are none.
    Functions,
    /// Calls a function of a credential type: `authenticate`.
    Authenticate,
    /// Calls a function of a credential type: `preAuthentication`.
    PreAuthenticate,
    /// Calls a function of a node type: the test of a credential.
    Test,
    /// The description of a node file.
    Describe,
    /// The kinds of modules.
    Facts,
    /// The bytecode of modules, of which nothing runs. The payload is a list of `{id, module}`, whether each is an ES module, with the sources; what
    /// comes back are as many buffers, without content where a source cannot be compiled.
    Compile,
}

/// What the code of a module is. The answer to `load` is a list of `{id, form, requires}`; its first buffer says what the others are, a byte for
/// each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// Text, as it lies in the package.
    Text = b't',
    /// The bytecode of a CommonJS file.
    Script = b's',
    /// The bytecode of an ES module.
    Module = b'm',
}

impl Code {
    pub(crate) fn of(byte: u8) -> Self {
        [Self::Script, Self::Module].into_iter().find(|code| *code as u8 == byte).unwrap_or(Self::Text)
    }
}

/// Worker to host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum FromWorker {
    /// Asks the host. The payload is the list of arguments.
    Call {
        /// Where.
        session: SessionId,
        /// On behalf of which job.
        run: RunId,
        /// Its number.
        call: CallId,
        /// What is asked.
        name: String,
    },
    /// A job has ended, and its calls are answered, or it has waited long enough for that. The payload is what it gave, or the error as an object.
    Done {
        /// Where.
        session: SessionId,
        /// Which.
        run: RunId,
        /// Whether it is a value.
        ok: bool,
        /// Whether something of it is left that goes on by itself, such as a timer: what that asks for would be taken for the next job's.
        goes_on: bool,
    },
    /// The JavaScript of a session does not come back: it is in a call that nothing interrupts. Only the end of the process ends it.
    Stuck {
        /// Which.
        session: SessionId,
    },
}

impl Message for FromWorker {
    fn session(&self) -> SessionId {
        match self {
            Self::Call { session, .. } | Self::Done { session, .. } | Self::Stuck { session } => *session,
        }
    }
}
