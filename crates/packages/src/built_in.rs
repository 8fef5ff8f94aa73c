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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::left_out::left_out;
    use crate::spec::Name;

    #[test]
    fn what_is_built_in_is_whole_and_comes_from_the_public_registry() {
        let lock = lock();
        assert_eq!(lock.packages.keys().collect::<Vec<_>>(), [TESTED.0]);
        let package = &lock.packages[TESTED.0];
        assert_eq!((package.version.as_str(), archive().0.as_str()), (TESTED.1, TESTED.1));
        assert_eq!(lock.libraries_of(package).len(), lock.libraries.len(), "each is used");
        for (key, library) in lock.all() {
            let (name, version) = key.rsplit_once('@').unwrap();
            assert_eq!(left_out(&Name::new(name).unwrap()), None, "{key}");
            let file = name.rsplit('/').next().unwrap();
            let Source::Registry { url, integrity } = &library.archive else { panic!("{key} is of a folder") };
            assert_eq!(*url, format!("https://registry.npmjs.org/{name}/-/{file}-{version}.tgz"));
            assert!(String::from(integrity.clone()).starts_with("sha512-"), "{key}");
        }
        assert!((150..200).contains(&lock.libraries.len()), "{}", lock.libraries.len());
        assert_eq!((package.licence.accepted.as_str(), &package.hosts), ("", &crate::hosts::Hosts::These([].into())), "nothing is granted");
    }
}
