//! Where each box stands: as in the editor where the file says so, else in columns by distance from the start.

use super::Picture;

/// Size of a box.
pub(super) const WIDTH: f64 = 160.0;
pub(super) const HEIGHT: f64 = 56.0;
/// Columns and rows of the layout made here.
const COLUMN: f64 = 240.0;
const ROW: f64 = 110.0;

/// Upper left corner of each box.
pub(super) fn place(picture: &Picture) -> Vec<(f64, f64)> {
    let given: Option<Vec<(f64, f64)>> = picture.nodes.iter().map(|node| node.position).collect();
    match given {
        Some(positions) if !overlap(&positions) => positions,
        _ => columns(picture),
    }
}

fn overlap(positions: &[(f64, f64)]) -> bool {
    let mut sorted = positions.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    sorted.iter().enumerate().any(|(i, a)| {
        let near = sorted[i + 1..].iter().take_while(|b| b.0 - a.0 < WIDTH);
        near.into_iter().any(|b| (b.1 - a.1).abs() < HEIGHT)
    })
}

/// Each box one column right of the farthest box before it; lines that lead back are left out of the count.
fn columns(picture: &Picture) -> Vec<(f64, f64)> {
    let depth = depths(picture);
    let mut rows = vec![0; picture.nodes.len() + 1];
    depth
        .iter()
        .map(|column| {
            let row = rows[*column];
            rows[*column] += 1;
            (*column as f64 * COLUMN, f64::from(row) * ROW)
        })
        .collect()
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
