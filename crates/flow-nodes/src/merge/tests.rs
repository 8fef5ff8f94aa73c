//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{fails, numbers, puts_out};

const NODE: &str = "merge";

#[test]
fn options() {
    let inputs = || json!([[{"id": 1, "a": 1}, {"id": 2, "a": 2}], [{"id": 2, "a": 3}]]);
    let fields = |more: Value| {
        let mut parameters = json!({"mode": "combine", "fieldsToMatchString": "id"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let clash = |values: Value| json!({"options": {"clashHandling": {"values": values}}});
    puts_out(
        NODE,
        vec![
            (3.2, fields(json!({"joinMode": "keepNonMatches", "outputDataFrom": "input2"})), json!([[{"id": 1}], []]), json!([])),
            (
                3.2,
                fields(json!({"joinMode": "enrichInput1", "advanced": true, "mergeByFields": {"values": []}})),
                inputs(),
                json!([{"id": 1, "a": 1}, {"id": 2, "a": 2}]),
            ),
            (
                3.2,
                fields(
                    json!({"advanced": true, "mergeByFields": {"values": [{"field1": "none", "field2": "id"}, {"field1": "id", "field2": "id"}]}}),
                ),
                inputs(),
                json!([{"id": 2, "a": 3}]),
            ),
            (3.2, fields(clash(json!({"resolveClash": "preferInput1"}))), inputs(), json!([{"id": 2, "a": 2}])),
            (3.2, fields(clash(json!({"mergeMode": "shallowMerge"}))), inputs(), json!([{}])),
        ],
    );
    fails(
        NODE,
        vec![
            (
                3.2,
                fields(json!({"fieldsToMatchString": "id,"})),
                inputs(),
                "You need to define both fields in \"Fields to Match\" for pair 2,\n\t\t\t\t field 1 = ''\n\t\t\t\t field 2 = ''",
            ),
            (3.2, json!({"mode": "chooseBranch", "useDataOfInput": 3}), inputs(), "Input 3 doesn't exist"),
            (3.2, json!({"mode": "chooseBranch", "useDataOfInput": "={{ 'b' }}"}), inputs(), "Invalid input for 'Use Data of Input' [item 0]"),
        ],
    );
}

#[test]
fn sql_is_not_supported() {
    let query = json!({"mode": "combineBySql", "query": "SELECT 1"});
    fails(NODE, vec![(3.2, query, json!([numbers(1), numbers(1)]), "Merge cannot combine with an SQL query yet")]);
}
