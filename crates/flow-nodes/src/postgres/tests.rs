use serde_json::{Value, json};

use super::first::is_type;
use super::format::{InQuotes, format};
use super::literal::literal;

#[test]
fn a_value_stays_one_wherever_its_parameter_stands() {
    let rows: [(&str, Value, &str); 20] = [
        ("SELECT $1::text", json!("a'; DROP TABLE t; --"), "SELECT 'a''; DROP TABLE t; --'::text"),
        ("SELECT $1", json!("\\'; DROP TABLE t; --"), "SELECT E'\\\\''; DROP TABLE t; --'"),
        ("SELECT 1-$1", json!(-2), "SELECT 1-(-2)"),
        ("SELECT * FROM $1:name", json!("t\"; DROP TABLE t; --"), "SELECT * FROM \"t\"\"; DROP TABLE t; --\""),
        ("SELECT $1~", json!(["a", "b"]), "SELECT \"a\",\"b\""),
        ("IN ($1:csv)", json!([1, "x'"]), "IN (1,'x''')"),
        ("SELECT $1", json!([[1, 2], [3, 4]]), "SELECT array[[1,2],[3,4]]"),
        ("SELECT $1", json!([]), "SELECT '{}'"),
        ("SELECT $1", json!({"k": "'"}), "SELECT '{\"k\":\"''\"}'"),
        ("SELECT $1", Value::Null, "SELECT null"),
        ("SELECT $1:raw", json!("now()"), "SELECT now()"),
        ("SELECT '$1'", json!(5), "SELECT '5'"),
        ("SELECT '%$1:value%'", json!("o'r"), "SELECT '%o''r%'"),
        ("SELECT E'\\'$1:value'", json!("\\'"), "SELECT E'\\'\\\\'''"),
        ("SELECT 1 -- $1\n, $1", json!("a\nb"), "SELECT 1 -- $1\n, 'a\nb'"),
        ("/* /* */ $1 */ $1", json!("*/ x"), "/* /* */ $1 */ '*/ x'"),
        ("SELECT 'it''s', $1", json!("v"), "SELECT 'it''s', 'v'"),
        ("DO $f$ SELECT $1 $f$", json!("v"), "DO $f$ SELECT 'v' $f$"),
        ("SELECT $2, $1", json!("v"), "SELECT $2, 'v'"),
        ("SELECT \"$1\"", json!(5), "SELECT \"5\""),
    ];
    for (statement, value, expected) in rows {
        assert_eq!(format(statement, &[value], false).as_deref(), Ok(expected), "{statement}");
    }
}

#[test]
fn a_value_that_would_end_its_quotes_is_refused() {
    let attack = json!("x' OR 1=1; --");
    let statements = [
        "SELECT '$1'",
        "SELECT '%$1%'",
        "SELECT E'\\'$1'",
        "SELECT E'a''b\\'$1'",
        "SELECT \"$1:json\"",
        "DO $$ SELECT '$1' $$",
        "SELECT 1 LIMIT $1:value",
    ];
    for statement in statements {
        assert_eq!(format(statement, std::slice::from_ref(&attack), false), Err(InQuotes), "{statement}");
    }
    let ends_the_body = json!("$$; DROP TABLE t; --");
    assert_eq!(format("DO $$ SELECT $1 $$", &[ends_the_body], false), Err(InQuotes));
    assert_eq!(format("SELECT '$1', $1", &[attack], true).as_deref(), Ok("SELECT '$1', 'x'' OR 1=1; --'"));
}

#[test]
fn what_is_no_number_for_sql_is_a_text_of_its_own() {
    assert_eq!(literal(&json!(1.5e300)), literal(&json!(1.5e300)));
    assert_eq!(literal(&json!(true)), "true");
}

#[test]
fn a_type_of_a_column_is_a_name_and_nothing_else() {
    let names =
        ["int4", "jsonb", "text[]", "int[3][]", "numeric(10,2)", "timestamp (3) with time zone", "double precision", "my.kind", "my.\"My; kind\""];
    assert_eq!(names.into_iter().find(|name| !is_type(name)), None);
    let others = [
        "",
        "int)",
        "int; DROP TABLE t",
        "text || version()",
        "int OR pg_sleep(10) IS NULL",
        "text, now()",
        "int--",
        "int/**/",
        "text = 'x'",
        "(1)",
        "int(now())",
        "text[now()]",
        "int(1",
        "\"open",
        "$$x",
        "text\n\0",
    ];
    assert_eq!(others.into_iter().find(|other| is_type(other)), None);
}
