//! The keeper of a command: a process between konverte and the shell.
//!
//! Its standard input says what konverte does: a byte is [`super::LET_GO`], its end is that of the run, or of konverte itself. On Linux the keeper is the
//! parent of whatever loses its own (a *subreaper*), so that a process in a session of its own is found too.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;

use rustix::process::{Signal, getpgrp, kill_process_group};

use super::exit_code;

/// What a keeper is told.
enum Told {
    /// The shell has ended with this exit code.
    Ended(i32),
    /// What is left then may stay.
    LetGo,
    /// Nobody waits any more.
    Alone,
}

/// Runs a command by the system's shell, and ends with its exit code; ends it and all that it started where standard input ends before. Nothing else may
/// run in this process.
pub fn keep(command: &str) -> ExitCode {
    match kept(command) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        Err(error) => {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "The shell cannot be started: {error}");
            ExitCode::from(126)
        }
    }
}

fn kept(command: &str) -> io::Result<i32> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut shell = Command::new("/bin/sh").args(["-c", command]).stdin(Stdio::null()).spawn()?;
    // The output ends with the last one of the command that has it.
    let nowhere = File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    rustix::stdio::dup2_stderr(&nowhere)?;
    let (tell, told) = mpsc::channel();
    let listens = tell.clone();
    thread::spawn(move || listen(&listens));
    thread::spawn(move || tell.send(Told::Ended(shell.wait().map_or(1, exit_code))));
    let (mut code, mut lets_go) = (None, false);
    while code.is_none() || !lets_go {
        match told.recv() {
            Ok(Told::Ended(ended)) => code = Some(ended),
            Ok(Told::LetGo) => lets_go = true,
            Ok(Told::Alone) | Err(_) => end_all(),
        }
    }
    Ok(code.unwrap_or_default())
}

fn listen(tell: &Sender<Told>) {
    let mut stdin = io::stdin();
    let mut space = [0];
    while stdin.read(&mut space).is_ok_and(|read| read > 0) {
        let _ = tell.send(Told::LetGo);
    }
    let _ = tell.send(Told::Alone);
}

/// Ends all that is below this process, and this process.
fn end_all() {
    #[cfg(target_os = "linux")]
    linux::end_below();
    // With the group ends this process, too.
    let _ = kill_process_group(getpgrp(), Signal::KILL);
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, getpid, kill_process};

    /// How long this goes on: what starts more than can be ended is left.
    const LONGEST: Duration = Duration::from_secs(10);

    /// Ends all processes below this one. Those that start others meanwhile are met again: whoever loses its parent comes to this one.
    pub(super) fn end_below() {
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            let found = below(getpid());
            if found.is_empty() {
                return;
            }
            for process in found {
                // It may have ended by itself.
                let _ = kill_process(process, Signal::KILL);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The processes below this one that have not ended.
    fn below(process: Pid) -> Vec<Pid> {
        let all: Vec<(Pid, Pid)> = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| parent(&entry)).collect();
        let mut found = vec![process];
        let mut next = 0;
        while let Some(&above) = found.get(next) {
            found.extend(all.iter().filter(|(_, parent)| *parent == above).map(|(process, _)| *process));
            next += 1;
        }
        found.split_off(1)
    }

    /// A process and its parent; `None`: the entry is none, or it has ended and waits to be forgotten.
    fn parent(entry: &fs::DirEntry) -> Option<(Pid, Pid)> {
        let process = entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw)?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Its name stands in brackets, and may hold any.
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok().and_then(Pid::from_raw)?;
        (!matches!(state, "Z" | "X")).then_some((process, parent))
    }
}
