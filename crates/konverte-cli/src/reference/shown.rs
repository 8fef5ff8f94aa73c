//! `konverte nodes show`, laid out for people: a node by resource and operation, the parameters of one of them, a credential type.

use std::sync::Arc;

use node_sdk::description::write_properties;
use node_sdk::descriptor::CredentialUse;
use node_sdk::error::codes::{UNAVAILABLE, WAITS_OUTSIDE};
use node_sdk::node::Finding;
use node_sdk::property::{Choice, DefaultValue, Property, PropertyKind};
use node_sdk::{CredentialType, Node, NodeInfo, Parameters, PrepareContext, Registry, VersionGroup};
use serde_json::{Map, Value, json};

use super::kept::{self, Field};
use super::nodes::{self, condition, example_of, in_versions, kind, ports, words};
use super::operations::{self, Decided, Operation, operations, value};
use crate::screen::page::Page;

/// A node type in one of its versions.
pub(crate) struct Shown<'a> {
    /// The type.
    pub node: &'a dyn Node,
    /// The versions that it shares its parameters with.
    pub group: &'a VersionGroup,
    /// The version.
    pub version: f64,
    /// Has its credential types.
    pub registry: &'a Registry,
}

impl Shown<'_> {
    /// The whole of it: what it is, its credentials, what it can do, an example. `name`: how it was asked for.
    pub(crate) fn overview(&self, name: &str, page: &mut Page) {
        let all = operations(self.group, self.version);
        self.head(page);
        page.text(&ports(self.group));
        self.credentials(page);
        let Some(first) = operations::default(self.group, &all) else {
            self.parameters(Decided { chosen: &Map::new(), version: self.version, inside: false }, "None.", page);
            return self.example(&self.begun_with(&all), page);
        };
        for of_one in all.chunk_by(|one, next| one.resource == next.resource) {
            let resource = of_one.first().and_then(|one| one.resource);
            page.part(&resource.map_or_else(|| "Operations".to_owned(), titled));
            let entry = |one: &Operation<'_>| Some((value(one.operation?), format!("{}{}", self.summary(one), self.refused(one))));
            page.terms(&of_one.iter().filter_map(entry).collect::<Vec<_>>());
        }
        let quoted = |word: String| if word.contains(|c: char| !c.is_alphanumeric() && !"._-/@:".contains(c)) { format!("\"{word}\"") } else { word };
        let way: Vec<String> = first.resource.into_iter().chain(first.operation).map(|choice| quoted(value(choice))).collect();
        page.text(&format!("`konverte nodes show {} {}` shows the parameters of one, and an example.", quoted(name.to_owned()), way.join(" ")));
        self.example(&self.begun_with(&all), page);
    }

    /// The example of the whole type: of the newest version its own, else that of the operation that a node begins with.
    fn begun_with(&self, all: &[Operation<'_>]) -> Value {
        if self.version == self.node.descriptor().newest() {
            return nodes::example(self.node);
        }
        let chosen = operations::default(self.group, all).map(Operation::chosen).unwrap_or_default();
        example_of(self.node, self.group, self.version, &chosen)
    }

    /// What it does, in the words of its description, else in ours.
    fn summary(&self, one: &Operation<'_>) -> String {
        let said = one.summary();
        let ours = || self.node.summary_of(&value(one.operation.or(one.resource)?));
        if said.is_empty() { ours().unwrap_or_default().to_owned() } else { said }
    }

    /// That it does not run here, where a check says so of the node with nothing but it chosen.
    fn refused(&self, one: &Operation<'_>) -> &'static str {
        let info = Arc::new(NodeInfo { type_name: self.node.descriptor().name.to_string(), type_version: self.version, ..NodeInfo::default() });
        let parameters = Parameters::filled(self.group, &one.chosen(), self.version);
        let found = self.node.check(&PrepareContext { node: &info, parameters: &parameters });
        let stops = |finding: &Finding| finding.code == UNAVAILABLE || finding.code == WAITS_OUTSIDE;
        if found.iter().any(stops) { " (does not run here)" } else { "" }
    }

    /// One of the things that it does: its parameters, and an example.
    pub(crate) fn operation(&self, operation: &Operation<'_>, page: &mut Page) {
        let way: Vec<String> = operation.resource.into_iter().chain(operation.operation).map(value).collect();
        let chosen = operation.chosen();
        page.title(&format!("{}: {}", self.node.descriptor().display_name, way.join(", ")));
        page.text(&format!("{}{}", self.summary(operation), self.refused(operation)));
        page.text(&format!("Type `{}`, version {}{}.", self.node.descriptor().name, self.version, self.origin()));
        self.credentials(page);
        self.parameters(Decided { chosen: &chosen, version: self.version, inside: false }, "None but those that choose it.", page);
        self.example(&example_of(self.node, self.group, self.version, &chosen), page);
    }

    /// `none`: what is said where there are none.
    fn parameters(&self, decided: Decided<'_>, none: &str, page: &mut Page) {
        // The parameters of one action stand on its own page.
        let is_shared = |property: &&&Property| self.node.descriptor().name != "konverte" || property.display.is_none();
        let mut entries = Vec::new();
        decided.parameters(self.group).iter().filter(is_shared).for_each(|property| list(&mut entries, property, "", decided));
        page.part("Parameters");
        if entries.is_empty() {
            entries.push((none.to_owned(), String::new()));
        }
        page.terms(&entries);
    }

    /// Adds to the JSON of a node type what it can do, where it is from, and its credential types.
    pub(crate) fn add_json(&self, whole: &mut Value) {
        let mut resources: Vec<Value> = Vec::new();
        for one in operations(self.group, self.version) {
            let name = one.resource.map(value).map_or(Value::Null, Value::String);
            if resources.last().is_none_or(|last| last["name"] != name) {
                resources.push(json!({"name": name, "operations": []}));
            }
            let operation = one
                .operation
                .map(|operation| json!({"operation": value(operation), "summary": self.summary(&one), "runs": self.refused(&one).is_empty()}));
            if let Some(Value::Array(list)) = resources.last_mut().and_then(|last| last.get_mut("operations")) {
                list.extend(operation);
            }
        }
        if self.version != self.node.descriptor().newest() {
            let example = self.begun_with(&operations(self.group, self.version));
            whole["exampleItem"] = nodes::example_item(&example).unwrap_or_default();
            whole["example"] = example;
        }
        if whole.get("resources").is_none() && !resources.is_empty() {
            whole["resources"] = resources.into();
        }
        if let Some((name, version)) = self.node.package().as_deref().and_then(|package| package.rsplit_once('@')) {
            whole["package"] = name.into();
            whole["packageVersion"] = version.into();
        }
        whole["credentials"] = self.credentials_json();
    }

    /// The JSON of one of the things that it does. `resource` and `operation` are null where it has none.
    pub(crate) fn operation_json(&self, operation: &Operation<'_>) -> Value {
        let chosen = operation.chosen();
        let decided = Decided { chosen: &chosen, version: self.version, inside: false };
        let parameters: Vec<Property> = decided.parameters(self.group).into_iter().cloned().collect();
        let example = example_of(self.node, self.group, self.version, &chosen);
        json!({
            "name": self.node.descriptor().name, "version": node_sdk::json::number(self.version),
            "resource": operation.resource.map(value), "operation": operation.operation.map(value), "summary": self.summary(operation), "runs": self.refused(operation).is_empty(),
            "parameters": write_properties(&parameters), "credentials": self.credentials_json(),
            "exampleItem": nodes::example_item(&example), "example": example,
        })
    }

    fn credentials_json(&self) -> Value {
        let one = |used: &CredentialUse| {
            let kind = self.registry.credential_for(&self.node.descriptor().name, &used.name);
            let mut said = kind.map_or_else(|| json!({"name": used.name}), |kind| credential_json(&*kind));
            said["required"] = used.required.into();
            said
        };
        self.group.credentials.iter().map(one).collect()
    }

    fn head(&self, page: &mut Page) {
        let descriptor = self.node.descriptor();
        page.title(&descriptor.display_name);
        page.text(&descriptor.description);
        page.text(&format!("Type `{}`{}, {}.", descriptor.name, self.origin(), in_versions(descriptor)));
        if descriptor.versions.len() > 1 {
            page.text(&format!("This is version {}; `--type-version` shows another one.", self.version));
        }
        nodes::remarks(self.node).iter().for_each(|remark| page.text(remark));
        if nodes::compares(self.node) {
            page.text("How conditions compare: docs/conditions.md.");
        }
    }

    /// The package that it is of.
    fn origin(&self) -> String {
        self.node.package().map(|package| format!(" of {package}")).unwrap_or_default()
    }

    /// Its credential types, with their fields and where a service gives them out.
    fn credentials(&self, page: &mut Page) {
        let one = |used: &CredentialUse| {
            let kind = self.registry.credential_for(&self.node.descriptor().name, &used.name);
            let mut said = vec![kind.as_ref().map(|kind| field_names(&**kind).join(", ")).unwrap_or_default()];
            said.extend((!used.required).then(|| "where it applies".to_owned()));
            said.extend(used.display.as_ref().map(|display| format!("when {}", condition(display))));
            said.retain(|part| !part.is_empty());
            let guide = kind.and_then(|kind| kind.documentation()).map(|address| {
                let whose = if kept::is_of_n8n(&address) { "n8n's guide: " } else { "" };
                format!("\n{whose}{address}")
            });
            (used.name.to_string(), said.join("; ") + &guide.unwrap_or_default())
        };
        let all: Vec<(String, String)> = self.group.credentials.iter().map(one).collect();
        if !all.is_empty() {
            page.part("Credentials");
            page.terms(&all);
        }
    }

    fn example(&self, example: &Value, page: &mut Page) {
        page.part("Example");
        page.code(&serde_json::to_string_pretty(example).unwrap_or_default());
        nodes::needs(example, self.node.descriptor().trigger).iter().for_each(|said| page.text(said));
    }
}

/// A resource with its name for people.
fn titled(resource: &Choice) -> String {
    let value = value(resource);
    if resource.name.is_empty() || resource.name == value { value } else { format!("{value} ({})", resource.name) }
}

/// A parameter, and behind it its fields, each with its type, whether it is required, its default, when it counts, and what it is.
fn list(entries: &mut Vec<(String, String)>, property: &Property, prefix: &str, decided: Decided<'_>) {
    let name = format!("{prefix}{}", property.name);
    let mut facts = vec![kind(property)];
    if property.required {
        facts.push("required".to_owned());
    }
    if let Some(default) = default_of(property) {
        facts.push(format!("default `{default}`"));
    }
    if let Some(open) = decided.open(property.display.as_ref()) {
        facts.push(format!("when {}", condition(&open)));
    }
    let said = [facts.join("; "), words(property)].map(|line| line.replace('\n', " ")).join("\n");
    entries.push((name.clone(), said));
    let inside = Decided { inside: true, ..decided };
    let mut below = |fields: &[Property], prefix: &str| {
        fields.iter().filter(|field| inside.can_show(field.display.as_ref())).for_each(|field| list(entries, field, prefix, inside));
    };
    match &property.kind {
        PropertyKind::Collection(fields) => below(fields, &format!("{name}.")),
        PropertyKind::FixedCollection(groups) => {
            let many = if property.type_options.multiple() { "[]" } else { "" };
            groups.iter().for_each(|group| below(&group.values, &format!("{name}.{}{many}.", group.name)));
        }
        _ => {}
    }
}

/// The default, where it says something.
fn default_of(property: &Property) -> Option<String> {
    let says_something = match (&property.kind, &property.default) {
        (PropertyKind::ResourceLocator(_), _) | (_, DefaultValue::EmptyObject | DefaultValue::EmptyList | DefaultValue::Null) => false,
        (_, DefaultValue::Str(default)) => !default.is_empty(),
        _ => true,
    };
    let default = property.default.to_value().filter(|_| says_something)?;
    Some(default.as_str().map_or_else(|| default.to_string(), str::to_owned))
}

/// The names of the fields that people fill in where nothing else is chosen.
fn field_names(kind: &dyn CredentialType) -> Vec<String> {
    let open = kept::fields(kind).into_iter().filter(|field| field.when.is_none());
    open.filter_map(|field| field.property["name"].as_str().map(str::to_owned)).collect()
}

fn fields(kind: &dyn CredentialType) -> Vec<Value> {
    let filled_in = |property: &Value| !matches!(property["type"].as_str(), Some("hidden" | "notice" | "button"));
    kind.properties().into_iter().filter(filled_in).collect()
}

/// A credential type: its fields, and where a service gives them out.
pub(crate) fn credential(kind: &dyn CredentialType, page: &mut Page) {
    let name = kind.name();
    let package = kind.package().map(|package| format!(" of {package}")).unwrap_or_default();
    page.title(name);
    page.text(&format!("Credential type{package}."));
    if let Some(why) = kind.refusal() {
        page.text(&format!("No request can be sent with it: {why}."));
    }
    if let Some(address) = kind.documentation() {
        let what = if kept::is_of_n8n(&address) { "n8n's guide to it" } else { "Where its fields come from" };
        page.text(&format!("{what}: {address}"));
    }
    for address in kept::addresses(kind) {
        page.text(&format!("Its description names {address}"));
    }
    let fields = kept::fields(kind);
    page.part("Fields");
    page.terms(&fields.iter().map(field).collect::<Vec<_>>());
    page.part("Entry of a credentials file");
    page.code(&serde_json::to_string_pretty(&entry(name, &fields)).unwrap_or_default());
}

/// A field with its choices, its default, and when it counts.
fn field(Field { property: field, when }: &Field) -> (String, String) {
    let mut facts = vec![field["type"].as_str().unwrap_or("string").to_owned()];
    if field["required"] == true {
        facts.push("required".to_owned());
    }
    let value_of = |choice: &Value| node_sdk::json::to_js_string(choice.get("value").unwrap_or(choice));
    let choices: Vec<String> = field["options"].as_array().into_iter().flatten().map(|choice| format!("`{}`", value_of(choice))).collect();
    if field["type"] == "options" {
        facts[0] = choices.join(", ");
    }
    match &field["default"] {
        Value::String(text) if text.is_empty() => {}
        Value::String(_) | Value::Number(_) | Value::Bool(_) => facts.push(format!("default `{}`", value_of(&field["default"]))),
        _ => {}
    }
    facts.extend(when.as_ref().map(|when| format!("when {}", condition(when))));
    (field["name"].as_str().unwrap_or_default().to_owned(), facts.join("; ").replace('\n', " "))
}

/// A credential type as JSON: `name`, `package`, `refusal`, `documentation` (an address), `addresses` that its description names, `fields` as n8n describes
/// properties, each with its conditions.
pub(crate) fn credential_json(kind: &dyn CredentialType) -> Value {
    let mut said = json!({"name": kind.name(), "fields": fields(kind), "addresses": kept::addresses(kind)});
    for (key, text) in [("package", kind.package().map(str::to_owned)), ("refusal", kind.refusal()), ("documentation", kind.documentation())] {
        if let Some(text) = text {
            said[key] = text.into();
        }
    }
    said
}

/// The entry of a file that has the fields that have no default, where nothing else is chosen.
fn entry(name: &str, fields: &[Field]) -> Value {
    let is_open = |field: &&Value| field["required"] == true || matches!(&field["default"], Value::Null) || field["default"] == "";
    let value = |field: &Value| Some((field["name"].as_str()?.to_owned(), Value::from("…")));
    let filled: Map<String, Value> =
        fields.iter().filter(|field| field.when.is_none()).map(|field| &field.property).filter(is_open).filter_map(value).collect();
    Value::Object([(name.to_owned(), Value::Object(filled))].into_iter().collect())
}
