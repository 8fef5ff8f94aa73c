//! How a result or a message is laid out for the people who read it: as wide as their terminal, in colour where it has any.

pub(crate) mod markdown;
pub(crate) mod page;
pub(crate) mod table;
pub(crate) mod words;

use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use crate::environment;

/// Columns where nothing says how many there are: on a terminal, and elsewhere.
const TERMINAL: usize = 80;
const ELSEWHERE: usize = 100;
/// Nothing is laid out narrower than this.
const NARROWEST: usize = 40;
/// Sentences are not wider than this: longer lines are hard to read.
const SENTENCES: usize = 100;

/// When there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal that has them, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// What a word is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It went well.
    Good,
    /// It went wrong.
    Bad,
    /// A person should look at it.
    Look,
    /// A heading, or what a line is about.
    Strong,
    /// What can be typed.
    Code,
    /// What only helps to read the rest.
    Quiet,
}

/// Where something is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// How many columns there are, where that is known.
    columns: Option<usize>,
    colour: bool,
    terminal: bool,
    /// A terminal that can do nothing but print.
    dumb: bool,
}

impl Screen {
    /// Standard output.
    pub(crate) fn stdout(colour: ColorWhen) -> Self {
        Self::new(io::stdout().is_terminal(), || columns_of(terminal_size::terminal_size_of(io::stdout())), colour)
    }

    /// Standard error.
    pub(crate) fn stderr(colour: ColorWhen) -> Self {
        Self::new(io::stderr().is_terminal(), || columns_of(terminal_size::terminal_size_of(io::stderr())), colour)
    }

    fn new(terminal: bool, size: impl FnOnce() -> Option<usize>, colour: ColorWhen) -> Self {
        let dumb = environment::variable("TERM").is_some_and(|name| name == "dumb");
        let is_wanted = environment::variable("NO_COLOR").is_none_or(|value| value.is_empty());
        let colour = match colour {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => terminal && is_wanted && !dumb,
        };
        let said = || environment::variable("COLUMNS").and_then(|columns| columns.trim().parse().ok()).filter(|columns| *columns > 0);
        let columns = if terminal { size().or_else(said).or(Some(TERMINAL)) } else { said() };
        Self { columns, colour, terminal, dumb }
    }

    /// Whether a person watches, at a terminal on which lines can be changed.
    pub(crate) fn can_redraw(self) -> bool {
        self.terminal && !self.dumb
    }

    pub(crate) fn is_terminal(self) -> bool {
        self.terminal
    }

    pub(crate) fn has_colour(self) -> bool {
        self.colour
    }

    /// Whether it is known how wide it is: else lines are left to whatever reads them.
    pub(crate) fn is_measured(self) -> bool {
        self.columns.is_some()
    }

    /// How wide a table may be.
    pub(crate) fn width(self) -> usize {
        self.columns.unwrap_or(ELSEWHERE).max(NARROWEST)
    }

    /// How wide sentences may be.
    pub(crate) fn text_width(self) -> usize {
        self.width().min(SENTENCES)
    }

    /// Lines that people read, each as wide as there is room and no wider: what is left of one stands a little further in. Where it is not known how wide
    /// that is, they stay as they are.
    pub(crate) fn lines(self, text: &str) -> String {
        if !self.is_measured() {
            return text.to_owned();
        }
        let line = |line: &str| words::fill(line, self.text_width(), &" ".repeat(line.len() - line.trim_start().len() + 2));
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// The text in this tone.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let colour = |colour: AnsiColor| colour.on_default();
        let style: Style = match tone {
            Tone::Good => colour(AnsiColor::Green),
            Tone::Bad => colour(AnsiColor::Red),
            Tone::Look => colour(AnsiColor::Yellow),
            Tone::Strong => Style::new().bold(),
            Tone::Code => colour(AnsiColor::Cyan),
            Tone::Quiet => Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }
}

fn columns_of(size: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<usize> {
    size.map(|(width, _)| usize::from(width.0)).filter(|columns| *columns > 0)
}

#[cfg(test)]
impl Screen {
    /// 100 columns without colour.
    pub(crate) const WIDE: Self = Self { columns: Some(100), colour: false, terminal: false, dumb: false };

    /// One without colour.
    pub(crate) fn of_width(columns: usize) -> Self {
        Self { columns: Some(columns), ..Self::WIDE }
    }
}
