//! A workflow as a picture: what is drawn ([`Picture`]), where it stands (`layout`), and how ([`svg()`], [`mermaid()`]).
//!
//! ```
//! use picture::graph::{Edge, Look, Node, Picture, mermaid};
//!
//! let node = |name: &str, look| Node { name: name.into(), look, ..Node::default() };
//! let nodes = vec![node("Start", Look::Trigger), node("Set", Look::Plain)];
//! let picture = Picture { nodes, edges: vec![Edge { to: 1, ..Edge::default() }], notes: Vec::new() };
//! assert_eq!(mermaid(&picture), "flowchart LR\n  n0([\"Start\"])\n  n1[\"Set\"]\n  n0 --> n1\n");
//! ```

mod from_workflow;
mod layout;
mod mermaid;
mod svg;

use std::collections::HashMap;

pub use from_workflow::of_workflow;
pub use mermaid::mermaid;
pub use svg::svg;

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// Boxes, in file order.
    pub nodes: Vec<Node>,
    /// Lines between them.
    pub edges: Vec<Edge>,
    /// Sheets with text behind them.
    pub notes: Vec<Note>,
}

/// A box.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Name of the node.
    pub name: String,
    /// A second line: its type, for example.
    pub subtitle: String,
    /// Upper left corner in the editor; `None` where the file says nothing.
    pub position: Option<(f64, f64)>,
    /// How it looks.
    pub look: Look,
    /// Names of its outputs, where they have any.
    pub output_names: Vec<String>,
}

/// How a box looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// As any other.
    #[default]
    Plain,
    /// A run can begin here.
    Trigger,
    /// Switched off.
    Disabled,
    /// It ran.
    Ran,
    /// It ran and failed.
    Failed,
}

/// A line from one box to another.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    /// Index into [`Picture::nodes`].
    pub from: usize,
    /// Output of that node.
    pub output: usize,
    /// Index into [`Picture::nodes`].
    pub to: usize,
    /// Input of that node.
    pub input: usize,
    /// Text on the line: how many items went over it.
    pub label: Option<String>,
}

/// A sheet with text.
#[derive(Debug, Clone)]
pub struct Note {
    /// The text; its Markdown is shown as it stands.
    pub text: String,
    /// Upper left corner.
    pub position: (f64, f64),
    /// Width and height.
    pub size: (f64, f64),
}

impl Picture {
    /// Highest number of outputs that lines use, for each box; at least 1.
    fn output_counts(&self) -> Vec<usize> {
        let mut counts: Vec<usize> = self.nodes.iter().map(|node| node.output_names.len().max(1)).collect();
        for edge in &self.edges {
            counts[edge.from] = counts[edge.from].max(edge.output + 1);
        }
        counts
    }

    /// Highest number of inputs that lines use, for each box; at least 1.
    fn input_counts(&self) -> Vec<usize> {
        let mut counts = vec![1; self.nodes.len()];
        for edge in &self.edges {
            counts[edge.to] = counts[edge.to].max(edge.input + 1);
        }
        counts
    }

    /// The name of the output that a line leaves, where its box has several.
    fn output_name(&self, edge: &Edge, outputs: usize) -> Option<String> {
        let named = self.nodes[edge.from].output_names.get(edge.output).filter(|name| !name.is_empty()).cloned();
        named.or_else(|| (outputs > 1).then(|| edge.output.to_string())).filter(|_| outputs > 1)
    }
}

/// Puts item counts on the lines: `counts[(from, output, to, input)]`.
pub fn label_edges(picture: &mut Picture, counts: &HashMap<(usize, usize, usize, usize), usize>) {
    for edge in &mut picture.edges {
        if let Some(count) = counts.get(&(edge.from, edge.output, edge.to, edge.input)) {
            edge.label = Some(if *count == 1 { "1 item".to_owned() } else { format!("{count} items") });
        }
    }
}
