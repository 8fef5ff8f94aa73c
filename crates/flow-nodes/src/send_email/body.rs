//! The texts of a mail.

use node_sdk::{ItemParams, NodeError};

/// Plain text and HTML, as far as there are any.
pub(super) fn texts(params: &ItemParams<'_>, version: f64) -> Result<(Option<String>, Option<String>), NodeError> {
    let some = |name: &str| Ok::<_, NodeError>(Some(params.string(name)?).filter(|text| !text.is_empty()));
    if version < 2.0 {
        return Ok((some("text")?, some("html")?));
    }
    let (mut text, mut html) = match params.string("emailFormat")?.as_str() {
        "text" => (some("text")?, None),
        "both" => (some("text")?, some("html")?),
        _ => (None, some("html")?),
    };
    if params.bool("options.appendAttribution", version > 2.0)? {
        // Of two texts the HTML alone says it.
        match &mut html {
            // The blanks before it are n8n's.
            Some(html) => *html = format!("\n\t\t\t\t\t{html}<br><br>---<br><em>{SENT_BY}</em>"),
            None => text = text.map(|text| format!("{text}\n\n---\n{SENT_BY}")),
        }
    }
    Ok((text, html))
}

/// In our own words.
const SENT_BY: &str = "Sent by a workflow, with konverte";
