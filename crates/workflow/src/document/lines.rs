//! Lines and columns of a text, without reading it from the start for each place.

/// Bytes between two counts of characters: machine-written files are one long line.
const BLOCK: usize = 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Debug)]
pub(super) struct Lines {
    /// The first byte of each line.
    starts: Vec<usize>,
    /// How many characters begin before each block.
    before: Vec<usize>,
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut count = 0;
        let blocks = (0..text.len()).step_by(BLOCK).map(|start| {
            let before = count;
            count += begin(text, start, start + BLOCK);
            before
        });
        Self { starts: std::iter::once(0).chain(newlines).collect(), before: blocks.collect() }
    }

    /// Line and column of a byte, both from 1; columns count characters, a byte order mark is none.
    pub(super) fn at(&self, text: &str, byte: usize) -> (usize, usize) {
        let byte = byte.min(text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts[line - 1];
        (line, self.characters(text, byte) - self.characters(text, start) + 1)
    }

    /// How many characters begin before the byte.
    fn characters(&self, text: &str, byte: usize) -> usize {
        let Some(block) = byte.checked_sub(1).map(|last| last / BLOCK) else { return 0 };
        self.before[block] + begin(text, block * BLOCK, byte)
    }
}

/// How many characters begin between these bytes.
fn begin(text: &str, from: usize, to: usize) -> usize {
    let bytes = text.as_bytes();
    let begins = |at: &usize| bytes[*at] & 0xc0 != 0x80 && !(bytes[*at] == BYTE_ORDER_MARK[0] && bytes[*at..].starts_with(BYTE_ORDER_MARK));
    (from..to.min(bytes.len())).filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn places_are_those_of_counting_from_the_start() {
        let text = format!("\u{feff}{{\n  {}\n\n{}\u{feff}x", "é😀 ".repeat(700), "a".repeat(3000));
        let lines = Lines::new(&text);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..at];
            let line = before.rsplit('\n').next().unwrap_or_default();
            let expected = (before.matches('\n').count() + 1, line.chars().filter(|c| *c != '\u{feff}').count() + 1);
            assert_eq!(lines.at(&text, at), expected, "{at}");
        }
        assert_eq!((Lines::new("").at("", 0), Lines::new("ab").at("ab", 9)), ((1, 1), (1, 3)));
    }
}
