//! A child process: started by a thread that lives as long as this process, watched by a thread of its own.

use std::io;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use tokio::sync::{oneshot, watch};

use crate::End;

/// What the threads of this file need: they call the system and wait.
const STACK: usize = 128 << 10;

/// A child process that is always waited for, whether or not anybody asks how it ended.
#[derive(Debug)]
pub(crate) struct Process {
    /// Locked by who ends it and by who takes note of its end, so that no signal goes to another process that got its number.
    child: Mutex<Child>,
    killed: AtomicBool,
    end: watch::Receiver<Option<End>>,
}

impl Process {
    pub(crate) async fn start(command: Command) -> io::Result<Arc<Self>> {
        let (reply, answer) = oneshot::channel();
        spawner()?.send((command, reply)).map_err(io::Error::other)?;
        let child = answer.await.map_err(io::Error::other)??;
        let (ended, end) = watch::channel(None);
        let process = Arc::new(Self { child: Mutex::new(child), killed: AtomicBool::new(false), end });
        let watched = Arc::clone(&process);
        let watching = thread::Builder::new().name("worker's end".to_owned()).stack_size(STACK).spawn(move || {
            watched.wait_for_end();
            ended.send_replace(Some(watched.take_end()));
        });
        if let Err(error) = watching {
            process.kill();
            process.take_end();
            return Err(error);
        }
        Ok(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child().id()
    }

    /// Ends it, if it has not ended.
    pub(crate) fn kill(&self) {
        let mut child = self.child();
        self.killed.store(true, Ordering::Relaxed);
        // It fails where the process has ended.
        let _ = child.kill();
    }

    /// Waits until it has ended.
    pub(crate) async fn end(&self) -> End {
        let mut end = self.end.clone();
        end.wait_for(Option::is_some).await.ok().and_then(|end| *end).unwrap_or(End::Unknown)
    }

    /// Waits without taking note: until then its number is its own.
    fn wait_for_end(&self) {
        let Some(id) = i32::try_from(self.id()).ok().and_then(Pid::from_raw) else { return };
        while matches!(waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT), Err(Errno::INTR)) {}
    }

    fn take_end(&self) -> End {
        let status = self.child().wait();
        status.map_or(End::Unknown, |status| End::of(status, self.killed.load(Ordering::Relaxed)))
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Order = (Command, oneshot::Sender<io::Result<Child>>);

/// The thread that starts processes. The death signal of a child on Linux follows the thread that started it, so this one never ends.
fn spawner() -> io::Result<mpsc::Sender<Order>> {
    static SPAWNER: Mutex<Option<mpsc::Sender<Order>>> = Mutex::new(None);
    let mut spawner = SPAWNER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(spawner) = &*spawner {
        return Ok(spawner.clone());
    }
    let (orders, queue) = mpsc::channel::<Order>();
    thread::Builder::new().name("workers' parent".to_owned()).stack_size(STACK).spawn(move || {
        for (mut command, reply) in queue {
            // Whoever gave the order may have gone: a process that nobody takes is ended.
            if let Err(Ok(mut child)) = reply.send(command.spawn()) {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    })?;
    Ok(spawner.insert(orders).clone())
}
