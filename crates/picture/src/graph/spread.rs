//! Places as in the editor, moved apart where boxes, names and labels need more room, and together where there is nothing for a long way:
//! whatever stands right of or below such a place moves with it, so columns, rows and distances stay as they were elsewhere.

use super::sizes::{ABOVE, BESIDE, HEIGHT, LABEL, LONGEST_LABEL, Layout, Rect, WIDTH};
use super::{Node, Picture};

/// How far a line to another row is made longer for its label.
const FOR_LABEL: f64 = 260.0;
/// The longest way on which there is nothing.
const EMPTY: f64 = 600.0;
/// Width and height of a node in the editor, which says which nodes stand on a note.
const EDITOR_NODE: f64 = 96.0;
/// Room between the edge of a note and a box on it.
const ON_NOTE: f64 = 16.0;

/// Boxes of these heights at these places; `None`: two stand in one place.
pub(super) fn spread(picture: &Picture, ports: &[(usize, usize)], heights: &[f64], given: &[(f64, f64)]) -> Option<Layout> {
    let beside = picture.nodes.iter().zip(ports).map(|(node, (outputs, _))| WIDTH + BESIDE + longest_label(node, *outputs)).collect();
    let canvas = Canvas { picture, given, heights, beside };
    let (mut wide, mut high) = (canvas.axis(|place| place.0), canvas.axis(|place| place.1));
    canvas.boxes_apart(&mut wide, &mut high)?;
    canvas.room_for_labels(&mut wide);
    canvas.boxes_off_notes(&mut wide);
    let (wide, high) = (wide.moves(), high.moves());
    let boxes = given.iter().zip(heights).map(|((x, y), height)| {
        // A box with many ports keeps its middle, so that lines to it stay straight.
        Rect { x: moved(&wide, *x), y: moved(&high, *y) - (height - HEIGHT) / 2.0, width: WIDTH, height: *height }
    });
    let boxes: Vec<Rect> = boxes.collect();
    let notes = picture.notes.iter().map(|note| sheet(note, given, &boxes, (&wide, &high)));
    Some(Layout { notes: notes.collect(), boxes })
}

/// What stands where in the editor, and how much room it needs here.
struct Canvas<'a> {
    picture: &'a Picture,
    given: &'a [(f64, f64)],
    heights: &'a [f64],
    /// How far right of each box the next one may begin.
    beside: Vec<f64>,
}

impl Canvas<'_> {
    fn axis(&self, start: fn((f64, f64)) -> f64) -> Axis {
        let notes = self.picture.notes.iter().map(|note| (start(note.position), start(note.position) + start(note.size)));
        Axis::new(self.given.iter().map(|place| start(*place)), notes.collect())
    }

    fn boxes_apart(&self, wide: &mut Axis, high: &mut Axis) -> Option<()> {
        let Self { given, heights, beside, .. } = self;
        let mut order: Vec<usize> = (0..given.len()).collect();
        order.sort_by(|a, b| given[*a].0.total_cmp(&given[*b].0));
        for (place, &left) in order.iter().enumerate() {
            for &right in order[place + 1..].iter().take_while(|right| given[**right].0 - given[left].0 < beside[left]) {
                let (dx, dy) = (given[right].0 - given[left].0, given[right].1 - given[left].1);
                let above = (heights[left] + heights[right]) / 2.0 + ABOVE;
                if dx == 0.0 && dy == 0.0 {
                    return None;
                }
                if dy.abs() >= above {
                    continue;
                }
                // Who stands beside the other rather than below it stays so.
                if dx >= dy.abs() {
                    wide.apart(given[left].0, given[right].0, beside[left]);
                } else {
                    high.apart(given[left].1.min(given[right].1), given[left].1.max(given[right].1), above);
                }
            }
        }
        Some(())
    }

    /// A line to another row is in nobody's way, but its label wants room all the same.
    fn room_for_labels(&self, wide: &mut Axis) {
        for edge in &self.picture.edges {
            let (left, right, beside) = (self.given[edge.from].0, self.given[edge.to].0, self.beside[edge.from]);
            if right - left > WIDTH / 2.0 && beside - (right - left) < FOR_LABEL {
                wide.apart(left, right, beside);
            }
        }
    }

    /// Who stands left of a note stays off it.
    fn boxes_off_notes(&self, wide: &mut Axis) {
        for note in &self.picture.notes {
            let (left, rows) = (note.position.0, note.position.1 - HEIGHT..note.position.1 + note.size.1);
            for ((x, y), beside) in self.given.iter().zip(&self.beside) {
                if rows.contains(y) && (EDITOR_NODE / 2.0..*beside).contains(&(left - x)) {
                    wide.apart(*x, left, beside - BESIDE + ON_NOTE);
                }
            }
        }
    }
}

fn longest_label(node: &Node, outputs: usize) -> f64 {
    let labels = (0..outputs).filter_map(|output| node.output_label(output, outputs));
    labels.map(|label| LABEL.width(&label.to_string()).min(LONGEST_LABEL)).fold(0.0, f64::max)
}

/// The place of a note: it moves with what stands around it, and holds the boxes that stand on it.
fn sheet(note: &super::Note, given: &[(f64, f64)], boxes: &[Rect], (wide, high): (&[Move], &[Move])) -> Rect {
    let ((left, top), (width, height)) = (note.position, note.size);
    let (mut x, mut y) = (f64::INFINITY, f64::INFINITY);
    let (mut right, mut bottom) = (moved(wide, left + width), moved(high, top + height));
    for ((node_x, node_y), rect) in given.iter().zip(boxes) {
        let (middle_x, middle_y) = (node_x + EDITOR_NODE / 2.0, node_y + EDITOR_NODE / 2.0);
        if (left..left + width).contains(&middle_x) && (top..top + height).contains(&middle_y) {
            (x, y) = (x.min(rect.x - (node_x - left)), y.min(moved(high, *node_y) - (node_y - top)));
            (right, bottom) = (right.max(rect.right() + ON_NOTE), bottom.max(rect.bottom() + ON_NOTE));
        }
    }
    // Where nothing stands on it, it moves with what stands before it.
    let (x, y) = if x.is_finite() { (x, y) } else { (moved(wide, left), moved(high, top)) };
    Rect { x, y, width: right - x, height: bottom - y }
}

/// One direction, with the places that nodes and edges of notes have on it.
struct Axis {
    places: Vec<f64>,
    /// From where to where there is a note.
    notes: Vec<(f64, f64)>,
    /// For each place: an earlier one, and how far from it this one has to be.
    needs: Vec<Vec<(usize, f64)>>,
}

/// From this place on, everything moves so far.
struct Move {
    from: f64,
    by: f64,
}

impl Axis {
    fn new(nodes: impl Iterator<Item = f64>, notes: Vec<(f64, f64)>) -> Self {
        let mut places: Vec<f64> = nodes.chain(notes.iter().flat_map(|(start, end)| [*start, *end])).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        Self { needs: vec![Vec::new(); places.len()], places, notes }
    }

    /// The two places, the second one beyond the first, have to be so far from each other.
    fn apart(&mut self, near: f64, far: f64, distance: f64) {
        let index = |place: f64| self.places.partition_point(|other| *other < place);
        let (near, far) = (index(near), index(far));
        self.needs[far].push((near, distance));
    }

    /// What has to move.
    fn moves(&self) -> Vec<Move> {
        let mut moves: Vec<Move> = Vec::with_capacity(self.places.len());
        for (place, needs) in self.places.iter().zip(&self.needs) {
            let before = moves.last().map_or(0.0, |it| {
                let on_note = self.notes.iter().any(|(start, end)| *start <= it.from && place <= end);
                if on_note { it.by } else { it.by - (place - it.from - EMPTY).max(0.0) }
            });
            let by = needs.iter().map(|(near, distance)| moves[*near].from + moves[*near].by + distance - place).fold(before, f64::max);
            moves.push(Move { from: *place, by });
        }
        moves
    }
}

fn moved(moves: &[Move], place: f64) -> f64 {
    let after = moves.partition_point(|it| it.from <= place);
    place + after.checked_sub(1).map_or(0.0, |index| moves[index].by)
}
