//! The picture as a Mermaid flowchart.

use std::fmt::Write;

use super::{Look, Picture};

/// A Mermaid flowchart, from left to right.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = String::from("flowchart LR\n");
    for (index, node) in picture.nodes.iter().enumerate() {
        let name = quoted(&node.name);
        let shape = if node.look == Look::Trigger { format!("([\"{name}\"])") } else { format!("[\"{name}\"]") };
        let _ = writeln!(text, "  n{index}{shape}");
    }
    let outputs = picture.output_counts();
    for edge in &picture.edges {
        let parts = [picture.output_name(edge, outputs[edge.from]), edge.label.clone()];
        let label = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
        let label = if label.is_empty() { String::new() } else { format!("|\"{}\"|", quoted(&label)) };
        let _ = writeln!(text, "  n{} -->{label} n{}", edge.from, edge.to);
    }
    for (look, style) in [(Look::Disabled, "stroke-dasharray:4,opacity:0.5"), (Look::Ran, "stroke:#2e7d32"), (Look::Failed, "stroke:#c62828")] {
        let members: Vec<String> = picture.nodes.iter().enumerate().filter(|(_, node)| node.look == look).map(|(i, _)| format!("n{i}")).collect();
        for member in members {
            let _ = writeln!(text, "  style {member} {style}");
        }
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
            '\n' | '\r' => quoted.push(' '),
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
        let edge = Edge { from: 0, to: 1, label: Some("3 items".into()), ..Edge::default() };
        let picture = Picture { nodes: vec![node("a\"] --> x[\"#1"), node("b")], edges: vec![edge], notes: vec![] };
        let expected = "flowchart LR\n  n0[\"a#quot;] --#gt; x[#quot;#35;1\"]\n  n1[\"b\"]\n  n0 -->|\"3 items\"| n1\n";
        assert_eq!(mermaid(&picture), expected);
    }
}
