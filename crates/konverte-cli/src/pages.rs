//! The pages of `docs/errors/`, inside the binary.

use engine::RunResult;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

include!(concat!(env!("OUT_DIR"), "/error_pages.rs"));

/// Each error code with its page, sorted by code.
pub fn error_pages() -> &'static [(&'static str, &'static str)] {
    ERROR_PAGES
}

/// The paragraph *What to do* of a code's page, on one line: the help of an error that brings none of its own.
pub(crate) fn what_to_do(code: &str) -> Option<String> {
    let (_, page) = ERROR_PAGES.iter().find(|(known, _)| *known == code)?;
    let (_, advice) = page.split_once("**What to do.**")?;
    Some(sentences(advice.split("\n\n").next()?))
}

/// A paragraph of Markdown as text on one line: names stand in quotes, links are their words.
fn sentences(markdown: &str) -> String {
    let mut text = String::new();
    for event in Parser::new(markdown.trim()) {
        match event {
            Event::Text(words) => text += &words,
            Event::Code(words) => text.extend(["`", &words, "`"]),
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => text.push('"'),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Gives each error of a run the help of its code's page, where it brings none of its own.
pub(crate) fn add_help(result: &mut RunResult) {
    let of_runs = result.nodes.values_mut().flatten().filter_map(|run| run.error.as_mut());
    for error in of_runs.chain(&mut result.error) {
        error.help = error.help.take().or_else(|| what_to_do(error.code.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_sentences_and_no_markdown() {
        let text = sentences("Set *Retry On\nFail*, or `a*b*c`; see\n[the *table*](x.md#y).");
        assert_eq!(text, "Set \"Retry On Fail\", or `a*b*c`; see the \"table\".");
        for (code, _) in ERROR_PAGES {
            let help = what_to_do(code).unwrap_or_default();
            let marks = help.split('`').step_by(2).any(|words| words.contains(['*', '[', ']']));
            assert!(!marks && !help.ends_with(':'), "{code}: {help}");
        }
    }
}
