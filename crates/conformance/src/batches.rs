//! Plays many cases, on all cores.
//!
//! An isolate of a package belongs to a workflow and lives as long as its worker. Each case is a workflow of its own, so it finds nothing
//! that another one has left; a worker is given up after a few cases, so that there are never more isolates than these have.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use node_sdk::sync::lock;

use crate::cases::Case;
use crate::compare::Apart;
use crate::failure::Failure;
use crate::play::{Installed, Stage};
use crate::sets::Set;

/// Cases that share a worker.
const BATCH: usize = 25;

/// Futures of a debug build are large.
const STACK: usize = 16 << 20;

/// What differs of each case, in their order, and what is counted apart.
pub(crate) fn play(set: Set, cases: &[Case], installed: &Installed) -> Result<(Vec<Option<String>>, Apart), Failure> {
    let batches: Vec<&[Case]> = cases.chunks(BATCH).collect();
    let next = AtomicUsize::new(0);
    let played = Mutex::new((batches.iter().map(|_| Vec::new()).collect::<Vec<Vec<Option<String>>>>(), Apart::default()));
    let work = || -> Result<(), String> {
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(batch) = batches.get(index)
        {
            let (differences, apart) = play_batch(set, batch, installed).map_err(|error| error.to_string())?;
            let mut played = lock(&played);
            played.0[index] = differences;
            played.1.add(&apart);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let started: Result<Vec<_>, _> = (0..threads).map(|_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)).collect();
        started?.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread that plays cases panicked".to_owned())?).map_err(Failure::from)
    })?;
    let (differences, apart) = played.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok((differences.into_iter().flatten().collect(), apart))
}

/// On a runtime of their own, as `konverte run` has one: with it goes the worker.
fn play_batch(set: Set, cases: &[Case], installed: &Installed) -> Result<(Vec<Option<String>>, Apart), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stage = Stage::new(installed)?;
    let mut apart = Apart::default();
    let differences = runtime.block_on(async {
        let mut differences = Vec::with_capacity(cases.len());
        for case in cases {
            differences.push(set.play(&stage, case, &mut apart).await);
        }
        differences
    });
    runtime.shutdown_background();
    Ok((differences, apart))
}
