//! How wide text is: SVG neither measures nor breaks it. The widths are those of a wide font, so that text in a narrower one has room to spare.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// Width of a character in parts of the font's size.
fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '.' | ',' | ':' | ';' | '|' | '!' | ' ' | 'I' => 0.34,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 0.98,
        'A'..='Z' | '&' | '#' | '+' | '=' | '<' | '>' | '~' => 0.76,
        c if c.is_ascii() => 0.63,
        // Characters of East Asia and emoji take two columns.
        c => match c.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.72,
            Some(_) => 1.1,
        },
    }
}

/// A font as it counts here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Font {
    /// Its size in pixels.
    pub(crate) size: f64,
    /// Whether it is a bold one.
    pub(crate) bold: bool,
}

impl Font {
    /// An upright font.
    pub(crate) const fn plain(size: f64) -> Self {
        Self { size, bold: false }
    }

    /// A bold font.
    pub(crate) const fn bold(size: f64) -> Self {
        Self { size, bold: true }
    }

    /// Width of a text in pixels.
    pub(crate) fn width(self, text: &str) -> f64 {
        text.chars().map(|c| self.of(c)).sum()
    }

    fn of(self, c: char) -> f64 {
        em(c) * self.size * if self.bold { 1.1 } else { 1.0 }
    }

    /// The text as far as it fits, with an ellipsis where it is cut.
    pub(crate) fn fit(self, text: &str, pixels: f64) -> Cow<'_, str> {
        if self.width(text) <= pixels {
            return Cow::Borrowed(text);
        }
        let mut left = pixels - self.of('…');
        let kept = text.chars().take_while(|c| {
            left -= self.of(*c);
            left >= 0.0
        });
        let kept: String = kept.collect();
        Cow::Owned(format!("{}…", kept.trim_end()))
    }

    /// Lines that fit, broken at spaces, and within a word where it is longer than a line.
    pub(crate) fn wrap(self, text: &str, pixels: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut room = pixels;
        for word in text.split_whitespace() {
            let (width, space) = (self.width(word), self.of(' '));
            let begun = lines.last().is_some_and(|line| !line.is_empty());
            if begun && space + width > room {
                lines.push(String::new());
                room = pixels;
            } else if begun {
                put(&mut lines, ' ');
                room -= space;
            }
            for c in word.chars() {
                if self.of(c) > room && room < pixels {
                    lines.push(String::new());
                    room = pixels;
                }
                put(&mut lines, c);
                room -= self.of(c);
            }
        }
        lines
    }
}

fn put(lines: &mut [String], c: char) {
    if let Some(line) = lines.last_mut() {
        line.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_and_cut_where_it_does_not_fit() {
        let font = Font::plain(10.0);
        let lines = font.wrap("Create the contact or_update_the_one_that_is_there 顧客を作成する", 100.0);
        assert!(lines.len() > 3 && lines.iter().all(|line| font.width(line) <= 100.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', "").chars().count(), 54);
        assert_eq!(font.fit("short", 100.0), "short");
        let cut = font.fit("a name that is longer than its box", 100.0);
        assert!(cut.ends_with('…') && font.width(&cut) <= 100.0, "{cut}");
    }
}
