//! The node `example.phoneNumber`: writes phone numbers in the form that the Konverte API takes, `+5511987654321`.

use std::borrow::Cow;
use std::sync::Arc;

use node_sdk::{
    Descriptor, Effect, Item, ItemParams, Needs, Node, NodeError, Output, PrepareContext, Prepared, Property, RunContext, RunItem, VersionGroup,
};

/// What a workflow file can set.
const PARAMETERS: &[Property] = &[
    Property::string("phone").required().describe("The number as a person wrote it; mostly an expression."),
    Property::string("country").default_text("55").describe("Country code of numbers that are written without one."),
    Property::string("field").default_text("phone_number").describe("The field that gets the result."),
];

/// What is known before anything runs.
static DESCRIPTOR: Descriptor = Descriptor {
    name: Cow::Borrowed("example.phoneNumber"),
    display_name: Cow::Borrowed("Phone Number"),
    description: Cow::Borrowed("Writes a phone number in international form."),
    trigger: false,
    needs: Needs::Item,
    effect: Effect::None,
    versions: Cow::Borrowed(&[VersionGroup::new(&[1.0], PARAMETERS)]),
};

/// The node type.
pub(crate) struct PhoneNumber;

impl Node for PhoneNumber {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Item(Arc::new(Self)))
    }
}

impl RunItem for PhoneNumber {
    fn run_item(&self, _cx: &RunContext, params: &ItemParams<'_>, mut item: Item, _index: usize, out: &mut Output) -> Result<(), NodeError> {
        let written = params.string("phone")?;
        let Some(number) = international(&written, &params.string("country")?) else {
            let error = NodeError::new(format!("\"{written}\" is not a phone number")).parameter("phone");
            return Err(error.help("Let such items leave by an output of their own: set \"onError\": \"continueErrorOutput\"."));
        };
        if let Some(fields) = item.json_mut().as_object_mut() {
            fields.insert(params.string("field")?, number.into());
        }
        out.push(item);
        Ok(())
    }
}

/// The digits behind `+` and the country code; `None` where they are too few or too many for a phone number.
fn international(written: &str, country: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let number = match digits.strip_prefix("00") {
        Some(number) => number.to_owned(),
        None if written.trim_start().starts_with('+') => digits,
        None => format!("{country}{}", digits.trim_start_matches('0')),
    };
    (8..=15).contains(&number.len()).then(|| format!("+{number}"))
}

#[cfg(test)]
mod tests {
    use node_testkit::{Harness, assert_node_contract};
    use serde_json::json;

    use super::*;

    #[test]
    fn it_keeps_the_contract() {
        assert_node_contract(&(Arc::new(PhoneNumber) as Arc<dyn Node>));
    }

    #[test]
    fn numbers_become_international() {
        let people = [json!({"tel": "(11) 98765-4321"}), json!({"tel": "+351 912 345 678"}), json!({"tel": "0044 20 7946 0958"})];
        let ran = Harness::new(Arc::new(PhoneNumber)).parameters(json!({"phone": "={{ $json.tel }}", "field": "tel"})).input(people).run();
        assert_eq!(ran.json(0), [json!({"tel": "+5511987654321"}), json!({"tel": "+351912345678"}), json!({"tel": "+442079460958"})]);
    }

    #[test]
    fn what_is_no_number_is_an_error_of_its_item() {
        let ran = Harness::new(Arc::new(PhoneNumber)).parameters(json!({"phone": "={{ $json.tel }}"})).input([json!({"tel": "call me"})]).run();
        assert_eq!(ran.message(), "\"call me\" is not a phone number");
    }
}
