//! An error: what happened first, then what to do, then where.

use std::borrow::Cow;
use std::fmt::Write;

use node_sdk::NodeError;
use node_sdk::json::stringify;
use serde_json::Value;

use super::{Shown, values};
use crate::markup::escape;
use crate::numbers::counted;

/// Characters and lines of each of its texts that stand there at once, and characters of what opens.
const TEXT: usize = 300;
const LINES: usize = 4;
const WHOLE: usize = 2_000;

/// Writes it; the node is named where `shown` knows it.
pub(super) fn write(text: &mut String, error: &NodeError, shown: Option<&Shown<'_>>) {
    let body = error.http.as_ref().map(|http| &http.body).filter(|body| !body.is_null());
    let distinct = error.description.as_deref().filter(|more| *more != error.message && !body.is_some_and(|body| repeats(more, body)));
    text.push_str("<div class=\"problem\">");
    for (class, said) in [("what", Some(&*error.message)), ("more", distinct), ("help", error.help.as_deref())] {
        said.into_iter().for_each(|said| paragraph(text, class, said));
    }
    let mut places = vec![format!("<span class=\"tag\">{}</span>", escape(error.code.as_str()))];
    if let Some((node, shown)) = error.node.as_deref().zip(shown) {
        places.push(format!("node {}", shown.link(node)));
        places.extend(shown.ran(node).map(|index| format!("<a href=\"#g{index}\">in the graph</a>")));
    }
    places.extend(error.item.map(|item| format!("item {item}")));
    places.extend(error.parameter.as_deref().map(|parameter| format!("parameter {}", values::cut(parameter, TEXT))));
    places.extend(error.http.as_ref().and_then(|http| http.status).map(|status| format!("HTTP {status}")));
    let _ = writeln!(text, "<p class=\"where\">{}</p>", places.iter().map(|place| format!("<span>{place}</span>")).collect::<String>());
    if let Some(body) = body {
        let _ = writeln!(text, "<details><summary>What the server answered</summary>{}</details>", values::pretty(body));
    }
    text.push_str("</div>\n");
}

/// What is short stands there, the rest of what is long opens.
fn paragraph(text: &mut String, class: &str, said: &str) {
    let end = said.match_indices('\n').nth(LINES - 1).map_or(said.len(), |(end, _)| end);
    let (kept, _) = values::split(&said[..end], TEXT);
    let more = if kept.len() < said.len() { " …" } else { "" };
    let _ = writeln!(text, "<p class=\"{class}\">{}{more}</p>", escape(kept));
    if !more.is_empty() {
        let _ = writeln!(
            text,
            "<details><summary>All of it, {}</summary><p>{}</p></details>",
            counted(said.chars().count(), "character"),
            values::cut(said, WHOLE)
        );
    }
}

/// Whether a long description is but what the server answered, which is shown by itself.
fn repeats(description: &str, body: &Value) -> bool {
    let body = body.as_str().map_or_else(|| Cow::Owned(stringify(body)), Cow::Borrowed);
    description.chars().nth(TEXT).is_some() && body.trim().starts_with(description.trim().trim_end_matches('…'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_text_opens_and_what_the_server_answered_is_said_once() {
        let mut text = String::new();
        paragraph(&mut text, "more", &"<p>sorry</p>\n".repeat(60));
        let at_once = text.split("<details>").next().unwrap_or_default();
        assert_eq!(at_once.matches("sorry").count(), LINES, "{text}");
        assert!(text.contains("<summary>All of it, 780 characters</summary>"), "{text}");
        let page = "<p>sorry</p>\n".repeat(60);
        assert!(repeats(&page, &json!(page)) && !repeats("sorry", &json!("sorry")) && !repeats(&page, &json!({"message": page})));
    }
}
