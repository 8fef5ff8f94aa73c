//! A workflow as a picture: what is drawn ([`Picture`]), where it stands (`layout`, `lines`), and how ([`svg()`], [`mermaid()`]).
//!
//! ```
//! use picture::graph::{Edge, Node, Picture, mermaid};
//!
//! let node = |name: &str, trigger| Node { name: name.into(), trigger, ..Node::default() };
//! let nodes = vec![node("Start", true), node("Set", false)];
//! let picture = Picture { nodes, edges: vec![Edge { to: 1, ..Edge::default() }], ..Picture::default() };
//! assert_eq!(mermaid(&picture), "flowchart LR\n  n0([\"Start\"])\n  n1[\"Set\"]\n  n0 --> n1\n");
//! ```

mod columns;
mod from_workflow;
mod layout;
mod lines;
mod mermaid;
mod notes;
mod sizes;
mod spread;
mod svg;

use std::fmt;

use crate::numbers::counted;

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
    /// Boxes that are part of another, as the model of an agent is: index of the part, and of the other.
    pub parts: Vec<(usize, usize)>,
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
    /// A run can begin here.
    pub trigger: bool,
    /// Switched off.
    pub disabled: bool,
    /// What a run made of it.
    pub outcome: Outcome,
    /// How many outputs it has; lines may leave others.
    pub outputs: usize,
    /// Names of its outputs, where they have any.
    pub output_names: Vec<String>,
    /// How many items it put out on each output, where it ran.
    pub counts: Vec<usize>,
    /// Where a click on it leads, where it leads anywhere.
    pub link: Option<String>,
    /// What others call it who lead to it, in the page that the picture is in.
    pub id: Option<String>,
}

/// What a run made of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// The picture is of no run.
    #[default]
    Unknown,
    /// It did not run.
    NotRun,
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
    /// Whether a run handed something on over it.
    pub taken: bool,
}

/// A sheet with text.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// The text, in Markdown.
    pub text: String,
    /// Upper left corner.
    pub position: (f64, f64),
    /// Width and height.
    pub size: (f64, f64),
    /// Its colour, 1 to 7; any other is the first.
    pub colour: u64,
}

impl Picture {
    /// How many outputs and inputs each box has: its own, and those that lines use.
    fn ports(&self) -> Vec<(usize, usize)> {
        let mut ports: Vec<(usize, usize)> = self.nodes.iter().map(|node| (node.outputs, 0)).collect();
        for edge in &self.edges {
            ports[edge.from].0 = ports[edge.from].0.max(edge.output + 1);
            ports[edge.to].1 = ports[edge.to].1.max(edge.input + 1);
        }
        ports
    }
}

impl Node {
    /// What is said of one of so many outputs: its name where there are several, and how many items it put out.
    fn output_label(&self, output: usize, outputs: usize) -> Option<OutputLabel> {
        let named = self.output_names.get(output).filter(|name| !name.is_empty()).cloned();
        let name = (outputs > 1).then(|| named.unwrap_or_else(|| output.to_string()));
        let count = self.counts.get(output).map(|count| counted(*count, "item"));
        (name.is_some() || count.is_some()).then_some(OutputLabel { name, count })
    }
}

/// What is said of an output: `true: 2 items`. One of the two is there.
struct OutputLabel {
    name: Option<String>,
    count: Option<String>,
}

impl fmt::Display for OutputLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, &self.count) {
            (Some(name), Some(count)) => write!(f, "{name}: {count}"),
            (one, other) => f.write_str(one.as_ref().or(other.as_ref()).map_or("", String::as_str)),
        }
    }
}
