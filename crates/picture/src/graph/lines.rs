//! The way of each line, and what is said at each output.

use std::collections::BTreeMap;

use super::sizes::{LABEL, LONGEST_LABEL, Layout, Rect};
use super::{OutputLabel, Picture};
use crate::markup::visible;

/// How far a line goes beyond a box before it turns back.
const TURN: f64 = 36.0;
/// Room between a box and a line that passes below it, and between two such lines.
const BELOW: f64 = 22.0;
const APART: f64 = 12.0;
/// Room for the curve of a line.
const LEAST_CURVE: f64 = 28.0;

/// What stands at an output.
pub(super) struct Label {
    /// Where it begins, on the base line.
    pub(super) x: f64,
    pub(super) y: f64,
    /// The name as far as there is room for it, and what is said after it.
    pub(super) name: String,
    pub(super) rest: String,
    /// The whole of it.
    pub(super) whole: String,
}

impl Label {
    fn right(&self) -> f64 {
        self.x + LABEL.width(&self.name) + LABEL.width(&self.rest)
    }
}

/// Lines and labels, and how far they reach.
pub(super) struct Lines {
    /// SVG's path data, one for each line of the picture.
    pub(super) paths: Vec<String>,
    pub(super) labels: Vec<Label>,
    /// Left, top, right and bottom of each.
    pub(super) reach: Vec<(f64, f64, f64, f64)>,
}

/// A stretch below boxes that a line takes.
struct Lane {
    left: f64,
    right: f64,
    y: f64,
}

/// The lines of a picture whose boxes have these outputs and inputs.
pub(super) fn draw(picture: &Picture, layout: &Layout, ports: &[(usize, usize)]) -> Lines {
    let labels = labels(picture, layout, ports);
    let mut reach: Vec<_> = labels.values().map(|label| (label.x, label.y - LABEL.size, label.right(), label.y)).collect();
    let mut lanes: Vec<Lane> = Vec::new();
    let mut paths = Vec::new();
    for edge in &picture.edges {
        let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to]);
        let (x1, y1) = (from.right(), from.port(edge.output, ports[edge.from].0));
        let (x2, y2) = (to.x, to.port(edge.input, ports[edge.to].1));
        // Straight below its label, so that it does not run through it.
        let straight = labels.get(&(edge.from, edge.output)).map_or(0.0, |label| label.right() - x1);
        if x2 < x1 {
            let lane = free_lane(&layout.boxes, &lanes, from, to, straight);
            let (right, left, y) = (lane.right, lane.left, lane.y);
            reach.push((left, y.min(y1).min(y2), right, y.max(y1).max(y2)));
            paths.push(format!(
                "M{x1:.1} {y1:.1}h{straight:.1}C{right:.1} {y1:.1} {right:.1} {y:.1} {x1:.1} {y:.1}L{x2:.1} {y:.1}C{left:.1} {y:.1} {left:.1} {y2:.1} {x2:.1} {y2:.1}"
            ));
            lanes.push(lane);
        } else {
            let straight = if y1 == y2 { 0.0 } else { straight.min(x2 - x1 - LEAST_CURVE).max(0.0) };
            let bend = ((x2 - x1 - straight) / 2.0).clamp(16.0, 160.0);
            let begin = x1 + straight + bend;
            paths.push(format!("M{x1:.1} {y1:.1}h{straight:.1}C{begin:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}", x2 - bend));
        }
    }
    Lines { paths, labels: labels.into_values().collect(), reach }
}

/// What is said at each output of each box.
fn labels(picture: &Picture, layout: &Layout, ports: &[(usize, usize)]) -> BTreeMap<(usize, usize), Label> {
    let mut labels = BTreeMap::new();
    for (index, node) in picture.nodes.iter().enumerate() {
        let (of, outputs) = (layout.boxes[index], ports[index].0);
        for output in 0..outputs {
            if let Some(said) = node.output_label(output, outputs) {
                labels.insert((index, output), label(&layout.boxes, of, of.port(output, outputs), &said));
            }
        }
    }
    labels
}

/// The highest stretch on which a line gets back from one box to another without crossing a box or another such line.
fn free_lane(boxes: &[Rect], lanes: &[Lane], from: Rect, to: Rect, straight: f64) -> Lane {
    let (left, right) = (to.x - TURN, from.right() + straight + TURN);
    let (upper, lower) = if from.y < to.y { (from, to) } else { (to, from) };
    let between = lower.y - upper.bottom() >= 2.0 * BELOW;
    let mut y = if between { upper.bottom() } else { lower.bottom().max(upper.bottom()) } + BELOW;
    loop {
        let within = |x1: f64, x2: f64| x1 < right && left < x2;
        let in_the_way = boxes.iter().filter(|it| within(it.x, it.right()) && it.y < y + APART && y - APART < it.bottom());
        let below_boxes = in_the_way.map(|it| it.bottom() + BELOW);
        let taken = lanes.iter().filter(|lane| within(lane.left, lane.right) && (lane.y - y).abs() < APART);
        let below = below_boxes.chain(taken.map(|lane| lane.y + APART)).fold(y, f64::max);
        if below <= y {
            return Lane { left, right, y };
        }
        y = below;
    }
}

/// Above the line, right of the output, as far as the next box lets it. Where there is little room, the name is cut before the count.
fn label(boxes: &[Rect], of: Rect, port: f64, label: &OutputLabel) -> Label {
    let (x, y) = (of.right() + 9.0, port - 5.0);
    let beside = boxes.iter().filter(|it| it.x >= of.right() && it.y < y + 2.0 && y - LABEL.size < it.bottom());
    let room = beside.map(|it| it.x - x - 12.0).fold(LONGEST_LABEL, f64::min);
    let name = label.name.as_deref().map(visible).unwrap_or_default();
    let count = label.count.as_deref().unwrap_or_default();
    let rest = if name.is_empty() {
        count.to_owned()
    } else if count.is_empty() {
        String::new()
    } else {
        format!(": {count}")
    };
    let rest = LABEL.fit(&rest, room).into_owned();
    let name = LABEL.fit(&name, room - LABEL.width(&rest)).into_owned();
    Label { x, y, name, rest, whole: label.to_string() }
}
