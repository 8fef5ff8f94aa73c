//! The picture as SVG: no script, no font, no link.

use std::fmt::Write;

use super::layout::{HEIGHT, WIDTH, place};
use super::{Edge, Look, Picture};
use crate::markup::{escape, shorten};

const MARGIN: f64 = 40.0;
/// Characters of a name that fit on one line of a box.
const LINE: usize = 21;

const STYLE: &str = "\
.kv-node{fill:#fff;stroke:#9aa3af;stroke-width:1.5}.kv-trigger{stroke:#b45309}.kv-disabled{stroke-dasharray:5 4;opacity:.55}\
.kv-ran{stroke:#2e7d32;fill:#f3faf4}.kv-failed{stroke:#c62828;fill:#fdf3f3}.kv-edge{fill:none;stroke:#7b8594;stroke-width:1.5}\
.kv-name{font:600 12px system-ui,sans-serif;fill:#111827}.kv-type{font:10px system-ui,sans-serif;fill:#6b7280}\
.kv-count{font:11px system-ui,sans-serif;fill:#1f2937;paint-order:stroke;stroke:#fff;stroke-width:4px}\
.kv-note{fill:#fff8d6;stroke:#e8d98c}.kv-note-text{font:11px system-ui,sans-serif;fill:#5c5420}";

/// The picture as one `<svg>` element with its own styles.
pub fn svg(picture: &Picture) -> String {
    let corners = place(picture);
    let area = area(picture, &corners);
    let mut text = String::new();
    let (x, y, width, height) = area;
    let _ = writeln!(
        text,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:.0} {y:.0} {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img">"#
    );
    let _ = writeln!(text, "<style>{STYLE}</style>");
    text.push_str(r##"<defs><marker id="kv-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#7b8594"/></marker></defs>"##);
    text.push('\n');
    let _ = writeln!(text, r##"<rect x="{x:.0}" y="{y:.0}" width="{width:.0}" height="{height:.0}" fill="#ffffff"/>"##);
    notes(&mut text, picture);
    edges(&mut text, picture, &corners);
    for (node, corner) in picture.nodes.iter().zip(&corners) {
        draw_node(&mut text, node, *corner);
    }
    text.push_str("</svg>\n");
    text
}

/// Left, top, width and height of everything.
fn area(picture: &Picture, corners: &[(f64, f64)]) -> (f64, f64, f64, f64) {
    let boxes = corners.iter().map(|(x, y)| (*x, *y, x + WIDTH, y + HEIGHT));
    let sheets = picture.notes.iter().map(|note| (note.position.0, note.position.1, note.position.0 + note.size.0, note.position.1 + note.size.1));
    let all = boxes.chain(sheets);
    let start = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    let (left, top, right, bottom) = all.fold(start, |a, b| (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3)));
    if left > right {
        return (0.0, 0.0, 2.0 * MARGIN, 2.0 * MARGIN);
    }
    // Lines that lead back pass below the boxes.
    let below = if picture.edges.iter().any(|edge| leads_back(edge, corners)) { HEIGHT } else { 0.0 };
    (left - MARGIN, top - MARGIN, right - left + 2.0 * MARGIN, bottom - top + 2.0 * MARGIN + below)
}

fn notes(text: &mut String, picture: &Picture) {
    for note in &picture.notes {
        let ((x, y), (width, height)) = (note.position, note.size);
        let _ = writeln!(text, r#"<rect class="kv-note" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="4"/>"#);
        let columns = (width / 6.2) as usize;
        let rows = (height / 15.0) as usize;
        for (row, line) in wrapped(&note.text, columns.max(8)).iter().take(rows).enumerate() {
            let baseline = y + 18.0 + row as f64 * 15.0;
            let _ = writeln!(text, r#"<text class="kv-note-text" x="{:.1}" y="{baseline:.1}">{}</text>"#, x + 8.0, escape(line));
        }
    }
}

fn leads_back(edge: &Edge, corners: &[(f64, f64)]) -> bool {
    corners[edge.to].0 < corners[edge.from].0 + WIDTH
}

/// The height at which port `index` of `count` stands.
fn port(top: f64, index: usize, count: usize) -> f64 {
    top + HEIGHT * (index as f64 + 1.0) / (count as f64 + 1.0)
}

fn edges(text: &mut String, picture: &Picture, corners: &[(f64, f64)]) {
    let outputs = picture.output_counts();
    let inputs = picture.input_counts();
    for edge in &picture.edges {
        let (x1, y1) = (corners[edge.from].0 + WIDTH, port(corners[edge.from].1, edge.output, outputs[edge.from]));
        let (x2, y2) = (corners[edge.to].0, port(corners[edge.to].1, edge.input, inputs[edge.to]));
        let (path, middle) = if leads_back(edge, corners) {
            let floor = corners[edge.from].1.max(corners[edge.to].1) + HEIGHT + 30.0;
            let path = format!(
                "M{x1:.1} {y1:.1}C{a:.1} {y1:.1} {a:.1} {floor:.1} {x1:.1} {floor:.1}L{x2:.1} {floor:.1}C{b:.1} {floor:.1} {b:.1} {y2:.1} {x2:.1} {y2:.1}",
                a = x1 + 40.0,
                b = x2 - 40.0
            );
            (path, ((x1 + x2) / 2.0, floor))
        } else {
            let bend = ((x2 - x1) / 2.0).max(20.0);
            let path = format!("M{x1:.1} {y1:.1}C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}", x1 + bend, x2 - bend);
            (path, ((x1 + x2) / 2.0, (y1 + y2) / 2.0))
        };
        let _ = writeln!(text, r#"<path class="kv-edge" d="{path}" marker-end="url(#kv-arrow)"/>"#);
        if let Some(name) = picture.output_name(edge, outputs[edge.from]) {
            let _ = writeln!(text, r#"<text class="kv-type" x="{:.1}" y="{:.1}">{}</text>"#, x1 + 4.0, y1 - 4.0, escape(&shorten(&name, 12)));
        }
        if let Some(label) = &edge.label {
            let (x, y) = middle;
            let _ = writeln!(text, r#"<text class="kv-count" x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#, y - 5.0, escape(label));
        }
    }
}

fn draw_node(text: &mut String, node: &super::Node, (x, y): (f64, f64)) {
    let look = match node.look {
        Look::Plain => "",
        Look::Trigger => " kv-trigger",
        Look::Disabled => " kv-disabled",
        Look::Ran => " kv-ran",
        Look::Failed => " kv-failed",
    };
    let radius = if node.look == Look::Trigger { HEIGHT / 2.0 } else { 8.0 };
    let _ = write!(text, "<g><title>{}</title>", escape(&format!("{} ({})", node.name, node.subtitle)));
    let _ = write!(text, r#"<rect class="kv-node{look}" x="{x:.1}" y="{y:.1}" width="{WIDTH}" height="{HEIGHT}" rx="{radius}"/>"#);
    let lines = wrapped(&node.name, LINE);
    let lines = if lines.len() > 2 { vec![lines[0].clone(), shorten(&lines[1..].join(" "), LINE).into_owned()] } else { lines };
    let centre = x + WIDTH / 2.0;
    let first = y + if lines.len() > 1 { 18.0 } else { 25.0 };
    for (row, line) in lines.iter().enumerate() {
        let baseline = first + row as f64 * 14.0;
        let _ = write!(text, r#"<text class="kv-name" x="{centre:.1}" y="{baseline:.1}" text-anchor="middle">{}</text>"#, escape(line));
    }
    let baseline = y + HEIGHT - 8.0;
    let _ = writeln!(
        text,
        r#"<text class="kv-type" x="{centre:.1}" y="{baseline:.1}" text-anchor="middle">{}</text></g>"#,
        escape(&shorten(&node.subtitle, 28))
    );
}

/// Lines of at most `width` characters, broken at spaces where there are any.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let word = shorten(word, width);
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::{Node, Note};
    use super::*;

    #[test]
    fn hostile_names_stay_text_and_everything_is_inside() {
        let node = |name: &str, x: f64| Node { name: name.to_owned(), subtitle: "t".into(), position: Some((x, -500.0)), ..Node::default() };
        let note = Note { text: "<script>alert(1)</script>".into(), position: (0.0, 0.0), size: (300.0, 100.0) };
        let edges = vec![Edge { to: 1, ..Edge::default() }, Edge { from: 1, to: 0, ..Edge::default() }];
        let picture = Picture { nodes: vec![node("<b onload=\"x\">", 0.0), node("b", 300.0)], edges, notes: vec![note] };
        let text = svg(&picture);
        assert!(!text.contains("<script") && !text.contains("<b "));
        assert!(text.contains(r#"viewBox="-40 -540 540 736""#), "{text}");
    }

    #[test]
    fn boxes_without_a_place_do_not_overlap() {
        let nodes = (0..4).map(|i| Node { name: i.to_string(), ..Node::default() }).collect();
        let edge = |from, to| Edge { from, to, ..Edge::default() };
        let corners = place(&Picture { nodes, edges: vec![edge(0, 1), edge(0, 2), edge(1, 3), edge(3, 1)], notes: vec![] });
        assert_eq!(corners, [(0.0, 0.0), (240.0, 0.0), (240.0, 110.0), (480.0, 0.0)]);
    }
}
