//! Which hosts the files of a package name: those are proposed when it is added.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::archive::Files;
use crate::hosts;
use crate::manifest::Manifest;
use crate::reach::Reached;

/// An address with which a text of JavaScript begins: what the text is assigned to, what its host is called, and what follows. What is put
/// into the host, by a template or an expression, is a part of it. An address within a text is prose, and one in a comment too.
#[expect(clippy::expect_used, reason = "the pattern is a constant; a test compiles it")]
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?:([\w$]+)\\?['"]?\s*[:=]\s*)?\\?['"`]=?(?i:https?)://((?:[A-Za-z0-9.-]|\$\{[^}]*\}|\{\{[^}]*\}\})+)([^'"`\\]*)"#;
    Regex::new(pattern).expect("a constant pattern")
});

/// A host without a scheme that a field of a credential has as its default.
#[expect(clippy::expect_used, reason = "the pattern is a constant; a test compiles it")]
static DEFAULT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"\bdefault['"]?\s*[:=]\s*['"`]((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})[/:'"`]"#;
    Regex::new(pattern).expect("a constant pattern")
});

/// What is put into a text.
#[expect(clippy::expect_used, reason = "the pattern is a constant; a test compiles it")]
static PUT_IN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{[^}]*\}|\{\{[^}]*\}\}").expect("a constant pattern"));

/// What addresses for people are assigned to; in JSON, what is below it is for people too.
const FOR_PEOPLE: &[&str] = &[
    "$id",
    "$schema",
    "contact",
    "description",
    "displayName",
    "documentationUrl",
    "example",
    "examples",
    "externalDocs",
    "hint",
    "homepage",
    "href",
    "license",
    "placeholder",
    "primaryDocumentation",
    "termsOfService",
];

/// Hosts of documentation, licences and schemas: nothing is asked of them.
const NOT_ASKED: &[&str] = &["docs.n8n.io", "n8n.io", "www.w3.org", "github.com", "json-schema.org", "example.com", "www.example.com"];

/// The hosts that the files name which its nodes reach; `*.example.com` where what comes before is put in.
pub(crate) fn hosts(manifest: &Manifest, files: &Files, reached: &Reached) -> BTreeSet<String> {
    let credentials: BTreeSet<&str> = manifest.credentials().collect();
    let mut named = BTreeSet::new();
    for path in &reached.files {
        let text = files.get(path).map(|content| String::from_utf8_lossy(content)).unwrap_or_default();
        if path.ends_with(".json") {
            of_json(&serde_json::from_str(&text).unwrap_or_default(), &mut named);
        } else {
            of_code(&text, credentials.contains(path.as_str()), &mut named);
        }
    }
    named.retain(|host| !NOT_ASKED.contains(&host.as_str()));
    named
}

fn of_code(text: &str, credential: bool, named: &mut BTreeSet<String>) {
    for found in ADDRESS.captures_iter(text) {
        let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
        let (key, host, rest) = (part(1), part(2), part(3));
        // The default of a node's parameter that is a page is an example of what people ask for.
        let page = rest.contains('?') || rest.trim_matches('/').contains('/');
        if !FOR_PEOPLE.contains(&key) && (credential || key != "default" || !page) {
            of_host(host, credential, named);
        }
    }
    if credential {
        named.extend(DEFAULT.captures_iter(text).filter_map(|found| hosts::parse(found.get(1)?.as_str()).ok()));
    }
}

/// What a host with what is put into it stands for. One of the own machine counts in a credential alone.
fn of_host(written: &str, credential: bool, named: &mut BTreeSet<String>) {
    let mut parts = PUT_IN.split(written);
    let head = parts.next().unwrap_or_default();
    // A name that something is put into, and what begins behind a name, in `https://${zone}.example.com` and `https://example.com${path}`.
    let below = parts.last().and_then(|tail| Some(&tail[tail.find('.')?..])).map(|tail| format!("*{tail}"));
    let is_name = |host: &str| host.rsplit_once('.').is_some_and(|(_, last)| last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let counts = |host: &String| is_name(host) || credential && !host.starts_with('*');
    named.extend([Some(head.to_owned()), below].into_iter().flatten().filter_map(|host| hosts::parse(&host).ok()).filter(counts));
}

fn of_json(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let host = text.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme)).map(|(_, rest)| rest);
            of_host(host.and_then(|rest| rest.split(['/', ':', '?', '#']).next()).unwrap_or_default(), false, named);
        }
        Value::Array(list) => list.iter().for_each(|one| of_json(one, named)),
        Value::Object(map) => map.iter().filter(|(key, _)| !FOR_PEOPLE.contains(&key.as_str())).for_each(|(_, one)| of_json(one, named)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, text: &str) -> Vec<String> {
        let manifest = r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["n.js"], "credentials": ["c.js"]}}"#;
        let code = if path == "d.json" { "require('./d.json')" } else { "" };
        let files: Files =
            [("n.js", code), ("package.json", manifest), (path, text)].map(|(path, text)| (path.to_owned(), text.to_owned().into())).into();
        let manifest = Manifest::of(&files, "p").unwrap();
        hosts(&manifest, &files, &crate::reach::from_nodes(&manifest, &files)).into_iter().collect()
    }

    #[test]
    fn code_names_hosts_where_addresses_begin() {
        for (text, hosts) in [
            ("const a = `https://api.a.com${path}`", &["api.a.com"][..]),
            ("url: `https://api.a.com/${x}`, b: \"=https://B.a.com/{{$json.x}}\"", &["api.a.com", "b.a.com"]),
            ("new URL(x,'https://API.A.com')", &["api.a.com"]),
            ("x ? \"http://a.com:8080\" : 'https://b.com?q'", &["a.com", "b.com"]),
            ("`https://${zone}.api.a.com/v1`", &["*.api.a.com"]),
            ("`https://eu-${zone}.a.com`; '=https://{{$credentials.site}}.b.com'", &["*.a.com", "*.b.com"]),
            ("`https://${site}/api`; `https://${a}.com`; 'https://'", &[]),
            ("// See https://a.com/x\n/* https://b.com */ \"Read it at https://c.com/x\" + '<a href=\"https://d.com/\">'", &[]),
            ("this.documentationUrl = 'https://a.com/'; x({placeholder: \"https://b.com\", 'description':'https://c.com'})", &[]),
            (
                "{ name: 'url', default: 'https://a.com/reel/1' }, { default: 'https://api.b.com/v2' }, { default: 'https://c.com/watch?v=1' }",
                &["api.b.com"],
            ),
            ("'https://docs.n8n.io/x'; 'http://localhost:80'; 'http://127.0.0.1'", &[]),
        ] {
            assert_eq!(named("n.js", text), hosts, "{text}");
        }
    }

    #[test]
    fn the_defaults_of_credentials_count() {
        let fields = "[{default: 'https://login.a.com/oauth/authorize'}, {default: 'my.b.net'}, {default: ''}, {default: \"http://localhost:8000\"}]";
        assert_eq!(named("c.js", fields), ["localhost", "login.a.com", "my.b.net"]);
    }

    #[test]
    fn json_names_hosts_but_in_what_is_for_people() {
        let text =
            r#"{"servers": [{"url": "https://api.a.com/v1"}], "license": {"url": "https://b.com/"}, "x": {"example": "https://c.com", "y": 1}}"#;
        assert_eq!(named("d.json", text), ["api.a.com"]);
    }
}
