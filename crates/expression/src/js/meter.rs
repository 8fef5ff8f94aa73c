//! What leaves the engine is counted: outside of it no limit of the engine holds, and one text may stand in a thousand places.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::{Coerced, Object};
use serde_json::Value;

use super::fault::out_of_memory;
use crate::error::{ErrorKind, ExpressionError};

/// Bytes that a place in a list takes: the value itself.
pub(crate) const PLACE: usize = size_of::<Value>();

/// Bytes that a key takes beside its letters and its value.
const KEY: usize = size_of::<String>() + size_of::<u64>();

/// After how much work the clock is asked: a place is one, a text is one for so many bytes.
const LOOK: usize = 1024;
const TEXT: usize = 4096;

/// Says whether the time is over, or nobody waits any more.
pub(crate) type Over = Rc<dyn Fn() -> bool>;

/// Counts what one evaluation hands over.
pub(crate) struct Meter {
    left: Cell<usize>,
    work: Cell<usize>,
    over: Over,
}

impl Meter {
    /// For so many bytes, as they are held outside of the engine.
    pub(crate) fn new(most: usize, over: Over) -> Self {
        Self { left: Cell::new(most), work: Cell::new(0), over }
    }

    /// Counts bytes. An error where they are more than what is left, or the time is over.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), ExpressionError> {
        self.left.set(self.left.get().checked_sub(bytes).ok_or_else(out_of_memory)?);
        let work = self.work.get() + 1 + bytes / TEXT;
        self.work.set(work % LOOK);
        if work >= LOOK && (self.over)() { Err(timed_out()) } else { Ok(()) }
    }

    /// Counts the places of a list before they are made; gives back how many there are. A list may say that it is longer than
    /// any list can be filled.
    pub(crate) fn places(&self, list: &Object<'_>) -> Result<Option<usize>, ExpressionError> {
        let Ok(Coerced(length)) = list.get::<_, Coerced<f64>>("length") else { return Ok(None) };
        let length = length as usize;
        self.take(length.saturating_mul(PLACE))?;
        Ok(Some(length))
    }

    /// Counts a key and the place of its value.
    pub(crate) fn entry(&self, key: &str) -> Result<(), ExpressionError> {
        self.take(PLACE + KEY + key.len())
    }

    /// Counts a copy of data.
    pub(crate) fn copy(&self, value: &Value) -> Result<(), ExpressionError> {
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

/// The time limit.
pub(crate) fn timed_out() -> ExpressionError {
    ExpressionError::new(ErrorKind::Timeout, "Expression timed out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_and_looks_at_the_clock() {
        let meter = Meter::new(1000, Rc::new(|| false));
        assert!(meter.copy(&json!(["x".repeat(500)])).is_ok());
        assert_eq!(meter.copy(&json!({"x": "x".repeat(500)})).map_err(|e| e.kind), Err(ErrorKind::Memory));
        let late = Meter::new(usize::MAX, Rc::new(|| true));
        let taken = (0..10_000).find_map(|_| late.take(1).err()).map(|e| e.kind);
        assert_eq!(taken, Some(ErrorKind::Timeout));
        assert_eq!(late.take(1 << 30).map_err(|e| e.kind), Err(ErrorKind::Timeout));
    }
}
