//! The version of n8n-nodes-base that was compared with a real n8n, and all that it needs: names, versions and hashes. Whoever adds it gets
//! the same, and no lists of versions are fetched.
//!
//! `built_in.lock.json` has the form of a lock; `cargo xtask closure` works it out anew from the registry.

use std::sync::LazyLock;

use crate::integrity::Integrity;
use crate::lock::{Lock, Source};

/// The package whose nodes were compared with a real n8n, and the version that was.
pub const TESTED: (&str, &str) = ("n8n-nodes-base", "2.41.1");

#[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
static LOCK: LazyLock<Lock> = LazyLock::new(|| Lock::read(include_str!("built_in.lock.json"), "built_in.lock.json").expect("a lock"));

/// The lock that has it alone. Nobody has accepted anything in it, and nothing is granted.
pub fn lock() -> &'static Lock {
    &LOCK
}

/// Version, address and hash of its archive.
pub(crate) fn archive() -> (String, String, Integrity) {
    let (url, integrity) = match &lock().packages[TESTED.0].library.archive {
        Source::Registry { url, integrity } => (url.clone(), integrity.clone()),
        Source::Folder { .. } => unreachable!("a test says that it is of the registry"),
    };
    (TESTED.1.to_owned(), url, integrity)
}
