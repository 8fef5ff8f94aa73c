//! What n8n's rewriting, its date library and V8 make of an expression, where that is not what one would expect.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use expression::scenario::{Defaults, scope};
use expression::{Evaluated, Evaluator, ExpressionError, Kind, Limits, Session};
use serde_json::{Value, json};

const NOW: i64 = 1_773_578_096_789;

fn evaluate(source: &str) -> Result<Evaluated, ExpressionError> {
    let defaults = Defaults { timezone: "UTC".into(), now: NOW, limits: Limits::default() };
    let input = json!({"input": [{"name": "Ana", "text": "ab", "none": null}]});
    Evaluator::new(Arc::new(Session::new(Limits::default())), scope(&input, &defaults)).evaluate(&source.into(), 0, None)
}

fn values(cases: &[(&str, Value)]) {
    for (source, expected) in cases {
        assert_eq!(evaluate(&format!("={{{{ {source} }}}}")).unwrap().value, *expected, "{source}");
    }
}

#[test]
fn text_of_several_lines_gets_a_blank_before_a_value() {
    values(&[
        ("`a_\n_${1}`", json!("a_\n_ 1")),
        ("`9\n9${1}`", json!("9\n9 1")),
        ("`a\n${1}b${2}\n${3}`", json!("a\n 1b2\n 3")),
        ("`a\nb ${1}.\nc:${2}\né${3}`", json!("a\nb 1.\nc:2\né3")),
        ("`a${1}\nb`", json!("a1\nb")),
        ("`a\\tb${1}`", json!("a\tb1")),
        ("`${`x\n${1}`}y`", json!("x\n 1y")),
        ("'a\\nb' + `c${1}`", json!("a\nbc1")),
    ]);
}

#[test]
fn text_in_the_line_after_return_is_the_value_where_something_changes() {
    values(&[
        ("(() => { return\n'a' + $json.name })()", json!("aAna")),
        ("(() => { return\n`${$json.name}` })()", json!("Ana")),
        ("(() => { return\n'a' })()", json!(null)),
        ("(() => { const a = 1; return\n'a' + a })()", json!(null)),
        ("(() => { return\n$json.name })()", json!(null)),
    ]);
}

#[test]
fn a_text_is_spread_by_its_letters() {
    values(&[
        ("({a: 1, ...$json.text, ...$json.none, ...5, ...[7]})", json!({"0": 7, "1": "b", "a": 1})),
        ("(() => { let a, rest; ({a, ...rest} = {a: 1, b: 2}); return rest })()", json!({"b": 2})),
        ("(() => { let o = {}; [{...o.rest}] = [{b: 2}]; return o })()", json!({"rest": {"b": 2}})),
        ("(({...rest}) => ({...rest, c: {...'x'} }))({b: 2})", json!({"b": 2, "c": {"0": "x"}})),
    ]);
}

#[test]
fn names_that_lead_out_are_refused_and_others_are_empty() {
    for name in ["constructor", "prototype", "__proto__", "__defineSetter__", "caller", "__sanitize", "___n8n_data"] {
        let error = evaluate(&format!("={{{{ typeof {name} }}}}")).unwrap_err();
        assert_eq!(error.message, format!("Cannot access \"{name}\" due to security concerns"));
    }
    values(&[
        ("[self, Window, escape, unescape, uneval]", json!([{}, {}, {}, {}, {}])),
        ("(() => { const binding = 1; return binding })()", json!(1)),
        ("typeof $getWorkflowStaticData", json!("undefined")),
        ("[$fromAI('name'), $fromai('none', '', 'string', 'd'), $fromAi('other', '', 'string', 'd')]", json!(["Ana", "d", "d"])),
    ]);
}

#[test]
fn dates_are_those_of_v8_and_of_the_date_library() {
    values(&[
        (
            "[$now.plus(1, 'hrs'), $now.minus(2, 'mins'), $now.plus(undefined, 'days')].map(d => d.diff($now).toMillis())",
            json!([3_600_000, -120_000, 0]),
        ),
        ("['', {}, true, 'x'].map(n => { try { return $now.plus(n, 'days') } catch { return 0 } })", json!([0, 0, 0, 0])),
        ("$now.plus('5')", json!(null)),
        ("[DateTime.fromISO(new Date(0)).isValid, DateTime.fromISO(null).isValid, DateTime.fromISO(2026).year]", json!([false, false, 2026])),
        ("$now.toLocaleString('de-DE', {year: 'numeric'})", json!("3/15/2026")),
        (
            "[new Date(2026, 0, 1).toISOString(), new Date(2026, 5, 1, 3).getHours(), new Date(0).getTimezoneOffset()]",
            json!(["2026-01-01T00:00:00.000Z", 3, 0]),
        ),
        (
            "[new Date(99, 0).getFullYear(), new Date(new Date(5)).getTime(), new Date('5').getMonth(), new Date(true).getTime()]",
            json!([1999, 5, 4, 1]),
        ),
        (
            "['Hours', 'UTCMinutes', 'FullYear', 'Date'].map(p => { const d = new Date(0); d['set' + p](1, 'x'); return `${d}` })",
            json!(["Invalid Date", "Invalid Date", "Invalid Date", "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"]),
        ),
    ]);
    assert_eq!(
        evaluate("={{ new Date('2026').toString() }}").unwrap().value,
        json!("Thu Jan 01 2026 00:00:00 GMT+0000 (Coordinated Universal Time)")
    );
    assert_eq!(evaluate("={{ $now.zone.zoneName }}").unwrap().kind, Kind::Undefined);
    assert_eq!(evaluate("={{ $now.diffTo('31 of May') }}").unwrap_err().message, "cannot convert to Luxon DateTime");
}

#[test]
fn languages_and_regions_write_as_theirs_do() {
    values(&[
        (
            "['fr-CA', 'en-NZ', 'en-XX', 'it', 'nl-BE', 'ja-JP', 'ko', 'zh-CN'].map(l => new Date(0).toLocaleString(l))",
            json!([
                "1970-01-01 00 h 00 min 00 s",
                "1/01/1970, 12:00:00 am",
                "1/1/1970, 12:00:00 AM",
                "01/01/1970, 00:00:00",
                "1/1/1970, 00:00:00",
                "1970/1/1 0:00:00",
                "1970. 1. 1. AM 12:00:00",
                "1970/1/1 00:00:00"
            ]),
        ),
        (
            "['de', 'pl', 'vi'].map(l => new Date(0).toLocaleString(l, {dateStyle: 'medium', timeStyle: 'short'}))",
            json!(["01.01.1970, 00:00", "1 sty 1970, 00:00", "00:00 1 thg 1, 1970"]),
        ),
        ("['ru', 'cs'].map(l => $now.setLocale(l).toFormat('LLLL MMMM'))", json!(["март марта", "březen března"])),
        (
            "['de-CH', 'en-IN', 'fr', 'pl'].map(l => (-1234567.5).toLocaleString(l, {style: 'currency', currency: 'INR'}))",
            json!(["₹-1'234'567.50", "-₹12,34,567.50", "-1\u{202f}234\u{202f}567,50\u{a0}₹", "-1\u{a0}234\u{a0}567,50\u{a0}INR"]),
        ),
        (
            "['en_US', 'e', 'english-', '', 'en-'].map(l => { try { return (1).toLocaleString(l) } catch { return 'refused' } })",
            json!(["refused", "refused", "refused", "refused", "refused"]),
        ),
    ]);
    let error = evaluate("={{ new Date(0).toLocaleString('th-TH') }}").unwrap_err();
    assert_eq!(error.message, "The locale \"th-TH\" is not there yet");
}

#[test]
fn zones_are_those_of_the_program_in_any_year() {
    values(&[
        ("DateTime.fromMillis(Date.UTC(58172, 5, 14), {zone: 'Europe/Berlin'}).offset", json!(120)),
        ("DateTime.fromMillis(Date.UTC(12000, 0, 14), {zone: 'Europe/Berlin'}).offset", json!(60)),
    ]);
}
