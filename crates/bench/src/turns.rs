//! Two sides measured in turns, so that what else the machine does meets both alike.

use crate::failure::Failure;
use crate::program::Program;
use crate::setup::Bench;

/// What each turn gave, of this program and of the other one; the latter is empty where there is none.
pub(crate) struct Turns<T> {
    pub(crate) ours: Vec<T>,
    pub(crate) theirs: Vec<T>,
}

impl<T> Turns<T> {
    /// Measures both sides `count` times. Each begins every second turn.
    pub(crate) fn of(
        count: usize,
        mut ours: impl FnMut() -> Result<T, Failure>,
        mut theirs: impl FnMut() -> Result<T, Failure>,
    ) -> Result<Self, Failure> {
        let mut turns = Self { ours: Vec::new(), theirs: Vec::new() };
        for turn in 0..count {
            if turn % 2 == 0 {
                turns.ours.push(ours()?);
                turns.theirs.push(theirs()?);
            } else {
                turns.theirs.push(theirs()?);
                turns.ours.push(ours()?);
            }
        }
        Ok(turns)
    }

    /// Measures both programs, or this one alone.
    pub(crate) fn of_programs(bench: &Bench, count: usize, measure: impl Fn(&Program) -> Result<T, Failure>) -> Result<Self, Failure> {
        match &bench.theirs {
            Some(theirs) => Self::of(count, || measure(&bench.ours), || measure(theirs)),
            None => Ok(Self { ours: (0..count).map(|_| measure(&bench.ours)).collect::<Result<_, _>>()?, theirs: Vec::new() }),
        }
    }
}

/// The middle value; not a number where there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[length / 2],
        length => f64::midpoint(values[length / 2 - 1], values[length / 2]),
    }
}

/// The middle half of the values: from their first quarter to their third.
pub(crate) fn spread(values: &[f64]) -> (f64, f64) {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    (values[last / 4], values[last - last / 4])
}
