//! What all rows need to know.

use std::path::PathBuf;

use crate::program::Program;

/// What is measured, and how.
pub(crate) struct Bench {
    pub(crate) ours: Program,
    /// The program to compare with.
    pub(crate) theirs: Option<Program>,
    /// The folder of an installation of n8n, to compare with.
    pub(crate) n8n: Option<PathBuf>,
    pub(crate) quick: bool,
    /// For made files; removed at the end.
    pub(crate) folder: tempfile::TempDir,
}

impl Bench {
    /// A number of turns or items; a tenth of it where only a quick look is wanted, but not less than `least`.
    pub(crate) fn amount(&self, whole: usize, least: usize) -> usize {
        if self.quick { (whole / 10).max(least) } else { whole }
    }
}

/// Where n8n-nodes-base is installed.
pub(crate) struct Place {
    /// The folder of the lock.
    pub(crate) project: String,
    /// The folder of the files.
    pub(crate) cache: String,
}
