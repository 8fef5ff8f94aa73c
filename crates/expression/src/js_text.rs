//! Numbers as JavaScript writes them.

use serde_json::Number;

/// A number as JSON: whole numbers without a fraction.
pub(crate) fn number(n: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if n.fract() == 0.0 && n.abs() <= EXACT { Some(Number::from(n as i64)) } else { Number::from_f64(n) }
}

/// `String(n)`, with nothing for NaN, as n8n prints it into text.
pub(crate) fn number_text(n: f64) -> String {
    if n.is_nan() {
        return String::new();
    }
    if n.is_infinite() {
        return if n > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    if n == 0.0 {
        return "0".into();
    }
    let scientific = format!("{n:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-6..21).contains(&exponent) {
        return format!("{n}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn writes_as_javascript() {
        for (n, text) in [
            (1.0, "1"),
            (1e21, "1e+21"),
            (123456789012345680000.0, "123456789012345680000"),
            (1e-7, "1e-7"),
            (0.000001, "0.000001"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-1.5e300, "-1.5e+300"),
            (-0.0, "0"),
        ] {
            assert_eq!(number_text(n), text);
        }
    }
}
