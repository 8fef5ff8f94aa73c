//! Where a place of a pack, such as `actions[2].path`, stands in its text.

use std::ops::Range;

use node_sdk::json::{Observer, Overflow, parse_observed};

/// Line and column, from 1, of the place, or of the innermost value around it that is there.
pub(super) fn find(text: &str, place: &str) -> (usize, usize) {
    let mut finder = Finder { place, path: Vec::new(), found: None };
    // It was read before; where it stops being JSON is as far as places go.
    let _ = parse_observed(text, Overflow::Refuse, &mut finder);
    let before = text.get(..finder.found.map_or(0, |(_, at)| at)).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

struct Finder<'a> {
    place: &'a str,
    /// The places around the value that is read, each written whole.
    path: Vec<String>,
    /// Length and offset of the longest place so far that leads to the wanted one.
    found: Option<(usize, usize)>,
}

impl Finder<'_> {
    fn here(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Whether the value that is read is the wanted one, or around it.
    fn leads(&self) -> bool {
        self.place.strip_prefix(self.here()).is_some_and(|rest| self.here().is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

impl Observer for Finder<'_> {
    fn key(&mut self, key: &str, _: Range<usize>) {
        self.path.push(join(self.here(), key));
    }

    fn index(&mut self, index: usize) {
        self.path.push(format!("{}[{index}]", self.here()));
    }

    fn value(&mut self, at: Range<usize>) {
        let length = self.here().len();
        if self.leads() && self.found.is_none_or(|(longest, _)| length > longest) {
            self.found = Some((length, at.start));
        }
    }

    fn leave(&mut self) {
        self.path.pop();
    }
}

/// The place of a field.
pub(super) fn join(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_innermost_value_that_is_there_is_found() {
        let text = "{\n  \"actions\": [\n    { \"path\": 1 },\n    { \"path\": \"é\", \"params\": [3] }\n  ]\n}";
        for (place, at) in [
            ("actions[1].path", (4, 15)),
            ("actions[1].params[0]", (4, 31)),
            ("actions[1].method", (4, 5)),
            ("actions[10].path", (2, 14)),
            ("the pack", (1, 1)),
        ] {
            assert_eq!(find(text, place), at, "{place}");
        }
    }
}
