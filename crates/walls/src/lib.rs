//! A process that is shut in: our own program, started again as a worker, which gives away what it does not need before it reads anything. Frames
//! go to and fro over one socket. What the frames say, and what the worker does, other crates know.
//!
//! | room | what |
//! |---|---|
//! | `frame` | what goes over the socket, and its limits |
//! | `report`, `error`, `end` | which walls hold, why there is no worker, how one ended |
//! | `process`, `host` | the host's side, asynchronous: [`Spawn`], [`Worker`], [`Sender`] |
//! | `worker` | the worker's side, blocking: [`shut_in`], [`Socket`], [`Writer`] |
//! | `linux`, `macos` | the walls of a system; on others there are none, so no worker starts |

#![cfg_attr(not(any(target_os = "linux", target_os = "macos")), allow(dead_code, reason = "no worker starts on other systems"))]

mod end;
mod error;
mod frame;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod host;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod nowhere;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod process;
mod report;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod worker;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

pub use end::End;
pub use error::{Error, Result};
pub use frame::{Fault, Frame, LIMIT, MOST_ATTACHMENTS};
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub use host::{Sender, Spawn, Worker};
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub use nowhere::{Sender, Socket, Spawn, Worker, Writer, here, shut_in};
pub use report::{Report, Wall};
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub use worker::{Socket, Writer, here, shut_in};
