//! The picture as a Mermaid flowchart.

use std::fmt::Write;

use super::{Outcome, Picture};
use crate::markup::{steers, written_out};

/// A Mermaid flowchart, from left to right.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = String::from("flowchart LR\n");
    for (index, node) in picture.nodes.iter().enumerate() {
        let name = quoted(&node.name);
        let shape = if node.trigger { format!("([\"{name}\"])") } else { format!("[\"{name}\"]") };
        let _ = writeln!(text, "  n{index}{shape}");
    }
    let ports = picture.ports();
    for edge in &picture.edges {
        let label = picture.nodes[edge.from].output_label(edge.output, ports[edge.from].0);
        let label = label.map(|label| format!("|\"{}\"|", quoted(&label.to_string()))).unwrap_or_default();
        let _ = writeln!(text, "  n{} -->{label} n{}", edge.from, edge.to);
    }
    for (index, node) in picture.nodes.iter().enumerate() {
        let style = match node.outcome {
            _ if node.disabled => "stroke-dasharray:4,opacity:0.5",
            Outcome::Ran => "stroke:#2e7d32",
            Outcome::Failed => "stroke:#c62828",
            Outcome::Unknown | Outcome::NotRun => continue,
        };
        let _ = writeln!(text, "  style n{index} {style}");
    }
    text
}

/// Text inside quotes: Mermaid's own entities stand for what would end or mark it up.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("#quot;"),
            '#' => quoted.push_str("#35;"),
            '<' => quoted.push_str("#lt;"),
            '>' => quoted.push_str("#gt;"),
            '&' => quoted.push_str("#amp;"),
            '`' => quoted.push_str("#96;"),
            '\n' | '\r' | '\t' => quoted.push(' '),
            // A terminal would act on it, or Mermaid end the line there: it is written as in JavaScript.
            c if steers(c) => quoted.push_str(&written_out(c)),
            c => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Node, Picture};
    use super::*;

    #[test]
    fn names_cannot_break_out() {
        let node = |name: &str| Node { name: name.to_owned(), ..Node::default() };
        let first = Node { counts: vec![3], ..node("a\"] --> x[\"#1") };
        let picture = Picture { nodes: vec![first, node("b")], edges: vec![Edge { to: 1, ..Edge::default() }], ..Picture::default() };
        let expected = "flowchart LR\n  n0[\"a#quot;] --#gt; x[#quot;#35;1\"]\n  n1[\"b\"]\n  n0 -->|\"3 items\"| n1\n";
        assert_eq!(mermaid(&picture), expected);
        let picture = Picture { nodes: vec![node("a\u{1b}[31m\u{7}\u{9b}\u{202e}\u{2028}\tb\u{0}日本😀")], ..Picture::default() };
        assert_eq!(mermaid(&picture), "flowchart LR\n  n0[\"a\\u001b[31m\\u0007\\u009b\\u202e\\u2028 b\\u0000日本😀\"]\n");
    }
}
