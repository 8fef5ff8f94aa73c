//! How a play is held against its recording: what counts, and what is counted apart.

mod requests;
mod result;
mod values;

use std::collections::BTreeMap;
use std::fmt;

pub(crate) use requests::requests_differ;
pub(crate) use result::{items_differ, result_differs, saved_tokens};
pub(crate) use values::difference;

/// What is compared and fails no case: how often it is as recorded, and how often it was compared.
#[derive(Default)]
pub(crate) struct Apart(BTreeMap<&'static str, (usize, usize)>);

impl Apart {
    fn note(&mut self, what: &'static str, same: bool) {
        let (good, all) = self.0.entry(what).or_default();
        (*good, *all) = (*good + usize::from(same), *all + 1);
    }

    /// Takes in what was noted elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        for (what, (good, all)) in &other.0 {
            let (own_good, own_all) = self.0.entry(what).or_default();
            (*own_good, *own_all) = (*own_good + good, *own_all + all);
        }
    }
}

impl fmt::Display for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<String> = self.0.iter().map(|(what, (good, all))| format!("{good} of {all} {what}")).collect();
        f.write_str(&rows.join("; "))
    }
}
