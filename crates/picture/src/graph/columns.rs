//! Places where the file has none: columns by distance from the start.

use super::Picture;
use super::sizes::{ABOVE, BESIDE, LONGEST_LABEL, Layout, Rect, WIDTH};

/// Each box one column right of the farthest box before it; lines that lead back are left out of the count. Notes stand above.
pub(super) fn columns(picture: &Picture, heights: &[f64]) -> Layout {
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
