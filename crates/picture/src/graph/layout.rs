//! Where each box stands: as in the editor where the file says so, else in columns.

use super::Picture;
use super::columns::columns;
use super::sizes::{HEIGHT, Layout, PORT};
use super::spread::spread;

/// The place of everything in a picture whose boxes have these outputs and inputs.
pub(super) fn place(picture: &Picture, ports: &[(usize, usize)]) -> Layout {
    let heights: Vec<f64> = ports.iter().map(|(outputs, inputs)| HEIGHT.max((*outputs.max(inputs) + 1) as f64 * PORT)).collect();
    let given: Option<Vec<(f64, f64)>> = picture.nodes.iter().map(|node| node.position).collect();
    given.and_then(|given| spread(picture, ports, &heights, &given)).unwrap_or_else(|| columns(picture, &heights))
}

#[cfg(test)]
mod tests {
    use super::super::sizes::{ABOVE, BESIDE, HEIGHT, WIDTH};
    use super::super::{Edge, Node, Note};
    use super::*;

    fn picture(places: &[Option<(f64, f64)>], edges: &[(usize, usize)]) -> Picture {
        let nodes = places.iter().enumerate().map(|(i, place)| Node { name: i.to_string(), position: *place, outputs: 1, ..Node::default() });
        let edges = edges.iter().map(|(from, to)| Edge { from: *from, to: *to, ..Edge::default() });
        Picture { nodes: nodes.collect(), edges: edges.collect(), ..Picture::default() }
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
        let close = [(0.0, 0.0), (128.0, 16.0), (256.0, 0.0), (256.0, 64.0), (900.0, 0.0), (900.0, 99_999.0)].map(Some);
        let corners = corners(&picture(&close, &[(0, 1), (1, 2), (1, 3), (3, 4)]));
        let step = WIDTH + BESIDE;
        // Only what is too close or too far away moves, and what stands behind it moves with it.
        assert_eq!(
            corners,
            [(0.0, 0.0), (step, 16.0), (2.0 * step, 0.0), (2.0 * step, HEIGHT + ABOVE), (2.0 * step + 600.0, 0.0), (2.0 * step + 600.0, 686.0)]
        );
        let roomy = [(0.0, 0.0), (300.0, 0.0)].map(Some);
        assert_eq!(self::corners(&picture(&roomy, &[(0, 1)])), [(0.0, 0.0), (300.0, 0.0)]);
        // Boxes in one place are taken apart.
        let same = [Some((0.0, 0.0)); 3];
        assert_eq!(self::corners(&picture(&same, &[(0, 1), (1, 2)]))[2].0, 736.0);
    }

    #[test]
    fn a_note_holds_what_stands_on_it() {
        let mut picture = picture(&[Some((20.0, 60.0)), Some((180.0, 60.0))], &[(0, 1)]);
        picture.notes.push(Note { size: (300.0, 170.0), ..Note::default() });
        let layout = place(&picture, &picture.ports());
        let (note, last) = (layout.notes[0], layout.boxes[1]);
        assert!(note.x < layout.boxes[0].x && note.right() > last.right() && note.bottom() > last.bottom(), "{note:?} {last:?}");
    }
}
