//! What the server said in the body of an error.

use serde_json::Value;

/// What the server said: it has several ways to say it.
pub(crate) fn words(body: &Value) -> Option<String> {
    match body {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !text.starts_with('<')),
        Value::Array(list) => Some(list.iter().filter_map(words).collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty()),
        Value::Object(map) => ["message", "error", "errors", "description"].iter().find_map(|key| words(map.get(*key)?)).or_else(|| {
            let fields = map.iter().filter_map(|(key, value)| Some(format!("{key} {}", words(value)?)));
            Some(fields.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_servers_words_are_found() {
        let said = |body| words(&body);
        assert_eq!(said(json!({"message": "Name can't be blank", "attributes": ["name"]})).unwrap(), "Name can't be blank");
        assert_eq!(said(json!({"error": {"email": ["is taken", "is odd"]}})).unwrap(), "email is taken, is odd");
        assert_eq!(said(json!({"errors": ["You need to sign in"]})).unwrap(), "You need to sign in");
        assert_eq!(said(json!("Retry later\n")).unwrap(), "Retry later");
        assert_eq!(said(json!("<html>")), None);
        assert_eq!(said(json!({"status": 404, "error": "Not Found"})).unwrap(), "Not Found");
    }
}
