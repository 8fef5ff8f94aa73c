//! The names of n8n's types, and where their descriptions stand.

/// n8n's types: a line each, `"name": {description},`. Only the lines that are asked for are parsed, so a run pays for its own types alone.
pub(crate) const TABLES: [&str; 2] = [include_str!("types.json"), include_str!("generic.json")];

/// The package that n8n's types come with, as n8n calls it.
pub const N8N: &str = "n8n-nodes-base";

/// The names of types of [`N8N`] that are not known here, a line each.
const OTHER_NAMES: &str = include_str!("other_names.txt");

/// Whether a name is that of a type that is known here.
pub fn is_known(name: &str) -> bool {
    lines().any(|(known, _)| known == name)
}

/// Whether a name is that of a type of n8n's own: what others declare under it is another type, and no secret of n8n's.
pub fn is_n8ns(name: &str) -> bool {
    is_known(name) || OTHER_NAMES.lines().any(|known| known == name)
}

/// The names of n8n's types and their descriptions, as text.
pub(crate) fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    let line = |line: &'static str| line.strip_prefix('"')?.split_once("\": ");
    TABLES.into_iter().flat_map(str::lines).filter_map(line).map(|(name, text)| (name, text.trim_end_matches(',')))
}
