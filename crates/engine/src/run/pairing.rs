//! Which item an item came from.

use node_sdk::{Item, ItemList, PairedItem, PairedRef};

/// Pairs what a node with one connected input left unpaired, where it can be known: one item came in; one output has as
/// many items as came in; one item went out.
pub(super) struct FillIn {
    one_item_in: bool,
    as_many: bool,
}

impl FillIn {
    /// `None`: nothing is known of these outputs.
    pub(super) fn of(outputs: &[ItemList], inputs: &[ItemList]) -> Option<Self> {
        let [input] = inputs else { return None };
        let one_item_in = input.len() == Some(1);
        let count = if let [only] = outputs { only.len() } else { None };
        let as_many = count.is_some() && count == input.len();
        (one_item_in || as_many || count == Some(1)).then_some(Self { one_item_in, as_many })
    }

    /// Pairs an item where it is not paired; `index` counts those of all outputs.
    pub(super) fn pair(&self, item: &mut Item, index: usize) {
        if item.paired_item.is_none() {
            item.paired_item = Some(PairedItem::item(if self.as_many && !self.one_item_in { index } else { 0 }));
        }
    }
}

/// All items of all inputs: what the item of `alwaysOutputData` is paired with.
pub(super) fn everything(inputs: &[ItemList]) -> PairedItem {
    let all = inputs.iter().enumerate().flat_map(|(slot, items)| (0..items.len().unwrap_or(0)).map(move |index| PairedItem::input(index, slot)));
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

    fn items(count: usize) -> ItemList {
        vec![Item::new(json!({})); count].into()
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
            if let Some(known) = FillIn::of(&outputs, &[items(input)]) {
                outputs.iter_mut().flat_map(ItemList::chunks_mut).flatten().enumerate().for_each(|(index, item)| known.pair(item, index));
            }
            let pairs: Vec<_> = outputs.iter().flat_map(ItemList::iter).map(|item| item.paired_item.as_ref().map(|p| p.origins()[0].0)).collect();
            assert_eq!(pairs, expected, "{input} in, {output:?} out");
        }
    }
}
