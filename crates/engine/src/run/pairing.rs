//! Which item an item came from.

use std::sync::Arc;

use node_sdk::{Item, PairedItem, PairedRef};

use crate::schedule::Input;

/// The items that enter a node: each says where it stands in its input, so that a node that hands items on pairs them
/// without doing anything.
pub(super) fn entering(inputs: &[Option<Input>], only_first: bool) -> Vec<Arc<Vec<Item>>> {
    let mark = |(slot, input): (usize, &Option<Input>)| {
        let items = input.as_ref().map_or(&[][..], |input| input.items.as_slice());
        let count = if only_first { items.len().min(1) } else { items.len() };
        Arc::new(items[..count].iter().enumerate().map(|(index, item)| item.clone().paired(place(index, slot))).collect())
    };
    inputs.iter().enumerate().map(mark).collect()
}

/// Item `index` of input `slot`; n8n leaves input 0 out.
fn place(index: usize, slot: usize) -> PairedItem {
    if slot == 0 { PairedItem::item(index) } else { PairedItem::input(index, slot) }
}

/// Pairs what a node with one connected input left unpaired, where it can be known: one item came in; one output has as
/// many items as came in; one item went out.
pub(super) fn fill_in(outputs: &mut [Vec<Item>], inputs: &[Arc<Vec<Item>>]) {
    let [input] = inputs else { return };
    let one_item_in = input.len() == 1;
    let count = if let [only] = &*outputs { Some(only.len()) } else { None };
    let as_many = count == Some(input.len());
    if !(one_item_in || as_many || count == Some(1)) {
        return;
    }
    for (index, item) in outputs.iter_mut().flatten().enumerate() {
        if item.paired_item.is_none() {
            item.paired_item = Some(PairedItem::item(if as_many && !one_item_in { index } else { 0 }));
        }
    }
}

/// All items of all inputs: what the item of `alwaysOutputData` is paired with.
pub(super) fn everything(inputs: &[Arc<Vec<Item>>]) -> PairedItem {
    let all = inputs.iter().enumerate().flat_map(|(slot, items)| (0..items.len()).map(move |index| PairedItem::input(index, slot)));
    PairedItem::List(all.collect())
}

/// The first origin that an item names, as (item, input); a bare number is none.
pub(super) fn first_origin(paired: &PairedItem) -> Option<(usize, usize)> {
    let reference = |r: &PairedRef| (r.item, r.input.unwrap_or(0));
    match paired {
        PairedItem::Object(r) => Some(reference(r)),
        PairedItem::List(list) => match list.first() {
            Some(PairedItem::Object(r)) => Some(reference(r)),
            _ => None,
        },
        PairedItem::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn items(count: usize) -> Vec<Item> {
        vec![Item::new(json!({})); count]
    }

    /// Items of the input, items of each output, the pairing of each item put out.
    type Case = (usize, &'static [usize], &'static [Option<usize>]);

    #[test]
    fn what_is_left_unpaired_is_paired_where_it_can_be_known() {
        let cases: [Case; 6] = [
            (1, &[3], &[Some(0), Some(0), Some(0)]),
            (3, &[3], &[Some(0), Some(1), Some(2)]),
            (3, &[1], &[Some(0)]),
            (3, &[2], &[None, None]),
            (3, &[2, 1], &[None, None, None]),
            (1, &[1, 1], &[Some(0), Some(0)]),
        ];
        for (input, output, expected) in cases {
            let mut outputs: Vec<_> = output.iter().map(|count| items(*count)).collect();
            fill_in(&mut outputs, &[Arc::new(items(input))]);
            let pairs: Vec<_> = outputs.iter().flatten().map(|item| item.paired_item.as_ref().map(|p| p.origins()[0].0)).collect();
            assert_eq!(pairs, expected, "{input} in, {output:?} out");
        }
    }
}
