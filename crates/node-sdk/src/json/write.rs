//! Writing JSON as `JSON.stringify` does.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use serde_json::{Number, Value};

/// A number as JavaScript writes it: `5`, not `5.0`; `1e+21`; `1e-7`; `0` for -0. Integers of up to 64 bits stay exact.
///
/// ```
/// use node_sdk::json::number_text;
/// let text = |n: f64| number_text(&serde_json::Number::from_f64(n).unwrap());
/// assert_eq!([text(5.0), text(1e21), text(1e-7), text(-0.0)], ["5", "1e+21", "1e-7", "0"]);
/// ```
pub fn number_text(n: &Number) -> String {
    match n.as_f64() {
        Some(value) if n.is_f64() => float_text(value),
        _ => n.to_string(),
    }
}

/// ECMAScript's Number-to-text: the shortest digits that read back, and an exponent from 22 digits before the point or 6 zeros after it on.
fn float_text(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    // `{:e}` gives the same shortest digits, as "d.ddde±x".
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let body = match exponent {
        21.. | ..=-7 => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let plus = if exponent > 0 { "+" } else { "" };
            format!("{first}{point}{rest}e{plus}{exponent}")
        }
        ..=-1 => format!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1)),
        _ if exponent + 1 >= count => format!("{digits}{}", "0".repeat((exponent + 1 - count) as usize)),
        _ => {
            let (whole, fraction) = digits.split_at(exponent as usize + 1);
            format!("{whole}.{fraction}")
        }
    };
    format!("{sign}{body}")
}

/// JSON text as `JSON.stringify(value)` writes it.
pub fn stringify(value: &Value) -> String {
    write(value, JavaScript(CompactFormatter))
}

/// Writes what [`stringify`] gives.
pub fn write_to(out: &mut (dyn io::Write + Send), value: &Value) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, JavaScript(CompactFormatter))).map_err(io::Error::from)
}

/// JSON text as `JSON.stringify(value, null, 2)` writes it.
pub fn stringify_pretty(value: &Value) -> String {
    write(value, JavaScript(PrettyFormatter::new()))
}

fn write<F: Formatter>(value: &Value, formatter: JavaScript<F>) -> String {
    let mut bytes = Vec::with_capacity(128);
    // Neither can fail: a Value has text keys only, and a Vec takes every byte.
    let written = value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter));
    debug_assert!(written.is_ok(), "a Value is always writable");
    String::from_utf8(bytes).unwrap_or_default()
}

/// Another formatter, with JavaScript's numbers.
struct JavaScript<F>(F);

impl<F: Formatter> Formatter for JavaScript<F> {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(float_text(value).as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
