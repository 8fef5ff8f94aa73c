//! Systems whose walls konverte does not know, Windows among them: no worker starts, so there is none to speak to.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::{End, Error, Frame, Report, Result};

fn nowhere() -> Error {
    Error::NoWall("konverte knows no wall on this system".to_owned())
}

/// Which walls hold on this system: none.
pub fn here() -> Report {
    Report { walls: Vec::new() }
}

/// Shuts this process in, on other systems.
///
/// # Errors
///
/// [`Error::NoWall`].
pub fn shut_in(_terms: Option<&OsStr>) -> Result<Socket> {
    Err(nowhere())
}

/// What a worker is started as, on other systems.
#[derive(Debug, Clone)]
pub struct Spawn {
    /// The program.
    pub program: PathBuf,
    /// The words that make it a worker.
    pub arguments: Vec<OsString>,
    /// Whether it starts where its first wall is missing.
    pub weak: bool,
    /// How much memory it may ask for, in bytes.
    pub memory: u64,
}

impl Spawn {
    /// Starts a worker, on other systems.
    ///
    /// # Errors
    ///
    /// [`Error::NoWall`].
    pub async fn start(self) -> Result<Worker> {
        Err(nowhere())
    }
}

/// A worker: there is none.
#[derive(Debug)]
pub struct Worker(Infallible);

impl Worker {
    /// What sends to it.
    pub fn sender(&self) -> Sender {
        match self.0 {}
    }

    /// Which walls hold around it.
    pub fn report(&self) -> &Report {
        match self.0 {}
    }

    /// The number that the system gave its process.
    pub fn id(&self) -> u32 {
        match self.0 {}
    }

    /// The next frame from it.
    ///
    /// # Errors
    ///
    /// None: there is no worker.
    pub async fn receive(&mut self) -> Result<Frame> {
        match self.0 {}
    }

    /// Ends it.
    pub fn kill(&self) {
        match self.0 {}
    }
}

/// Sends to a worker: there is none.
#[derive(Debug, Clone)]
pub struct Sender(Infallible);

impl Sender {
    /// Sends a frame.
    ///
    /// # Errors
    ///
    /// None: there is no worker.
    pub async fn send(&self, _frame: Frame) -> Result<()> {
        match self.0 {}
    }

    /// Ends the worker.
    pub fn kill(&self) {
        match self.0 {}
    }

    /// Waits until the worker has ended.
    pub async fn end(&self) -> End {
        match self.0 {}
    }
}

/// The worker's end of the line: there is none.
#[derive(Debug)]
pub struct Socket(Infallible);

impl Socket {
    /// What sends to the host.
    pub fn writer(&self) -> Writer {
        match self.0 {}
    }

    /// Which walls hold.
    pub fn report(&self) -> &Report {
        match self.0 {}
    }

    /// Gives each frame of the host to `take`.
    pub fn serve(self, _take: impl FnMut(Frame)) -> ! {
        match self.0 {}
    }
}

/// Sends to the host: there is none.
#[derive(Debug, Clone)]
pub struct Writer(Infallible);

impl Writer {
    /// Sends a frame.
    ///
    /// # Errors
    ///
    /// None: there is no host.
    pub fn send(&self, _frame: Frame) -> Result<()> {
        match self.0 {}
    }
}
