//! What a server gives, as JSON: the values that n8n's library makes of the texts of these types.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use node_sdk::json::{number, parse_text};
use node_sdk::ports::{SqlColumn, SqlResult};
use serde_json::{Map, Value, json};

/// The rows of a result as objects. `numbers`: large ones become numbers, as far as they fit.
pub(super) fn rows(result: SqlResult, numbers: bool) -> Vec<Value> {
    let SqlResult { columns, rows, .. } = result;
    let object = |row: Vec<Option<String>>| -> Value {
        let fields = columns.iter().zip(row).map(|(SqlColumn { name, type_id }, text)| {
            let value = text.map_or(Value::Null, |text| value(*type_id, text, numbers));
            (name.clone(), value)
        });
        Value::Object(fields.collect())
    };
    rows.into_iter().map(object).collect()
}

/// A value of a type, by its number in `pg_type`; of a type that is not known the text.
fn value(type_id: u32, text: String, numbers: bool) -> Value {
    match type_id {
        16 => Value::Bool(text == "t"),
        20 | 1700 if numbers => numeric(&text),
        21 | 23 | 26 | 700 | 701 => numeric(&text),
        114 | 3802 => parse_text(&text).unwrap_or(Value::String(text)),
        17 => bytes(&text),
        600 => point(&text).unwrap_or(Value::String(text)),
        718 => circle(&text).unwrap_or(Value::String(text)),
        1082 => date(&text),
        1114 => timestamp(&text),
        1184 => zoned(&text),
        1186 => interval(&text),
        _ => match ELEMENTS.iter().find(|(array, _)| *array == type_id) {
            Some((_, element)) => array(&text, &|text| value(*element, text, numbers || type_id == 1231)).unwrap_or(Value::String(text)),
            None => Value::String(text),
        },
    }
}

/// Types of arrays whose entries are parsed, each with the type of these.
const ELEMENTS: [(u32, u32); 30] = [
    (1000, 16),
    (1001, 17),
    (1005, 21),
    (1007, 23),
    (1028, 26),
    (1016, 20),
    (1017, 600),
    (1021, 700),
    (1022, 701),
    (1231, 1700),
    (1014, 18),
    (1015, 1043),
    (1008, 24),
    (1009, 25),
    (1002, 18),
    (1003, 19),
    (1040, 829),
    (1041, 869),
    (651, 650),
    (791, 790),
    (1115, 1114),
    (1182, 1082),
    (1185, 1184),
    (1187, 1186),
    (1183, 1083),
    (1270, 1266),
    (199, 114),
    (3807, 3802),
    (2951, 2950),
    (3907, 3906),
];

/// What JSON has no number for is null.
fn numeric(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(whole) if whole.unsigned_abs() <= 1 << 53 => whole.into(),
        _ => text.parse::<f64>().map_or(Value::Null, number),
    }
}

/// As Node.js writes a buffer.
fn bytes(text: &str) -> Value {
    let digits = text.strip_prefix("\\x").unwrap_or_default().as_bytes();
    let data: Vec<u8> =
        digits.chunks_exact(2).filter_map(|pair| std::str::from_utf8(pair).ok()).filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
    json!({"type": "Buffer", "data": data})
}

/// The numbers in a text.
fn parts(text: &str) -> Option<Vec<f64>> {
    let inner = text.trim_matches(|c| "()<>".contains(c));
    inner.split(',').map(|part| part.trim_matches(|c| "()<> ".contains(c)).parse().ok()).collect()
}

fn point(text: &str) -> Option<Value> {
    match parts(text)?[..] {
        [x, y] => Some(json!({"x": number(x), "y": number(y)})),
        _ => None,
    }
}

fn circle(text: &str) -> Option<Value> {
    match parts(text)?[..] {
        [x, y, radius] => Some(json!({"x": number(x), "y": number(y), "radius": number(radius)})),
        _ => None,
    }
}

/// As JavaScript writes a date; what it cannot say is null, and what lies outside of our calendar stays text.
fn iso(at: Option<Timestamp>, text: &str) -> Value {
    match at {
        Some(at) => format!("{at:.3}").into(),
        None if text.ends_with("infinity") => Value::Null,
        None => text.into(),
    }
}

/// Times without a zone are UTC here, as in an n8n whose machine is at UTC.
fn date(text: &str) -> Value {
    let at = text.parse::<Date>().ok().and_then(|date| TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok());
    iso(at, text)
}

fn timestamp(text: &str) -> Value {
    let at = text.parse::<DateTime>().ok().and_then(|at| TimeZone::UTC.to_timestamp(at).ok());
    iso(at.map(truncated), text)
}

fn zoned(text: &str) -> Value {
    iso(text.parse::<Timestamp>().ok().map(truncated), text)
}

/// Microseconds are cut off.
fn truncated(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// An interval in the server's own style: `1 year 2 mons 3 days -04:05:06.789`. Parts that are zero are left out.
fn interval(text: &str) -> Value {
    let mut fields = Map::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        if word.contains(':') {
            clock(word, &mut fields);
            continue;
        }
        let unit = match words.next().unwrap_or_default().trim_end_matches('s') {
            "year" => "years",
            "mon" => "months",
            "day" => "days",
            _ => return Value::String(text.to_owned()),
        };
        let Ok(count) = word.parse::<i64>() else { return Value::String(text.to_owned()) };
        put(&mut fields, unit, count as f64);
    }
    Value::Object(fields)
}

fn clock(word: &str, fields: &mut Map<String, Value>) {
    let sign = if word.starts_with('-') { -1.0 } else { 1.0 };
    let mut parts = word.trim_start_matches(['-', '+']).splitn(3, ':').map(|part| part.split_once('.').unwrap_or((part, "")));
    for unit in ["hours", "minutes", "seconds"] {
        let Some((whole, fraction)) = parts.next() else { return };
        put(fields, unit, sign * whole.parse().unwrap_or(0.0));
        if !fraction.is_empty() {
            put(fields, "milliseconds", sign * format!("{fraction:0<6}").parse().unwrap_or(0.0) / 1000.0);
        }
    }
}

fn put(fields: &mut Map<String, Value>, unit: &str, count: f64) {
    if count != 0.0 {
        fields.insert(unit.to_owned(), number(count));
    }
}

/// An array in the server's notation: `{1,"a b",NULL,{2}}`.
fn array(text: &str, element: &dyn Fn(String) -> Value) -> Option<Value> {
    // Bounds that do not begin at 1 stand before it.
    let text = if text.starts_with('[') { text.split_once('=')?.1 } else { text };
    let mut chars = text.chars().peekable();
    (chars.next()? == '{').then_some(())?;
    entries(&mut chars, element, 0)
}

/// Deeper than the server's arrays can be.
const DEEPEST: usize = 8;

fn entries(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, element: &dyn Fn(String) -> Value, depth: usize) -> Option<Value> {
    let mut list = Vec::new();
    loop {
        match *chars.peek()? {
            '}' => {
                chars.next();
                return Some(Value::Array(list));
            }
            ',' => _ = chars.next(),
            '{' if depth < DEEPEST => {
                chars.next();
                list.push(entries(chars, element, depth + 1)?);
            }
            '"' => {
                chars.next();
                let mut text = String::new();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => text.push(chars.next()?),
                        other => text.push(other),
                    }
                }
                list.push(element(text));
            }
            '{' => return None,
            _ => {
                let mut text = String::new();
                while let Some(plain) = chars.next_if(|c| !matches!(c, ',' | '}')) {
                    text.push(plain);
                }
                list.push(if text == "NULL" { Value::Null } else { element(text) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_server_become_what_javascript_has_for_them() {
        let rows: [(u32, &str, Value); 14] = [
            (16, "t", json!(true)),
            (20, "9007199254740993", json!("9007199254740993")),
            (701, "NaN", Value::Null),
            (17, "\\x00ff", json!({"type": "Buffer", "data": [0, 255]})),
            (1082, "2024-01-02", json!("2024-01-02T00:00:00.000Z")),
            (1114, "2024-01-02 03:04:05.678999", json!("2024-01-02T03:04:05.678Z")),
            (1184, "2024-01-02 03:04:05+02", json!("2024-01-02T01:04:05.000Z")),
            (1184, "infinity", Value::Null),
            (
                1186,
                "1 year 2 mons -3 days -04:05:06.789",
                json!({"years": 1, "months": 2, "days": -3, "hours": -4, "minutes": -5, "seconds": -6, "milliseconds": -789}),
            ),
            (1009, r#"{a,NULL,"NULL","b \"c\", {d}",{}}"#, json!(["a", null, "NULL", "b \"c\", {d}", []])),
            (1007, "{{1,2},{3,4}}", json!([[1, 2], [3, 4]])),
            (1231, "{1.5}", json!([1.5])),
            (718, "<(1,2),3>", json!({"x": 1, "y": 2, "radius": 3})),
            (99_999, "of its own", json!("of its own")),
        ];
        for (type_id, text, expected) in rows {
            assert_eq!(value(type_id, text.to_owned(), false), expected, "{type_id} {text}");
        }
        assert_eq!(value(20, "12".to_owned(), true), json!(12));
    }
}
