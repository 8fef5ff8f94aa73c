//! What the recordings of n8n do not show.

use node_sdk::{Evaluated, Kind};
use serde_json::json;

use crate::testing::{fails, hands_its_input_on, node, numbers};

const NODE: &str = "stopAndError";

#[test]
fn the_message_of_an_object() {
    for (object, message, description) in [
        (json!({"message": "m", "description": "d"}), "m", Some("d")),
        (json!({"message": "", "description": "d"}), "d", Some("d")),
        (json!({"message": 404, "error": "e"}), "e", None),
        (json!({"error": {"message": "m"}}), "Error: {\"error\":{\"message\":\"m\"}}", None),
    ] {
        let error = super::from_object(&object);
        assert_eq!((error.message.as_str(), error.description.as_deref()), (message, description));
    }
}

#[test]
fn a_message_of_any_kind() {
    for (value, kind, message) in [
        (json!(404), Kind::Json, "404"),
        (json!(false), Kind::Json, "false"),
        (json!(""), Kind::Json, ""),
        (json!({"description": "d"}), Kind::Json, "d"),
        (json!(["a"]), Kind::Json, "Error: [\"a\"]"),
        (json!(null), Kind::Json, "The parameter \"errorMessage\" must be a text, but it is null"),
        (json!(null), Kind::Undefined, "The parameter \"errorMessage\" must be a text, but it is undefined"),
    ] {
        assert_eq!(super::from_message(Some(Evaluated { value, kind })).message, message);
    }
}

#[test]
fn a_message_that_names_a_common_error() {
    let stop = |message: &str| json!({"errorMessage": message});
    fails(
        NODE,
        vec![
            (1.0, stop("connect econnrefused 127.0.0.1"), json!([[{}]]), "The service refused the connection - perhaps it is offline"),
            (1.0, stop("refused"), json!([[{}]]), "refused"),
        ],
    );
}

#[test]
fn a_message_that_an_expression_gives() {
    let item = || json!([[{"id": 7}]]);
    fails(
        NODE,
        vec![
            (1.0, json!({"errorMessage": "={{ $json.id }}"}), item(), "7"),
            (1.0, json!({"errorMessage": "={{ $json.nope }}"}), item(), "The parameter \"errorMessage\" must be a text, but it is undefined"),
        ],
    );
    hands_its_input_on(NODE, vec![(1.0, json!({"errorMessage": "end"}))]);
}

#[test]
fn json_in_a_parameter_is_read_as_javascript_reads_it() {
    let stop = |object: &str| node(NODE).parameters(json!({"errorType": "errorObject", "errorObject": object})).input(numbers(1)).run();
    assert_eq!(stop(r#"{"message": "cut \ud83d"}"#).message(), "cut \u{fffd}");
    let deep = format!(r#"{{"message": {}{}}}"#, "[".repeat(200), "]".repeat(200));
    assert!(stop(&deep).message().contains("nested deeper than 128"), "{}", stop(&deep).message());
}
