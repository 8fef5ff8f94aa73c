use serde_json::json;

use super::repaired;

#[test]
fn what_was_meant_is_read() {
    for (text, meant) in [
        // Texts.
        ("{\"a\": \"x\ny\tz\r\n\"}", json!({"a": "x\ny\tz\r\n"})),
        (r#"{"a": "<a href="x">y</a>"}"#, json!({"a": "<a href=\"x\">y</a>"})),
        (r#"{"a": "he said "no" twice"}"#, json!({"a": "he said \"no\" twice"})),
        ("{'a': 'it's', \"b\": \"it's\"}", json!({"a": "it\"s", "b": "it's"})),
        ("{“a”: ‘b’, `c`: \"d\"}", json!({"a": "b", "c": "d"})),
        (
            r#"{"a": "b" + "c" +
            'd', "e": 'f "g"'}"#,
            json!({"a": "bcd", "e": "f \"g\""}),
        ),
        (r#"{"a": "\u00e4\ud83d\udc4d\q\/"}"#, json!({"a": "ä👍q/"})),
        (r#"{\"a\": \"b\"}"#, json!({"a": "b"})),
        (r#"{"a":"b,c,"d":"e"}"#, json!({"a": "b,c", "d": "e"})),
        (r#"{"a": "b, "c": 1}"#, json!({"a": "b", "c": 1})),
        // Words, numbers, bare texts.
        (
            "{a: True, b: None, c: undefined, $d: NaN, e: some text , f: http://x.org/y?z=1, 'g':}",
            json!({"a": true, "b": null, "c": null, "$d": "NaN", "e": "some text", "f": "http://x.org/y?z=1", "g": null}),
        ),
        (
            r#"{"a": 007, "b": 2., "c": -, "d": 1e, "e": 12345678901234567890, "f": 2024-01-02}"#,
            json!({"a": "007", "b": 2, "c": 0, "d": 1, "e": 12345678901234567000_f64, "f": "2024-01-02"}),
        ),
        (r#"{"id": ObjectId("5f"), "n": NumberLong(3), "r": /a\/b/}"#, json!({"id": "5f", "n": 3, "r": "/a\\/b/"})),
        (r#"callback({"a": 1});"#, json!({"a": 1})),
        // Commas, brackets, comments.
        ("{\"a\": 1 \"b\": [1 2, 3,], \"c\": {\"d\": [4", json!({"a": 1, "b": [1, 2, 3], "c": {"d": [4]}})),
        ("{, \"a\": 1, /* x */ \"b\": 2 // y\n,}", json!({"a": 1, "b": 2})),
        (r#"{"a": [1, 2, ...], ...}}]"#, json!({"a": [1, 2]})),
        (r#"{"a" 1, "b"  "#, json!({"a": 1, "b": null})),
        (r#"{"at": "10:30",}"#, json!({"at": "10:30"})),
        // Around it.
        ("```json\n{\"a\": 1}\n```", json!({"a": 1})),
        ("```\n[1]\n```\n", json!([1])),
        ("{\"a\": 1}\n{\"b\": 2}\n", json!([{"a": 1}, {"b": 2}])),
        ("\u{feff}{\"a\":\u{a0}1},", json!({"a": 1})),
        ("hello there", json!("hello there")),
    ] {
        assert_eq!(repaired(text), Some(meant), "{text}");
    }
}

#[test]
fn a_riddle_takes_no_time() {
    for (riddle, last) in [("'a'b/ x", "/"), ("\"x\"/* ", "*/z"), ("[\"a,", ""), ("\"{", "")] {
        let text = format!("[{}{last}", riddle.repeat(20_000));
        let start = std::time::Instant::now();
        let _ = repaired(&text);
        assert!(start.elapsed().as_secs() < 20, "{riddle}");
    }
}

#[test]
fn what_stays_unclear_is_refused() {
    let deep = "[".repeat(100_000);
    for text in [
        "",
        "  // nothing",
        r#"{ "a": "{"k":"v"}" }"#,
        r#"{ "a": "["x","y"]" }"#,
        r#"{ "a": ""2024-01-01T00:00:00.000Z"" }"#,
        r#"{ "a": "x "hi"" }"#,
        r#"{ "key": "a 'b', "c" d" }"#,
        r#"say "hi""#,
        r#"{"a":[1]}{"a":[1]}"#,
        r#"{"a": 1} trailing"#,
        r#"{"a": "\u12x"}"#,
        "{\"a\": \"\u{1}\"}",
        r#"{"a": 1, :}"#,
        "{\"a\": 1, # no comment\n}",
        deep.as_str(),
    ] {
        assert_eq!(repaired(text), None, "{text:.40}");
    }
}
