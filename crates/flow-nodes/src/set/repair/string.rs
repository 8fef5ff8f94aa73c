//! Texts in quotes, of which one may be missing or stand in the middle.

use super::scan::{Scanner, closes, ends_bare_text, is_delimiter, is_quote};
use super::{Read, Unclear};

/// Where a text ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// At its quote.
    Quote,
    /// Its quote is missing: at the next delimiter,
    Delimiter,
    /// or at this place.
    Place(usize),
}

impl Scanner {
    /// The text that begins here, together with those that are added to it with `+`.
    pub(super) fn string(&mut self) -> Read<Option<String>> {
        let Some(mut units) = self.quoted(End::Quote)? else { return Ok(None) };
        loop {
            let place = self.at;
            self.skip_blanks();
            if !self.take('+') {
                self.at = place;
                return Ok(Some(String::from_utf16_lossy(&units)));
            }
            self.skip_blanks();
            units.extend(self.quoted(End::Quote)?.unwrap_or_default());
        }
    }

    /// UTF-16, so that the two halves of an escaped character can meet.
    fn quoted(&mut self, end: End) -> Read<Option<Vec<u16>>> {
        let start = self.at;
        // Text of JSON inside of a text: each quote has a backslash before it.
        let escaped = self.take('\\');
        let Some(open) = self.peek().filter(|c| is_quote(*c)) else {
            self.at = start;
            return Ok(None);
        };
        self.at += 1;
        let inside = self.at;
        let mut units = Vec::new();
        while let Some(c) = self.peek() {
            if end == End::Place(self.at) {
                return Ok(Some(without_last_spaces(units)));
            } else if closes(open, c) {
                match self.judged(end)? {
                    None => return Ok(Some(units)),
                    Some(End::Quote) => units.push(u16::from(b'"')),
                    Some(other) => {
                        self.back_to(start)?;
                        return self.quoted(other);
                    }
                }
            } else if end == End::Delimiter && ends_bare_text(c) {
                let before = self.at;
                self.skip_address(inside);
                units.extend(self.since(before).encode_utf16());
                return Ok(Some(without_last_spaces(units)));
            } else if self.take('\\') {
                self.escape(&mut units)?;
            } else if c < ' ' && !matches!(c, '\n' | '\r' | '\t' | '\u{8}' | '\u{c}') {
                return Err(Unclear);
            } else {
                units.extend(c.encode_utf16(&mut [0; 2]).iter());
                self.at += 1;
            }
            if escaped {
                self.take('\\');
            }
        }
        if end != End::Delimiter && self.last_before(self.at).is_some_and(|(_, c)| is_delimiter(c)) {
            self.back_to(start)?;
            return self.quoted(End::Delimiter);
        }
        Ok(Some(without_last_spaces(units)))
    }

    /// What a quote is that could end the text, and passes over it. `None`: the end, because what may follow a text follows. `End::Quote`: a
    /// part of the text. Else the beginning of another text, so that the end of this one is missing and stands where it says.
    fn judged(&mut self, end: End) -> Read<Option<End>> {
        let quote = self.at;
        self.at += 1;
        self.skip_blanks_in_line();
        if end == End::Delimiter || self.peek().is_none_or(|c| is_delimiter(c) || is_quote(c) || c.is_ascii_digit()) {
            return Ok(None);
        }
        self.back_to(quote + 1)?;
        Ok(Some(match self.last_before(quote) {
            Some((comma, ',')) => End::Place(comma),
            Some((_, c)) if is_delimiter(c) => End::Delimiter,
            _ => End::Quote,
        }))
    }

    /// What follows a backslash. One that means nothing is left out.
    fn escape(&mut self, units: &mut Vec<u16>) -> Read<()> {
        let Some(c) = self.peek() else { return Ok(()) };
        self.at += 1;
        let meant = match c {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(units),
            other => other,
        };
        units.extend(meant.encode_utf16(&mut [0; 2]).iter());
        Ok(())
    }

    /// Four digits; fewer where the text is cut off there.
    fn unicode(&mut self, units: &mut Vec<u16>) -> Read<()> {
        let start = self.at;
        self.skip_while_at_most(4, |c| c.is_ascii_hexdigit());
        let digits = self.since(start);
        match u16::from_str_radix(&digits, 16) {
            Ok(unit) if digits.len() == 4 => units.push(unit),
            _ if self.peek().is_none() => {}
            _ => return Err(Unclear),
        }
        Ok(())
    }

    fn skip_while_at_most(&mut self, count: usize, wanted: impl Fn(char) -> bool) {
        let limit = self.at + count;
        while self.at < limit && self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }
}

fn without_last_spaces(mut units: Vec<u16>) -> Vec<u16> {
    while units.last() == Some(&u16::from(b' ')) {
        units.pop();
    }
    units
}
