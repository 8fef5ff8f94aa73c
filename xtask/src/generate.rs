//! `cargo xtask gen`: files that come from the code. They are committed, and a test says when they are stale.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use konverte::reference::{self, Page};

use crate::shell::{Outcome, root, tracked_files};

/// Folders that hold generated files alone.
const OWNED: [&str; 2] = ["schemas/", "docs/reference/"];

pub(crate) fn run(check: bool) -> Outcome {
    let pages = reference::pages(konverte::app().registry());
    let root = root();
    let wanted: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    let left_over: Vec<String> =
        tracked_files()?.into_iter().filter(|file| OWNED.iter().any(|folder| file.starts_with(folder)) && !wanted.contains(file.as_str())).collect();
    let stale: Vec<&Page> = pages.iter().filter(|page| !is_fresh(&root, page)).collect();
    if check {
        stale.iter().for_each(|page| println!("gen: {} is stale", page.path));
        left_over.iter().for_each(|file| println!("gen: {file} is not generated any more"));
        println!("gen: {} files, {} stale", pages.len(), stale.len() + left_over.len());
        return Ok(stale.is_empty() && left_over.is_empty());
    }
    for page in &stale {
        let path = root.join(&page.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &page.text)?;
    }
    for file in &left_over {
        fs::remove_file(root.join(file))?;
    }
    println!("gen: {} files, {} written, {} removed", pages.len(), stale.len(), left_over.len());
    Ok(true)
}

fn is_fresh(root: &Path, page: &Page) -> bool {
    fs::read_to_string(root.join(&page.path)).is_ok_and(|text| text == page.text)
}
