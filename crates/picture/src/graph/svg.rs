//! The picture as SVG: no script, no font, no link to elsewhere. Its colours follow the reader's choice of light or dark.

use std::fmt::Write;

use super::layout::place;
use super::lines::{Lines, draw};
use super::sizes::{Layout, Rect};
use super::{Node, Outcome, Picture, notes};
use crate::letters::Font;
use crate::markup::{apart, escape, visible};

const MARGIN: f64 = 32.0;
/// How far the mark of a box stands out.
const BADGE: f64 = 6.0;
const STYLE: &str = include_str!("style.css");
const FAMILY: &str = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const NAME: Font = Font::bold(12.0);
const TYPE: Font = Font::plain(10.5);
/// Height of a line of a name.
const LINE: f64 = 15.0;

/// The picture as one `<svg>` element with its own styles.
pub fn svg(picture: &Picture) -> String {
    let ports = picture.ports();
    let layout = place(picture, &ports);
    let lines = draw(picture, &layout, &ports);
    let (x, y, width, height) = area(&layout, &lines);
    let mut text = String::new();
    let _ = writeln!(
        text,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:.0} {y:.0} {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" font-family="{FAMILY}" role="group" aria-label="The workflow as a graph">"#
    );
    let _ = writeln!(text, "<style>\n{STYLE}</style>");
    for (id, class) in [("kv-arrow", "kv-tip"), ("kv-arrow-taken", "kv-tip-taken")] {
        let _ = write!(
            text,
            r#"<marker id="{id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="{class}" d="M0 0 8 4 0 8z"/></marker>"#
        );
    }
    let _ = writeln!(text, "\n<rect class=\"kv-back\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{height:.0}\"/>");
    for (note, sheet) in picture.notes.iter().zip(&layout.notes) {
        draw_note(&mut text, note, *sheet, &layout.boxes);
    }
    for (part, whole) in &picture.parts {
        draw_part(&mut text, layout.boxes[*part], layout.boxes[*whole]);
    }
    // What a run took lies above what it did not take.
    let mut order: Vec<_> = picture.edges.iter().zip(&lines.paths).collect();
    order.sort_by_key(|(edge, _)| edge.taken);
    for (edge, path) in order {
        let (class, tip) = if edge.taken { ("kv-edge kv-taken", "kv-arrow-taken") } else { ("kv-edge", "kv-arrow") };
        let _ = writeln!(text, r##"<path class="{class}" d="{path}" marker-end="url(#{tip})"/>"##);
    }
    for ((node, rect), (outputs, _)) in picture.nodes.iter().zip(&layout.boxes).zip(&ports) {
        draw_node(&mut text, node, *rect, *outputs);
    }
    for label in &lines.labels {
        let shown = format!("{}{}", label.name, label.rest);
        let title = if shown == label.whole { String::new() } else { format!("<title>{}</title>", escape(&label.whole)) };
        let (x, y) = (label.x, label.y);
        let _ = writeln!(text, r#"<text class="kv-label" x="{x:.1}" y="{y:.1}">{}{}{title}</text>"#, apart(&label.name), escape(&label.rest));
    }
    text.push_str("</svg>\n");
    text
}

/// Left, top, width and height of everything.
fn area(layout: &Layout, lines: &Lines) -> (f64, f64, f64, f64) {
    let rects = layout.boxes.iter().chain(&layout.notes).map(|rect| (rect.x, rect.y, rect.right(), rect.bottom()));
    let start = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    let all = rects.chain(lines.reach.iter().copied());
    let (left, top, right, bottom) = all.fold(start, |a, b| (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3)));
    if left > right {
        return (0.0, 0.0, 2.0 * MARGIN, 2.0 * MARGIN);
    }
    (left - MARGIN, top - MARGIN, right - left + 2.0 * MARGIN, bottom - top + 2.0 * MARGIN)
}

fn draw_note(text: &mut String, note: &super::Note, sheet: Rect, boxes: &[Rect]) {
    let Rect { x, y, width, height } = sheet;
    let colour = if (2..=7).contains(&note.colour) { format!(" kv-note{}", note.colour) } else { String::new() };
    let _ = write!(text, r#"<g><rect class="kv-note{colour}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="4"/>"#);
    // The text ends above the first box that stands on it.
    let on_it = boxes.iter().filter(|it| it.x < sheet.right() && x < it.right() && it.y > y && it.y < sheet.bottom());
    let bottom = on_it.map(|it| it.y - BADGE).fold(sheet.bottom(), f64::min);
    for line in notes::lines(&visible(&note.text), Rect { height: bottom - y, ..sheet }) {
        let bold = if line.font.bold { r#" font-weight="600""# } else { "" };
        let (x, y, size) = (line.x, line.y, line.font.size);
        let _ = write!(text, r#"<text class="kv-text" x="{x:.1}" y="{y:.1}" font-size="{size}"{bold}>{}</text>"#, apart(&line.text));
    }
    text.push_str("</g>\n");
}

/// A line from the top of a part to the bottom of what it is a part of.
fn draw_part(text: &mut String, part: Rect, whole: Rect) {
    let (x1, y1, x2, y2) = (part.x + part.width / 2.0, part.y, whole.x + whole.width / 2.0, whole.bottom());
    let bend = ((y1 - y2) / 2.0).abs().max(20.0);
    let (a, b) = (y1 - bend, y2 + bend);
    let _ = writeln!(text, r#"<path class="kv-edge kv-part" d="M{x1:.1} {y1:.1}C{x1:.1} {a:.1} {x2:.1} {b:.1} {x2:.1} {y2:.1}"/>"#);
}

fn draw_node(text: &mut String, node: &Node, rect: Rect, outputs: usize) {
    let outcome = match node.outcome {
        Outcome::Unknown => "",
        Outcome::NotRun => " kv-notrun",
        Outcome::Ran => " kv-ran",
        Outcome::Failed => " kv-failed",
    };
    let disabled = if node.disabled { " kv-disabled" } else { "" };
    if let Some(link) = &node.link {
        let _ = write!(text, r#"<a href="{}">"#, escape(link));
    }
    let id = node.id.as_ref().map(|id| format!(r#" id="{}""#, escape(id))).unwrap_or_default();
    let title = format!("{} ({})", node.name, node.subtitle);
    let _ = write!(text, r#"<g{id} class="kv-box{outcome}{disabled}"><title>{}</title>"#, escape(&title));
    shape(text, rect, node.trigger);
    names(text, node, rect);
    if outputs > 1 {
        for output in 0..outputs {
            let _ = write!(text, r#"<circle class="kv-port" cx="{:.1}" cy="{:.1}" r="3"/>"#, rect.right(), rect.port(output, outputs));
        }
    }
    mark(text, node.outcome, rect);
    text.push_str(if node.link.is_some() { "</g></a>\n" } else { "</g>\n" });
}

/// A box; that of a trigger is round where nothing enters, and has a bolt.
fn shape(text: &mut String, rect: Rect, trigger: bool) {
    let Rect { x, y, width, height } = rect;
    if !trigger {
        let _ = write!(text, r#"<rect class="kv-node" x="{x:.1}" y="{y:.1}" width="{width}" height="{height}" rx="8"/>"#);
        return;
    }
    let round = height.min(60.0) / 2.0;
    let (across, down) = (width - round - 8.0, height - 2.0 * round);
    let _ = write!(
        text,
        r#"<path class="kv-node" d="M{:.1} {y:.1}h{across}a8 8 0 0 1 8 8v{}a8 8 0 0 1 -8 8h-{across}a{round} {round} 0 0 1 -{round} -{round}v-{down}a{round} {round} 0 0 1 {round} -{round}z"/>"#,
        x + round,
        height - 16.0
    );
    let _ = write!(text, r#"<path class="kv-bolt" d="M{:.1} {:.1}l-7 10h5l-2 8 8-11h-5l3-7z"/>"#, x + 18.0, y + height / 2.0 - 9.0);
}

fn names(text: &mut String, node: &Node, rect: Rect) {
    let before = if node.trigger { 24.0 } else { 10.0 };
    let room = rect.width - before - 10.0;
    let mut lines = NAME.wrap(&visible(&node.name), room);
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(NAME.fit(&format!("{rest}…"), room).into_owned());
    }
    let centre = rect.x + before + room / 2.0;
    let first = rect.y + (rect.height - LINE * (lines.len() + 1) as f64) / 2.0 + 11.0;
    for (row, line) in lines.iter().enumerate() {
        let y = first + row as f64 * LINE;
        let _ = write!(text, r#"<text class="kv-name" x="{centre:.1}" y="{y:.1}" text-anchor="middle">{}</text>"#, apart(line));
    }
    let subtitle = if node.disabled { format!("{} (off)", node.subtitle) } else { node.subtitle.clone() };
    let y = first + lines.len() as f64 * LINE;
    let _ = write!(
        text,
        r#"<text class="kv-type" x="{centre:.1}" y="{y:.1}" text-anchor="middle">{}</text>"#,
        apart(&TYPE.fit(&visible(&subtitle), room))
    );
}

/// A tick or an exclamation mark in a corner.
fn mark(text: &mut String, outcome: Outcome, rect: Rect) {
    let (x, y) = (rect.right() - 4.0, rect.y + 3.0);
    let sign = match outcome {
        Outcome::Unknown | Outcome::NotRun => return,
        Outcome::Ran => format!("M{:.1} {y:.1}l3 3 5-6", x - 4.0),
        Outcome::Failed => format!("M{x:.1} {:.1}v5m0 4v.1", y - 4.5),
    };
    let _ = write!(text, r#"<circle class="kv-mark" cx="{x:.1}" cy="{y:.1}" r="9"/><path class="kv-sign" d="{sign}"/>"#);
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Note};
    use super::*;

    #[test]
    fn hostile_names_stay_text_and_everything_is_inside() {
        let node = |name: &str, x: f64| Node { name: name.to_owned(), subtitle: "t".into(), position: Some((x, -500.0)), ..Node::default() };
        let note = Note { text: "<script>alert(1)</script>".into(), size: (300.0, 100.0), ..Note::default() };
        let edges = vec![Edge { to: 1, ..Edge::default() }, Edge { from: 1, to: 0, ..Edge::default() }];
        let picture = Picture { nodes: vec![node("<b onload=\"x\">", 0.0), node("b", 300.0)], edges, notes: vec![note], ..Picture::default() };
        let text = svg(&picture);
        assert!(!text.contains("<script") && !text.contains("<b "));
        assert!(text.contains(r#"viewBox="-68 -532 624 664""#), "{text}");
    }
}
