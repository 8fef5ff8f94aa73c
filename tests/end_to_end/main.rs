//! The program as its users meet it: files in, standard output, standard error and an exit code out.

mod bad_input;
mod commands;
mod round_trips;
mod running;
mod support;
mod workflows;
