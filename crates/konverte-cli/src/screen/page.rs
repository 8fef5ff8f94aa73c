//! A page for people: headings, sentences, lists and what can be pasted, one below the other.

use super::words::{width, wrap};
use super::{Screen, Tone};
use crate::plain::plain;

/// How far lists stand from the left.
const INDENT: usize = 2;
/// How wide the names of a list are at most before what is said of them goes below.
const NAMES: usize = 28;
/// On a screen narrower than this it always does.
const SIDE_BY_SIDE: usize = 60;

/// A page as it grows.
#[derive(Debug)]
pub(crate) struct Page {
    screen: Screen,
    text: String,
    /// What comes next stands right below the heading of its part.
    below_heading: bool,
}

impl Page {
    pub(crate) fn new(screen: Screen) -> Self {
        Self { screen, text: String::new(), below_heading: false }
    }

    /// The whole text.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// A blank line, unless the page or a part begins here.
    pub(super) fn apart(&mut self) {
        if !std::mem::take(&mut self.below_heading) && !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// The title of a part of the page.
    pub(crate) fn part(&mut self, text: &str) {
        self.title(text);
        self.below_heading = true;
    }

    pub(crate) fn title(&mut self, text: &str) {
        self.apart();
        let lines = wrap(&plain(text), self.screen.text_width(), "");
        self.lines(lines.iter().map(|line| self.screen.paint(Tone::Strong, line)).collect());
    }

    /// Sentences; `` `this` `` is what can be typed.
    pub(crate) fn text(&mut self, text: &str) {
        self.painted(&self.with_code(&plain(text.trim())), "", "");
    }

    /// What stands between grave accents in the colour of code, else as it is: there the accents are its quotes.
    fn with_code(&self, text: &str) -> String {
        let parts: Vec<&str> = text.split('`').collect();
        if !self.screen.has_colour() || parts.len().is_multiple_of(2) {
            return text.to_owned();
        }
        let part = |(index, part): (usize, &&str)| if index % 2 == 1 { self.screen.paint(Tone::Code, part) } else { (*part).to_owned() };
        parts.iter().enumerate().map(part).collect()
    }

    /// A paragraph that is ready, behind `first`; its other lines stand behind `rest`.
    pub(super) fn painted(&mut self, text: &str, first: &str, rest: &str) {
        self.apart();
        self.close(text, first, rest);
    }

    /// The same, right below what is there.
    pub(super) fn close(&mut self, text: &str, first: &str, rest: &str) {
        self.lines(wrap(&format!("{first}{text}"), self.screen.text_width(), rest));
    }

    fn lines(&mut self, lines: Vec<String>) {
        for line in lines {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// Names, each with what is said of it beside or below it.
    pub(crate) fn terms(&mut self, entries: &[(String, String)]) {
        self.apart();
        let names = entries.iter().map(|(name, _)| width(name)).filter(|name| *name <= NAMES).max().unwrap_or(0);
        let beside = self.screen.width() >= SIDE_BY_SIDE;
        let begins = if beside { INDENT + names + 2 } else { 3 * INDENT };
        let (room, left) = (self.screen.text_width() - begins, " ".repeat(INDENT));
        for (name, said) in entries {
            let name = plain(name);
            let mut said = said.split('\n').flat_map(|line| wrap(&self.with_code(&plain(line)), room, "")).filter(|line| !line.is_empty());
            let mut lines = Vec::new();
            if beside && width(&name) <= names {
                let blanks = " ".repeat(begins - INDENT - width(&name));
                lines.push(format!("{left}{}{blanks}{}", self.screen.paint(Tone::Code, &name), said.next().unwrap_or_default()));
            } else {
                let name = wrap(&name, self.screen.text_width() - INDENT, &left).into_iter();
                lines.extend(name.map(|line| format!("{left}{}", self.screen.paint(Tone::Code, &line))));
            }
            lines.extend(said.map(|line| format!("{}{line}", " ".repeat(begins))));
            self.lines(lines);
        }
    }

    /// What can be pasted: as it is, from the left edge, however wide it is.
    pub(crate) fn code(&mut self, code: &str) {
        self.apart();
        self.text.push_str(plain(code).trim_end());
        self.text.push('\n');
    }
}
