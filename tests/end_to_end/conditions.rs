//! What `docs/conditions.md` says of operators and types is tried out, cell by cell.

use serde_json::{Value, json};

use crate::support::{Folder, konverte, repository};

/// A table of the page: the type in the heading above it, the names of its columns, its rows.
struct Table {
    heading: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

fn tables() -> Vec<Table> {
    let page = std::fs::read_to_string(repository("docs/conditions.md")).expect("the page");
    let (mut tables, mut heading, mut inside): (Vec<Table>, _, _) = (Vec::new(), String::new(), false);
    for line in page.lines() {
        match line.strip_prefix("### ") {
            Some(title) => heading = code(title),
            None if !line.starts_with('|') => inside = false,
            None if line.starts_with("|---") => {}
            None if inside => tables.last_mut().expect("a table").rows.push(cells(line)),
            None => {
                tables.push(Table { heading: heading.clone(), columns: cells(line), rows: Vec::new() });
                inside = true;
            }
        }
    }
    tables
}

/// What stands in a cell between backticks.
fn code(cell: &str) -> String {
    cell.split('`').nth(1).unwrap_or(cell).to_owned()
}

/// One comparison, and what the page says of it.
struct Case {
    kind: String,
    operation: String,
    left: String,
    right: Option<String>,
    validation: &'static str,
    expected: &'static str,
}

impl Case {
    /// A Switch with this condition as its only rule: a failed item leaves it with an error, one for which the condition does not hold not at all.
    fn node(&self, name: &str) -> Value {
        let side = |text: &String| Value::from(format!("={{{{ {text} }}}}"));
        let mut operator = json!({"type": self.kind, "operation": self.operation, "singleValue": self.right.is_none()});
        if self.kind == "array" && self.right.is_some() {
            operator["rightType"] = if self.operation.to_lowercase().contains("contains") { "any" } else { "number" }.into();
        }
        let condition = json!({"leftValue": side(&self.left), "rightValue": self.right.as_ref().map_or(json!(""), side), "operator": operator});
        let options = json!({"caseSensitive": true, "typeValidation": self.validation, "version": 3});
        let rule = json!({"conditions": {"options": options, "combinator": "and", "conditions": [condition]}});
        json!({"name": name, "type": "n8n-nodes-base.switch", "typeVersion": 3.4, "onError": "continueRegularOutput", "position": [220, 0],
            "parameters": {"rules": {"values": [rule]}, "options": {}}})
    }
}

/// The three last columns of a table, each with what it says of its side: `` left `null` `` or `left missing`.
fn said(table: &Table) -> impl Iterator<Item = (usize, String)> {
    let of = |title: &String| if title.ends_with("missing") { "$json.missing".to_owned() } else { code(title) };
    (3..6).map(move |column| (column, of(&table.columns[column])))
}

fn word(cell: &str) -> &'static str {
    ["yes", "no", "error"].iter().find(|word| **word == cell).unwrap_or_else(|| panic!("{cell}"))
}

fn cases(tables: &[Table]) -> Vec<Case> {
    let mut cases = Vec::new();
    for table in tables {
        for row in &table.rows {
            let strict = |kind: &str, operation: &str, left: String, right: Option<String>, cell: &str| {
                let (kind, operation) = (kind.to_owned(), operation.to_owned());
                Case { kind, operation, left, right, validation: "strict", expected: word(cell) }
            };
            match &*table.columns[0] {
                "operation" => cases.extend(said(table).map(|(column, left)| {
                    let right = Some(code(&row[2])).filter(|right| right != "none");
                    strict(&table.heading, &code(&row[0]), left, right, &row[column])
                })),
                "type" => {
                    cases.extend(said(table).map(|(column, right)| strict(&code(&row[0]), &code(&row[1]), code(&row[2]), Some(right), &row[column])))
                }
                "value" => {
                    for (kind, cell) in table.columns.iter().zip(row).skip(1) {
                        let (in_strict, in_loose) = match &**cell {
                            "fits" => ("yes", "yes"),
                            "converted" => ("error", "yes"),
                            "error" => ("error", "error"),
                            other => panic!("{other}"),
                        };
                        cases.extend([("strict", in_strict), ("loose", in_loose)].map(|(validation, expected)| {
                            let (kind, operation, left) = (code(kind), "exists".to_owned(), code(&row[0]));
                            Case { kind, operation, left, right: None, validation, expected }
                        }));
                    }
                }
                _ => {}
            }
        }
    }
    cases
}

#[test]
fn every_operator_does_what_its_page_says() {
    let tables = tables();
    let on_page: Vec<(String, Vec<String>)> = tables
        .iter()
        .filter(|table| table.columns[0] == "operation")
        .map(|table| (table.heading.clone(), table.rows.iter().map(|row| code(&row[0])).collect()))
        .collect();
    let there: Vec<(String, Vec<String>)> =
        node_sdk::filter::OPERATORS.iter().map(|(kind, list)| ((*kind).to_owned(), list.iter().map(|one| (*one).to_owned()).collect())).collect();
    let sorted = |mut list: Vec<(String, Vec<String>)>| {
        list.sort();
        list
    };
    assert_eq!(sorted(on_page), sorted(there), "the page has the operators that check knows");

    let cases = cases(&tables);
    let names: Vec<String> = (0..cases.len()).map(|number| format!("Case {number}")).collect();
    let start = json!({"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}});
    let nodes: Vec<Value> = std::iter::once(start).chain(cases.iter().zip(&names).map(|(case, name)| case.node(name))).collect();
    let targets: Vec<Value> = names.iter().map(|name| json!({"node": name, "type": "main", "index": 0})).collect();
    let workflow = json!({"name": "Conditions", "nodes": nodes, "connections": {"Start": {"main": [targets]}}, "settings": {"executionOrder": "v1"}});
    let folder = Folder::new();
    let result = konverte(&["run", &folder.workflow(&workflow), "--output", "json"]).json();
    let outcome = |name: &String| match result["nodes"][name]["runs"][0]["outputs"][0].as_array().map(Vec::as_slice) {
        Some([]) => "no",
        Some([item]) if item["json"].get("error").is_some() => "error",
        Some([_]) => "yes",
        other => panic!("{name}: {other:?}"),
    };
    let wrong: Vec<String> = cases
        .iter()
        .zip(&names)
        .filter(|(case, name)| outcome(name) != case.expected)
        .map(|(case, name)| {
            let Case { kind, operation, left, right, validation, expected } = case;
            format!("{kind} {operation}, left {left}, right {right:?}, {validation}: {} and not {expected}", outcome(name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 300, "only {} cases on the page", cases.len());
}
