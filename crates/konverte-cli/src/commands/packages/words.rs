//! What a person reads before a package is added.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use packages::hosts::Hosts;
use packages::left_out::LeftOut;
use packages::lock::{Package, Source};
use packages::offer::Offer;
use packages::types::Types;

/// For example `16.7 MB`.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// For example `1 node type`, `2 packages`.
pub(crate) fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// Whether these are the terms that were accepted: the licence's name and its text. A package may hold no text.
pub(crate) fn is_accepted(before: &Package, offer: &Offer) -> bool {
    before.licence.text == offer.licence_hash() && before.licence.name == offer.manifest.license()
}

/// The package, its licence unless it was accepted `before`, what is left out, its types, and what they may reach.
pub(crate) fn of_offer(offer: &Offer, before: Option<&Package>, hosts: &Hosts) -> String {
    let mut out = String::new();
    // Writing into a text cannot fail.
    let _ = write(offer, before, hosts, &mut out);
    out
}

/// What would be other than it was before, a line each: version, licence, node types, hosts that its files name and that were not granted,
/// dependencies. `types` are those of before, where they are known.
pub(crate) fn of_changes(offer: &Offer, before: &Package, types: Option<&Types>) -> Vec<String> {
    let mut changes = Vec::new();
    let mut changed = |what: &str, old: &str, new: &str| {
        if old != new {
            changes.push(format!("{what}: {old} -> {new}"));
        }
    };
    changed("version", &before.version, &offer.manifest.version);
    changed("licence", &before.licence.name, offer.manifest.license());
    if before.licence.text != offer.licence_hash() {
        changes.push("licence: its text is another one than was accepted".to_owned());
    }
    let mut differ = |what: &str, old: BTreeSet<&str>, new: BTreeSet<&str>| {
        for (word, one, other) in [("new", &new, &old), ("gone", &old, &new)] {
            let names: Vec<&str> = one.difference(other).copied().collect();
            if !names.is_empty() {
                changes.push(format!("{word} {what} ({}): {}", names.len(), names.join(", ")));
            }
        }
    };
    if let Some(types) = types {
        differ("node types", types.nodes.iter().map(String::as_str).collect(), offer.types.nodes.iter().map(String::as_str).collect());
    }
    let uses = before.library.uses.keys().map(String::as_str).collect();
    let needs = offer.needs.keys().filter(|name| !offer.left_out.keys().any(|left_out| left_out.as_str() == name.as_str()));
    differ("dependencies", uses, needs.map(String::as_str).collect());
    if let (Hosts::These(_), Hosts::These(named)) = (&before.hosts, &offer.hosts) {
        let more: Vec<&str> = named.iter().filter(|host| !before.hosts.allow(host)).map(String::as_str).collect();
        if !more.is_empty() {
            changes.push(format!("its files name hosts that were not granted ({}): {}", more.len(), more.join(", ")));
        }
    }
    changes
}

fn write(offer: &Offer, before: Option<&Package>, hosts: &Hosts, out: &mut String) -> std::fmt::Result {
    let manifest = &offer.manifest;
    let from = match &offer.source {
        Source::Registry { url, .. } => format!("from {url}, {}", megabytes(offer.fetched as u64)),
        Source::Folder { folder } => format!("from the folder {folder}"),
    };
    writeln!(out, "{} {}, {from}", manifest.name, manifest.version)?;
    if manifest.name == packages::built_in::TESTED.0 {
        let word = if offer.is_tested() { "This version was" } else { "This version was not" };
        let other = if offer.is_tested() { String::new() } else { format!("; {} was", packages::built_in::TESTED.1) };
        writeln!(out, "{word} compared with a real n8n{other}.")?;
    }
    writeln!(out, "licence: {}", manifest.license())?;
    match before.filter(|before| is_accepted(before, offer)) {
        Some(before) if offer.licence.is_empty() => writeln!(out, "  accepted on {}; the package holds no text of it", before.licence.accepted)?,
        Some(before) => writeln!(out, "  its text is the one that was accepted on {}", before.licence.accepted)?,
        None if offer.licence.is_empty() => writeln!(out, "  the package holds no text of it")?,
        None => offer.licence.lines().try_for_each(|line| writeln!(out, "  {line}"))?,
    }
    list(out, "node types", offer.types.nodes.iter())?;
    list(out, "credential types", offer.types.credentials.iter())?;
    let left_out = offer.left_out.iter().filter_map(|(name, why)| match why {
        LeftOut::FromTheHost => None,
        LeftOut::OutOfReach(why) => Some(format!("{name} ({why})")),
    });
    list(out, "left out", left_out)?;
    list(out, "not installed there", offer.installed.iter().flat_map(|installed| &installed.missing))?;
    list(out, "Node.js modules", offer.reached.built_ins.iter())?;
    writeln!(out, "requests may go to: {hosts}; the hosts that a credential names always count")
}

fn list(out: &mut String, title: &str, entries: impl Iterator<Item = impl ToString>) -> std::fmt::Result {
    let entries: Vec<String> = entries.map(|entry| entry.to_string()).collect();
    if entries.is_empty() {
        return Ok(());
    }
    let text = format!("{title} ({}): {}", entries.len(), entries.join(", "));
    let options = textwrap::Options::new(100).subsequent_indent("  ").break_words(false);
    writeln!(out, "{}", textwrap::fill(&text, options))
}
