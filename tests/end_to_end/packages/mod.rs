//! `konverte packages`, with a made-up registry.

mod adding;
mod harm;
mod made_up;
