//! What leaves an isolate is counted: outside of it no limit of the engine holds, and one text may stand in a thousand places.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::{Coerced, Object};
use serde_json::Value;

use crate::deadline::Deadline;

/// A limit that work ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Its time.
    #[error("the time is over")]
    Time,
    /// What it may hand over.
    #[error("the memory is used up")]
    Memory,
}

/// Bytes that a place in a list takes: the value itself.
pub const PLACE: usize = size_of::<Value>();

/// Bytes that a key takes beside its letters and its value.
const KEY: usize = size_of::<String>() + size_of::<u64>();

/// After how much work the clock is asked: a place is one, a text is one for so many bytes.
const LOOK: usize = 1024;
const TEXT: usize = 4096;

/// Counts what one piece of work hands over.
pub struct Meter {
    left: Cell<usize>,
    work: Cell<usize>,
    deadline: Rc<Deadline>,
}

impl Meter {
    /// For so many bytes, as they are held outside of the engine.
    pub fn new(most: usize, deadline: Rc<Deadline>) -> Self {
        Self { left: Cell::new(most), work: Cell::new(0), deadline }
    }

    /// Counts bytes. An error where they are more than what is left, or the time is over.
    pub fn take(&self, bytes: usize) -> Result<(), Limit> {
        self.left.set(self.left.get().checked_sub(bytes).ok_or(Limit::Memory)?);
        let work = self.work.get() + 1 + bytes / TEXT;
        self.work.set(work % LOOK);
        if work >= LOOK && self.deadline.is_over() { Err(Limit::Time) } else { Ok(()) }
    }

    /// Counts the places of a list before they are made; gives back how many there are. A list may say that it is longer than
    /// any list can be filled.
    pub fn places(&self, list: &Object<'_>) -> Result<Option<usize>, Limit> {
        let Ok(Coerced(length)) = list.get::<_, Coerced<f64>>("length") else { return Ok(None) };
        let length = length as usize;
        self.take(length.saturating_mul(PLACE))?;
        Ok(Some(length))
    }

    /// Counts a key and the place of its value.
    pub fn entry(&self, key: &str) -> Result<(), Limit> {
        self.take(PLACE + KEY + key.len())
    }

    /// Counts a copy of data.
    pub fn copy(&self, value: &Value) -> Result<(), Limit> {
        match value {
            Value::String(text) => self.take(text.len()),
            Value::Array(list) => {
                self.take(list.len().saturating_mul(PLACE))?;
                list.iter().try_for_each(|value| self.copy(value))
            }
            Value::Object(map) => map.iter().try_for_each(|(key, value)| {
                self.entry(key)?;
                self.copy(value)
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::never;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn counts_and_looks_at_the_clock() {
        let meter = Meter::new(1000, Rc::default());
        assert!(meter.copy(&json!(["x".repeat(500)])).is_ok());
        assert_eq!(meter.copy(&json!({"x": "x".repeat(500)})), Err(Limit::Memory));
        let late = Meter::new(usize::MAX, Rc::default());
        late.deadline.begin(Duration::ZERO, &never());
        let taken = (0..10_000).find_map(|_| late.take(1).err());
        assert_eq!(taken, Some(Limit::Time));
        assert_eq!(late.take(1 << 30), Err(Limit::Time));
    }
}
