//! An error: what happened first, then what to do, then where.

use std::fmt::Write;

use node_sdk::NodeError;

use super::{Shown, values};
use crate::markup::escape;

/// Characters of each of its texts.
const TEXT: usize = 2_000;

/// Writes it; the node is named where `shown` knows it.
pub(super) fn write(text: &mut String, error: &NodeError, shown: Option<&Shown<'_>>) {
    let _ = writeln!(text, "<div class=\"problem\"><p class=\"what\">{}</p>", values::cut(&error.message, TEXT));
    let distinct = error.description.as_deref().filter(|more| *more != error.message);
    for (class, more) in [("more", distinct), ("help", error.help.as_deref())] {
        if let Some(more) = more {
            let _ = writeln!(text, "<p class=\"{class}\">{}</p>", values::cut(more, TEXT));
        }
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
    if let Some(body) = error.http.as_ref().map(|http| &http.body).filter(|body| !body.is_null()) {
        let _ = writeln!(text, "<details><summary>What the server answered</summary>{}</details>", values::pretty(body));
    }
    text.push_str("</div>\n");
}
