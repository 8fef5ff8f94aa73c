//! The tables are what the facts say, and every row is whole.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashSet;

use konverte_nodes::{RESOURCES, actions};
use node_sdk::action::{ActionSpec, Api, JsonKind, Literal, Param, ParamType, Place, Role, Shape, TokenKind, properties, schema};
use serde_json::{Map, Value, json};

#[test]
fn every_row_is_whole() {
    assert_eq!((RESOURCES.len(), actions().count()), (29, 115));
    let mut names = HashSet::new();
    for resource in RESOURCES {
        assert!(!resource.summary.is_empty() && resource.actions.iter().all(|action| action.resource == resource.name), "{}", resource.name);
    }
    for action in actions() {
        let name = format!("{} / {}", action.resource, action.operation);
        assert!(names.insert(name.clone()), "{name} is there twice");
        let sentences = action.params.iter().map(|param| param.summary.as_ref()).chain([action.summary.as_ref()]).chain(action.notes.iter());
        for sentence in sentences {
            assert!(!sentence.is_empty(), "{name}: an empty sentence");
        }
        let mut places = HashSet::new();
        for param in action.params.iter() {
            assert!(places.insert((&param.name, param.place as u8)), "{name}: {} is there twice", param.name);
            assert_eq!(param.kind == ParamType::Json, param.json.is_some(), "{name}: {}", param.name);
            assert!(param.kind != ParamType::Options || !param.choices.is_empty(), "{name}: {}", param.name);
        }
        assert!(action.repeat_given.iter().all(|param| action.param(param).is_some()), "{name}");
        assert!(action.repeatable || action.repeat_given.is_empty(), "{name}");
        assert!(action.record.iter().flat_map(|names| names.iter()).all(|param| action.param(param).is_some()), "{name}");
    }
}

/// Where a row knows better than the facts: they let null be a value, and have no key for it and say nothing of it, or contradict themselves (an
/// automation rule that is not there is answered with 500, so a repeated delete is too), or say elsewhere that there are more choices.
fn corrections() -> Value {
    let nullable = |name: &str| json!({"native": {"params": {name: {"nullable": true}}}});
    let events = json!({"native": {"params": {"subscriptions": {"options": [
        "conversation_created", "conversation_status_changed", "conversation_updated", "message_created", "message_updated", "webwidget_triggered",
        "contact_created", "contact_updated", "inbox_created", "inbox_updated", "conversation_typing_on", "conversation_typing_off",
    ]}}}});
    json!({
        "Conversations / Toggle Status Of A Conversation": {
            "native": {"params": {"status": {"nullable": true}}},
            "body_fields": [{
                "name": "status", "n8n_name": "status", "display_name": "Status", "type": "options", "n8n_type": "options", "required": true,
                "default": "open", "summary": "State to use. null turns it: open becomes resolved, any other becomes open.",
                "enum": ["open", "resolved", "pending"],
            }],
        },
        "Conversations / Toggle Priority Of A Conversation": nullable("priority"),
        "Inboxes / Update Agent Bot": nullable("agent_bot"),
        "Webhooks / Create A Webhook": events,
        "Webhooks / Update A Webhook": events,
        "Automation Rule / Delete Automation Rule From Account": {
            "notes": ["Unknown id ends in 500, so does a repeat after a lost answer: the error stands although the rule is gone."],
            "repeat_note": "no harm, but a second delete answers 500, which does not count as done",
        },
    })
}

/// The facts come back out of the tables, key by key.
#[test]
fn the_tables_equal_the_facts() {
    let facts = common::data("konverte-api/actions.json");
    let (facts, corrections) = (facts.as_array().unwrap(), corrections());
    assert_eq!(facts.len(), 115);
    for fact in facts {
        let text = |key: &str| fact[key].as_str().unwrap();
        let action = actions().find(|a| a.resource == text("resource_value") && a.operation == text("operation")).unwrap();
        let name = format!("{} / {}", action.resource, action.operation);
        let mut fact = without_words(fact);
        if let Some(corrected) = corrections[&name].as_object() {
            fact.as_object_mut().unwrap().extend(corrected.clone());
        }
        assert_eq!(fact_of(action), fact, "{name}");
    }
}

/// What native mode does not demand and what it can send besides is what the facts say of the server, row by row; n8n's form has none of it.
#[test]
fn what_the_server_takes_besides_is_what_the_facts_say() {
    let facts = common::data("konverte-api/actions.json");
    let taken = common::data("konverte-api/server-takes.json");
    let notes = |name: &str| -> Vec<Value> {
        let is_it = |fact: &&Value| format!("{} / {}", fact["resource_value"].as_str().unwrap(), fact["operation"].as_str().unwrap()) == name;
        facts.as_array().unwrap().iter().find(is_it).map(|fact| fact["notes"].as_array().unwrap().clone()).unwrap()
    };
    for (name, fact) in taken.as_object().unwrap() {
        assert!(fact["from"] != "actions.json" || notes(name).contains(&fact["fact"]), "{name}: no such fact");
    }
    let mut found = Map::new();
    for action in actions() {
        let name = format!("{} / {}", action.resource, action.operation);
        let said = |note: &str| note.contains("erver also takes") || note.contains("server also accepts");
        assert!(!action.notes.iter().any(said) || taken.get(&name).is_some(), "{name} takes more");
        let row = taken_by(action);
        let n8n = properties::fields(action, properties::Form::N8n);
        for own in action.native.params.iter() {
            assert!(!own.required && n8n.iter().all(|field| field.name != own.key()), "{name}: {}", own.name);
        }
        if !row.is_empty() {
            found.insert(name, row.into());
        }
    }
    let mut wanted = taken.clone();
    for fact in wanted.as_object_mut().unwrap().values_mut() {
        fact.as_object_mut().unwrap().retain(|key, _| !["from", "fact", "note"].contains(&key.as_str()));
    }
    assert_eq!(Value::Object(found), wanted);
}

/// What a row lets native mode leave out and send besides, in the shape of `server-takes.json`.
fn taken_by(action: &ActionSpec) -> Map<String, Value> {
    let taken = common::data("konverte-api/server-takes.json");
    let facts = &taken[format!("{} / {}", action.resource, action.operation)];
    let also = action.native.params.iter().map(|param| {
        let mut fact = json!({"in": param.place, "type": param.kind});
        if !param.choices.is_empty() {
            fact["choices"] = json!(param.choices);
        }
        (param.name.to_string(), fact)
    });
    let choices = action.params.iter().filter(|param| facts["choices"].get(&*param.name).is_some());
    let parts = [
        ("optional", action.params.iter().filter(|param| param.native.optional).map(|param| json!(param.name)).collect()),
        ("needs", json!(action.native.needs)),
        ("choices", Value::Object(choices.map(|param| (param.name.to_string(), json!(param.native.choices))).collect())),
        ("also", Value::Object(also.collect())),
    ];
    let is_said = |value: &Value| value.as_array().is_none_or(|list| !list.is_empty()) && value.as_object().is_none_or(|map| !map.is_empty());
    parts.into_iter().filter(|(_, value)| is_said(value)).map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A row in the facts' shape.
fn fact_of(action: &ActionSpec) -> Value {
    let params = |place| action.params_in(place).map(|param| param_fact(action, param)).collect::<Vec<_>>();
    let api = match action.api {
        Api::Reports => json!("reports v2"),
        other => json!(other),
    };
    let mut fact = json!({
        "resource": action.resource, "operation": action.operation, "operation_id": action.operation_id, "api": api,
        "method": action.method, "path": action.path, "tokens": action.tokens, "min_role": action.min_role,
        "path_params": params(Place::Path), "query_params": params(Place::Query), "body_fields": params(Place::Body),
        "body_encoding": action.has_body().then_some("json"), "multipart_on_server": !action.native.files.is_empty(),
        "success": {
            "status": action.success.status, "documented_status": action.success.documented_status, "shape": action.success.shape,
            "envelope": action.success.envelope, "fields": action.success.fields,
        },
        "errors": action.errors, "errors_documented": action.errors_documented, "summary": action.summary, "notes": action.notes,
        "repeatable": action.repeatable,
    });
    let fields = fact.as_object_mut().unwrap();
    if !action.repeat_note.is_empty() {
        fields.insert("repeat_note".into(), action.repeat_note.as_ref().into());
    }
    if let Some(paging) = &action.paging {
        let fact = json!({"kind": paging.kind, "param": paging.param, "size": paging.size, "items": paging.items, "end": paging.end()});
        fields.insert("paging".into(), fact);
    }
    let native = native_fact(action);
    if !native.is_empty() {
        fields.insert("native".into(), native.into());
    }
    fact
}

fn param_fact(action: &ActionSpec, param: &Param) -> Value {
    let n8n_type = match param.kind {
        ParamType::Integer | ParamType::Number => json!("number"),
        other => json!(other),
    };
    let mut fact = json!({
        "name": param.name, "n8n_name": param.key(), "display_name": param.display_name(), "type": param.kind, "n8n_type": n8n_type,
        "required": param.required, "default": param.default, "summary": param.summary,
    });
    let fields = fact.as_object_mut().unwrap();
    let mut add = |key: &str, value: Value| _ = fields.insert(key.into(), value);
    if !param.choices.is_empty() {
        add("enum", json!(param.choices));
    }
    if param.kind == ParamType::Options && param.place == Place::Query {
        add("wire_type", json!("string"));
    }
    if let Some(kind) = param.json {
        let items = match kind {
            JsonKind::Object => None,
            JsonKind::Integers => Some("integer"),
            JsonKind::Strings => Some("string"),
            JsonKind::Objects => Some("object"),
        };
        add("json_kind", json!(if items.is_some() { "array" } else { "object" }));
        add("parsed", json!(param.parsed));
        if let Some(items) = items {
            add("items", json!(items));
        }
    }
    if action.is_double(param) {
        add("shares_n8n_property_with", json!("path"));
    }
    if param.place == Place::Body && action.native.files.iter().any(|file| file.name == param.name) {
        add("file", json!(true));
    }
    fact
}

fn native_fact(action: &ActionSpec) -> Map<String, Value> {
    let mut native = Map::new();
    let mut params = Map::new();
    for param in action.params.iter().filter(|param| param.native != Default::default()) {
        let mut fact = Map::new();
        if let Some(kind) = param.native.kind {
            fact.insert("type".into(), json!(kind));
        }
        if !param.native.choices.is_empty() && !taken_choices(action, param) {
            fact.insert("options".into(), json!(param.native.choices));
        }
        if param.native.default != Literal::None {
            fact.insert("default".into(), json!(param.native.default));
        }
        if let (Some(name), Some(place)) = (&param.native.send_as, param.native.place) {
            fact.insert("send_as".into(), json!(name));
            fact.insert("in".into(), json!(place));
        }
        if param.native.nullable {
            fact.insert("nullable".into(), json!(true));
        }
        if !fact.is_empty() {
            params.insert(param.name.to_string(), fact.into());
        }
    }
    if !params.is_empty() {
        native.insert("params".into(), params.into());
    }
    for (key, value) in [
        ("path", &action.native.path),
        ("accept", &action.native.accept),
        ("note", &Some(action.native.note.clone()).filter(|note| !note.is_empty())),
    ] {
        native.extend(value.as_ref().map(|value| (key.to_owned(), json!(value))));
    }
    if !action.native.files.is_empty() {
        let files = action.native.files.iter().map(|file| {
            json!({
                "name": file.name, "field": file.field, "multiple": file.max_files > 1, "max_files": file.max_files, "max_bytes": file.max_bytes,
                "types": if file.types.is_empty() { Value::Null } else { json!(file.types) },
            })
        });
        native.insert("files".into(), files.collect());
    }
    native
}

/// Whether the choices stand in `server-takes.json`, because the facts tell them in words.
fn taken_choices(action: &ActionSpec, param: &Param) -> bool {
    taken_by(action).get("choices").is_some_and(|choices| choices.get(&*param.name).is_some())
}

/// A fact without what repeats another key in other words.
fn without_words(fact: &Value) -> Value {
    let mut fact = fact.clone();
    let fields = fact.as_object_mut().unwrap();
    for key in ["resource_key", "resource_value", "operation_key"] {
        fields.shift_remove(key);
    }
    if let Some(files) = fields.get_mut("native").and_then(|native| native.get_mut("files")).and_then(Value::as_array_mut) {
        for file in files {
            file.as_object_mut().unwrap().shift_remove("value");
        }
    }
    fact
}

#[test]
fn tokens_and_roles_follow_the_api() {
    for action in actions() {
        let user = matches!(action.api, Api::Application | Api::Reports);
        assert_eq!((user, user), (action.tokens.contains(&TokenKind::User), action.min_role.is_some()), "{}", action.operation);
        assert_eq!(action.api == Api::Platform, action.tokens.as_ref() == [TokenKind::PlatformApp], "{}", action.operation);
    }
    assert_eq!(actions().filter(|action| action.min_role == Some(Role::Administrator)).count(), 42);
}

#[test]
fn a_row_survives_its_json() {
    for action in actions() {
        let text = serde_json::to_string(action).unwrap();
        assert_eq!(*action, serde_json::from_str::<ActionSpec>(&text).unwrap(), "{text}");
    }
}

#[test]
fn every_action_has_a_schema_and_properties() {
    for action in actions() {
        jsonschema::validator_for(&schema::parameters(action)).unwrap();
        jsonschema::validator_for(&schema::request(action, Place::Body)).unwrap();
        for form in [properties::Form::N8n, properties::Form::Native] {
            let fields = properties::fields(action, form);
            let names: HashSet<_> = fields.iter().map(|field| field.name.clone()).collect();
            assert_eq!(names.len(), fields.len(), "{}", action.operation);
            assert!(fields.iter().all(|field| !field.description.is_empty() && field.display.is_some()), "{}", action.operation);
        }
        assert!(action.success.shape != Shape::Empty || action.success.fields.is_empty());
    }
    // n8n's generator makes 548: six keys stand in path and body, which is one property here, and `requestOptions` is n8n's own.
    assert_eq!(properties::of(RESOURCES, properties::Form::N8n).len(), 548 - 6 + 1);
}
