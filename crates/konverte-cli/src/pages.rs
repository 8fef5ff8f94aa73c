//! The pages of `docs/errors/`, inside the binary.

use engine::RunResult;

include!(concat!(env!("OUT_DIR"), "/error_pages.rs"));

/// Each error code with its page, sorted by code.
pub fn error_pages() -> &'static [(&'static str, &'static str)] {
    ERROR_PAGES
}

/// The paragraph *What to do* of a code's page, on one line: the help of an error that brings none of its own.
pub(crate) fn what_to_do(code: &str) -> Option<String> {
    let (_, page) = ERROR_PAGES.iter().find(|(known, _)| *known == code)?;
    let (_, advice) = page.split_once("**What to do.**")?;
    let paragraph = advice.split("\n\n").next()?;
    Some(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Gives each error of a run the help of its code's page, where it brings none of its own.
pub(crate) fn add_help(result: &mut RunResult) {
    let of_runs = result.nodes.values_mut().flatten().filter_map(|run| run.error.as_mut());
    for error in of_runs.chain(&mut result.error) {
        error.help = error.help.take().or_else(|| what_to_do(error.code.as_str()));
    }
}
