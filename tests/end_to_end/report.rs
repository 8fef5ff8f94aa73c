//! The report as people see it: in a browser, wide and narrow, light and dark.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use service_lab::{Browser, View};

use crate::support::*;

/// Items of the run.
const ITEMS: usize = 5_000;
/// What a page may weigh, however large the run was.
const BYTES: usize = 1_800_000;

/// A name with a character that turns the direction of what follows it.
const TURNED: &str = "Again live\u{202e}txt.exe";

/// A workflow as it is drawn on a canvas: nodes with their places, and who follows whom.
#[derive(Default)]
struct Canvas {
    nodes: Vec<Value>,
    connections: Map<String, Value>,
}

impl Canvas {
    fn node(&mut self, mut node: Value, x: i32, y: i32) -> &mut Self {
        node["position"] = json!([x, y]);
        self.nodes.push(node);
        self
    }

    fn line(&mut self, from: &str, output: usize, to: &str) -> &mut Self {
        let outputs = &mut self.connections.entry(from).or_insert_with(|| json!({"main": [[], [], [], []]}))["main"];
        outputs[output].as_array_mut().expect("an output").push(json!({"node": to, "type": "main", "index": 0}));
        self
    }
}

fn node(name: &str, kind: &str, version: f64, parameters: Value) -> Value {
    json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters})
}

fn conditions(field: &str, is: &str) -> Value {
    let options = json!({"caseSensitive": true, "leftValue": "", "typeValidation": "strict", "version": 2});
    let operator = json!({"type": "string", "operation": "equals"});
    json!({"options": options, "combinator": "and", "conditions": [{"id": "1", "leftValue": format!("={{{{ $json.{field} }}}}"), "rightValue": is, "operator": operator}]})
}

fn rule(plan: &str, name: &str) -> Value {
    json!({"conditions": conditions("plan", plan), "renameOutput": true, "outputKey": name})
}

/// 49 nodes, as far from each other as n8n puts them, two notes; it ends with an error.
fn large() -> Value {
    let mut canvas = Canvas::default();
    let rules = json!({"rules": {"values": [rule("free", "نشط"), rule("pro", "Paid by the month or year")]}, "options": {"fallbackOutput": "extra", "renameFallbackOutput": "Anybody else"}});
    canvas
        .node(node("Start", "manualTrigger", 1.0, json!({})), 0, 160)
        .node(node("Every night at half past two, unless it is switched off", "scheduleTrigger", 1.2, json!({})), 0, 320)
        .node(node("By plan", "switch", 3.2, rules), 220, 160)
        .line("Start", 0, "By plan")
        .line("Every night at half past two, unless it is switched off", 0, "By plan");
    for row in 0..3_i32 {
        let mut before = "By plan".to_owned();
        for column in 0..14_i32 {
            let name = format!("Step {} of row {row}, with a name that takes two lines", column + 1);
            canvas.node(set(&name, "step", "={{ $itemIndex }}"), 440 + 220 * column, 160 * row);
            canvas.nodes.last_mut().expect("a node")["parameters"]["includeOtherFields"] = true.into();
            canvas.line(&before, if column == 0 { row as usize } else { 0 }, &name);
            before = name;
        }
        canvas.line(&before, 0, "Is Ana?");
    }
    canvas
        .node(node("Is Ana?", "if", 2.2, json!({"conditions": conditions("name", "Ana"), "options": {}})), 3520, 160)
        .node(node("Not used", "noOp", 1.0, json!({})), 3740, 60)
        .node(node("Refuse", "stopAndError", 1.0, json!({"errorMessage": "Nobody is called Ana: </script><b>look</b> at the list."})), 3740, 260)
        .node(
            node(
                "How it works",
                "stickyNote",
                1.0,
                json!({"content": "## How it works\n* each **plan** has a row\n* Ana is last", "width": 300, "height": 140, "color": 4}),
            ),
            0,
            -120,
        )
        .node(node("More", "stickyNote", 1.0, json!({"content": "words ".repeat(200), "width": 300, "height": 100})), 440, -120)
        .node(node(TURNED, "noOp", 1.0, json!({})), 3960, 60)
        .line("Is Ana?", 0, "Not used")
        .line("Not used", 0, TURNED)
        .line(TURNED, 0, "Is Ana?")
        .line("Is Ana?", 1, "Refuse");
    canvas.nodes[46]["disabled"] = true.into();
    json!({"name": "Customers <b>by</b> plan", "nodes": canvas.nodes, "connections": canvas.connections, "settings": {"executionOrder": "v1"}})
}

/// Customers with texts, flags, nested data, and more columns than fit.
fn customers() -> Value {
    let customer = |index: usize| {
        let plan = ["free", "pro", "trial"][index % 3];
        let mut customer = json!({
            "name": format!("Customer {index}"), "plan": plan, "active": index.is_multiple_of(2), "since": null, "note": "",
            "about": "what was said at the last meeting ".repeat(27) + "..", "address": {"city": "São Paulo", "lines": ["Rua A, 1", "</td><script>"], "geo": {"lat": -23.5, "lon": -46.6}},
            "tags": (0..60).collect::<Vec<_>>(), "url": format!("https://example.com/customers/{}", "long-".repeat(30)), "balance": 12_345.678
        });
        (0..20).for_each(|column| customer[format!("field_{column}")] = json!(index * column));
        customer
    };
    (0..ITEMS).map(customer).collect()
}

/// A file that stays below `target/`, for people to look at.
fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// What the graph of a page shows.
struct Expected<'a> {
    triggers: &'a [&'a str],
    /// A text of each note.
    notes: &'a [&'a str],
    /// How wide the widest page is that it does not fit into.
    wider_than: u32,
}

/// Looks at a page in all four ways, keeps the pictures, and gives what is wrong.
fn looked_at(browser: &mut Browser, page: &Path, name: &str, expected: &Expected<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (width, dark) in [(1400, false), (1400, true), (420, false), (420, true)] {
        browser.open(page, View { width, height: 900, dark }).expect("the page opens");
        let way = format!("{name}-{width}-{}", if dark { "dark" } else { "light" });
        let picture = browser.picture(6_000.0).expect("a picture");
        std::fs::write(kept(&format!("{way}.png")), picture).expect("it is kept");
        let expected = json!({"triggers": expected.triggers, "notes": expected.notes, "scrolls": width <= expected.wider_than});
        let found = browser.evaluate(&format!("({})({expected})", include_str!("report/look.js").trim_end())).expect("the page is looked at");
        wrong.extend(found.as_array().expect("a list").iter().map(|sentence| format!("{way}: {sentence}")));
    }
    wrong.extend(browser.requests().into_iter().filter(|url| !url.starts_with("file:")).map(|url| format!("{name} asks for {url}")));
    wrong
}

#[test]
fn a_large_report_reads_well_at_any_width_light_and_dark() {
    let folder = Folder::new();
    let page = kept("report-large.html");
    let input = folder.file("customers.json", customers().to_string());
    let workflow = large();
    assert_eq!(workflow["nodes"].as_array().map(|nodes| nodes.iter().filter(|node| node["type"] != "n8n-nodes-base.stickyNote").count()), Some(49));
    let ran = konverte(&["run", &folder.workflow(&workflow), "--input", &input, "--output", "ndjson", "--report", page.to_str().expect("UTF-8")]);
    ran.says(1, "Nobody is called Ana");
    let html = std::fs::read_to_string(&page).expect("the report");
    assert!(html.len() < BYTES, "the page has {} bytes", html.len());
    for said in [" more items", "… 120 more characters", "60 elements", "… (20 more elements)", "7 more columns. ", "Anybody else: 1,666 items"] {
        assert!(html.contains(said), "{said}");
    }
    assert!(html.contains(r"Again live\u202etxt.exe") && !html.contains('\u{202e}'), "what turns the direction is written out");
    assert!(!html.contains("<script") && !html.contains("</script") && !html.contains("<b>"), "names and data stay text");
    let Some(mut browser) = Browser::start().expect("a browser") else {
        println!("SKIPPED: there is no Chromium");
        return;
    };
    let triggers = ["Start", "Every night at half past two, unless it is switched off"];
    let expected = Expected { triggers: &triggers, notes: &["Ana is last", "words words"], wider_than: 1400 };
    assert_eq!(looked_at(&mut browser, &page, "report-large", &expected), Vec::<String>::new());
}

/// A loop of 60 runs, then a file, a sub-workflow, and a service that refuses.
fn refused(url: &str) -> Value {
    let mut canvas = Canvas::default();
    let inner = json!({"nodes": [node("When called", "executeWorkflowTrigger", 1.0, json!({})), set("Inside", "from", "below")],
        "connections": {"When called": {"main": [[{"node": "Inside", "type": "main", "index": 0}]]}}});
    let file = "return [{json: {a: {b: {c: [1, 2, {d: 'deep in there, and long enough not to stand on one line'}]}}}, \
        binary: {report: {data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'a report with a long name.txt', fileExtension: 'txt', fileSize: '5 B'}}}];";
    canvas
        .node(node("Start", "manualTrigger", 1.0, json!({})), 0, 0)
        .node(node("Loop", "splitInBatches", 3.0, json!({"batchSize": 1, "options": {}})), 208, 0)
        .node(set("Each", "seen", "={{ $json.n }}"), 416, 112)
        .node(node("Make a file", "code", 2.0, json!({"jsCode": file})), 416, -112)
        .node(node("Call", "executeWorkflow", 1.2, json!({"source": "parameter", "workflowJson": inner.to_string(), "options": {}})), 624, -112)
        .node(http(url), 832, -112)
        .node(
            node("How it works", "stickyNote", 1.0, json!({"content": "# Files\nThe last node is refused.", "width": 560, "height": 240})),
            400,
            -220,
        )
        .line("Start", 0, "Loop")
        .line("Loop", 0, "Make a file")
        .line("Loop", 1, "Each")
        .line("Each", 0, "Loop")
        .line("Make a file", 0, "Call")
        .line("Call", 0, "Fetch");
    json!({"name": "Refused", "nodes": canvas.nodes, "connections": canvas.connections, "settings": {"executionOrder": "v1"}})
}

#[test]
fn reports_of_errors_loops_files_and_dry_runs_read_well() {
    let folder = Folder::new();
    let server = Server::answering(422, "application/json", r#"{"message": "Name is too short", "errors": [{"field": "name"}]}"#);
    let items: Value = (0..60).map(|n| json!({"n": n})).collect();
    let (failed, planned) = (kept("report-failed.html"), kept("report-planned.html"));
    let (workflow, items) = (folder.workflow(&refused(&server.url())), items.to_string());
    konverte(&["run", &workflow, "--input", &items, "--report", failed.to_str().expect("UTF-8")]).says(1, "Name is too short");
    let dry = konverte(&["run", &repository("workflows/sign-up.json"), "--dry-run", "--report", planned.to_str().expect("UTF-8")]);
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    let [failed_page, planned_page] = [&failed, &planned].map(|page| std::fs::read_to_string(page).expect("the report"));
    for said in [
        "Left out here: 10 more items. ",
        "Left out here: 41 more runs. ",
        "done: 60 items",
        "loop: 60 items",
        "a report with a long name.txt",
        "text/plain, 5 B",
        "HTTP 422",
    ] {
        assert!(failed_page.contains(said), "{said}");
    }
    for said in ["What would have been done", "Not done"] {
        assert!(planned_page.contains(said), "{said}");
    }
    let Some(mut browser) = Browser::start().expect("a browser") else {
        println!("SKIPPED: there is no Chromium");
        return;
    };
    let expected = Expected { triggers: &["Start"], notes: &["The last node is refused."], wider_than: 1400 };
    let mut wrong = looked_at(&mut browser, &failed, "report-failed", &expected);
    let expected = Expected { triggers: &["Sign-up"], notes: &["A form on the website"], wider_than: 1400 };
    wrong.extend(looked_at(&mut browser, &planned, "report-planned", &expected));
    assert_eq!(wrong, Vec::<String>::new());
}
