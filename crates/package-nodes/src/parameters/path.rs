//! Paths as node code writes them: `options.limit`, `rules[0].value`, `fields["first name"]`.

use node_sdk::Resolvable;
use serde_json::Value;

/// A place among parameters.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// Where expressions may stand.
    Open(&'a Resolvable),
    /// Within a value without expressions.
    Plain(&'a Value),
}

/// What stands at a path, and the object that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) place: Place<'a>,
    pub(super) above: Place<'a>,
}

impl<'a> Place<'a> {
    fn below(self, step: &str) -> Option<Self> {
        match self {
            Self::Open(Resolvable::Literal(value)) => Self::Plain(value).below(step),
            Self::Open(Resolvable::Expression(_)) => None,
            Self::Open(Resolvable::List(list)) => list.get(step.parse::<usize>().ok()?).map(Self::Open),
            Self::Open(Resolvable::Object(fields)) => fields.iter().find(|(key, _)| key == step).map(|(_, value)| Self::Open(value)),
            Self::Plain(Value::Object(fields)) => fields.get(step).map(Self::Plain),
            Self::Plain(Value::Array(list)) => list.get(step.parse::<usize>().ok()?).map(Self::Plain),
            Self::Plain(_) => None,
        }
    }

    /// What stands at a path. A key that is written like the whole path wins.
    pub(super) fn at(self, path: &str) -> Option<Found<'a>> {
        if let Some(place) = self.below(path) {
            return Some(Found { place, above: self });
        }
        let mut found = Found { place: self, above: self };
        for step in steps(path) {
            found = Found { place: found.place.below(step)?, above: found.place };
        }
        Some(found)
    }
}

/// The steps of a path.
pub(super) fn steps(path: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let end = || rest.char_indices().skip(1).find(|(_, c)| matches!(c, '.' | '[')).map_or(rest.len(), |(at, _)| at);
        let (step, after) = rest.strip_prefix('[').and_then(bracketed).unwrap_or_else(|| rest.split_at(end()));
        steps.push(step);
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    steps
}

/// What stands in brackets, without quotes, and what comes after them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    match quote {
        Some(quote) => {
            let (inside, after) = text[1..].split_once(quote)?;
            Some((inside, after.strip_prefix(']')?))
        }
        None => text.split_once(']'),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_cut_as_lodash_cuts_them() {
        for (path, expected) in [
            ("a", &["a"][..]),
            ("a.b.c", &["a", "b", "c"]),
            ("a[0].b", &["a", "0", "b"]),
            ("a[0][1]", &["a", "0", "1"]),
            ("a[\"b.c\"].d", &["a", "b.c", "d"]),
            ("['x y']", &["x y"]),
            ("é.ü", &["é", "ü"]),
            ("a[", &["a", "["]),
            ("", &[]),
        ] {
            assert_eq!(steps(path), expected, "{path}");
        }
    }

    #[test]
    fn a_path_leads_through_literals_and_expressions() {
        let whole = Resolvable::from(&json!({"a.b": 1, "a": {"b": 2, "c": [{"d": "={{ 1 }}"}]}, "plain": [{"x": {"y": null}}]}));
        let at = |path: &str| match Place::Open(&whole).at(path)?.place {
            Place::Open(value) => Some(value.to_raw()),
            Place::Plain(value) => Some(value.clone()),
        };
        assert_eq!(at("a.b"), Some(json!(1)));
        assert_eq!(at("a[b]"), Some(json!(2)));
        assert_eq!(at("a.c[0].d"), Some(json!("={{ 1 }}")));
        assert_eq!(at("a.c.0.d"), Some(json!("={{ 1 }}")));
        assert_eq!(at("plain[0].x.y"), Some(json!(null)));
        for nothing in ["b", "a.c[1]", "a.c[0].d.e", "plain[0].x.z", "plain.length"] {
            assert_eq!(at(nothing), None, "{nothing}");
        }
    }
}
