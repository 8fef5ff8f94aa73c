//! What is collected of a date: day, time and zone.

/// No date is farther from 1970.
const YEARS: i64 = 300_000;

/// The day: three numbers whose order shows at the end.
#[derive(Default)]
pub(super) struct Day {
    pub(super) numbers: Vec<i64>,
    pub(super) month: Option<i64>,
    pub(super) iso: bool,
}

impl Day {
    pub(super) fn add(&mut self, n: i64) -> Option<()> {
        (self.numbers.len() < 3).then(|| self.numbers.push(n))
    }

    /// Year, month and day.
    pub(super) fn fields(&self) -> Option<(i64, i64, i64)> {
        let at = |i: usize| self.numbers.get(i).copied().unwrap_or(1);
        self.numbers.first()?;
        let is_day = |n: i64| (1..=31).contains(&n);
        let (year, month, day) = match self.month {
            None if self.iso || !is_day(at(0)) => (at(0), at(1), at(2)),
            None => (at(2), at(0), at(1)),
            Some(month) if !is_day(at(0)) => (at(0), month, at(1)),
            Some(month) => (at(1), month, at(0)),
        };
        let year = match year {
            0..=49 if !self.iso => year + 2000,
            50..=99 if !self.iso => year + 1900,
            _ => year,
        };
        ((1..=12).contains(&month) && is_day(day) && year.abs() <= YEARS).then_some((year, month, day))
    }
}

/// The time: hour, minute, second, millisecond.
#[derive(Default)]
pub(super) struct Time {
    pub(super) numbers: Vec<i64>,
    pub(super) half: Option<i64>,
}

impl Time {
    pub(super) fn add(&mut self, n: i64) -> Option<()> {
        (self.numbers.len() < 4).then(|| self.numbers.push(n))
    }

    pub(super) fn add_final(&mut self, n: i64) -> Option<()> {
        self.add(n)?;
        self.numbers.resize(4, 0);
        Some(())
    }

    pub(super) fn expects(&self, n: i64) -> bool {
        match self.numbers.len() {
            1 | 2 => (0..60).contains(&n),
            3 => (0..1000).contains(&n),
            _ => false,
        }
    }

    pub(super) fn millis(&self) -> Option<i64> {
        let at = |i: usize| self.numbers.get(i).copied().unwrap_or(0);
        let (mut hour, minute, second, milli) = (at(0), at(1), at(2), at(3));
        if let Some(half) = self.half {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half;
        }
        let whole = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second) && (0..1000).contains(&milli);
        let midnight = hour == 24 && minute == 0 && second == 0 && milli == 0;
        (whole || midnight).then_some(((hour * 60 + minute) * 60 + second) * 1000 + milli)
    }
}

/// The time zone.
#[derive(Default)]
pub(super) struct Zone {
    pub(super) sign: Option<i64>,
    pub(super) hour: Option<i64>,
    pub(super) minute: Option<i64>,
}

impl Zone {
    pub(super) fn set(&mut self, hours: i64) {
        *self = Self { sign: Some(if hours < 0 { -1 } else { 1 }), hour: Some(hours.abs()), minute: Some(0) };
    }

    pub(super) fn expects(&self, n: i64) -> bool {
        self.hour.is_some() && self.minute.is_none() && (0..60).contains(&n)
    }

    pub(super) fn is_utc(&self) -> bool {
        (self.hour, self.minute) == (Some(0), Some(0))
    }

    pub(super) fn millis(&self) -> i64 {
        self.sign.map_or(0, |sign| sign * (self.hour.unwrap_or(0) * 60 + self.minute.unwrap_or(0)) * 60_000)
    }
}

/// Days from 1970 to the first of a month. Years begin in March here, so that the leap day is the last of one.
pub(super) fn days_before(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (cycle, in_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    cycle * 146_097 + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + (153 * month + 2) / 5 - 719_468
}
