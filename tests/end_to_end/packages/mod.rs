//! `konverte packages`, with a made-up registry; and what runs with them.

mod adding;
mod harm;
mod made_up;
#[cfg(target_os = "linux")]
mod unshut;
mod updating;
#[cfg(unix)]
mod watching;
mod workflows;
