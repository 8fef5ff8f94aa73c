//! The program as its users meet it: files in, standard output, standard error and an exit code out.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail by panicking, as tests do")]

mod acts;
mod api;
mod bad_input;
mod certificates;
mod commands;
mod conditions;
mod emulator;
mod ending;
mod error_pages;
mod examples;
mod harm;
mod journal;
mod machine;
mod mistakes;
mod offline;
mod output;
mod packaged;
mod packages;
mod reference;
mod report;
mod results;
mod round_trips;
mod running;
mod schemas;
mod services;
mod shell;
mod sign_in;
mod starting;
mod support;
mod surveys;
mod tables;
mod terminal;
mod triggers;
mod waiting;
mod workflows;
