//! Combining by position, and all with all.

use node_sdk::{Item, ItemParams, NodeError};

use super::clash::{Clash, origin, with_suffix};

/// Each item of input 1 with each item of input 2.
pub(super) fn all(params: &ItemParams<'_>, entries: &[Vec<Item>]) -> Result<Vec<Item>, NodeError> {
    let clash = Clash::read(params)?;
    let [first, second, ..] = entries else { return Ok(Vec::new()) };
    let (outer, inner) = if clash.is("preferInput1") { (second, first) } else { (first, second) };
    let suffixed =
        |items: &[Item], number| items.iter().map(|item| if clash.is("addSuffix") { with_suffix(item, number) } else { item.clone() }).collect();
    let (outer, inner): (Vec<Item>, Vec<Item>) = (suffixed(outer, 1), suffixed(inner, 2));
    let mut merged = Vec::with_capacity(outer.len() * inner.len());
    for a in &outer {
        merged.extend(inner.iter().map(|b| clash.merge([a, b], origin(a).into_iter().chain(origin(b)).collect())));
    }
    Ok(merged)
}

/// The first items of all inputs, the second ones, and so on.
///
/// The fields of the preferred input are written last, under their own names even where all others get a suffix, and its origin is
/// listed twice: as n8n does.
pub(super) fn by_position(params: &ItemParams<'_>, entries: &[Vec<Item>]) -> Result<Vec<Item>, NodeError> {
    let clash = Clash::read(params)?;
    let unpaired = params.bool("options.includeUnpaired", false)?;
    let preferred = match clash.resolve.as_deref().and_then(|word| word.strip_prefix("preferInput")) {
        None => entries.len() - 1,
        Some(number) => {
            let place = number.parse::<usize>().ok().filter(|number| (1..=entries.len()).contains(number));
            place.ok_or_else(|| NodeError::new(expression::unreadable("undefined", "length")).named("TypeError"))? - 1
        }
    };
    let lengths = entries.iter().map(Vec::len);
    let count = if unpaired { lengths.max() } else { lengths.min() }.unwrap_or(0);
    let row = |position: usize| {
        let here = entries.iter().enumerate().filter_map(|(input, items)| Some((input, items.get(position)?)));
        let mut parts: Vec<Item> =
            here.map(|(input, item)| if clash.is("addSuffix") { with_suffix(item, input + 1) } else { item.clone() }).collect();
        parts.extend(entries[preferred].get(position).cloned());
        clash.merge(&parts, parts.iter().filter_map(origin).collect())
    };
    Ok((0..count).map(row).collect())
}
