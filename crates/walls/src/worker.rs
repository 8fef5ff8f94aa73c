//! The worker's side: shuts the process in, then reads and writes frames.

use std::ffi::OsStr;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read, writev};
use rustix::net::sockopt::socket_type;
use rustix::net::{AddressFamily, SocketType, getsockname};
use rustix::stdio::stdin;

use crate::frame::{Incoming, Outgoing};
use crate::report::Greeting;
use crate::{Error, Frame, Report, Result, system};

/// What the host wants of a worker, as the last word of its command line: its environment is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) weak: bool,
    pub(crate) memory: u64,
}

impl Terms {
    pub(crate) fn to_argument(self) -> String {
        format!("{}:{}", if self.weak { "weak" } else { "walls" }, self.memory)
    }

    fn from_argument(text: &OsStr) -> Option<Self> {
        let (walls, memory) = text.to_str()?.split_once(':')?;
        let weak = match walls {
            "weak" => true,
            "walls" => false,
            _ => return None,
        };
        Some(Self { weak, memory: memory.parse().ok()? })
    }
}

/// Which walls hold on this system, without a worker: a thread puts them up around itself and ends.
pub fn here() -> Report {
    let probe = std::thread::Builder::new().spawn(system::probe);
    let walls = probe.ok().and_then(|probe| probe.join().ok()).unwrap_or_default();
    Report { walls }
}

/// Shuts this process in and tells the host. `terms` is the word that follows those of [`crate::Spawn`]. Call it before anything else, while
/// there is one thread: it gives away all descriptors but the socket.
///
/// # Errors
///
/// The process was not started by [`crate::Spawn`], or cannot be shut in: it should end. The host has been told.
pub fn shut_in(terms: Option<&OsStr>) -> Result<Socket> {
    let not_ours = || Error::Start(io::Error::other("only konverte starts its workers"));
    let terms = terms.and_then(Terms::from_argument).ok_or_else(not_ours)?;
    // The host gives nothing but a socket here.
    if getsockname(stdin()).map(|name| name.address_family()) != Ok(AddressFamily::UNIX) || socket_type(stdin()) != Ok(SocketType::STREAM) {
        return Err(not_ours());
    }
    let writer = Writer(Arc::default());
    let walls = system::shut_in(terms.memory).map(|walls| Report { walls });
    let greeting = match &walls {
        Err(error) => Greeting::Refused(error.to_string()),
        Ok(report) => match report.missing() {
            Some(missing) if !terms.weak => Greeting::Missing(missing),
            _ => Greeting::Walls(report.clone()),
        },
    };
    writer.send(Frame::new(serde_json::to_vec(&greeting).map_err(|error| Error::Start(error.into()))?))?;
    match greeting {
        Greeting::Walls(report) => Ok(Socket { writer, report }),
        Greeting::Missing(why) => Err(Error::NoWall(why)),
        Greeting::Refused(why) => Err(Error::Start(io::Error::other(why))),
    }
}

/// The worker's end of the line to the host.
#[derive(Debug)]
pub struct Socket {
    writer: Writer,
    report: Report,
}

impl Socket {
    /// What sends to the host.
    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// Which walls hold.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Gives each frame of the host to `take`, until the host closes the socket: then the process ends, whatever its other threads are at.
    /// `take` must not wait for anything, or that end is not seen.
    pub fn serve(self, mut take: impl FnMut(Frame)) -> ! {
        let mut incoming = Incoming::default();
        loop {
            match read(stdin(), spare_capacity(incoming.room())) {
                // The host has gone; where it left something unread, the system says so by an error.
                Ok(0) | Err(Errno::CONNRESET) => system::exit(0),
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => system::exit(1),
            }
            loop {
                match incoming.take() {
                    Ok(Some(frame)) => take(frame),
                    Ok(None) => break,
                    Err(_) => system::exit(1),
                }
            }
        }
    }
}

/// Sends to the host, from any thread.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Mutex<Outgoing>>);

impl Writer {
    /// Sends a frame, and waits until the socket has it all. Where the host has gone, the process ends.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`]: nothing was sent.
    pub fn send(&self, frame: Frame) -> Result<()> {
        let mut outgoing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        outgoing.push(frame).map_err(Error::TooLarge)?;
        while !outgoing.is_empty() {
            match writev(stdin(), &outgoing.slices()) {
                Ok(0) => system::exit(0),
                Ok(count) => outgoing.written(count),
                Err(Errno::INTR) => {}
                Err(_) => system::exit(0),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_through_the_command_line() {
        for terms in [Terms { weak: false, memory: 1 << 40 }, Terms { weak: true, memory: 0 }] {
            assert_eq!(Terms::from_argument(OsStr::new(&terms.to_argument())), Some(terms));
        }
        assert_eq!(Terms::from_argument(OsStr::new("strong:1")), None);
        assert_eq!(Terms::from_argument(OsStr::new("walls:")), None);
    }

    #[test]
    fn who_starts_a_worker_by_hand_is_told() {
        let refused = shut_in(None).unwrap_err();
        assert!(matches!(refused, Error::Start(_)), "{refused}");
    }

    #[test]
    fn the_walls_of_this_system_are_known_without_a_worker() {
        let report = here();
        assert!(!report.walls.is_empty());
        assert_eq!(report, here(), "a probe leaves nothing behind");
        std::fs::read_dir("/").unwrap();
    }
}
