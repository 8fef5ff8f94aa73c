//! A node type that is made while the program runs is one like any other: it keeps the contract, runs, is checked, listed, shown, and
//! is gone with its provider.

use std::sync::{Arc, Weak};

use engine::{CheckOptions, Given, Workflow, check, codes};
use node_sdk::credential::{CredentialCall, CredentialType, Grant};
use node_sdk::node::Allowance;
use node_sdk::{
    Descriptor, Item, ItemParams, Node, NodeError, Output, PrepareContext, Prepared, Provider, Registry, RunContext, RunItem, async_trait,
};
use node_testkit::{Harness, assert_node_contract};
use serde_json::{Value, json};

use super::find::show;
use super::{Form, list_text};
use crate::screen::Screen;

/// As a package would bring it: display rules, defaults, choices, a credential, two outputs with names, and keys of which nothing here knows.
const DESCRIPTION: &str = r#"{"displayName": "Acme Sorter", "name": "acme.sorter", "description": "Sorts by size.", "group": ["transform"],
  "version": [1, 2], "defaultVersion": 1, "defaults": {"name": "Sorter", "color": "red"}, "usableAsTool": true, "icon": "file:acme.svg",
  "inputs": ["main"], "outputs": [{"type": "main", "displayName": "Small"}, {"type": "main", "displayName": "Large"}], "outputNames": ["Small", "Large"],
  "credentials": [{"name": "acmeApi", "required": true, "testedBy": "acmeTest"}],
  "properties": [
    {"displayName": "Field", "name": "field", "type": "string", "default": "", "required": true, "placeholder": "size"},
    {"displayName": "By", "name": "by", "type": "options", "default": "limit", "noDataExpression": true,
     "options": [{"name": "Limit", "value": "limit", "action": "Sort by a limit"}, {"name": "Nothing", "value": "none"}]},
    {"displayName": "Limit", "name": "limit", "type": "number", "default": 3, "hint": "Inclusive", "displayOptions": {"show": {"by": ["limit"]}},
     "routing": {"send": {"type": "query", "property": "limit"}}},
    {"displayName": "Options", "name": "options", "type": "collection", "default": {}, "options": [
      {"displayName": "Region", "name": "region", "type": "options", "default": "eu", "options": [{"name": "Europe", "value": "eu"}],
       "typeOptions": {"loadOptions": {"routing": {"request": {"url": "/regions"}}}}}]}]}"#;

/// Two resources whose operations and fields depend on them, on each other and on the version.
const DESK: &str = r#"{"displayName": "Acme Desk", "name": "acme.helpDesk", "description": "Tickets.", "group": ["output"], "version": [1, 2],
  "defaults": {"name": "Desk"}, "inputs": ["main"], "outputs": ["main"], "credentials": [{"name": "acmeApi", "required": true}],
  "properties": [
    {"displayName": "Resource", "name": "resource", "type": "options", "default": "ticket", "noDataExpression": true,
     "options": [{"name": "Agent", "value": "agent"}, {"name": "Ticket", "value": "ticket"}]},
    {"displayName": "Operation", "name": "operation", "type": "options", "default": "list", "displayOptions": {"show": {"resource": ["agent"]}},
     "options": [{"name": "Get Many", "value": "list", "action": "List agents"}]},
    {"displayName": "Operation", "name": "operation", "type": "options", "default": "open", "displayOptions": {"show": {"resource": ["ticket"]}},
     "options": [{"name": "Open", "value": "open", "action": "Open a ticket"}, {"name": "Get Many", "value": "list", "action": "List tickets"},
       {"name": "Close", "value": "close", "displayOptions": {"show": {"@version": [2]}}}]},
    {"displayName": "Title", "name": "title", "type": "string", "default": "", "required": true,
     "displayOptions": {"show": {"resource": ["ticket"], "operation": ["open"]}}},
    {"displayName": "All", "name": "all", "type": "boolean", "default": false, "displayOptions": {"show": {"operation": ["list"]}}},
    {"displayName": "Limit", "name": "limit", "type": "number", "default": 50, "displayOptions": {"show": {"all": [false]}}},
    {"displayName": "More", "name": "more", "type": "collection", "default": {}, "displayOptions": {"hide": {"operation": ["list"]}}, "options": [
      {"displayName": "Old", "name": "old", "type": "string", "default": "", "displayOptions": {"show": {"@version": [1]}}},
      {"displayName": "Colour", "name": "colour", "type": "string", "default": "red", "displayOptions": {"show": {"/operation": ["open"]}}}]}]}"#;

struct Sorter(Descriptor);

impl Node for Sorter {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Item(Arc::new(Sort)))
    }
}

struct Sort;

impl RunItem for Sort {
    fn run_item(&self, _: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        let field = params.string("field")?;
        let size = item.json().and_then(|json| json[&field].as_f64()).unwrap_or_default();
        let limit = if params.string("by")? == "limit" { params.number("limit", 0.0)? } else { f64::INFINITY };
        out.push_to(usize::from(size > limit), item.paired(index));
        Ok(())
    }
}

/// The credential type of the same package.
struct AcmeApi(String);

#[async_trait]
impl CredentialType for AcmeApi {
    fn name(&self) -> &str {
        &self.0
    }

    fn properties(&self) -> Vec<Value> {
        vec![
            json!({"name": "key", "type": "string", "description": "Made in <a href=\"https://acme.example/console\">the console</a> (see https://docs.n8n.io/acme)"}),
            json!({"name": "region", "type": "options", "default": "eu", "options": ["eu", "us"]}),
            json!({"name": "state", "type": "string", "displayOptions": {"show": {"region": ["us"]}}}),
            json!({"name": "registers", "type": "hidden", "default": false}),
            json!({"name": "serverUrl", "type": "string", "required": true, "displayOptions": {"show": {"registers": [true]}}}),
        ]
    }

    fn documentation(&self) -> Option<String> {
        Some("https://acme.example/keys".to_owned())
    }

    async fn grant(&self, _: &CredentialCall<'_>) -> Result<Grant, NodeError> {
        Ok(Grant::default())
    }
}

struct Package {
    node: Arc<Sorter>,
    desk: Arc<Sorter>,
    credential: Arc<AcmeApi>,
}

impl Package {
    /// Reads the description, as often as wanted.
    fn load() -> Self {
        let read = |text: &str| Arc::new(Sorter(node_sdk::description::read(serde_json::from_str(text).unwrap()).unwrap()));
        Self { node: read(DESCRIPTION), desk: read(DESK), credential: Arc::new(AcmeApi("acmeApi".to_owned())) }
    }
}

impl Provider for Package {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        self.list().into_iter().find(|node| node.descriptor().name == type_name)
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        vec![self.node.clone(), self.desk.clone()]
    }

    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        vec![self.credential.clone()]
    }
}

/// The program's registry, with the package.
fn registry() -> Registry {
    crate::app().with(Package::load()).registry().clone()
}

#[test]
fn it_keeps_the_contract_and_runs() {
    let sorter = registry().find("acme.sorter").unwrap();
    assert_node_contract(&sorter);
    let sizes = |items: &[i64]| items.iter().map(|size| json!({"size": size})).collect::<Vec<_>>();
    let ran = |parameters: Value| Harness::new(sorter.clone()).parameters(parameters).input(sizes(&[1, 5, 3])).run();
    let by_default = ran(json!({"field": "size"}));
    assert_eq!((by_default.json(0), by_default.json(1)), (sizes(&[1, 3]), sizes(&[5])));
    let hidden = ran(json!({"field": "={{ 'si' + 'ze' }}", "by": "none", "limit": 1}));
    assert_eq!(hidden.json(0).len(), 3, "a parameter that is not shown does not count");
}

#[test]
fn it_is_checked() {
    let found = |parameters: Value, version: f64, has_credential: bool| {
        let node = json!({"name": "Sort", "type": "acme.sorter", "typeVersion": version, "parameters": parameters});
        let start = json!({"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "parameters": {}});
        let ends: Vec<Value> = (0..3).map(|_| json!([{"node": "Sort", "type": "main", "index": 0}])).collect();
        let flow = json!({"nodes": [start, node], "connections": {"Start": {"main": [ends[0]]}, "Sort": {"main": ends}}});
        let given = move |_: &node_sdk::NodeInfo, _: &str| Ok(if has_credential { Given::Name } else { Given::Nothing });
        let options = CheckOptions { start: Some("Start".into()), has_credential: Some(&given), ..CheckOptions::default() };
        let workflow = Workflow::from_value(flow).unwrap();
        let found = check(&workflow, &registry(), &options);
        found.into_iter().map(|found| (found.diagnostic.code, found.diagnostic.parameter.unwrap_or_default())).collect::<Vec<_>>()
    };
    let said = |code: &node_sdk::ErrorCode, parameter: &str| (code.to_string(), parameter.to_owned());
    // The third output is none of its two.
    let port = said(&codes::PORT, "");
    let region = json!({"field": "a", "options": {"region": "of the service"}});
    assert_eq!(found(region, 2.0, true), std::slice::from_ref(&port), "a service has more choices than the description");
    let mut wrong = found(json!({"by": "limmit", "limits": 1}), 1.0, false);
    wrong.sort();
    let expected =
        [said(&codes::REQUIRED, "field"), said(&codes::CREDENTIAL, ""), said(&codes::MISFIT, "by"), port, said(&codes::UNKNOWN_PARAMETER, "limits")];
    assert_eq!(wrong, expected);
    assert_eq!(found(json!({"field": "a"}), 3.0, true)[0], said(&codes::UNSUPPORTED_VERSION, ""));
}

#[test]
fn it_is_listed_and_shown() {
    let registry = registry();
    let list = list_text(&registry, &registry, Screen::of_width(80));
    assert!(list.contains("\nNode types of acme: in a file, acme.NAME\n  Acme Sorter  `sorter`, versions 1, 2\n"), "{list}");
    let page = show(&["acme".to_owned(), "sorter".to_owned()], None, PAGE, &registry).unwrap();
    for part in [
        "Acme Sorter\n\nSorts by size.\n",
        "one input and 2 outputs (Small, Large)",
        "\nCredentials\n  acmeApi  key, region\n",
        "\n  field           text; required\n",
        "\n  limit           number; default `3`; when by is `limit`\n",
        "\n  options.region  `eu`; default `eu`\n",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains('|') && !page.contains('#'), "no Markdown\n{page}");
    let whole: Value = serde_json::from_str(&show(&["acme.sorter".to_owned()], None, Form::Json, &registry).unwrap()).unwrap();
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    assert_eq!(whole["types"][0], description, "with everything that the package says");
    assert!(show(&["acme.sortr".to_owned()], None, PAGE, &registry).unwrap_err().help.unwrap().contains("acme.sorter"));
}

/// Laid out for a terminal of the usual width.
const PAGE: Form = Form::Page(Screen::WIDE);

/// What `nodes show` says of words; an error with its help.
fn shown(words: &[&str], version: Option<f64>, format: Form) -> Result<String, String> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    show(&words, version, format, &registry()).map_err(|error| format!("{} {}", error.message, error.help.unwrap_or_default()))
}

#[test]
fn what_a_node_can_do_is_laid_out_by_resource_and_operation() {
    let overview = shown(&["acme.helpDesk"], None, PAGE).unwrap();
    let list = "agent (Agent)\n  list  List agents\n\nticket (Ticket)\n  open   Open a ticket\n  list   List tickets\n  close  Close\n";
    for part in
        [list, "  acmeApi  key, region\n           https://acme.example/keys\n", "show acme.helpDesk ticket open`", "\"resource\": \"ticket\""]
    {
        assert!(overview.contains(part), "{part} is not in\n{overview}");
    }
    assert!(!overview.contains("limit"), "parameters are those of operations: {overview}");
    for name in ["helpDesk", "helpdesk", "help desk", "acme desk", "desk", "DESK"] {
        let words: Vec<&str> = name.split(' ').collect();
        let quoted = if words.len() > 1 { format!("show \"{name}\"") } else { format!("show {name}") };
        assert_eq!(shown(&words, None, PAGE).unwrap(), overview.replace("show acme.helpDesk", &quoted), "{name}");
    }
    assert!(!shown(&["helpDesk"], Some(1.0), PAGE).unwrap().contains("close"), "an older version has less");
    assert_eq!(shown(&["helpDesk"], Some(3.0), PAGE).unwrap_err(), "`helpDesk` has no version 3. It has 1, 2.");
}

#[test]
fn the_parameters_of_an_operation_are_those_that_it_may_have() {
    let open = shown(&["acme", "desk", "ticket", "open"], None, PAGE).unwrap();
    for part in ["Acme Desk: ticket, open\n\nOpen a ticket\n", "  title        text; required\n", "  more.colour  text; default `red`\n"] {
        assert!(open.contains(part), "{part} is not in\n{open}");
    }
    assert!(["limit", "all ", "more.old"].iter().all(|other| !open.contains(other)), "{open}");
    assert!(shown(&["helpdesk", "list", "agents"], None, PAGE).is_err());
    let list: Value = serde_json::from_str(&shown(&["helpdesk", "agent", "Get", "Many"], None, Form::Json).unwrap()).unwrap();
    let names: Vec<&str> = list["parameters"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(
        (names, &list["operation"], &list["example"]["parameters"]),
        (vec!["all", "limit"], &json!("list"), &json!({"resource": "agent", "operation": "list"}))
    );
    assert!(shown(&["helpdesk", "open"], None, PAGE).is_ok(), "one operation alone is called so");
    assert_eq!(shown(&["helpdesk", "list"], None, PAGE).unwrap_err(), "`helpdesk` has no operation `list`. Which one: agent list, ticket list?");
    assert_eq!(shown(&["helpdesk", "tickt", "open"], None, PAGE).unwrap_err(), "`helpdesk` has no operation `tickt open`. Did you mean ticket open?");
    assert!(shown(&["acme.sorter", "open"], None, PAGE).unwrap_err().contains("It has no operations"));
    assert!(shown(&["konverte", "Contacts", "Contact Create"], None, PAGE).unwrap().contains("inbox_id"));
}

#[test]
fn a_credential_type_is_shown_with_its_fields() {
    let page = shown(&["acmeApi"], None, PAGE).unwrap();
    for part in ["come from: https://acme.example/keys\n", "  region  `eu`, `us`; default `eu`\n", "\"acmeApi\": {\n    \"key\": \"…\"\n  }"] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(page.contains("names https://acme.example/console\n") && !page.contains("n8n.io"), "{page}");
    assert!(page.contains("string; when region is `us`\n") && !page.contains("serverUrl"), "what only a hidden field opens is not filled in\n{page}");
    let json: Value = serde_json::from_str(&shown(&["acmeApi"], None, Form::Json).unwrap()).unwrap();
    assert_eq!((&json["documentation"], json["fields"].as_array().unwrap().len()), (&json!("https://acme.example/keys"), 4));
}

#[test]
fn what_does_not_run_here_or_has_to_be_allowed_is_said() {
    let page = shown(&["sendEmail"], None, PAGE).unwrap();
    assert!(page.contains("  send         Send a mail\n") && page.contains("answer (does not run here)\n"), "{page}");
    let node = |name: &str, kind: &str, parameters: Value| json!({"name": name, "type": kind, "typeVersion": 1, "parameters": parameters});
    let to = |name: &str| json!({"main": [[{"node": name, "type": "main", "index": 0}]]});
    let nodes = [
        node("Start", "n8n-nodes-base.manualTrigger", json!({})),
        node("Run", "n8n-nodes-base.executeCommand", json!({"command": "date"})),
        node("Read", "n8n-nodes-base.readBinaryFile", json!({"filePath": "a"})),
        node("Ask", "n8n-nodes-base.postgres", json!({"operation": "executeQuery", "query": "SELECT '{{ $json.a }}'"})),
    ];
    let workflow = Workflow::from_value(json!({"nodes": nodes, "connections": {"Start": to("Run"), "Run": to("Read"), "Read": to("Ask")}})).unwrap();
    let found = |allowed: &[Allowance]| {
        let options = CheckOptions { start: Some("Start".into()), allowed, ..CheckOptions::default() };
        let found =
            check(&workflow, &registry(), &options).into_iter().map(|found| (found.diagnostic.node.unwrap_or_default(), found.diagnostic.code));
        found.collect::<Vec<_>>()
    };
    let said = |node: &str, code: &str| (node.to_owned(), code.to_owned());
    assert_eq!(found(&[]), [said("Run", "KV0124"), said("Read", "KV0124"), said("Ask", "KV0123")]);
    assert_eq!(found(&[Allowance::Files, Allowance::Commands]), [said("Ask", "KV0123")]);
}

#[test]
fn nothing_of_it_is_left_when_its_provider_is_gone() {
    let package = Package::load();
    let (node, credential): (Weak<Sorter>, Weak<AcmeApi>) = (Arc::downgrade(&package.node), Arc::downgrade(&package.credential));
    let registry = Registry::new().with(package);
    let ran = Harness::new(registry.find("acme.sorter").unwrap()).parameters(json!({"field": "size"})).input([json!({"size": 9})]).run();
    assert_eq!(ran.json(1), [json!({"size": 9})]);
    drop((registry, ran));
    assert!(node.upgrade().is_none() && credential.upgrade().is_none());
}
