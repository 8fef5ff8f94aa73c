//! Text as a point in time, in each form that n8n takes: ISO 8601, HTTP, RFC 2822, SQL, and what V8's `Date.parse` makes of the rest.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, ZonedDateTime};
use regex::{Captures, Regex};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Reads a point in time; `zone` is for text that names none. The result keeps the text's own offset.
///
/// A time of day alone is none: n8n takes today's, and a run that is replayed tomorrow would go another way.
pub fn parse_date_time(text: &str, zone: &TimeZone) -> Option<ZonedDateTime> {
    let text = text.trim();
    iso(text, zone).or_else(|| named_month_forms(text)).or_else(|| sql(text, zone)).or_else(|| legacy(text, zone))
}

/// ISO 8601 with milliseconds and offset, as Luxon writes it: `2024-03-01T00:00:00.000Z`, `…+01:00`.
pub fn iso_text(time: &ZonedDateTime) -> String {
    let zone = time.time_zone();
    let offset = if zone.to_fixed_offset().is_ok_and(|offset| offset == Offset::UTC) { "Z".to_owned() } else { time.strftime("%:z").to_string() };
    format!("{}{offset}", time.strftime("%Y-%m-%dT%H:%M:%S.%3f"))
}

/// A pattern that is a constant of this program.
#[expect(clippy::expect_used, reason = "the patterns are constants; a test compiles each")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

const TIME: &str = r"(?<h>\d\d)(?::?(?<mi>\d\d)(?::?(?<s>\d\d)(?:[.,](?<f>\d{1,30}))?)?)?";
const OFFSET: &str = r"(?:(?<z>[Zz])|(?<oh>[+-]\d\d)(?::?(?<om>\d\d))?)";
const IANA: &str = r"(?<zone>[A-Za-z_+/-][A-Za-z0-9_+/-]{0,255})";

static ISO: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let time = format!(r"{TIME}(?:{OFFSET}?(?:\[{IANA}\])?)?");
    [
        pattern(&format!(r"^(?<y>[+-]\d{{6}}|\d{{4}})(?:-?(?<mo>\d\d)(?:-?(?<d>\d\d))?)?(?:[Tt]{time})?$")),
        pattern(&format!(r"^(?<y>\d{{4}})-?W(?<w>\d\d)(?:-?(?<wd>\d))?(?:[Tt]{time})?$")),
        pattern(&format!(r"^(?<y>\d{{4}})-?(?<doy>\d{{3}})(?:[Tt]{time})?$")),
    ]
});

fn iso(text: &str, zone: &TimeZone) -> Option<ZonedDateTime> {
    ISO.iter().find_map(|form| {
        let found = form.captures(text)?;
        build(date(&found)?, &found, zone)
    })
}

static SQL: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^(?<y>\d{{4}})-(?<mo>\d\d)-(?<d>\d\d)(?: {TIME} ?(?:{OFFSET}|{IANA})?)?$")));

fn sql(text: &str, zone: &TimeZone) -> Option<ZonedDateTime> {
    let found = SQL.captures(text)?;
    build(date(&found)?, &found, zone)
}

static NAMED: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        // HTTP: RFC 1123, RFC 850 and asctime.
        pattern(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<d>\d\d) (?<mon>[A-Z][a-z]{2}) (?<y>\d{4}) (?<h>\d\d):(?<mi>\d\d):(?<s>\d\d) GMT$"),
        pattern(r"^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<d>\d\d)-(?<mon>[A-Z][a-z]{2})-(?<y>\d\d) (?<h>\d\d):(?<mi>\d\d):(?<s>\d\d) GMT$"),
        pattern(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<mon>[A-Z][a-z]{2}) (?<d> \d|\d\d) (?<h>\d\d):(?<mi>\d\d):(?<s>\d\d) (?<y>\d{4})$"),
        // RFC 2822.
        pattern(
            r"^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s)?(?<d>\d{1,2})\s(?<mon>[A-Z][a-z]{2})\s(?<y>\d{2,4})\s(?<h>\d\d):(?<mi>\d\d)(?::(?<s>\d\d))?\s(?:(?<word>UT|GMT|[ECMP][SD]T)|(?<z>[Zz])|(?<oh>[+-]\d\d)(?<om>\d\d))$",
        ),
    ]
});

fn named_month_forms(text: &str) -> Option<ZonedDateTime> {
    NAMED.iter().find_map(|form| {
        let found = form.captures(text)?;
        let month = MONTHS.iter().position(|month| found["mon"].eq_ignore_ascii_case(month))? + 1;
        let date = Date::new(two_digit_year(number(&found, "y")?), i8::try_from(month).ok()?, i8::try_from(number(&found, "d")?).ok()?).ok()?;
        let zone = found.name("word").map_or(Some(TimeZone::UTC), |word| word_zone(word.as_str()))?;
        build(date, &found, &zone)
    })
}

/// The date of an ISO or SQL form.
fn date(found: &Captures<'_>) -> Option<Date> {
    let year = i16::try_from(number(found, "y")?).ok()?;
    if let Some(week) = number(found, "w") {
        let weekday = Weekday::from_monday_one_offset(i8::try_from(number(found, "wd").unwrap_or(1)).ok()?).ok()?;
        return ISOWeekDate::new(year, i8::try_from(week).ok()?, weekday).ok().map(|week| week.date());
    }
    if let Some(day) = number(found, "doy") {
        let first = Date::new(year, 1, 1).ok()?;
        return (1..=i64::from(first.days_in_year())).contains(&day).then(|| first.checked_add(Span::new().days(day - 1)).ok())?;
    }
    let part = |name| i8::try_from(number(found, name).unwrap_or(1)).ok();
    Date::new(year, part("mo")?, part("d")?).ok()
}

/// Date, time and offset put together.
fn build(date: Date, found: &Captures<'_>, zone: &TimeZone) -> Option<ZonedDateTime> {
    let part = |name| number(found, name).unwrap_or(0);
    let (mut date, mut hour) = (date, part("h"));
    if hour == 24 && part("mi") == 0 && part("s") == 0 {
        (date, hour) = (date.tomorrow().ok()?, 0);
    }
    let millis: i64 = found.name("f").map_or(Some(0), |f| format!("{:0<3}", f.as_str())[..3].parse().ok())?;
    let time = Time::new(i8::try_from(hour).ok()?, part("mi") as i8, part("s") as i8, i32::try_from(millis).ok()? * 1_000_000).ok()?;
    let offset = offset(found)?;
    let named = found.name("zone").map(|name| TimeZone::get(name.as_str()).ok());
    let zone = match (named, offset) {
        (Some(None), _) => return None,
        (Some(Some(named)), Some(offset)) => return Some(offset.to_timestamp(date.to_datetime(time)).ok()?.to_zoned_datetime(named)),
        (Some(Some(named)), None) => named,
        (None, Some(offset)) => fixed(offset),
        (None, None) => zone.clone(),
    };
    date.to_datetime(time).to_zoned_datetime(zone).ok()
}

/// The offset of the text, if it has one; an impossible one fails the whole.
fn offset(found: &Captures<'_>) -> Option<Option<Offset>> {
    if found.name("z").is_some() {
        return Some(Some(Offset::UTC));
    }
    let Some(hours) = found.name("oh") else { return Some(None) };
    let minutes = number(found, "om").unwrap_or(0) * if hours.as_str().starts_with('-') { -1 } else { 1 };
    let seconds = i32::try_from(number(found, "oh")? * 3600 + minutes * 60).ok()?;
    Offset::from_seconds(seconds).ok().map(Some)
}

fn fixed(offset: Offset) -> TimeZone {
    if offset == Offset::UTC { TimeZone::UTC } else { TimeZone::fixed(offset) }
}

fn number(found: &Captures<'_>, name: &str) -> Option<i64> {
    found.name(name)?.as_str().trim().parse().ok()
}

fn two_digit_year(year: i64) -> i16 {
    let year = match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        _ => year,
    };
    i16::try_from(year).unwrap_or(i16::MAX)
}

/// The zone words that mail and `Date.parse` know.
fn word_zone(word: &str) -> Option<TimeZone> {
    let hours = match word.to_ascii_lowercase().as_str() {
        "z" | "ut" | "utc" | "gmt" => return Some(TimeZone::UTC),
        "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        _ => return None,
    };
    Offset::from_hours(hours).ok().map(TimeZone::fixed)
}

/// What V8's `Date.parse` makes of text that is no ISO date, in so far as people write it: `Jan 5, 2024 3:04 pm`, `1/2/2024`,
/// `2024/01/02 10:00 GMT+0200`. Unknown words are skipped up to the first number and refused after it.
fn legacy(text: &str, zone: &TimeZone) -> Option<ZonedDateTime> {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\([^)]*\)?|\d+|[A-Za-z]+|[^\sA-Za-z\d]|\s+"));
    let mut state = Legacy::default();
    let tokens: Vec<&str> = TOKEN.find_iter(text).map(|token| token.as_str()).collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += state.take(token, &tokens[at + 1..])?;
    }
    state.finish(zone)
}

#[derive(Default)]
struct Legacy {
    month: Option<i64>,
    numbers: Vec<i64>,
    clock: Vec<i64>,
    afternoon: Option<bool>,
    zone: Option<TimeZone>,
}

impl Legacy {
    /// Takes one token; gives the number of tokens used up.
    fn take(&mut self, token: &str, rest: &[&str]) -> Option<usize> {
        let first = token.chars().next()?;
        if first.is_ascii_digit() {
            let value: i64 = token.parse().ok().filter(|_| token.len() <= 9)?;
            return self.number(value, rest);
        }
        if first.is_ascii_alphabetic() {
            return self.word(&token.to_ascii_lowercase());
        }
        let signed = matches!(first, '+' | '-') && (!self.clock.is_empty() || self.zone.is_some());
        match rest.first() {
            Some(digits) if signed && digits.starts_with(|c: char| c.is_ascii_digit()) => self.offset(first, digits, rest),
            _ => Some(1),
        }
    }

    fn number(&mut self, value: i64, rest: &[&str]) -> Option<usize> {
        let clock_goes_on = rest.first() == Some(&":");
        let fraction = self.clock.len() == 2 && rest.first() == Some(&".");
        if clock_goes_on || (!self.clock.is_empty() && self.clock.len() < 3 && self.clock_open()) {
            self.clock.push(value);
            if fraction {
                return Some(3);
            }
            // A clock that does not go on is closed with a mark that is no time.
            return Some(if clock_goes_on { 2 } else { self.close_clock() });
        }
        if self.numbers.len() == 3 {
            return None;
        }
        self.numbers.push(value);
        Some(1)
    }

    fn clock_open(&self) -> bool {
        self.clock.len() < 4
    }

    /// Fills the clock up, so that later numbers are not of it.
    fn close_clock(&mut self) -> usize {
        self.clock.resize(4, 0);
        1
    }

    fn word(&mut self, word: &str) -> Option<usize> {
        let short = word.get(..3).unwrap_or(word);
        if word == "am" || word == "pm" {
            self.afternoon = Some(word == "pm");
        } else if let Some(month) = MONTHS.iter().position(|month| *month == short) {
            self.month = i64::try_from(month + 1).ok();
        } else if let Some(zone) = word_zone(word) {
            self.zone = Some(zone);
        } else {
            let harmless = WEEKDAYS.contains(&short) || (word == "t" && !self.numbers.is_empty()) || self.numbers.is_empty();
            return harmless.then_some(1);
        }
        Some(1)
    }

    /// `+0200`, `-5`, `+02:00`.
    fn offset(&mut self, sign: char, digits: &str, rest: &[&str]) -> Option<usize> {
        let value: i64 = digits.parse().ok()?;
        let (hours, minutes, used) = match (digits.len(), rest.get(1), rest.get(2).and_then(|m| m.parse::<i64>().ok())) {
            (1 | 2, Some(&":"), Some(minutes)) => (value, minutes, 4),
            (1 | 2, _, _) => (value, 0, 2),
            _ => (value / 100, value % 100, 2),
        };
        let seconds = (hours * 3600 + minutes * 60) * if sign == '-' { -1 } else { 1 };
        self.zone = Some(fixed(Offset::from_seconds(i32::try_from(seconds).ok()?).ok()?));
        Some(used)
    }

    fn finish(self, zone: &TimeZone) -> Option<ZonedDateTime> {
        let part = |index: usize| self.numbers.get(index).copied().unwrap_or(1);
        let (year, month, day) = match self.month {
            Some(_) if self.numbers.is_empty() => return None,
            // A day stands before a year; without a year V8 takes 2001.
            Some(month) if (1..=31).contains(&part(0)) => (part(1), month, part(0)),
            Some(month) => (part(0), month, part(1)),
            None if self.numbers.is_empty() => return None,
            None if !(1..=31).contains(&part(0)) => (part(0), part(1), part(2)),
            None => (part(2), part(0), part(1)),
        };
        if !(1..=31).contains(&day) {
            return None;
        }
        let first = Date::new(i16::try_from(year).ok().map(|_| two_digit_year(year))?, i8::try_from(month).ok()?, 1).ok()?;
        let date = first.checked_add(Span::new().days(day - 1)).ok()?;
        let clock = |index: usize| self.clock.get(index).copied().unwrap_or(0);
        let hour = match (clock(0), self.afternoon) {
            (12, Some(false)) => 0,
            (hour @ 1..=11, Some(true)) => hour + 12,
            (hour, _) => hour,
        };
        let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(clock(1)).ok()?, i8::try_from(clock(2)).ok()?, 0).ok()?;
        DateTime::from_parts(date, time).to_zoned_datetime(self.zone.unwrap_or_else(|| zone.clone())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (text, expected) in [
            ("2024-03-01", "2024-03-01T00:00:00.000+01:00"),
            ("2024-03-01T10:00:00Z", "2024-03-01T10:00:00.000Z"),
            ("2024-07-01T10:00", "2024-07-01T10:00:00.000+02:00"),
            ("20240301T101112,5+0530", "2024-03-01T10:11:12.500+05:30"),
            ("2024-W10-2", "2024-03-05T00:00:00.000+01:00"),
            ("2024-061", "2024-03-01T00:00:00.000+01:00"),
            ("2024", "2024-01-01T00:00:00.000+01:00"),
            ("2024-03-01 10:11:12.123", "2024-03-01T10:11:12.123+01:00"),
            ("2024-03-01 10:11:12 America/New_York", "2024-03-01T10:11:12.000-05:00"),
            ("Tue, 15 Nov 1994 08:12:31 GMT", "1994-11-15T08:12:31.000Z"),
            ("Tue, 01 Nov 2016 13:23:12 +0630", "2016-11-01T13:23:12.000+06:30"),
            ("Jan 5, 2024", "2024-01-05T00:00:00.000+01:00"),
            ("5 January 2024 3:04 pm", "2024-01-05T15:04:00.000+01:00"),
            ("1/2/2024", "2024-01-02T00:00:00.000+01:00"),
            ("2024/01/02 10:00 GMT+0200", "2024-01-02T10:00:00.000+02:00"),
            ("Fri Mar 01 2024 10:00:00 GMT+0100 (Central European Standard Time)", "2024-03-01T10:00:00.000+01:00"),
            ("5", "2001-05-01T00:00:00.000+02:00"),
        ] {
            assert_eq!(parse_date_time(text, &berlin).map(|time| iso_text(&time)).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "not a date", "1709251200000", "2024-13-01", "32/1/2024 x"] {
            assert_eq!(parse_date_time(text, &berlin).map(|time| iso_text(&time)), None, "{text}");
        }
    }
}
