//! What comes with a module when it is loaded: the module itself and those that run at once with it, compiled, in one file of the cache.
//!
//! Bytecode that another engine made, or that is damaged, corrupts the memory of the engine that reads it. So the hash that a file begins with
//! is also of the engine, the packages and the module that it is for ([`crate::derived`]), and what does not fit is not there. The files lie
//! under [`crate::lock::Lock::identity`], which packages that hold other sources do not share, and the host alone writes them.
//!
//! ```text
//! u32 count | u32 length of each part | the parts
//! ```

use bytes::{Buf, Bytes};

use crate::cache::Cache;
use crate::error::Result;
use crate::integrity::Integrity;

/// What is made here, and its form.
pub(crate) const FORM: &str = "bundles-2";

/// A module, and those that run at once with it, as a worker is given them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// What there is to know of the modules: a JSON list.
    pub modules: Bytes,
    /// What the list speaks of by number: their code.
    pub parts: Vec<Bytes>,
}

/// The bundles of one package of nodes, made by one engine.
#[derive(Debug, Clone)]
pub struct Bundles {
    cache: Cache,
    of: Integrity,
    form: String,
}

impl Bundles {
    /// Of the packages `of` ([`crate::lock::Lock::identity`]); `engine` says what made the bytecode.
    pub fn new(cache: &Cache, of: &Integrity, engine: &str) -> Self {
        Self { cache: cache.clone(), of: of.clone(), form: format!("{FORM}-{engine}") }
    }

    /// The one that was kept of a module; `None`: there is none, or not as it was made.
    pub fn kept(&self, id: &str) -> Option<Bundle> {
        read(self.cache.derived_file(&self.of, &self.form, &name(id)).ok()??)
    }

    /// Keeps one.
    ///
    /// # Errors
    /// [`crate::codes::CACHE`]: the cache cannot be written.
    pub fn keep(&self, id: &str, bundle: &Bundle) -> Result<()> {
        self.cache.put_derived_file(&self.of, &self.form, &name(id), &written(bundle))
    }

    /// Whether one could be kept.
    pub fn can_keep(&self) -> bool {
        self.cache.can_put_derived(&self.of, &self.form)
    }
}

/// Ids are paths, and may be longer than the name of a file.
fn name(id: &str) -> String {
    Integrity::of(id.as_bytes()).short()
}

fn written(bundle: &Bundle) -> Vec<u8> {
    let parts = || std::iter::once(&bundle.modules).chain(&bundle.parts);
    let number = |length: usize| (length as u32).to_le_bytes();
    let front = std::iter::once(parts().count()).chain(parts().map(Bytes::len)).flat_map(number);
    let mut body: Vec<u8> = front.collect();
    parts().for_each(|part| body.extend_from_slice(part));
    body
}

/// The hash has said that it is what was written; still nothing is taken for granted.
fn read(mut body: Bytes) -> Option<Bundle> {
    let count = body.try_get_u32_le().ok()?;
    let lengths = (0..count).map(|_| body.try_get_u32_le().ok()).collect::<Option<Vec<_>>>()?;
    let part = |length: u32| Some(length as usize).filter(|length| *length <= body.len()).map(|length| body.split_to(length));
    let mut parts = lengths.into_iter().map(part).collect::<Option<Vec<_>>>()?;
    (body.is_empty() && !parts.is_empty()).then(|| Bundle { modules: parts.remove(0), parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("cache"));
        let of = Integrity::of(b"packages");
        let bundles = Bundles::new(&cache, &of, "one");
        let bundle = Bundle { modules: "[1, 2]".into(), parts: vec!["ss".into(), "bytecode".into(), Bytes::new()] };
        assert_eq!(bundles.kept("a"), None);
        bundles.keep("a", &bundle).unwrap();
        assert_eq!(bundles.kept("a"), Some(bundle.clone()));

        // What another engine made, what is for other packages or for another module.
        let place = |bundles: &Bundles, id: &str| cache.derived(&bundles.of, &bundles.form).join(name(id));
        let whole = std::fs::read(place(&bundles, "a")).unwrap();
        for (other, id) in
            [(Bundles::new(&cache, &of, "two"), "a"), (Bundles::new(&cache, &Integrity::of(b"others"), "one"), "a"), (bundles.clone(), "b")]
        {
            std::fs::create_dir_all(cache.derived(&other.of, &other.form)).unwrap();
            std::fs::write(place(&other, id), &whole).unwrap();
            assert_eq!(other.kept(id), None);
        }

        // Garbled and cut off.
        for at in 0..whole.len() {
            let mut garbled = whole.clone();
            garbled[at] ^= 1;
            for damaged in [&garbled, &whole[..at]] {
                std::fs::write(place(&bundles, "a"), damaged).unwrap();
                assert_eq!(bundles.kept("a"), None, "byte {at}");
            }
        }
        bundles.keep("a", &bundle).unwrap();
        assert_eq!(bundles.kept("a"), Some(bundle));
    }
}
