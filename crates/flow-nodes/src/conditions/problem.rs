//! The messages of conditions whose values have the wrong type; n8n's words, because they become data.

use node_sdk::NodeError;

use super::{LESS_STRICT, Operand};

/// Where a value does not fit.
pub(super) struct Problem {
    pub(super) strict: bool,
    pub(super) condition: usize,
    pub(super) item: usize,
}

impl Problem {
    /// One side does not fit; `side` is `first` or `second`.
    pub(super) fn one(&self, side: &str, wanted: &str, operand: &Operand) -> NodeError {
        let (value, given, wanted_with) = (operand.text(), operand.type_of(), with_article(wanted));
        let place = format!("[condition {}, item {}]", self.condition, self.item);
        let message = if self.strict {
            format!("Wrong type: '{value}' is {} but was expecting {wanted_with} {place}", with_article(given))
        } else {
            format!("Conversion error: the {given} '{value}' can't be converted to {wanted_with} {place}")
        };
        NodeError::new(message).description(self.advice(side, wanted))
    }

    /// Both sides have one type, and it is not the one that is compared.
    pub(super) fn both(&self, wanted: &str, given: &str) -> NodeError {
        let message = format!("Comparison type expects {} but both fields are {}", with_article(wanted), with_article(given));
        NodeError::new(message).description(self.general_advice())
    }

    fn general_advice(&self) -> &'static str {
        if self.strict { LESS_STRICT } else { "Try changing the type of the comparison." }
    }

    fn advice(&self, side: &str, wanted: &str) -> String {
        let method = match wanted {
            "string" => ".toString()",
            "number" => ".toNumber()",
            "boolean" => ".toBoolean()",
            _ => "",
        };
        if !self.strict || method.is_empty() {
            return self.general_advice().to_owned();
        }
        let convert = format!("Converting the {side} field to {} by adding <code>{method}</code>", with_article(wanted));
        format!("\n<p>Try either:</p>\n<ol>\n  <li>Enabling 'Convert types where required'</li>\n  <li>{convert}</li>\n</ol>\n\t\t\t")
    }
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {word}")
}
