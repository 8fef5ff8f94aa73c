//! `=text {{ … }} text`: where the blocks begin and end, as n8n cuts them.

use std::ops::Range;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Text as it is printed.
    Text(String),
    /// A block: its code and where it begins in the parameter's text.
    Block(String, usize),
}

/// A parameter's text, cut.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    /// No expression: the text itself.
    Plain(String),
    /// One block and nothing else: its value as it is.
    Value(String, usize),
    /// Blocks and text: a string.
    Text(Vec<Part>),
}

impl Template {
    /// Cuts a parameter's text. Without a leading `=` it is plain text.
    pub(crate) fn parse(source: &str) -> Self {
        let Some(body) = source.strip_prefix('=') else { return Self::Plain(source.to_owned()) };
        let blocks = find_blocks(body);
        if blocks.is_empty() {
            return Self::Plain(body.to_owned());
        }
        if let [only] = &blocks[..]
            && only.outer == (0..body.len())
        {
            return Self::Value(code(body, &only.inner), only.inner.start + 1);
        }
        Self::Text(parts(body, &blocks))
    }
}

struct Block {
    outer: Range<usize>,
    inner: Range<usize>,
}

/// All blocks: `{{` that no backslash escapes, up to the first `}}` or the end.
fn find_blocks(body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while let Some(open) = find_bare(body, "{{", from) {
        let start = open + 2;
        match find_bare(body, "}}", start) {
            Some(close) => {
                blocks.push(Block { outer: open..close + 2, inner: start..close });
                from = close + 2;
            }
            None => {
                blocks.push(Block { outer: open..body.len(), inner: start..body.len() });
                break;
            }
        }
    }
    blocks
}

/// The next `needle` that an odd number of backslashes does not precede.
fn find_bare(body: &str, needle: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = body[at..].find(needle) {
        let open = at + found;
        let slashes = body[from..open].bytes().rev().take_while(|b| *b == b'\\').count();
        if slashes % 2 == 0 {
            return Some(open);
        }
        at = open + needle.len();
    }
    None
}

fn code(body: &str, range: &Range<usize>) -> String {
    body[range.clone()].replace("\\}}", "}}")
}

fn parts(body: &str, blocks: &[Block]) -> Vec<Part> {
    let mut parts = Vec::with_capacity(blocks.len() * 2 + 1);
    let mut from = 0;
    for block in blocks {
        push_text(&mut parts, body[from..block.outer.start].replace("\\\\", "\\"));
        from = block.outer.end;
        let open_end = block.inner.end == block.outer.end;
        if !(open_end && body[block.inner.clone()].is_empty()) {
            parts.push(Part::Block(code(body, &block.inner), block.inner.start + 1));
        }
    }
    // What follows the last block is printed as it stands.
    push_text(&mut parts, body[from..].to_owned());
    parts
}

fn push_text(parts: &mut Vec<Part>, text: String) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(source: &str) -> String {
        match Template::parse(source) {
            Template::Plain(text) => format!("plain({text})"),
            Template::Value(code, at) => format!("value({code})@{at}"),
            Template::Text(parts) => parts
                .iter()
                .map(|p| match p {
                    Part::Text(text) => format!("[{text}]"),
                    Part::Block(code, at) => format!("({code})@{at}"),
                })
                .collect(),
        }
    }

    #[test]
    fn cuts_as_n8n_does() {
        for (source, expected) in [
            ("no", "plain(no)"),
            ("={{ 1 }}", "value( 1 )@3"),
            ("={{ 1", "value( 1)@3"),
            ("={{ 1 }} ", "( 1 )@3[ ]"),
            ("=1 }}", "plain(1 }})"),
            (r"=\{{ 1 }}", r"plain(\{{ 1 }})"),
            (r"=\\{{ 1 }}", r"[\]( 1 )@5"),
            (r"=\\\{{ 1 }}", r"plain(\\\{{ 1 }})"),
            (r"=\{{ 1 }} {{ 2 }}", r"[\{{ 1 }} ]( 2 )@12"),
            ("={{ 1 }}{{", "( 1 )@3"),
            (r"=a\\b {{ 1 }} c\\d {{ 2 }} e\\f", r"[a\b ]( 1 )@8[ c\d ]( 2 )@21[ e\\f]"),
            ("={{ {a:1} }}}", "( {a:1} )@3[}]"),
        ] {
            assert_eq!(shape(source), expected, "{source}");
        }
    }
}
