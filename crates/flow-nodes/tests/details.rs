//! What n8n's nodes do with options that no recording uses: a row for each.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use node_sdk::Provider;
use node_testkit::{Harness, Ran};
use serde_json::{Value, json};

/// Runs a node of this version; each of `inputs` is a list of items.
fn run(node: &str, version: f64, parameters: &Value, inputs: Value) -> Ran {
    let node = flow_nodes::provider().find(&format!("n8n-nodes-base.{node}")).unwrap();
    let harness = Harness::new(node).version(version).parameters(parameters.clone());
    let list = |value: Value| value.as_array().unwrap().clone();
    list(inputs).into_iter().fold(harness, |harness, items| harness.input(list(items))).run()
}

/// (node, version, parameters, inputs, the first output)
fn puts_out(rows: Vec<(&str, f64, Value, Value, Value)>) {
    for (node, version, parameters, inputs, expected) in rows {
        let ran = run(node, version, &parameters, inputs);
        assert_eq!(Value::Array(ran.json(0)), expected, "{node} {version} {parameters}: {:?}", ran.error);
    }
}

/// (node, version, parameters, inputs, the error's message)
fn fails(rows: Vec<(&str, f64, Value, Value, &str)>) {
    for (node, version, parameters, inputs, expected) in rows {
        let ran = run(node, version, &parameters, inputs);
        assert_eq!(ran.message(), expected, "{node} {version} {parameters}");
    }
}

#[test]
fn lists() {
    let abc = || json!([[{"i": 0}, {"i": 1}, {"i": 2}]]);
    puts_out(vec![
        ("limit", 1.0, json!({"maxItems": "={{ -1 }}"}), abc(), json!([{"i": 0}, {"i": 1}])),
        ("limit", 1.0, json!({"maxItems": "={{ '2' }}", "keep": "lastItems"}), abc(), json!([{"i": 1}, {"i": 2}])),
        (
            "aggregate",
            1.0,
            json!({"aggregate": "aggregateAllItemData", "include": "specifiedFields", "fieldsToInclude": "={{ ['a'] }}"}),
            json!([[{"a": 1, "b": 2}, {"b": 3}]]),
            json!([{"data": [{"a": 1}]}]),
        ),
        (
            "splitOut",
            1.0,
            json!({"fieldToSplitOut": "l", "include": "selectedOtherFields", "fieldsToInclude": "k, none"}),
            json!([[{"l": [1, 2], "k": 5}]]),
            json!([{"l": 1, "k": 5}, {"l": 2, "k": 5}]),
        ),
        ("splitOut", 1.0, json!({"fieldToSplitOut": "l", "include": "selectedOtherFields"}), json!([[{"k": 5}]]), json!([])),
        ("splitOut", 1.0, json!({"fieldToSplitOut": "$json.l,", "options": {}}), json!([[{"l": [{"x": 1}]}]]), json!([{"l": {"x": 1}}])),
    ]);
    fails(vec![
        (
            "aggregate",
            1.0,
            json!({"aggregate": "aggregateAllItemData", "include": "specifiedFields", "fieldsToInclude": "={{ 5 }}"}),
            abc(),
            "The 'Fields To Include' parameter must be a string of fields separated by commas or an array of strings.",
        ),
        ("removeDuplicates", 2.0, json!({}), json!([[{"": 1}]]), "Name of field to compare is blank"),
        ("sort", 1.0, json!({"type": "code", "code": "return nope"}), abc(), "nope is not defined"),
    ]);
}

/// The values of `i` in an output of a node that is given 0, 1 and 2, with this expression as this parameter.
fn of_three(node: &str, parameter: &str, expression: &str, keep: &str, output: usize) -> Vec<i64> {
    let parameters = json!({parameter: format!("={{{{ {expression} }}}}"), "keep": keep});
    let version = if node == "limit" { 1.0 } else { 3.0 };
    let ran = run(node, version, &parameters, json!([[{"i": 0}, {"i": 1}, {"i": 2}]]));
    ran.json(output).iter().map(|item| item["i"].as_i64().unwrap()).collect()
}

#[test]
fn numbers_are_what_javascript_makes_of_them() {
    for (limit, first, last) in [
        ("$json.none", &[0, 1, 2][..], &[0, 1, 2][..]),
        ("null", &[], &[]),
        ("'abc'", &[], &[0, 1, 2]),
        ("NaN", &[], &[0, 1, 2]),
        ("Infinity", &[0, 1, 2], &[0, 1, 2]),
        ("-1", &[0, 1], &[]),
        ("1.9", &[0], &[1, 2]),
        ("'2'", &[0, 1], &[1, 2]),
    ] {
        assert_eq!(of_three("limit", "maxItems", limit, "firstItems", 0), first, "the first {limit}");
        assert_eq!(of_three("limit", "maxItems", limit, "lastItems", 0), last, "the last {limit}");
    }
    for (size, batch) in [("$json.none", &[][..]), ("0", &[]), ("-1", &[]), ("'x'", &[]), ("0.5", &[]), ("'2'", &[0, 1]), ("Infinity", &[0, 1, 2])] {
        assert_eq!(of_three("splitInBatches", "batchSize", size, "", 1), batch, "a batch of {size}");
    }
}

#[test]
fn only_items_that_are_left_are_origins() {
    let parameters = json!({"aggregate": "aggregateAllItemData", "include": "allFieldsExcept", "fieldsToExclude": "a"});
    let ran = run("aggregate", 1.0, &parameters, json!([[{"a": 1}, {"b": 2}, {"a": 3}]]));
    assert_eq!(ran.outputs[0][0].to_value()["pairedItem"], json!([{"item": 1}]));
}

#[test]
fn set_in_old_versions() {
    let fields = |values: Value| json!({"include": "none", "fields": {"values": values}, "options": {}});
    let object = |text: &str| fields(json!([{"name": "o", "type": "objectValue", "objectValue": text}]));
    let text = || fields(json!([{"name": "s", "type": "stringValue", "stringValue": "={{ $json.none ?? null }}"}]));
    let item = || json!([[{"l": {"k": [1]}}]]);
    puts_out(vec![
        ("set", 3.0, object("={\"x\": {{ $json.l }}, y: 'z',}"), item(), json!([{"o": {"x": {"k": [1]}, "y": "z"}}])),
        ("set", 3.0, text(), item(), json!([{"s": "null"}])),
        ("set", 3.2, text(), item(), json!([{"s": null}])),
        ("set", 3.2, object("={{ $json.none }}"), item(), json!([{"o": null}])),
    ]);
    fails(vec![
        ("set", 3.1, text(), item(), "'s' expects a string but we got 'null' [item 0]"),
        ("set", 3.2, object("={ \"a\": \"{{ $json.l }}\" }"), item(), "The entry \"o\" inside 'Fields to Set' in item 0 contains invalid JSON"),
        ("set", 3.2, object("={{ [1] }}"), item(), "The entry \"o\" inside 'Fields to Set' in item 0 does not contain a valid JSON object"),
    ]);
}

#[test]
fn set_names_and_copies() {
    let one = |name: &str, more: Value| {
        let mut parameters =
            json!({"assignments": {"assignments": [{"id": "1", "name": name, "type": "number", "value": 1}]}, "options": {"dotNotation": false}});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let raw = json!({"mode": "raw", "jsonOutput": "{\"a\": 1}", "duplicateItem": true, "duplicateCount": 1});
    puts_out(vec![
        ("set", 3.4, one("['a.b']", json!({})), json!([[{}]]), json!([{"a.b": 1}])),
        (
            "set",
            3.4,
            one("a.b", json!({"includeOtherFields": true, "include": "except", "excludeFields": "[\"c.d\"]"})),
            json!([[{"c.d": 2, "e": 3}]]),
            json!([{"e": 3, "a.b": 1}]),
        ),
        ("set", 3.4, raw, json!([[{}]]), json!([{"a": 1}, {"a": 1}])),
    ]);
}

#[test]
fn merge_options() {
    let inputs = || json!([[{"id": 1, "a": 1}, {"id": 2, "a": 2}], [{"id": 2, "a": 3}]]);
    let fields = |more: Value| {
        let mut parameters = json!({"mode": "combine", "fieldsToMatchString": "id"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let clash = |values: Value| json!({"options": {"clashHandling": {"values": values}}});
    puts_out(vec![
        ("merge", 3.2, fields(json!({"joinMode": "keepNonMatches", "outputDataFrom": "input2"})), json!([[{"id": 1}], []]), json!([])),
        (
            "merge",
            3.2,
            fields(json!({"joinMode": "enrichInput1", "advanced": true, "mergeByFields": {"values": []}})),
            inputs(),
            json!([{"id": 1, "a": 1}, {"id": 2, "a": 2}]),
        ),
        (
            "merge",
            3.2,
            fields(json!({"advanced": true, "mergeByFields": {"values": [{"field1": "none", "field2": "id"}, {"field1": "id", "field2": "id"}]}})),
            inputs(),
            json!([{"id": 2, "a": 3}]),
        ),
        ("merge", 3.2, fields(clash(json!({"resolveClash": "preferInput1"}))), inputs(), json!([{"id": 2, "a": 2}])),
        ("merge", 3.2, fields(clash(json!({"mergeMode": "shallowMerge"}))), inputs(), json!([{}])),
    ]);
    fails(vec![
        (
            "merge",
            3.2,
            fields(json!({"fieldsToMatchString": "id,"})),
            inputs(),
            "You need to define both fields in \"Fields to Match\" for pair 2,\n\t\t\t\t field 1 = ''\n\t\t\t\t field 2 = ''",
        ),
        ("merge", 3.2, json!({"mode": "chooseBranch", "useDataOfInput": 3}), inputs(), "Input 3 doesn't exist"),
        ("merge", 3.2, json!({"mode": "chooseBranch", "useDataOfInput": "={{ 'b' }}"}), inputs(), "Invalid input for 'Use Data of Input' [item 0]"),
    ]);
}

#[test]
fn nothing_is_no_number_since_version_3_of_the_conditions() {
    let conditions = |version: f64| {
        let condition =
            json!({"leftValue": "={{ $json.v }}", "rightValue": 0, "operator": {"type": "number", "operation": "notExists", "singleValue": true}});
        json!({"conditions": {"options": {"version": version, "typeValidation": "strict"}, "conditions": [condition], "combinator": "and"}})
    };
    puts_out(vec![("filter", 2.3, conditions(3.0), json!([[{"v": " "}, {"v": []}, {"v": 0}, {}]]), json!([{"v": " "}, {"v": []}, {}]))]);
    fails(vec![(
        "filter",
        2.3,
        conditions(2.0),
        json!([[{"v": ""}]]),
        "Wrong type: '' is a string but was expecting a number [condition 0, item 0]",
    )]);
}

#[test]
fn duplicates_across_runs() {
    let seen = |more: Value| {
        let mut parameters = json!({"operation": "removeItemsSeenInPreviousExecutions", "dedupeValue": "={{ $json.v }}"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let by = |logic: &str, path: &str| seen(json!({"logic": logic, path: "={{ $json.v }}"}));
    let values = |list: Value| json!([list.as_array().unwrap().iter().map(|v| json!({"v": v})).collect::<Vec<_>>()]);
    puts_out(vec![
        // The order of the keys of a JavaScript object: whole numbers first.
        ("removeDuplicates", 2.0, seen(json!({})), values(json!(["b", 10, 2, "b"])), json!([{"v": 2}, {"v": 10}, {"v": "b"}, {"v": "b"}])),
        (
            "removeDuplicates",
            2.0,
            by("removeItemsUpToStoredIncrementalKey", "incrementalDedupeValue"),
            values(json!([3, "1", ""])),
            json!([{"v": ""}, {"v": "1"}, {"v": 3}]),
        ),
    ]);
    fails(vec![
        (
            "removeDuplicates",
            2.0,
            by("removeItemsUpToStoredIncrementalKey", "incrementalDedupeValue"),
            values(json!(["x"])),
            "The value 'x' is not a number. Please provide a number.",
        ),
        (
            "removeDuplicates",
            2.0,
            by("removeItemsUpToStoredDate", "dateDedupeValue"),
            values(json!(["x"])),
            "The value 'x' is not a valid date. Please provide a valid date.",
        ),
        (
            "removeDuplicates",
            2.0,
            seen(json!({"options": {"scope": "={{ 'all' }}"}})),
            values(json!([1])),
            "The scope 'all' is not supported. Please select either \"node\" or \"workflow\".",
        ),
    ]);
}

#[test]
fn outputs_that_a_switch_does_not_have() {
    let to = |output: &str| json!({"mode": "expression", "numberOutputs": 3, "output": format!("={{{{ {output} }}}}")});
    let one = || json!([[{}]]);
    puts_out(vec![("switch", 3.4, to("'0'"), one(), json!([{}]))]);
    fails(vec![
        ("switch", 3.4, to("3"), one(), "The ouput 3 is not allowed. "),
        ("switch", 3.4, to("4"), one(), "The ouput 4 is not allowed"),
        ("switch", 3.4, to("-1"), one(), "The ouput -1 is not allowed"),
        ("switch", 3.4, to("1.5"), one(), "Cannot read properties of undefined (reading 'push')"),
        ("switch", 3.4, to("undefined"), one(), "Cannot read properties of undefined (reading 'push')"),
        ("switch", 3.4, to("null"), one(), "Cannot read properties of undefined (reading 'push')"),
        ("switch", 3.4, to("'abc'"), one(), "Invalid input for 'Output Index' [item 0]"),
        ("switch", 3.4, to("NaN"), one(), "Invalid input for 'Output Index' [item 0]"),
    ]);
}

#[test]
fn what_another_workflow_is_given() {
    let call = |value: &str, mode: &str| {
        json!({"source": "database", "workflowId": {"__rl": true, "mode": "id", "value": "w"}, "mode": mode, "workflowInputs": {"mappingMode": "defineBelow",
            "value": {"n": value}, "schema": [{"id": "n", "displayName": "n", "type": "number"}], "attemptToConvertTypes": false}})
    };
    fails(vec![
        ("executeWorkflow", 1.2, call("={{ '5' }}", "once"), json!([[{}]]), "Invalid input for 'n' [item 0]"),
        ("executeWorkflow", 1.2, call("={{ 5 }}", "each"), json!([[{}]]), "Error executing workflow with item at index 0"),
        (
            "executeWorkflow",
            1.2,
            json!({"workflowInputs": {"value": null, "schema": []}, "workflowId": "w"}),
            json!([[{}]]),
            "Cannot convert undefined or null to object",
        ),
        (
            "executeWorkflowTrigger",
            1.1,
            json!({"inputSource": "jsonExample", "jsonExample": "[1]"}),
            json!([[{}]]),
            "Invalid JSON schema. Missing key `properties` in schema",
        ),
    ]);
}

#[test]
fn a_message_that_names_a_common_error() {
    let stop = |message: &str| json!({"errorMessage": message});
    fails(vec![
        ("stopAndError", 1.0, stop("connect econnrefused 127.0.0.1"), json!([[{}]]), "The service refused the connection - perhaps it is offline"),
        ("stopAndError", 1.0, stop("refused"), json!([[{}]]), "refused"),
    ]);
}

#[test]
fn where_items_go_whose_call_failed() {
    let outputs = |version: f64, on_error: &str| {
        let node = flow_nodes::provider().find("n8n-nodes-base.executeWorkflow").unwrap();
        let parameters = json!({"workflowId": {"__rl": true, "mode": "id", "value": "none"}, "mode": "each"});
        let harness = Harness::new(node).version(version).parameters(parameters).field("onError", json!(on_error));
        let ran = harness.input([json!({"id": 1}), json!({"id": 2})]).run();
        ran.outputs.iter().filter_map(|items| items.len()).collect::<Vec<_>>()
    };
    assert_eq!(outputs(1.2, "continueRegularOutput"), [1, 1], "n8n's defect: an output for each item");
    assert_eq!(outputs(1.3, "continueRegularOutput"), [2]);
    assert_eq!(outputs(1.4, "continueErrorOutput"), [0, 2]);
}

#[test]
fn conditions_that_leave_something_out() {
    let filter = |more: Value| {
        let list = json!([{"leftValue": "={{ $json.i }}", "rightValue": 1, "operator": {"type": "number", "operation": "equals"}}]);
        let mut conditions = json!({"conditions": list, "options": {"caseSensitive": true, "typeValidation": "strict", "version": 2}});
        conditions.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        conditions.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        json!({"conditions": conditions})
    };
    let two = || json!([[{"i": 1}, {"i": 2}]]);
    puts_out(vec![
        ("filter", 2.2, filter(json!({"combinator": "and"})), two(), json!([{"i": 1}])),
        ("filter", 2.2, filter(json!({})), two(), json!([{"i": 1}])),
        ("filter", 2.2, filter(json!({"options": null})), two(), json!([{"i": 1}])),
        ("filter", 2.2, filter(json!({"options": {}})), json!([[{"i": 1}]]), json!([{"i": 1}])),
        // Without conditions there is a value that n8n takes for true.
        ("filter", 2.2, json!({}), two(), json!([{"i": 1}, {"i": 2}])),
        ("filter", 2.2, filter(json!({"combinator": "AND"})), two(), json!([])),
        ("filter", 2.2, filter(json!({"combinator": "or", "conditions": []})), two(), json!([])),
    ]);
    // What is filled in: strict types, capitals that count.
    let strict = "Wrong type: '1' is a string but was expecting a number [condition 0, item 0]";
    for options in [json!(null), json!({}), json!({"caseSensitive": false, "version": 2})] {
        fails(vec![("filter", 2.2, filter(json!({ "options": options })), json!([[{"i": "1"}]]), strict)]);
    }
    let capital = json!([{"leftValue": "={{ $json.t }}", "rightValue": "Yes", "operator": {"type": "string", "operation": "equals"}}]);
    let texts = || json!([[{"t": "Yes"}, {"t": "yes"}]]);
    let rules = |conditions: Value| json!({"rules": {"values": [{"conditions": conditions}]}, "options": {}});
    puts_out(vec![
        ("if", 2.0, json!({"conditions": {"options": {"typeValidation": "loose"}, "conditions": capital}}), texts(), json!([{"t": "Yes"}])),
        ("switch", 3.2, rules(json!({"options": {"version": 2}, "conditions": capital})), texts(), json!([{"t": "Yes"}])),
        ("switch", 3.2, rules(json!({"options": {"caseSensitive": false}, "conditions": capital})), texts(), json!([{"t": "Yes"}, {"t": "yes"}])),
    ]);
}

/// Values of expressions where the nodes want text: what JavaScript makes of them, or the error that it ends in.
#[test]
fn what_is_no_text_where_text_is_wanted() {
    let item = || json!([[{"l": [1, 2], "id": 7, "none": null}]]);
    let split = |field: &str| json!({ "fieldToSplitOut": field, "options": {} });
    let aggregate = |field: Value| json!({"fieldsToAggregate": {"fieldToAggregate": [field]}, "options": {}});
    let whole = |name: &str| json!({"aggregate": "aggregateAllItemData", "include": "specifiedFields", "fieldsToInclude": "id", "destinationFieldName": name});
    let named = |name: &str| json!({"assignments": {"assignments": [{"id": "1", "name": name, "type": "number", "value": 1}]}, "options": {}});
    let kept = |names: &str| json!({"includeOtherFields": true, "include": "selected", "includeFields": names, "options": {}});
    let sorted = |field: &str| json!({"sortFieldsUi": {"sortField": [{"fieldName": field}]}, "options": {}});
    puts_out(vec![
        ("splitOut", 1.0, split("={{ ['l'] }}"), item(), json!([{"l": 1}, {"l": 2}])),
        ("splitOut", 1.0, split("={{ [{}] }}"), item(), json!([])),
        ("aggregate", 1.0, aggregate(json!({"fieldToAggregate": "={{ ['id'] }}"})), item(), json!([{"id": [7]}])),
        ("aggregate", 1.0, whole("={{ $json.nope }}"), item(), json!([{"undefined": [{"id": 7}]}])),
        ("set", 3.4, named("={{ $json.none }}"), item(), json!([{"null": 1}])),
        ("set", 3.4, named("={{ $json.nope }}"), item(), json!([{"undefined": 1}])),
        ("set", 3.4, named("={{ $json.id }}"), item(), json!([{"7": 1}])),
        ("set", 3.4, named("={{ {} }}"), item(), json!([{"object Object": 1}])),
    ]);
    let not_names = "The 'Fields To Split Out' parameter must be a string of fields separated by commas or an array of strings.";
    let aggregated = |given: &str| format!("The parameter \"fieldsToAggregate.fieldToAggregate.fieldToAggregate\" must be a text, but it is {given}");
    fails(vec![
        ("splitOut", 1.0, split("={{ 5 }}"), item(), not_names),
        ("splitOut", 1.0, split("={{ $json.nope }}"), item(), not_names),
        ("aggregate", 1.0, aggregate(json!({"fieldToAggregate": "={{ {} }}"})), item(), &aggregated("an object")),
        ("aggregate", 1.0, aggregate(json!({"fieldToAggregate": "={{ $json.id }}"})), item(), &aggregated("a number")),
        ("set", 3.4, kept("={{ $json.l }}"), item(), "this.getNodeParameter(...).split is not a function"),
        ("set", 3.4, kept("={{ $json.none }}"), item(), "Cannot read properties of null (reading 'split')"),
        ("sort", 1.0, sorted("={{ $json.nope }}"), item(), "Couldn't find the field 'undefined' in the input data"),
        ("stopAndError", 1.0, json!({"errorMessage": "={{ $json.id }}"}), item(), "7"),
        (
            "stopAndError",
            1.0,
            json!({"errorMessage": "={{ $json.nope }}"}),
            item(),
            "The parameter \"errorMessage\" must be a text, but it is undefined",
        ),
    ]);
}

/// What an expression puts together is mended, in items as they come; a large number is JavaScript's.
#[test]
fn json_that_an_expression_put_together() {
    let raw = |text: &str| json!({"mode": "raw", "jsonOutput": text, "options": {}});
    let item = || json!([[{"t": "one\ntwo \"three\"", "n": 3, "l": ["x"]}]]);
    puts_out(vec![
        (
            "set",
            3.4,
            raw("={ \"a\": \"{{ $json.t }}.\", b: {{ $json.nope }}, 'c': [{{ $json.n }} 4 // x\n] "),
            item(),
            json!([{"a": "one\ntwo \"three\".", "b": null, "c": [3, 4]}]),
        ),
        ("set", 3.4, json!({"mode": "raw"}), item(), json!([{"my_field_1": "value", "my_field_2": 1}])),
        ("set", 3.4, raw("={ \"id\": 9007199254740993, \"n\": {{ $json.n }} }"), item(), json!([{"id": 9007199254740992_f64, "n": 3}])),
    ]);
    fails(vec![
        ("set", 3.4, raw("={ \"a\": \"{{ $json.l }}\" }"), item(), "The 'JSON Output' in item 0 contains invalid JSON"),
        ("set", 3.4, raw("={{ $json.nope }}"), item(), "Cannot convert undefined or null to object"),
        ("set", 3.4, raw("={{ $json.n }}"), item(), "The 'JSON Output' in item 0 does not contain a valid JSON object"),
        ("set", 3.4, raw("={\"a\": 1}\n{\"a\": 2}{{ '' }}"), item(), "The 'JSON Output' in item 0 does not contain a valid JSON object"),
    ]);
}
