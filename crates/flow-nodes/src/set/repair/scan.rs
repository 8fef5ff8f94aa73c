//! Where the reader stands, and what may be passed over there.

use super::{Read, Unclear};

/// The text and a place in it.
pub(super) struct Scanner {
    text: Vec<char>,
    pub(super) at: usize,
    /// Characters that were read more than once.
    again: usize,
}

/// So many times the text's length may be read again: one that is a riddle throughout must not take the time of its square.
const MAX_AGAIN: usize = 8;

/// What an address begins with; `//` behind it begins no comment.
const SCHEMES: [&str; 7] = ["http", "https", "ftp", "mailto", "file", "data", "irc"];

impl Scanner {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0, again: 0 }
    }

    /// Goes back to a place that was passed.
    pub(super) fn back_to(&mut self, place: usize) -> Read<()> {
        self.again += self.at - place;
        self.at = place;
        if self.again > MAX_AGAIN * self.text.len() { Err(Unclear) } else { Ok(()) }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    pub(super) fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    pub(super) fn take_any(&mut self, wanted: &str) -> bool {
        let there = self.peek().is_some_and(|c| wanted.contains(c));
        self.at += usize::from(there);
        there
    }

    pub(super) fn take_all(&mut self, wanted: &str) -> bool {
        let there = self.text[self.at..].iter().copied().take(wanted.chars().count()).eq(wanted.chars());
        if there {
            self.at += wanted.chars().count();
        }
        there
    }

    pub(super) fn skip_while(&mut self, mut wanted: impl FnMut(char) -> bool) {
        while self.peek().is_some_and(&mut wanted) {
            self.at += 1;
        }
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> String {
        self.text[start..self.at].iter().collect()
    }

    /// White space and comments.
    pub(super) fn skip_blanks(&mut self) {
        self.skip_blanks_but(|_| false);
    }

    /// The same up to the end of the line.
    pub(super) fn skip_blanks_in_line(&mut self) {
        self.skip_blanks_but(|c| c == '\n');
    }

    fn skip_blanks_but(&mut self, stops: impl Fn(char) -> bool) {
        loop {
            let before = self.at;
            self.skip_while(|c| !stops(c) && (is_whitespace(c) || is_typed_space(c)));
            if self.take_all("/*") {
                while self.at < self.text.len() && !self.take_all("*/") {
                    self.at += 1;
                }
            } else if self.take_all("//") {
                self.skip_while(|c| c != '\n');
            }
            if self.at == before {
                return;
            }
        }
    }

    /// A name as of a function.
    pub(super) fn skip_name(&mut self) -> bool {
        let starts = self.peek().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '$'));
        if starts {
            self.skip_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'));
        }
        starts
    }

    /// The rest of an address, if one begins at `start` and what is read so far is its scheme.
    pub(super) fn skip_address(&mut self, start: usize) {
        let scheme: String = self.text[start..self.at].iter().collect();
        if scheme.strip_suffix(':').is_some_and(|scheme| SCHEMES.contains(&scheme)) && self.text[self.at..].starts_with(&['/', '/']) {
            self.skip_while(|c| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+;=".contains(c));
        }
    }

    /// The last place before `place` that holds no white space, and what it holds.
    pub(super) fn last_before(&self, place: usize) -> Option<(usize, char)> {
        self.text[..place].iter().copied().enumerate().rev().find(|(_, c)| !is_whitespace(*c))
    }

    pub(super) fn after_line_break(&self) -> bool {
        self.text[..self.at].iter().rev().find(|c| !matches!(c, ' ' | '\t' | '\r')) == Some(&'\n')
    }

    pub(super) fn starts_value(&self) -> bool {
        self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '[' | '{' | '_' | '-') || is_quote(c))
    }
}

pub(super) fn is_whitespace(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r')
}

/// White space of word processors and web pages.
fn is_typed_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// What may follow a value.
pub(super) fn is_delimiter(c: char) -> bool {
    matches!(c, ':' | '(' | ')') || ends_bare_text(c)
}

/// What ends a text without quotes.
pub(super) fn ends_bare_text(c: char) -> bool {
    matches!(c, ',' | '[' | ']' | '/' | '{' | '}' | '\n' | '+')
}

/// Quotes, also those of word processors.
pub(super) fn is_quote(c: char) -> bool {
    is_double_quote(c) || is_single_quote(c)
}

fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}')
}

fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '`' | '\u{b4}')
}

/// Whether `quote` ends a text that began with `open`: a typewriter's quote is ended by itself alone.
pub(super) fn closes(open: char, quote: char) -> bool {
    match open {
        '"' | '\'' => open == quote,
        open if is_double_quote(open) => is_double_quote(quote),
        _ => is_single_quote(quote),
    }
}
