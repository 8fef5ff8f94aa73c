//! Where each box stands: as in the editor where the file says so, with more room between boxes where names and labels need it; else in
//! columns by distance from the start.

use crate::letters::Font;

use super::Picture;

/// Width of a box.
pub(super) const WIDTH: f64 = 188.0;
/// Least height of a box, and what each of its ports takes.
const HEIGHT: f64 = 60.0;
const PORT: f64 = 20.0;
/// Room between boxes beside each other and above each other.
const BESIDE: f64 = 28.0;
const ABOVE: f64 = 26.0;
/// Room for what a line needs beside its label.
const LINE: f64 = 44.0;
/// The most that the canvas is stretched; who stands closer than that is moved to columns.
const STRETCH: f64 = 3.0;
/// The most that it is stretched for labels alone.
const FOR_LABELS: f64 = 2.0;
/// The font of labels at outputs.
pub(super) const LABEL: Font = Font::plain(11.0);
/// The most that a label takes.
pub(super) const LONGEST_LABEL: f64 = 180.0;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// Whether the two have a point in common.
    fn touches(self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// The height at which port `index` of `count` stands.
    pub(super) fn port(self, index: usize, count: usize) -> f64 {
        self.y + self.height * (index as f64 + 1.0) / (count as f64 + 1.0)
    }
}

/// Where everything stands.
pub(super) struct Layout {
    pub(super) boxes: Vec<Rect>,
    pub(super) notes: Vec<Rect>,
}

/// The place of everything in a picture whose boxes have these outputs and inputs.
pub(super) fn place(picture: &Picture, ports: &[(usize, usize)]) -> Layout {
    let heights: Vec<f64> = ports.iter().map(|(outputs, inputs)| HEIGHT.max((*outputs.max(inputs) + 1) as f64 * PORT)).collect();
    let given: Option<Vec<(f64, f64)>> = picture.nodes.iter().map(|node| node.position).collect();
    given.and_then(|given| stretched(picture, ports, &heights, &given)).unwrap_or_else(|| columns(picture, &heights))
}

/// The canvas of the editor, wider and higher until boxes and labels have room; `None`: that does not help.
fn stretched(picture: &Picture, ports: &[(usize, usize)], heights: &[f64], given: &[(f64, f64)]) -> Option<Layout> {
    let labels: Vec<f64> = picture.nodes.iter().zip(ports).map(|(node, (outputs, _))| longest_label(node, *outputs)).collect();
    let (mut wide, mut high) = (1.0_f64, 1.0_f64);
    let mut order: Vec<usize> = (0..given.len()).collect();
    order.sort_by(|a, b| given[*a].0.total_cmp(&given[*b].0));
    for (place, &left) in order.iter().enumerate() {
        let reach = WIDTH + BESIDE.max(labels[left] + LINE);
        for &right in order[place + 1..].iter().take_while(|right| given[**right].0 - given[left].0 < reach) {
            let (dx, dy) = (given[right].0 - given[left].0, given[right].1 - given[left].1);
            let (beside, above) = ((WIDTH + BESIDE.max(labels[left] + LINE)) / dx, ((heights[left] + heights[right]) / 2.0 + ABOVE) / dy.abs());
            // Whichever way less is to be stretched.
            if beside.max(1.0) <= above.max(1.0) { wide = wide.max(beside) } else { high = high.max(above) }
        }
    }
    if wide > STRETCH || high > STRETCH {
        return None;
    }
    // A line to another row is not crossed by boxes, but its label wants room all the same.
    let forward = picture.edges.iter().map(|edge| (WIDTH + LINE + labels[edge.from]) / (given[edge.to].0 - given[edge.from].0));
    wide = forward.filter(|factor| (0.0..=FOR_LABELS).contains(factor)).fold(wide, f64::max);
    let at = |(x, y): (f64, f64)| (x * wide, y * high);
    let boxes = given.iter().zip(heights).map(|(corner, height)| {
        let (x, y) = at(*corner);
        // A box with many ports keeps its middle, so that lines to it stay straight.
        Rect { x, y: y - (height - HEIGHT) / 2.0, width: WIDTH, height: *height }
    });
    let notes = picture.notes.iter().map(|note| {
        let ((x, y), (width, height)) = (at(note.position), at(note.size));
        Rect { x, y, width, height }
    });
    let layout = Layout { boxes: boxes.collect(), notes: notes.collect() };
    (!overlap(&layout.boxes)).then_some(layout)
}

fn longest_label(node: &super::Node, outputs: usize) -> f64 {
    let labels = (0..outputs).filter_map(|output| node.output_label(output, outputs));
    labels.map(|label| LABEL.width(&label.to_string()).min(LONGEST_LABEL)).fold(0.0, f64::max)
}

fn overlap(boxes: &[Rect]) -> bool {
    let mut sorted = boxes.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    sorted.iter().enumerate().any(|(i, a)| sorted[i + 1..].iter().take_while(|b| b.x < a.right()).any(|b| a.touches(*b)))
}

/// Each box one column right of the farthest box before it; lines that lead back are left out of the count. Notes stand above.
fn columns(picture: &Picture, heights: &[f64]) -> Layout {
    let mut next = vec![0.0; picture.nodes.len() + 1];
    let boxes = depths(picture).into_iter().zip(heights).map(|(column, height)| {
        let y = next[column];
        next[column] += height + 2.0 * ABOVE;
        Rect { x: column as f64 * (WIDTH + LONGEST_LABEL), y, width: WIDTH, height: *height }
    });
    let boxes = boxes.collect();
    let mut x = 0.0;
    let notes = picture.notes.iter().map(|note| {
        let (width, height) = note.size;
        let rect = Rect { x, y: -height - ABOVE, width, height };
        x += width + BESIDE;
        rect
    });
    Layout { notes: notes.collect(), boxes }
}

fn depths(picture: &Picture) -> Vec<usize> {
    let count = picture.nodes.len();
    let mut targets = vec![Vec::new(); count];
    let mut sources = vec![0; count];
    for edge in picture.edges.iter().filter(|edge| edge.from != edge.to) {
        targets[edge.from].push(edge.to);
        sources[edge.to] += 1;
    }
    let mut depth = vec![0; count];
    let mut done = vec![false; count];
    for _ in 0..count {
        // The next box without an undrawn one before it; in a cycle, the first undrawn box.
        let free = (0..count).find(|i| !done[*i] && sources[*i] == 0).or_else(|| (0..count).find(|i| !done[*i]));
        let Some(node) = free else { break };
        done[node] = true;
        for target in std::mem::take(&mut targets[node]) {
            if !done[target] {
                depth[target] = depth[target].max(depth[node] + 1);
                sources[target] -= 1;
            }
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Node};
    use super::*;

    fn picture(places: &[Option<(f64, f64)>], edges: &[(usize, usize)]) -> Picture {
        let nodes = places.iter().enumerate().map(|(i, place)| Node { name: i.to_string(), position: *place, outputs: 1, ..Node::default() });
        let edges = edges.iter().map(|(from, to)| Edge { from: *from, to: *to, ..Edge::default() });
        Picture { nodes: nodes.collect(), edges: edges.collect(), notes: Vec::new() }
    }

    fn corners(picture: &Picture) -> Vec<(f64, f64)> {
        place(picture, &picture.ports()).boxes.iter().map(|place| (place.x, place.y)).collect()
    }

    #[test]
    fn boxes_without_a_place_stand_in_columns() {
        let picture = picture(&[None; 4], &[(0, 1), (0, 2), (1, 3), (3, 1)]);
        assert_eq!(corners(&picture), [(0.0, 0.0), (368.0, 0.0), (368.0, 112.0), (736.0, 0.0)]);
    }

    #[test]
    fn boxes_of_the_editor_get_room_and_keep_their_order() {
        let close = [(0.0, 0.0), (128.0, 16.0), (256.0, 0.0), (256.0, 64.0)].map(Some);
        let corners = corners(&picture(&close, &[(0, 1), (1, 2), (1, 3)]));
        assert!(corners[1].0 >= WIDTH + BESIDE && corners[2].0 == 2.0 * corners[1].0, "{corners:?}");
        assert!(corners[3].1 >= HEIGHT + ABOVE && corners[3].0 == corners[2].0, "{corners:?}");
        // Nothing is stretched that has room.
        let roomy = [(0.0, 0.0), (300.0, 0.0)].map(Some);
        assert_eq!(self::corners(&picture(&roomy, &[(0, 1)])), [(0.0, 0.0), (300.0, 0.0)]);
        // Boxes in one place are taken apart.
        let same = [Some((0.0, 0.0)); 3];
        assert_eq!(self::corners(&picture(&same, &[(0, 1), (1, 2)]))[2].0, 736.0);
    }
}
