//! Texts as V8 reads them for `new Date(text)`: ISO 8601, and what it has taken since the days of other browsers.
//!
//! A text is cut into numbers, words and signs. What begins as an ISO date must go on as one from its `T` on; everything else is
//! collected: numbers into a day or a time, words as names of months, halves of the day and time zones. Words before the first
//! number mean nothing, words after it that are none of these make the text no date, and brackets are comments.

mod fields;

use fields::{Day, Time, Zone, days_before};

/// Milliseconds since 1970 of a text; NaN where it is no date. Without a zone it is UTC.
pub(crate) fn parse(text: &str) -> f64 {
    Reader::new(text).read().unwrap_or(f64::NAN)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Number { value: i64, length: usize },
    Word { word: Word, length: usize },
    Sign(char),
    Blank,
    Other,
    End,
}

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Word {
    Month(i64),
    /// What is added to the hour.
    Half(i64),
    /// Hours east of Greenwich.
    Zone(i64),
    /// The `T` before the time.
    Time,
    Unknown,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const ZONES: &[(&str, i64)] = &[
    ("ut", 0),
    ("utc", 0),
    ("z", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];
/// More digits of a number do not count.
const DIGITS: usize = 9;

fn word(letters: &str, length: usize) -> Word {
    if let Some(month) = MONTHS.iter().position(|name| *name == letters) {
        return Word::Month(month as i64 + 1);
    }
    // Only months may be written out.
    match letters {
        _ if length > 3 => Word::Unknown,
        "am" => Word::Half(0),
        "pm" => Word::Half(12),
        "t" => Word::Time,
        _ => ZONES.iter().find(|(name, _)| *name == letters).map_or(Word::Unknown, |(_, hours)| Word::Zone(*hours)),
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    peeked: Option<(Token, usize)>,
    day: Day,
    time: Time,
    zone: Zone,
}

/// How the beginning was read.
enum Start {
    /// As an ISO date, all of it.
    Whole,
    /// Not, or not to its end: this token is next.
    Rest(Token),
}

impl Reader {
    fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0, peeked: None, day: Day::default(), time: Time::default(), zone: Zone::default() }
    }

    fn read(mut self) -> Option<f64> {
        if let Start::Rest(first) = self.iso()? {
            self.legacy(first)?;
        }
        let (year, month, day) = self.day.fields()?;
        // Of a day that the month does not have the next month's is taken.
        let days = days_before(year, month) + day - 1;
        let millis = days * 86_400_000 + self.time.millis()? - self.zone.millis();
        (millis.unsigned_abs() <= 8_640_000_000_000_000).then_some(millis as f64)
    }

    /// `None`: it is no date.
    fn iso(&mut self) -> Option<Start> {
        match self.peek() {
            sign @ Token::Sign('+' | '-') => {
                self.next();
                let Token::Number { value, length: 6 } = self.peek() else { return Some(Start::Rest(sign)) };
                self.next();
                if sign == Token::Sign('-') && value == 0 {
                    return Some(Start::Rest(sign));
                }
                self.day.add(if sign == Token::Sign('-') { -value } else { value })?;
            }
            Token::Number { value, length: 4 } => {
                self.next();
                self.day.add(value)?;
            }
            _ => return Some(Start::Rest(self.next())),
        }
        for most in [12, 31] {
            if !self.skip('-') {
                break;
            }
            match self.peek() {
                Token::Number { value, length: 2 } if (1..=most).contains(&value) => {
                    self.next();
                    self.day.add(value)?;
                }
                _ => return Some(Start::Rest(self.next())),
            }
        }
        if matches!(self.peek(), Token::Word { word: Word::Time, .. }) {
            self.iso_time()?;
        } else if self.peek() != Token::End {
            return Some(Start::Rest(self.next()));
        } else {
            self.zone.set(0);
        }
        self.day.iso = true;
        Some(Start::Whole)
    }

    /// `THH:mm[:ss[.sss]][zone]`, to the end.
    fn iso_time(&mut self) -> Option<()> {
        self.next();
        let hour = self.two_digits(24)?;
        let most = if hour == 24 { 0 } else { 59 };
        self.time.add(hour)?;
        self.skip(':').then_some(())?;
        let minute = self.two_digits(most)?;
        self.time.add(minute)?;
        if self.skip(':') {
            let second = self.two_digits(most)?;
            self.time.add(second)?;
            if self.skip('.') {
                let Token::Number { value, length } = self.next() else { return None };
                (hour < 24 || value == 0).then_some(())?;
                self.time.add(milliseconds(value, length))?;
            }
        }
        match self.peek() {
            Token::Word { word: Word::Zone(0), length: 1 } => {
                self.next();
                self.zone.set(0);
            }
            Token::Sign(sign @ ('+' | '-')) => {
                self.next();
                self.zone.sign = Some(if sign == '+' { 1 } else { -1 });
                let (hour, minute) = match self.peek() {
                    Token::Number { value, length: 4 } if value / 100 < 24 && value % 100 < 60 => {
                        self.next();
                        (value / 100, value % 100)
                    }
                    _ => {
                        let hour = self.two_digits(23)?;
                        self.skip(':').then_some(())?;
                        (hour, self.two_digits(59)?)
                    }
                };
                (self.zone.hour, self.zone.minute) = (Some(hour), Some(minute));
            }
            _ => {}
        }
        (self.peek() == Token::End).then_some(())
    }

    fn two_digits(&mut self, most: i64) -> Option<i64> {
        match self.next() {
            Token::Number { value, length: 2 } if value <= most => Some(value),
            _ => None,
        }
    }

    fn legacy(&mut self, first: Token) -> Option<()> {
        let mut token = first;
        let mut read_number = !self.day.numbers.is_empty();
        while token != Token::End {
            match token {
                Token::Number { value, .. } => {
                    read_number = true;
                    self.number(value)?;
                }
                Token::Word { word, .. } => self.word(word, read_number)?,
                Token::Sign(sign @ ('+' | '-')) if self.zone.is_utc() || !self.time.numbers.is_empty() => {
                    read_number = true;
                    self.offset(if sign == '+' { 1 } else { -1 })?;
                }
                Token::Sign('+' | '-' | ')') if read_number => return None,
                _ => {}
            }
            token = self.next();
        }
        Some(())
    }

    fn number(&mut self, n: i64) -> Option<()> {
        if self.skip(':') {
            if self.skip(':') {
                self.time.numbers.is_empty().then_some(())?;
                self.time.add(n)?;
                return self.time.add(0);
            }
            self.time.add(n)?;
            self.skip('.');
        } else if self.peek() == Token::Sign('.') && self.time.expects(n) {
            self.next();
            self.time.add(n)?;
            let Token::Number { value, length } = self.next() else { return None };
            self.time.add_final(milliseconds(value, length))?;
        } else if self.zone.expects(n) {
            self.zone.minute = Some(n);
        } else if self.time.expects(n) {
            self.time.add_final(n)?;
            let ends = matches!(self.peek(), Token::End | Token::Blank | Token::Sign('+' | '-') | Token::Word { word: Word::Zone(0), length: 1 });
            ends.then_some(())?;
        } else {
            self.day.add(n)?;
            self.skip('-');
        }
        Some(())
    }

    fn word(&mut self, word: Word, read_number: bool) -> Option<()> {
        match word {
            Word::Half(half) if !self.time.numbers.is_empty() => self.time.half = Some(half),
            Word::Month(month) => {
                self.day.month = Some(month);
                self.skip('-');
            }
            Word::Zone(hours) if read_number => self.zone.set(hours),
            _ if read_number || matches!(self.peek(), Token::Number { .. }) => return None,
            _ => {}
        }
        Some(())
    }

    /// Behind the sign of an offset.
    fn offset(&mut self, sign: i64) -> Option<()> {
        self.zone.sign = Some(sign);
        let (mut n, mut digits) = (0, 0);
        if let Token::Number { value, length } = self.peek() {
            self.next();
            (n, digits) = (value, length);
        }
        let (hour, minute) = if self.peek() == Token::Sign(':') {
            (n, None)
        } else {
            match digits {
                1 | 2 => (n, Some(0)),
                3 | 4 => (n / 100, Some(n % 100)),
                _ => return None,
            }
        };
        (self.zone.hour, self.zone.minute) = (Some(hour), minute);
        Some(())
    }

    fn peek(&mut self) -> Token {
        if self.peeked.is_none() {
            let before = self.at;
            let token = self.scan();
            self.peeked = Some((token, self.at));
            self.at = before;
        }
        self.peeked.map_or(Token::End, |(token, _)| token)
    }

    fn next(&mut self) -> Token {
        match self.peeked.take() {
            Some((token, end)) => {
                self.at = end;
                token
            }
            None => self.scan(),
        }
    }

    fn skip(&mut self, sign: char) -> bool {
        let found = self.peek() == Token::Sign(sign);
        if found {
            self.next();
        }
        found
    }

    fn scan(&mut self) -> Token {
        let start = self.at;
        let Some(&c) = self.text.get(start) else { return Token::End };
        let run = |text: &[char], holds: fn(char) -> bool| text[start..].iter().take_while(|c| holds(**c)).count();
        if c.is_ascii_digit() {
            let length = run(&self.text, |c| c.is_ascii_digit());
            self.at += length;
            return Token::Number { value: numeral(&self.text[start..self.at]), length };
        }
        if is_letter(c) {
            let length = run(&self.text, is_letter);
            self.at += length;
            let letters: String = self.text[start..start + length.min(3)].iter().map(char::to_ascii_lowercase).collect();
            return Token::Word { word: word(&letters, length), length };
        }
        if c == '(' {
            self.comment();
            return Token::Other;
        }
        self.at += 1;
        match c {
            ':' | '-' | '+' | '.' | ')' => Token::Sign(c),
            _ if is_blank(c) => Token::Blank,
            _ => Token::Other,
        }
    }

    fn comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.text.get(self.at) {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            self.at += 1;
            if depth == 0 {
                break;
            }
        }
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// To V8 everything behind `A` is a letter, brackets of lists too.
fn is_letter(c: char) -> bool {
    c >= 'A' && !is_blank(c)
}

fn numeral(digits: &[char]) -> i64 {
    digits.iter().skip_while(|c| **c == '0').take(DIGITS).fold(0, |n, c| n * 10 + i64::from(c.to_digit(10).unwrap_or(0)))
}

/// The first three digits behind the point.
fn milliseconds(value: i64, length: usize) -> i64 {
    match length {
        1 => value * 100,
        2 => value * 10,
        _ => (3..length.min(DIGITS)).fold(value, |n, _| n / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    /// Each as V8 reads it; `None`: no date.
    #[test]
    fn reads_what_v8_reads() {
        for (text, expected) in [
            ("2026-03-15", Some("2026-03-15T00:00:00.000Z")),
            ("2026-02-30", Some("2026-03-02T00:00:00.000Z")),
            ("2026-13-01", None),
            ("2026-1-5", Some("2026-01-05T00:00:00.000Z")),
            ("2026", Some("2026-01-01T00:00:00.000Z")),
            ("202", Some("0202-01-01T00:00:00.000Z")),
            ("20260315", None),
            ("2026-03-15T12:34", Some("2026-03-15T12:34:00.000Z")),
            ("2026-03-15T12:34:56.7Z", Some("2026-03-15T12:34:56.700Z")),
            ("2026-03-15T12:34:56.789+0530", Some("2026-03-15T07:04:56.789Z")),
            ("2026-03-15T12:34:56+01", None),
            ("2026-03-15T24:00:00Z", Some("2026-03-16T00:00:00.000Z")),
            ("2026-03-15T24:00:01Z", None),
            ("2026-03-15Z", Some("2026-03-15T00:00:00.000Z")),
            ("-000000", None),
            ("+275760-09-13", Some("+275760-09-13T00:00:00.000Z")),
            ("+275760-09-14", None),
            ("2026-03-15 12:34", Some("2026-03-15T12:34:00.000Z")),
            ("2026-03-15 12:34:56.7891234", Some("2026-03-15T12:34:56.789Z")),
            ("2026-03-15 12:34:56,789", None),
            ("Sun Mar 15 2026 12:34:56 GMT+0100 (CET)", Some("2026-03-15T11:34:56.000Z")),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some("1970-01-01T00:00:00.000Z")),
            ("March 15, 2026 5:00 PM", Some("2026-03-15T17:00:00.000Z")),
            ("Sept 12", Some("2001-09-12T00:00:00.000Z")),
            ("Dec 50", Some("1950-12-01T00:00:00.000Z")),
            ("15/03/2026", None),
            ("03/15/2026", Some("2026-03-15T00:00:00.000Z")),
            ("12/31/99", Some("1999-12-31T00:00:00.000Z")),
            ("1/1/49", Some("2049-01-01T00:00:00.000Z")),
            (",1", Some("2001-01-01T00:00:00.000Z")),
            ("Week 12, 2026", None),
            ("today 1", Some("2001-01-01T00:00:00.000Z")),
            ("1st May 2026", None),
            ("", None),
            ("0", Some("2000-01-01T00:00:00.000Z")),
            ("12:34", None),
            ("Mar 15 2026 13:00 pm", None),
            ("1 (one (of two) 2 3", Some("2001-01-01T00:00:00.000Z")),
            ("2026-03-15T12:34 EST", None),
            ("Mar 15 2026 12:00 EST", Some("2026-03-15T17:00:00.000Z")),
            ("Mar 15 2026 12:00 GMT-8", Some("2026-03-15T20:00:00.000Z")),
            ("Mar 15 2026 12:00 +5:30", Some("2026-03-15T06:30:00.000Z")),
            ("Mar 15 2026 12::", Some("2026-03-15T12:00:00.000Z")),
        ] {
            let got = parse(text);
            match expected {
                None => assert!(got.is_nan(), "{text}: {got}"),
                // Further than what the date library writes.
                Some("+275760-09-13T00:00:00.000Z") => assert_eq!(got, 8.64e15),
                Some(expected) => assert_eq!(got, expected.parse::<jiff::Timestamp>().unwrap().as_millisecond() as f64, "{text}"),
            }
        }
    }
}
