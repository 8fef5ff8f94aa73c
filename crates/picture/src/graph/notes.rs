//! What a sheet with text says, in lines that fit on it. Its Markdown becomes headings, lists and plain text.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::sizes::Rect;
use crate::letters::Font;
use crate::numbers::counted;

const PADDING: f64 = 12.0;
const TEXT: Font = Font::plain(12.0);
/// How much higher a line is than its letters.
const LEADING: f64 = 1.4;

/// A line of text.
pub(super) struct Line {
    pub(super) x: f64,
    /// Of its base line.
    pub(super) y: f64,
    pub(super) font: Font,
    pub(super) text: String,
}

/// A paragraph, a heading, or an entry of a list.
struct Block {
    font: Font,
    indent: f64,
    text: String,
}

/// The lines of a text on a sheet. Where not all fit, the last one says how much is left out.
pub(super) fn lines(markdown: &str, sheet: Rect) -> Vec<Line> {
    let mut all = Vec::new();
    let mut y = sheet.y + PADDING;
    for block in blocks(markdown) {
        y += if all.is_empty() { 0.0 } else { 4.0 };
        let room = (sheet.width - 2.0 * PADDING - block.indent).max(4.0 * TEXT.size);
        for text in block.font.wrap(&block.text, room) {
            y += block.font.size * LEADING;
            all.push(Line { x: sheet.x + PADDING + block.indent, y: y - 0.3 * block.font.size, font: block.font, text });
        }
    }
    let end = sheet.bottom() - 0.5 * PADDING;
    let fits = all.iter().take_while(|line| line.y <= end).count();
    if fits < all.len() {
        let shown = fits.saturating_sub(1);
        let characters = all[shown..].iter().map(|line| line.text.chars().count()).sum();
        let y = all[shown].y;
        all.truncate(shown);
        if fits > 0 {
            let said = format!("… {}", counted(characters, "more character"));
            all.push(Line { x: sheet.x + PADDING, y, font: TEXT, text: TEXT.fit(&said, sheet.width - PADDING).into_owned() });
        }
    }
    all
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Blocks::default();
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => blocks.font = heading(level),
            Event::End(TagEnd::Heading(_)) => {
                blocks.close();
                blocks.font = TEXT;
            }
            Event::Start(Tag::List(first)) => {
                blocks.close();
                blocks.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                blocks.lists.pop();
            }
            Event::Start(Tag::Item) => {
                blocks.close();
                blocks.mark();
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::HtmlBlock) | Event::SoftBreak | Event::HardBreak => {
                blocks.close()
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => blocks.write(&text),
            _ => {}
        }
    }
    blocks.close();
    blocks.done
}

fn heading(level: HeadingLevel) -> Font {
    Font::bold(match level {
        HeadingLevel::H1 => 17.0,
        HeadingLevel::H2 => 15.0,
        _ => 13.0,
    })
}

/// Blocks that are done, and the one that is being read.
struct Blocks {
    done: Vec<Block>,
    font: Font,
    text: String,
    /// The lists around it, with the number of the next entry of those that have numbers.
    lists: Vec<Option<u64>>,
}

impl Default for Blocks {
    fn default() -> Self {
        Self { done: Vec::new(), font: TEXT, text: String::new(), lists: Vec::new() }
    }
}

impl Blocks {
    /// The mark before an entry of a list.
    fn mark(&mut self) {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "• ".to_owned(),
        };
        self.text.push_str(&mark);
    }

    /// Text, whose own line breaks are kept.
    fn write(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.close();
            }
            self.text.push_str(line);
        }
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            let indent = 14.0 * self.lists.len().saturating_sub(1) as f64;
            self.done.push(Block { font: self.font, indent, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(markdown: &str, width: f64, height: f64) -> Vec<String> {
        lines(markdown, Rect { x: 0.0, y: 0.0, width, height }).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_note_is_read_as_markdown_and_says_what_does_not_fit() {
        let text = "## Set up\nGet a **token** from [the settings](https://example.com)\nand keep it.\n\n1. one\n2. two\n   - inner\n\n<b>x</b>";
        let all = ["Set up", "Get a token from the settings", "and keep it.", "1. one", "2. two", "• inner", "<b>x</b>"];
        assert_eq!(said(text, 400.0, 300.0), all);
        let cut = said(text, 400.0, 80.0);
        assert_eq!((&*cut[0], cut.last().map(String::as_str)), ("Set up", Some("… 39 more characters")), "{cut:?}");
    }
}
