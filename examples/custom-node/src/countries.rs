//! The node `example.countries`: counts phone numbers by their country.

use std::borrow::Cow;
use std::collections::BTreeMap;

use node_sdk::{
    Descriptor, Effect, Inputs, Item, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, Property, RunAll, RunContext, VersionGroup,
    async_trait, rows,
};
use serde_json::{Value, json};

static DESCRIPTOR: Descriptor = Descriptor {
    name: Cow::Borrowed("example.countries"),
    display_name: Cow::Borrowed("Countries"),
    description: Cow::Borrowed("Counts phone numbers in international form by their country."),
    trigger: false,
    needs: Needs::All,
    effect: Effect::None,
    versions: Cow::Borrowed(&[VersionGroup::new(&[1.0], rows![Property::string("field").default_text("phone_number")])]),
};

/// Country codes that we tell apart.
const COUNTRIES: [(&str, &str); 3] = [("+55", "Brazil"), ("+351", "Portugal"), ("+44", "United Kingdom")];

/// The node type.
pub(crate) struct Countries;

impl Node for Countries {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::All(Box::new(Self)))
    }
}

#[async_trait]
impl RunAll for Countries {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let field = cx.params.read(0, |params| params.string("field")).await?;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut chunks = inputs.main().chunks();
        while let Some(items) = chunks.next().await {
            for item in items? {
                let number = item.object().and_then(|json| json.get(&field)).and_then(Value::as_str).unwrap_or_default();
                let country = COUNTRIES.iter().find(|(code, _)| number.starts_with(code)).map_or("elsewhere", |(_, name)| name);
                *counts.entry(country).or_default() += 1;
            }
        }
        let items: Vec<Item> = counts.into_iter().map(|(country, count)| Item::new(json!({"country": country, "numbers": count}))).collect();
        Ok(Outputs::one(items))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use node_testkit::{Harness, assert_node_contract};

    use super::*;

    #[test]
    fn it_keeps_the_contract() {
        assert_node_contract(&(Arc::new(Countries) as Arc<dyn Node>));
    }

    #[test]
    fn numbers_are_counted_over_all_chunks() {
        let numbers = (0..1200).map(|i| json!({"phone_number": if i % 3 == 0 { "+351912345678" } else { "+5511987654321" }}));
        let ran = Harness::new(Arc::new(Countries)).input(numbers.chain([json!({})])).run();
        let count = |country: &str, numbers: usize| json!({"country": country, "numbers": numbers});
        assert_eq!(ran.json(0), [count("Brazil", 800), count("Portugal", 400), count("elsewhere", 1)]);
    }
}
