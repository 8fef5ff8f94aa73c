//! The host's side: starts a worker, sends to it, receives from it, ends it.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Pair;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::frame::{Incoming, Outgoing};
use crate::process::Process;
use crate::report::Greeting;
use crate::worker::Terms;
use crate::{End, Error, Frame, Report, Result};

/// How long a worker may take to shut itself in: a busy machine needs more than the one or two milliseconds.
const START: Duration = Duration::from_secs(30);

/// How long the system may take to end a process whose socket is closed.
const GRACE: Duration = Duration::from_secs(1);

/// What a worker is started as.
#[derive(Debug, Clone)]
pub struct Spawn {
    /// The program, an absolute path: our own.
    pub program: PathBuf,
    /// The words that make it a worker. One more follows them, which [`crate::shut_in`] is given.
    pub arguments: Vec<OsString>,
    /// Whether it starts where its first wall is missing.
    pub weak: bool,
    /// How much memory it may ask for, in bytes, beyond what its allocator reserves at its start (1 GiB of addresses with mimalloc): a second
    /// fence behind the limits of the isolates.
    pub memory: u64,
}

impl Spawn {
    /// Starts a worker: the socket is its standard input, everything else it has is `/dev/null`, and its environment is empty.
    ///
    /// # Errors
    ///
    /// [`Error::NoWall`] where its first wall is missing and `weak` is not set, [`Error::Start`] where the system does not start it.
    pub async fn start(self) -> Result<Worker> {
        let (socket, process) = self.process().await.map_err(Error::Start)?;
        let (reader, writer) = socket.into_split();
        let line = Mutex::new(Line { writer, outgoing: Outgoing::default() });
        let sender = Sender(Arc::new(Shared { line, process }));
        let mut worker = Worker { sender, reader, incoming: Incoming::default(), report: Report { walls: Vec::new() } };
        worker.report = worker.greeting(self.weak).await?;
        Ok(worker)
    }

    async fn process(&self) -> io::Result<(UnixStream, Arc<Process>)> {
        let (ours, theirs) = Pair::pair()?;
        ours.set_nonblocking(true)?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(Terms { weak: self.weak, memory: self.memory }.to_argument()).env_clear();
        command.stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own: what is typed at the terminal of the host is not for the worker.
        command.process_group(0);
        Ok((UnixStream::from_std(ours)?, Process::start(command).await?))
    }
}

/// A worker. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    sender: Sender,
    reader: OwnedReadHalf,
    incoming: Incoming,
    report: Report,
}

impl Worker {
    /// What sends to it.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Which walls hold around it.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The number that the system gave its process.
    pub fn id(&self) -> u32 {
        self.sender.0.process.id()
    }

    /// The next frame from it. Nothing is lost when this is dropped before it comes; what nobody receives waits in the worker.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] when the worker has ended; [`Error::Garbage`] when it sent what is not a frame, then it is ended.
    pub async fn receive(&mut self) -> Result<Frame> {
        loop {
            match self.incoming.take() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => {}
                Err(fault) => {
                    self.kill();
                    return Err(Error::Garbage(fault));
                }
            }
            // A plain read: descriptors that are sent along go nowhere.
            match self.reader.read_buf(self.incoming.room()).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => return Err(Error::Ended(self.sender.0.ended().await)),
            }
        }
    }

    /// Ends it.
    pub fn kill(&self) {
        self.sender.kill();
    }

    async fn greeting(&mut self, weak: bool) -> Result<Report> {
        let refused = |why: String| Error::Start(io::Error::other(why));
        let frame = match timeout(START, self.receive()).await {
            Ok(Ok(frame)) => frame,
            Ok(Err(error)) => return Err(refused(error.to_string())),
            Err(_) => return Err(refused(format!("it says nothing within {} seconds", START.as_secs()))),
        };
        match serde_json::from_slice(&frame.head) {
            Ok(Greeting::Walls(report)) => match report.missing() {
                Some(missing) if !weak => Err(Error::NoWall(missing)),
                _ => Ok(report),
            },
            Ok(Greeting::Missing(why)) => Err(Error::NoWall(why)),
            Ok(Greeting::Refused(why)) => Err(refused(why)),
            Err(error) => Err(refused(error.to_string())),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends to a worker, from anywhere.
#[derive(Debug, Clone)]
pub struct Sender(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    line: Mutex<Line>,
    process: Arc<Process>,
}

#[derive(Debug)]
struct Line {
    writer: OwnedWriteHalf,
    /// What a sender that was dropped has left here goes before the next frame.
    outgoing: Outgoing,
}

impl Sender {
    /// Sends a frame and waits until the socket has it all, so no more than one frame is kept for a worker that does not read. A frame whose
    /// sender is dropped meanwhile goes as a whole, with the next one, or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`]; [`Error::Ended`] when the worker has ended.
    pub async fn send(&self, frame: Frame) -> Result<()> {
        let mut line = self.0.line.lock().await;
        // What a dropped sender has left goes first, so that nothing piles up.
        self.0.write(&mut line).await?;
        line.outgoing.push(frame).map_err(Error::TooLarge)?;
        self.0.write(&mut line).await
    }

    /// Ends the worker.
    pub fn kill(&self) {
        self.0.process.kill();
    }

    /// Waits until the worker has ended, and says how.
    pub async fn end(&self) -> End {
        self.0.process.end().await
    }
}

impl Shared {
    /// Writes until nothing is left. What is written is noted at once, so this can be dropped.
    async fn write(&self, Line { writer, outgoing }: &mut Line) -> Result<()> {
        while !outgoing.is_empty() {
            match writer.write_vectored(&outgoing.slices()).await {
                Ok(count @ 1..) => outgoing.written(count),
                Ok(0) | Err(_) => return Err(Error::Ended(self.ended().await)),
            }
        }
        Ok(())
    }

    /// How the worker ended, whose socket is closed. One that lives on without it is ended.
    async fn ended(&self) -> End {
        match timeout(GRACE, self.process.end()).await {
            Ok(end) => end,
            Err(_) => {
                self.process.kill();
                self.process.end().await
            }
        }
    }
}
