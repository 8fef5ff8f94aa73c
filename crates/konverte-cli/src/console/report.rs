//! A message as it is drawn: with the lines of the file that it is about.

use std::borrow::Cow;
use std::sync::Arc;

use host::secrets::Secrets;
use host::{Place, char_boundary};
use miette::{Diagnostic, LabeledSpan, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents};
use workflow::Document;

use super::{Level, Message};
use crate::plain::blotted;
use crate::screen::Screen;
use crate::screen::words::{cut_inside, width};

/// A message as miette wants it.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) message: &'a Message,
    pub(super) excerpt: Option<Excerpt>,
}

/// A text as it is shown, as long in bytes as it is: secrets are masked.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) of: Arc<str>,
    document: Document,
}

impl Shown {
    pub(super) fn new(text: &Arc<str>, secrets: &Secrets) -> Self {
        let mut masked = text.to_string();
        secrets.blot(&mut masked);
        Self { of: text.clone(), document: Document::new("", &*blotted(&masked)) }
    }
}

/// Columns at the left of a line of a file: its number and a bar.
const MARGIN: usize = 10;
/// Columns around the name of the file: a corner, line and column.
const FRAME: usize = 18;
/// Columns of what is said below a place: `╰── here`.
const LABEL: usize = 8;
/// Columns that a tab takes.
const TAB: usize = 4;

/// The text around a place: whole lines where they have room; else a part of one line.
#[derive(Debug)]
pub(super) struct Excerpt {
    file: String,
    text: String,
    /// The place in the text.
    offset: usize,
    len: usize,
    /// Line and column in the file where the text begins, both from 0.
    begins: (usize, usize),
    /// Whether there is room to say something below the place.
    has_label: bool,
}

impl Excerpt {
    pub(super) fn new(place: &Place, shown: &Shown, screen: Screen) -> Self {
        let room = screen.text_width() - MARGIN;
        let text = &*shown.document.text;
        let at = char_boundary(text, place.offset);
        let line_before = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line_after = |at: usize| text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let line = line_before(at)..line_after(at);
        // The line before, and those to the end of the place and one more.
        let (mut start, mut end) =
            (line_before(line.start.saturating_sub(1)), line_after((line_after(char_boundary(text, at + place.len)) + 1).min(text.len())));
        if text[start..end].lines().any(|line| is_wider(line, room)) {
            (start, end) = part(text, line, at, room);
        }
        let begins = shown.document.place_of(start..start);
        let (line, column) = (begins.line, begins.column);
        let offset = place.offset.min(end) - start;
        let len = place.len.max(1).min(end - start - offset);
        // Where nobody measured, a program may look for it.
        let file = if screen.is_measured() { cut_inside(&place.file, screen.width() - FRAME) } else { Cow::Borrowed(&*place.file) }.into_owned();
        // It begins below the middle of the place.
        let has_label = !is_wider(&text[line_before(at).max(start)..at], room - LABEL - len.min(room / 2) / 2);
        Self { file, text: text[start..end].to_owned(), offset, len, begins: (line - 1, column - 1), has_label }
    }
}

/// Whether a line takes more columns.
fn is_wider(line: &str, room: usize) -> bool {
    // A character takes 4 bytes at most, and most take a column.
    line.len() > 4 * room || width(line) + line.matches('\t').count() * (TAB - 1) > room
}

/// The part of a line around a place. A character takes no more columns than bytes.
fn part(text: &str, line: std::ops::Range<usize>, at: usize, room: usize) -> (usize, usize) {
    let start = char_boundary(text, at.saturating_sub(room / 3)).max(line.start);
    // Tabs take more columns than bytes; they stand at the beginning.
    let start = start + (text[start..at].len() - text[start..at].trim_start().len());
    let end = char_boundary(text, start + room).min(line.end);
    (start, end)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let part = self.text.read_span(span, lines_before, lines_after)?;
        let (line, column) = self.begins;
        // In a text that is cut, miette's own line and column are those of the cut.
        let column = part.column() + if part.line() == 0 { column } else { 0 };
        let shown = MietteSpanContents::new_named(self.file.clone(), part.data(), *part.span(), line + part.line(), column, part.line_count());
        Ok(Box::new(shown))
    }
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message.text)
    }
}

impl std::error::Error for Report<'_> {}

impl Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.message.code.as_ref().map(|code| Box::new(code) as Box<dyn std::fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.message.level {
            Level::Note => Severity::Advice,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.message.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Excerpt { offset, len, has_label, .. } = self.excerpt.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new(has_label.then(|| "here".into()), *offset, *len))))
    }
}
