//! Counts as people read them.

/// A number with its thousands apart: `5,000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many of something, in the singular where it is one: `1 item`, `5,000 items`.
pub fn counted(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let numbers = [(0, "0 items"), (1, "1 item"), (999, "999 items"), (5_000, "5,000 items"), (1_234_567, "1,234,567 items")];
        for (number, text) in numbers {
            assert_eq!(counted(number, "item"), text);
        }
    }
}
