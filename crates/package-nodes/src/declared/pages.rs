//! The pages of a list that come: a service may say for ever that there are more.

use std::io::{self, Write};

use node_sdk::{Item, NodeError};
use serde_json::Value;

use crate::functions::{Answer, Options};
use crate::running::codes;

/// How many there may be.
const MOST: usize = 10_000;
/// Bytes of their items, as JSON, and of the files of these.
const MOST_BYTES: u64 = 256 << 20;
/// How often the same may be asked one time after the other and answered the same. Some ask until something is done, so that many are honest.
const ALIKE: usize = 1000;

/// The pages of one list.
#[derive(Default)]
pub(super) struct Pages {
    count: usize,
    bytes: u64,
    /// What was asked for last, and what came.
    last: Option<(Options, Answer)>,
    /// How many were asked for as the one before, and came as it did.
    alike: usize,
}

impl Pages {
    /// A page came. Who `paused` before asking waits for something.
    ///
    /// # Errors
    /// [`codes::ENDLESS`]: they do not end. Nothing is put out of a list that is cut.
    pub(super) fn came(&mut self, (asked, paused): (&Options, bool), answer: &Answer, items: &[Item]) -> Result<(), NodeError> {
        self.count += 1;
        self.bytes += items.iter().map(size).sum::<u64>();
        let page = (asked.clone(), lasting(answer));
        self.alike = if !paused && self.last.as_ref() == Some(&page) { self.alike + 1 } else { 0 };
        self.last = Some(page);
        let message = match self {
            Self { alike: ALIKE.., .. } => format!("The same page was asked for {ALIKE} times more without a pause, and the same came each time"),
            Self { bytes, .. } if *bytes > MOST_BYTES => {
                format!("The pages of the list are larger than {} MiB, and there may be more", MOST_BYTES >> 20)
            }
            Self { count, .. } if *count > MOST => format!("The service says after {MOST} pages that there may be more"),
            _ => return Ok(()),
        };
        let help = "Ask for fewer items: switch off \"Return All\" or set a limit. Where the same page comes for ever, the package asks for it wrongly, or what it waits for does not come.";
        Err(NodeError::coded(codes::ENDLESS, message).help(help))
    }
}

/// An answer without the headers that differ though it is the same: when it was given, which it is, and how many more are allowed.
fn lasting(answer: &Answer) -> Answer {
    let mut answer = answer.clone();
    if let Some(headers) = answer.full.get_mut("headers").and_then(Value::as_object_mut) {
        let differs = |name: &str| {
            ["date", "age", "expires"].contains(&name) || ["ratelimit", "rate-limit", "request-id"].iter().any(|part| name.contains(part))
        };
        headers.retain(|name, _| !differs(&name.to_ascii_lowercase()));
    }
    answer
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
            pages.came((&asked, false), &answer, &[item(page)]).err().map(|error| (page, error.message))
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

    #[test]
    fn the_same_again_and_again_ends_where_question_and_answer_are_the_same_and_nobody_waits() {
        let ends = |asked: fn(usize) -> Value, full: fn(usize) -> Value, paused: bool| {
            let mut pages = Pages::default();
            (0..2 * ALIKE).find(|page| {
                let asked = Options { options: asked(*page).as_object().cloned().unwrap_or_default(), buffers: Vec::new() };
                let answer = Answer { full: full(*page), bytes: None };
                pages.came((&asked, paused), &answer, &[]).is_err()
            })
        };
        let same = |_| json!({"body": [], "statusCode": 200});
        let dated = |page| json!({"body": [], "headers": {"date": page, "x-ratelimit-remaining": page}});
        assert_eq!((ends(|_| json!({}), same, false), ends(|_| json!({}), dated, false)), (Some(ALIKE), Some(ALIKE)));
        let turned = |page| json!({"body": [], "headers": {"x-next": page}});
        let filled = |page| json!({"body": page});
        let others = [ends(|page| json!({"qs": page}), same, false), ends(|_| json!({}), turned, false), ends(|_| json!({}), filled, false)];
        assert_eq!((others, ends(|_| json!({}), same, true)), ([None; 3], None));
    }
}
