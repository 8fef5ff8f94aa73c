//! The pages of a list that come: a service may say for ever that there are more.

use std::io::{self, Write};

use bytes::Bytes;
use node_sdk::{Item, NodeError};
use serde_json::{Map, Value};

use crate::functions::{Answer, Options};
use crate::running::codes;

/// How many there may be.
const MOST: usize = 10_000;
/// Bytes of their items, as JSON, and of the files of these.
const MOST_BYTES: u64 = 256 << 20;
/// How many that are alike may come one after the other. Some lists hold the same again and again, but where the request too was the same before, the
/// next answer is no other.
const ALIKE: usize = 100;
const ASKED_ALIKE: usize = 10;

/// The pages of one list.
#[derive(Default)]
pub(super) struct Pages {
    count: usize,
    bytes: u64,
    /// What was asked for last, and what came.
    last: Option<(Map<String, Value>, Value, Option<Bytes>)>,
    /// How many were like the one before, and how many of them were asked for alike.
    alike: usize,
    asked_alike: usize,
}

impl Pages {
    /// A page came.
    ///
    /// # Errors
    /// [`codes::ENDLESS`]: they do not end. Nothing is put out of a list that is cut.
    pub(super) fn came(&mut self, asked: &Options, answer: &Answer, items: &[Item]) -> Result<(), NodeError> {
        self.count += 1;
        self.bytes += items.iter().map(size).sum::<u64>();
        let body = &answer.full["body"];
        let alike = self.last.as_ref().is_some_and(|(_, before, bytes)| before == body && *bytes == answer.bytes);
        let asked_alike = alike && self.last.as_ref().is_some_and(|(before, ..)| *before == asked.options);
        self.alike = if alike { self.alike + 1 } else { 0 };
        self.asked_alike = if asked_alike { self.asked_alike + 1 } else { 0 };
        self.last = Some((asked.options.clone(), body.clone(), answer.bytes.clone()));
        let message = match self {
            Self { asked_alike: ASKED_ALIKE.., .. } => format!("The same page was asked for {ASKED_ALIKE} times more, and came each time"),
            Self { alike: ALIKE.., .. } => format!("The service gives the same page again and again: {ALIKE} times more, whichever was asked for"),
            Self { bytes, .. } if *bytes > MOST_BYTES => {
                format!("The pages of the list are larger than {} MiB, and there may be more", MOST_BYTES >> 20)
            }
            Self { count, .. } if *count > MOST => format!("The service says after {MOST} pages that there may be more"),
            _ => return Ok(()),
        };
        let help = "Ask for fewer items: switch off \"Return All\" or set a limit. Where every page is the same, the package asks for them wrongly.";
        Err(NodeError::coded(codes::ENDLESS, message).help(help))
    }
}

/// Bytes of an item.
fn size(item: &Item) -> u64 {
    let mut counted = Counted(0);
    // Counting does not fail.
    _ = item.json().map(|json| serde_json::to_writer(&mut counted, json));
    let files = item.binary.iter().flat_map(|files| files.values());
    counted.0 + files.filter_map(|file| Some(file.blob.as_ref()?.len)).sum::<u64>()
}

/// Counts what is written.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn after(count: usize, item: impl Fn(usize) -> Item) -> Option<(usize, String)> {
        let mut pages = Pages::default();
        (0..count).find_map(|page| {
            let asked = Options { options: json!({"page": page}).as_object().cloned().unwrap_or_default(), buffers: Vec::new() };
            let answer = Answer { full: json!({"body": page}), bytes: None };
            pages.came(&asked, &answer, &[item(page)]).err().map(|error| (page, error.message))
        })
    }

    #[test]
    fn pages_that_differ_end_by_their_number_and_by_what_is_kept_of_them() {
        assert_eq!(after(MOST, |page| Item::new(json!(page))), None);
        assert_eq!(after(MOST + 1, |page| Item::new(json!(page))).map(|(page, _)| page), Some(MOST));
        let text = json!("x".repeat(16 << 20));
        let (page, said) = after(100, |_| Item::new(text.clone())).unwrap();
        assert!(page == 15 && said.contains("larger than 256 MiB"), "{page}: {said}");
    }
}
