//! What node types, actions and errors there are, as text and data: for `konverte nodes`, `docs/reference` and `schemas/`.

pub mod actions;
pub mod credentials;
mod kept;
pub mod nodes;
pub mod operations;
pub mod schema;
pub(crate) mod shown;

use node_sdk::Registry;

/// A generated file: its path below the root of the repository, and its text.
#[derive(Debug, Clone)]
pub struct Page {
    /// For example `docs/reference/konverte/contacts.md`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Every generated file of the repository.
pub fn pages(registry: &Registry) -> Vec<Page> {
    let mut pages = schema::pages(registry);
    pages.extend(nodes::pages(registry));
    pages.extend(actions::pages());
    pages.push(credentials::page(registry));
    pages.push(error_index());
    pages
}

/// `docs/errors/README.md`: each code with the title of its page.
fn error_index() -> Page {
    let mut text = String::from(
        "# Error codes\n\nEach message of konverte carries a code; `konverte explain CODE` shows its page.\n\n| code | meaning |\n|---|---|\n",
    );
    for (code, page) in crate::error_pages() {
        let title = page.lines().next().unwrap_or_default().trim_start_matches('#').trim();
        let title = title.strip_prefix(code).map_or(title, |rest| rest.trim_start_matches([':', ' ', '—', '-']));
        text.push_str(&format!("| [{code}]({code}.md) | {} |\n", cell(title)));
    }
    Page { path: "docs/errors/README.md".to_owned(), text }
}

/// Text as one cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// A name as a file name: lower case, words with hyphens.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
