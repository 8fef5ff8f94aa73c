//! What a person reads before a package is added.

use std::fmt::Write as _;

use node_sdk::size::size;
use packages::changes::{Changes, Differ, Types};
use packages::hosts::Hosts;
use packages::left_out::LeftOut;
use packages::lock::{Package, Source};
use packages::offer::Offer;
use packages::spec::is_older;

/// For example `1 node type`, `2 packages`.
pub(crate) fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}

/// For example `1 package is`, `2 packages are`.
pub(crate) fn are(number: usize, of: &str) -> String {
    format!("{} {}", count(number, of), if number == 1 { "is" } else { "are" })
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

/// What would be other than it was before, a line each: version, licence, types, what its files ask for, dependencies, hosts.
pub(crate) fn of_changes(offer: &Offer, before: &Package, changes: &Changes) -> Vec<String> {
    let mut lines = Vec::new();
    if before.version != offer.manifest.version {
        let older = if is_older(&offer.manifest.version, &before.version) { ", which is older" } else { "" };
        lines.push(format!("version: {} -> {}{older}", before.version, offer.manifest.version));
    }
    if before.licence.name != offer.manifest.license() {
        lines.push(format!("licence: {} -> {}", before.licence.name, offer.manifest.license()));
    }
    if before.licence.text != offer.licence_hash() {
        lines.push("licence: its text is another one than was accepted".to_owned());
    }
    lines.extend(of_types(&changes.types));
    let more = [
        ("node types of which nothing runs in a box", &changes.out_of_reach),
        ("new Node.js modules", &changes.modules),
        ("new packages that are left out", &changes.left_out),
        ("new dependencies", &changes.dependencies.new),
        ("gone dependencies", &changes.dependencies.gone),
        ("dependencies in other versions", &changes.ranges),
        ("its files name hosts that were not granted", &changes.hosts),
    ];
    lines.extend(more.into_iter().filter_map(|(what, names)| named(what, names)));
    lines
}

/// Which types come and go, a line each.
pub(crate) fn of_types(types: &Types) -> Vec<String> {
    let of = |what: &str, differ: &Differ| [named(&format!("new {what}"), &differ.new), named(&format!("gone {what}"), &differ.gone)];
    let all = [of("node types", &types.nodes), of("versions of node types", &types.versions), of("credential types", &types.credentials)];
    all.into_iter().flatten().flatten().collect()
}

/// That the version that would be taken is older than the one that is there.
pub(crate) fn of_older(name: &str, from: &str, older: &str) -> String {
    let which = if name == packages::built_in::TESTED.0 { "the version that was compared with n8n" } else { "the registry's latest" };
    format!("{name} {from}: {which}, {older}, is older than yours")
}

fn named(what: &str, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("{what} ({}): {}", names.len(), names.join(", ")))
}

fn write(offer: &Offer, before: Option<&Package>, hosts: &Hosts, out: &mut String) -> std::fmt::Result {
    let manifest = &offer.manifest;
    let from = match &offer.source {
        Source::Registry { url, .. } => format!("from {url}, {}", size(offer.fetched as u64)),
        Source::Folder { folder } => format!("from the folder {folder}"),
    };
    writeln!(out, "{} {}, {from}", manifest.name, manifest.version)?;
    if manifest.name == packages::built_in::TESTED.0 {
        let tested = packages::built_in::TESTED.1;
        match offer.is_tested() {
            true => writeln!(out, "This version was compared with a real n8n.")?,
            false if manifest.version == tested => writeln!(out, "It is not the {tested} that was compared with a real n8n: its files differ.")?,
            false => writeln!(out, "This version was not compared with a real n8n; {tested} was.")?,
        }
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
    writeln!(out, "{title} ({}): {}", entries.len(), entries.join(", "))
}
