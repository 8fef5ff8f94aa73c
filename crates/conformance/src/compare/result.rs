//! What the node `N` came to, and what was recorded of it: the status, its error, its items.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Apart;
use super::values::{MASK, difference, short};

/// The first difference of the run's JSON: `status`, the error, the items of each output, then their pairing.
pub(crate) fn result_differs(expected: &Value, got: &Value, apart: &mut Apart) -> Option<String> {
    items_differ(expected, got, apart)
        .or_else(|| difference(&outputs(&expected["outputs"], pairing), &outputs(&run(got)["outputs"], pairing), "pairing"))
}

/// The first difference without the pairing.
pub(crate) fn items_differ(expected: &Value, got: &Value, apart: &mut Apart) -> Option<String> {
    let run = run(got);
    let error = if run["error"].is_null() { &got["error"] } else { &run["error"] };
    if let Some(why) = difference(&expected["status"], &got["status"], "status") {
        return Some(format!("{why} ({})", message(error)));
    }
    let recorded = &expected["error"];
    if recorded.is_null() != error.is_null() {
        return Some(format!("error {} instead of {}", short(message(error)), short(message(recorded))));
    }
    if !recorded.is_null() {
        if let Some(why) = difference(&recorded["message"], message(error), "message") {
            return Some(why);
        }
        apart.note("errors' descriptions", difference(&recorded["description"], &error["description"], "").is_none());
        if let Some(status) = recorded["httpCode"].as_str().and_then(|code| code.parse::<u16>().ok()) {
            apart.note("errors' HTTP status", error["http"]["status"] == status);
        }
    }
    saved_tokens(expected, got, apart);
    difference(&outputs(&expected["outputs"], item), &outputs(&run["outputs"], item), "outputs")
}

/// The last run of the node.
fn run(got: &Value) -> &Value {
    got["nodes"]["N"]["runs"].as_array().and_then(|runs| runs.last()).unwrap_or(&Value::Null)
}

/// Tokens that were stored, of a recording that has some.
pub(crate) fn saved_tokens(expected: &Value, got: &Value, apart: &mut Apart) {
    let is_token = |name: &str| name.to_ascii_lowercase().contains("token");
    let tokens = |of: &Value| -> Value {
        let one = |saved: &Value| {
            let fields = saved["data"].as_object().into_iter().flatten().filter(|(name, _)| is_token(name));
            json!([saved["type"], fields.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>()])
        };
        of["savedCredentials"].as_array().into_iter().flatten().map(one).collect()
    };
    if expected["savedCredentials"].as_array().is_some_and(|saved| !saved.is_empty()) {
        apart.note("saved tokens", difference(&tokens(expected), &tokens(got), "").is_none());
    }
}

fn message(error: &Value) -> &Value {
    error.get("message").unwrap_or(error)
}

/// The outputs with what `what` takes of each item; empty ones at the end are left out.
fn outputs(outputs: &Value, what: fn(&Value) -> Value) -> Value {
    http_lab::recorded::trimmed(outputs, what)
}

fn item(item: &Value) -> Value {
    let Value::Object(all) = item else { return item.clone() };
    let own = all.iter().filter(|(key, _)| !matches!(key.as_str(), "binary" | "pairedItem" | "error"));
    let mut shown: Map<String, Value> = own.map(|(key, value)| (key.clone(), value.clone())).collect();
    if let Some(files) = item["binary"].as_object().filter(|files| !files.is_empty()) {
        shown.insert("binary".into(), files.iter().map(|(key, file)| (key.clone(), self::file(file))).collect());
    }
    if !item["error"].is_null() {
        shown.insert("error".into(), message(&item["error"]).clone());
    }
    Value::Object(shown)
}

/// Name, kind, size and content; what a recording leaves out of size and kind is not compared.
fn file(file: &Value) -> Value {
    // Ours is text or base64, the recorded one n8n's `data`.
    let bytes = || ["base64", "data"].iter().find_map(|key| file[*key].as_str()).unwrap_or_default().to_owned();
    let content = file["text"].as_str().map_or_else(bytes, |text| STANDARD.encode(text));
    let or_any = |key: &str| file.get(key).cloned().unwrap_or_else(|| MASK.into());
    json!({
        "mimeType": file["mimeType"],
        "fileName": file["fileName"],
        "fileExtension": file["fileExtension"],
        "fileType": or_any("fileType"),
        "fileSize": or_any("fileSize"),
        "content": content,
    })
}

/// The origins of an item, each an item and an input.
fn pairing(item: &Value) -> Value {
    let origin = |paired: &Value| -> Value {
        let mut origin = json!({"input": 0});
        match paired {
            Value::Object(told) => told.iter().for_each(|(key, value)| origin[key] = value.clone()),
            index => origin["item"] = index.clone(),
        }
        origin
    };
    match &item["pairedItem"] {
        Value::Null => json!([]),
        Value::Array(list) => list.iter().map(origin).collect(),
        one => json!([origin(one)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differ(expected: &Value, changed: &str, value: Value) -> Option<String> {
        let mut run = json!({"outputs": [[{"json": {"a": 1}, "pairedItem": {"item": 0}}], []]});
        let mut got = json!({"status": "success"});
        let place = if changed == "status" { &mut got } else { &mut run };
        place[changed] = value;
        got["nodes"]["N"]["runs"] = json!([{"outputs": []}, run]);
        result_differs(expected, &got, &mut Apart::default())
    }

    #[test]
    fn status_error_items_and_pairing_count() {
        let expected = json!({"status": "success", "error": null, "outputs": [[{"json": {"a": 1}, "pairedItem": 0}]]});
        let outputs = |json: Value, pairing: Value| json!([[{"json": json, "pairedItem": pairing}]]);
        assert_eq!(differ(&expected, "outputs", outputs(json!({"a": 1}), json!([{"item": 0, "input": 0}]))), None);
        for (changed, value, why) in [
            ("status", json!("error"), "status"),
            ("error", json!({"message": "no"}), "error \"no\" instead of null"),
            ("outputs", outputs(json!({"a": 2}), json!(0)), "outputs[0][0].json.a"),
            ("outputs", outputs(json!({"a": 1}), json!(1)), "pairing[0][0][0].item"),
            ("outputs", json!([[{"json": {"a": 1}, "pairedItem": 0, "error": "e"}]]), "error besides"),
            ("outputs", json!([[{"json": {"a": 1}, "pairedItem": 0, "binary": {"f": {}}}]]), "binary besides"),
        ] {
            let found = differ(&expected, changed, value);
            assert!(found.as_ref().is_some_and(|found| found.contains(why)), "{why}: {found:?}");
        }
    }

    #[test]
    fn an_error_is_its_message_and_a_file_its_content() {
        let failed = json!({"status": "success", "error": {"message": "No", "description": "x"}, "outputs": null});
        let mut apart = Apart::default();
        let got = |message: &str| json!({"status": "success", "nodes": {"N": {"runs": [{"error": {"message": message}, "outputs": [[]]}]}}});
        assert_eq!(result_differs(&failed, &got("No"), &mut apart), None);
        assert_eq!(apart.to_string(), "0 of 1 errors' descriptions");
        assert!(result_differs(&failed, &got("Yes"), &mut apart).is_some());
        let with = |file: Value| json!({"status": "success", "error": null, "outputs": [[{"json": {}, "binary": {"f": file}}]]});
        let recorded = with(json!({"mimeType": "text/plain", "data": "aGk="}));
        let differ = |file: Value| differ(&recorded, "outputs", with(file)["outputs"].take());
        for (key, content) in [("data", "aGk="), ("base64", "aGk="), ("text", "hi")] {
            assert_eq!(differ(json!({"mimeType": "text/plain", key: content, "fileSize": "2 B"})), None);
        }
        assert!(differ(json!({"mimeType": "text/plain", "data": "aGo="})).is_some());
    }
}
