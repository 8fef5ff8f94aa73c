//! One line of the table.

use std::fmt;

use crate::turns::{Turns, median, spread};

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// A figure that was measured.
pub(crate) struct Figure {
    what: String,
    goal: Goal,
    /// What the goal's number is of: a unit, or what it is compared with.
    unit: &'static str,
    /// What is judged; none where nothing was compared.
    judged: Option<f64>,
    said: String,
}

/// What a number counts.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Milliseconds,
    Seconds,
    Mebibytes,
    EachSecond,
}

impl Unit {
    fn say(self, value: f64) -> String {
        match self {
            Self::Milliseconds if value < 10.0 => format!("{value:.2} ms"),
            Self::Milliseconds => format!("{value:.1} ms"),
            Self::Seconds => format!("{value:.1} s"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::EachSecond => format!("{value:.0}/s"),
        }
    }
}

impl Figure {
    /// A number by itself.
    pub(crate) fn absolute(what: impl Into<String>, goal: Goal, unit: &'static str, value: f64, said: impl Into<String>) -> Self {
        Self { what: what.into(), goal, unit, judged: Some(value), said: said.into() }
    }

    /// A number of this program against the same of another; `with` says what the other is.
    pub(crate) fn ratio<T>(
        what: impl Into<String>,
        goal: Goal,
        with: &'static str,
        turns: &Turns<T>,
        unit: Unit,
        number: impl Fn(&T) -> f64,
    ) -> Self {
        let ours = median(turns.ours.iter().map(&number).collect());
        let ratios: Vec<f64> = turns.ours.iter().zip(&turns.theirs).map(|(ours, theirs)| number(ours) / number(theirs)).collect();
        if ratios.is_empty() {
            return Self { what: what.into(), goal, unit: with, judged: None, said: unit.say(ours) };
        }
        let theirs = median(turns.theirs.iter().map(&number).collect());
        let (low, high) = spread(&ratios);
        let ratio = median(ratios);
        let said = format!("{ratio:.3} ({low:.3} to {high:.3}): {} and {}", unit.say(ours), unit.say(theirs));
        Self { what: what.into(), goal, unit: with, judged: Some(ratio), said }
    }

    /// Whether the goal is met; none where nothing was compared.
    pub(crate) fn is_met(&self) -> Option<bool> {
        self.judged.map(|value| match self.goal {
            Goal::AtMost(most) => value <= most,
            Goal::AtLeast(least) => value >= least,
        })
    }
}

/// The head of the table.
pub(crate) fn heading() -> String {
    format!("{:<66} {:<30} {:<46} {}", "figure", "goal", "measured", "met")
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let goal = match self.goal {
            Goal::AtMost(most) => format!("at most {most} {}", self.unit),
            Goal::AtLeast(least) => format!("at least {least} {}", self.unit),
        };
        let met = match self.is_met() {
            Some(true) => "ok",
            Some(false) => "NOT MET",
            None => "not compared",
        };
        write!(f, "{:<66} {goal:<30} {:<46} {met}", self.what, self.said)
    }
}
