//! Node types: a page for each, with its versions, credentials and parameters.

use std::fmt::Write;

use node_sdk::descriptor::{InputCount, OutputCount};
use node_sdk::property::{Choice, DisplayCondition, DisplayOptions, DisplayRule, Property, PropertyKind};
use node_sdk::{Begins, Descriptor, Node, Registry, VersionGroup, schema};
use serde_json::{Map, Value, json};
use workflow::names::n8n_versions;

use super::operations::{self, Operation};

use super::{Page, cell, slug};

/// One page for each node type, and the list of them.
pub fn pages(registry: &Registry) -> Vec<Page> {
    let mut index = String::from(
        "# Node types\n\nA type of n8n's that is not here is refused before a run, by name. Versions that are *not built in* \
         [run from n8n's package](../../from-n8n.md#older-versions-of-nodes).\n\n\
         | type | versions | not built in | what it is |\n|---|---|---|---|\n",
    );
    let mut pages = Vec::new();
    for node in registry.list() {
        let descriptor = node.descriptor();
        let file = format!("{}.md", file_name(&descriptor.name));
        let not_there = numbers(&not_built_in(descriptor));
        let _ = writeln!(index, "| [`{}`]({file}) | {} | {not_there} | {} |", descriptor.name, versions(descriptor), cell(&title(descriptor)));
        pages.push(Page { path: format!("docs/reference/nodes/{file}"), text: page(&*node) });
    }
    pages.push(Page { path: "docs/reference/nodes/README.md".to_owned(), text: index });
    pages
}

/// `n8n-nodes-base.httpRequest` is in `http-request.md`, and so are n8n's other nodes.
pub fn file_name(type_name: &str) -> String {
    let of_n8n = ["n8n-nodes-base.", "@n8n/n8n-nodes-langchain."];
    let short = of_n8n.iter().find_map(|package| type_name.strip_prefix(package)).unwrap_or(type_name);
    let mut words = String::new();
    for c in short.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(c);
    }
    slug(&words)
}

/// The node's name and what it does.
pub fn title(descriptor: &Descriptor) -> String {
    if descriptor.description.is_empty() {
        descriptor.display_name.to_string()
    } else {
        format!("{}. {}", descriptor.display_name, descriptor.description)
    }
}

/// For example `3, 3.1, 3.4`, or `1 or any other` where the number does not matter.
pub fn versions(descriptor: &Descriptor) -> String {
    let listed = descriptor.all_versions().map(|version| version.to_string()).collect::<Vec<_>>().join(", ");
    if descriptor.versions.iter().any(|group| group.any_version) { format!("{listed} or any other") } else { listed }
}

/// Versions of the type that n8n has and this program does not.
fn not_built_in(descriptor: &Descriptor) -> Vec<f64> {
    if descriptor.versions.iter().any(|group| group.any_version) {
        return Vec::new();
    }
    let of_n8n = n8n_versions(&descriptor.name).unwrap_or_default();
    let mut absent: Vec<f64> = of_n8n.iter().copied().filter(|version| descriptor.version(*version).is_none()).collect();
    absent.sort_by(f64::total_cmp);
    absent
}

/// The same as the end of a sentence, for example `versions 3, 3.1`, `version 1 or any other`.
pub(super) fn in_versions(descriptor: &Descriptor) -> String {
    format!("{} {}", if descriptor.all_versions().count() == 1 { "version" } else { "versions" }, versions(descriptor))
}

/// A whole page in Markdown.
pub fn page(node: &dyn Node) -> String {
    let descriptor = node.descriptor();
    let mut text =
        format!("# {}\n\n{}\n\nType `{}`, {}.\n", descriptor.display_name, descriptor.description, descriptor.name, in_versions(descriptor));
    remarks(node).iter().for_each(|remark| text.push_str(&format!("\n{remark}\n")));
    if compares(node) {
        text.push_str("\n[How conditions compare](../../conditions.md).\n");
    }
    if descriptor.name == "konverte" {
        text.push_str("\nThe actions are listed [by resource](../konverte/README.md); here stands what all of them share.\n");
    }
    for group in descriptor.versions.iter().rev() {
        let _ = write!(text, "\n## Version {}\n\n{}", numbers(&group.versions), ports(group));
        for credential in group.credentials.iter() {
            let _ = writeln!(text, "Credential `{}`{}.  ", credential.name, if credential.required { "" } else { ", where it applies" });
        }
        write_table(&mut text, group, node);
    }
    let example = example(node);
    let _ = write!(text, "\n## Example\n\n```json\n{}\n```\n", serde_json::to_string_pretty(&example).unwrap_or_default());
    needs(&example, descriptor.trigger).iter().for_each(|said| text.push_str(&format!("\n{said}\n")));
    text
}

/// Whether it has conditions as If has them.
pub(super) fn compares(node: &dyn Node) -> bool {
    fn holds(property: &Property) -> bool {
        match &property.kind {
            PropertyKind::Filter => true,
            PropertyKind::Collection(fields) => fields.iter().any(holds),
            PropertyKind::FixedCollection(groups) => groups.iter().any(|group| group.values.iter().any(holds)),
            _ => false,
        }
    }
    node.package().is_none() && node.descriptor().versions.iter().any(|group| group.properties.iter().any(holds))
}

/// Why it does not run, and what a run of it begins with, where there is something to say.
pub(super) fn remarks(node: &dyn Node) -> Vec<String> {
    let refused = if node.descriptor().trigger { "It begins no run by itself" } else { "It does not run here" };
    let refused = node.refusal().map(|why| format!("{refused}: {why}."));
    let absent = not_built_in(node.descriptor());
    let absent = (!absent.is_empty() && node.package().is_none()).then(|| {
        let (which, them) = if absent.len() == 1 { ("version", "it") } else { ("versions", "them") };
        format!("Not built in: {which} {}. `konverte packages add n8n-nodes-base` brings {them}.", numbers(&absent))
    });
    let begins = begins(node).map(|begins| format!("A run from the shell that is given no items begins with {begins}."));
    refused.into_iter().chain(absent).chain(begins).collect()
}

/// The parameters of a group of versions as a table.
fn write_table(text: &mut String, group: &VersionGroup, node: &dyn Node) {
    // An action's own parameters stand on its resource's page.
    let shared = group.properties.iter().filter(|property| node.descriptor().name != "konverte" || property.display.is_none());
    let rows: Vec<&Property> = shared.filter(|property| !matches!(property.kind, PropertyKind::Notice)).collect();
    if rows.is_empty() {
        text.push_str("\nNo parameters.\n");
        return;
    }
    text.push_str("\n| parameter | type | default | shown when | what it is |\n|---|---|---|---|---|\n");
    for property in rows {
        write_row(text, property, "");
    }
}

/// Version numbers with commas.
fn numbers(versions: &[f64]) -> String {
    versions.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

/// What a trigger puts out where it is given nothing, where that is not what it makes by itself.
fn begins(node: &dyn Node) -> Option<&'static str> {
    let descriptor = node.descriptor();
    match node.begins(descriptor.default_version()) {
        Begins::Polls => Some("what it finds: it asks once, and nothing is remembered between runs until there is a server"),
        Begins::Empty => Some("one empty item, for nobody has called it; `--input` or pinned data give what would come"),
        Begins::ByItself => None,
    }
    .filter(|_| descriptor.trigger)
}

pub(super) fn ports(group: &VersionGroup) -> String {
    let inputs = match group.inputs {
        InputCount::Fixed(0) => "no input".to_owned(),
        InputCount::Fixed(n) if n > 1 => format!("{n} inputs"),
        InputCount::Fixed(_) | InputCount::One => "one input".to_owned(),
        InputCount::ByParameters => "inputs by its parameters".to_owned(),
    };
    let outputs = match group.outputs {
        OutputCount::Fixed(0) => "no output".to_owned(),
        OutputCount::Fixed(n) if n > 1 => format!("{n} outputs"),
        OutputCount::Fixed(_) | OutputCount::One => "one output".to_owned(),
        OutputCount::ByParameters => "outputs by its parameters".to_owned(),
    };
    let names: Vec<&str> = group.output_names.iter().map(AsRef::as_ref).filter(|name| !name.is_empty()).collect();
    // A description may name outputs that the node does not have.
    let names =
        if matches!(group.outputs, OutputCount::Fixed(n) if n > 1) || group.outputs == OutputCount::ByParameters { names } else { Vec::new() };
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!("It has {inputs} and {outputs}{names}.\n")
}

fn write_row(text: &mut String, property: &Property, prefix: &str) {
    let name = format!("{prefix}{}", property.name);
    let required = if property.required { " **required**" } else { "" };
    let words = words(property);
    let default = property.default.to_value().map(|value| format!("`{}`", cell(&value.to_string()))).unwrap_or_default();
    let shown = property.display.as_ref().map(condition).unwrap_or_default();
    let _ = writeln!(text, "| `{name}` | {} | {default} | {} | {}{required} |", cell(&kind(property)), cell(&shown), cell(&words));
    match &property.kind {
        PropertyKind::Collection(fields) => fields.iter().for_each(|field| write_row(text, field, &format!("{name}."))),
        PropertyKind::FixedCollection(groups) => {
            for group in groups.iter() {
                let many = if property.type_options.multiple() { "[]" } else { "" };
                group.values.iter().for_each(|field| write_row(text, field, &format!("{name}.{}{many}.", group.name)));
            }
        }
        _ => {}
    }
}

/// What it is, else its label; nothing where that only repeats the name.
pub(super) fn words(property: &Property) -> String {
    let title = property.title();
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let says_more = |text: &&str| !text.is_empty() && plain(text) != plain(&property.name);
    let description = Some(property.description.as_ref()).filter(|text| plain(text) != plain(&title));
    without_tags(description.into_iter().chain([title.as_ref()]).find(says_more).unwrap_or_default())
}

/// Text without its tags of HTML: n8n's descriptions hold links.
fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        plain.push_str(before);
        rest = match after.split_once('>').filter(|_| is_tag) {
            Some((_, behind)) => behind,
            None => {
                plain.push('<');
                after
            }
        };
    }
    plain + rest
}

/// The type in words; the values of a choice.
pub(super) fn kind(property: &Property) -> String {
    let choices = |list: &[Choice]| {
        let mut values: Vec<String> = Vec::new();
        for value in list.iter().filter_map(|choice| choice.value.to_value()) {
            let word = format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            // A choice that is there in two places of the form is one.
            if !values.contains(&word) {
                values.push(word);
            }
        }
        values.join(", ")
    };
    let word = match &property.kind {
        PropertyKind::String => "text",
        PropertyKind::Number => "number",
        PropertyKind::Boolean => "true or false",
        PropertyKind::Options(list) => {
            return if list.is_empty() { "a choice that depends on the node's other parameters".to_owned() } else { choices(list) };
        }
        PropertyKind::MultiOptions(list) if list.is_empty() => "a list of choices that depend on the account",
        PropertyKind::MultiOptions(list) => return format!("list of {}", choices(list)),
        PropertyKind::Json => "JSON",
        PropertyKind::DateTime => "date and time",
        PropertyKind::Collection(_) => "optional fields",
        PropertyKind::FixedCollection(_) => "groups of fields",
        PropertyKind::Filter => "conditions",
        PropertyKind::AssignmentCollection => "assignments",
        PropertyKind::ResourceLocator(_) => "resource",
        PropertyKind::ResourceMapper => "columns",
        PropertyKind::WorkflowSelector => "workflow",
        PropertyKind::CredentialsSelect => "credential type",
        PropertyKind::Notice => "notice",
        PropertyKind::Hidden => "hidden",
        PropertyKind::Other(word) => word,
    };
    word.to_owned()
}

/// For example `mode is a or b, and other is not empty`.
pub(super) fn condition(display: &DisplayOptions) -> String {
    let rule = |rule: &DisplayRule, is: &str, or: &str| {
        let values: Vec<String> = rule.any_of.iter().map(condition_value).collect();
        let subject = if rule.path == "@version" { "the version" } else { rule.path.trim_start_matches('/') };
        format!("{subject} {is} {}", values.join(or))
    };
    let show = display.show.iter().map(|shown| rule(shown, "is", " or "));
    let hide = display.hide.iter().map(|hidden| rule(hidden, "is not", " and not "));
    show.chain(hide).collect::<Vec<_>>().join(", and ")
}

fn condition_value(value: &DisplayCondition) -> String {
    let text = |value: Option<Value>| value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
    match value {
        DisplayCondition::Equals(value) if value.to_value().is_some_and(|value| value == "") => "empty".to_owned(),
        DisplayCondition::Equals(value) => format!("`{}`", text(value.to_value())),
        DisplayCondition::Compare { operator, operand } => {
            let words = match operator.as_ref() {
                "gte" => "at least",
                "lte" => "at most",
                "gt" => "more than",
                "lt" => "less than",
                other => other,
            };
            format!("{words} `{}`", text(operand.to_value()))
        }
    }
}

/// A node that can be pasted into a workflow: the newest version, with the node's own example; without one, what has no default is filled with a sample.
pub fn example(node: &dyn Node) -> Value {
    let Some(group) = node.descriptor().versions.last() else { return json!({}) };
    let version = group.versions.last().copied().unwrap_or(1.0);
    let begins_with = || operations::default(group, &operations::operations(group, version)).map(Operation::chosen);
    let mut chosen = if node.example().is_none() { begins_with().unwrap_or_default() } else { Map::new() };
    if let Some(action) = has_actions(node).then(|| konverte_nodes::actions().find(|action| action.operation == "Create A User")).flatten() {
        chosen.insert("resource".into(), action.resource.as_ref().into());
        chosen.insert("operation".into(), action.operation.as_ref().into());
    }
    example_of(node, group, version, &chosen)
}

/// Whether it is the node of the API's actions, under one of its names.
fn has_actions(node: &dyn Node) -> bool {
    [&konverte_nodes::service::KONVERTE, &konverte_nodes::service::CHATWOOT].iter().any(|service| service.node == node.descriptor().name)
}

/// The parameters of an example of the action that is chosen.
fn of_action(chosen: &Map<String, Value>) -> Option<Value> {
    let is_chosen = |name: &str, value: &str| chosen.get(name).is_some_and(|chosen| chosen == value);
    let action = konverte_nodes::actions().find(|action| is_chosen("resource", &action.resource) && is_chosen("operation", &action.operation))?;
    super::actions::example(action).get("parameters").cloned()
}

/// [`example`] in one version, where these parameters are chosen.
pub fn example_of(node: &dyn Node, group: &VersionGroup, version: f64, chosen: &Map<String, Value>) -> Value {
    let descriptor = node.descriptor();
    let of_action = has_actions(node).then(|| of_action(chosen)).flatten();
    let own = of_action.or_else(|| node.example().filter(|own| chosen.iter().all(|(name, value)| own.get(name) == Some(value))));
    let parameters = match own {
        Some(own) if version == descriptor.newest() => own,
        Some(Value::Object(own)) => Value::Object(needed(group, version, &taken(group, version, own))),
        _ => Value::Object(needed(group, version, chosen)),
    };
    let name = if group.default_name.is_empty() { &descriptor.display_name } else { &group.default_name };
    let mut example = json!({"id": file_name(&descriptor.name), "name": name, "type": descriptor.name, "typeVersion": node_sdk::json::number(version), "position": [220, 0], "parameters": parameters});
    let filled = example["parameters"].as_object().map(|set| schema::with_defaults(group, set, version)).unwrap_or_default();
    let scope = schema::Scope { siblings: &filled, root: &filled, version };
    for wanted in group.credentials.iter().filter(|wanted| wanted.required && schema::is_shown(wanted.display.as_ref(), scope)) {
        example["credentials"][&*wanted.name] = json!({"id": "1", "name": name});
    }
    example
}

/// What an older version takes of an example that is the newest's: parameters that it shows, of the shape that they have there.
fn taken(group: &VersionGroup, version: f64, example: Map<String, Value>) -> Map<String, Value> {
    let filled = schema::with_defaults(group, &example, version);
    let scope = schema::Scope { siblings: &filled, root: &filled, version };
    let takes = |property: &Property, value: &Value| {
        let choices = property.choices();
        let plain = property.default.to_value().is_some_and(|default| !default.is_object() && !default.is_array());
        let inner: Option<Vec<&str>> = match &property.kind {
            PropertyKind::Collection(fields) => Some(fields.iter().map(|field| &*field.name).collect()),
            PropertyKind::FixedCollection(groups) => Some(groups.iter().map(|group| &*group.name).collect()),
            _ => None,
        };
        let has_all = inner.is_none_or(|inner| value.as_object().is_none_or(|object| object.keys().all(|key| inner.contains(&&**key))));
        has_all
            && schema::is_shown(property.display.as_ref(), scope)
            && (choices.is_empty() || choices.contains(value))
            && !(plain && value.is_object())
    };
    let fits = |(name, value): &(String, Value)| group.properties.iter().any(|property| property.name == *name && takes(property, value));
    example.into_iter().filter(fits).collect()
}

/// Fields of the people that examples are written for.
const PERSON: [(&str, &str); 5] = [("name", "Ana"), ("email", "ana@example.com"), ("age", "31"), ("city", "Porto"), ("tags", "[\"new\"]")];

/// What stands around the name of a parameter where its value is read from the item's field of that name.
const SAMPLE: (&str, &str) = ("={{ $json.", " }}");

/// Values of such fields that say more than any text, or that alone can be meant.
const USUAL: [(&str, &str); 6] = [
    ("schema", "public"),
    ("table", "people"),
    ("fromEmail", "shop@example.com"),
    ("toEmail", "ana@example.com"),
    ("fileSelector", "/data/in/Ana.csv"),
    ("fileName", "/data/out/Ana.csv"),
];

/// An item with the fields that an example reads; `None`: it runs with any item.
pub fn example_item(example: &Value) -> Option<Value> {
    let mut texts = Vec::new();
    collect_texts(&example["parameters"], &mut texts);
    let reads = |text: &&str, field: &str| {
        let is_named = text.split(',').any(|part| part.trim() == field);
        is_named || text.match_indices(field).any(|(at, _)| text[..at].ends_with("json.") || text[..at].ends_with("item."))
    };
    let read = PERSON.into_iter().filter(|(field, _)| texts.iter().any(|text| reads(text, field)));
    let mut item: Map<String, Value> =
        read.map(|(field, value)| (field.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into()))).collect();
    // Rows are found again by this field.
    if let Some(key) = example["parameters"]["updateKey"].as_str().filter(|key| !key.is_empty() && !key.starts_with('=')) {
        item.entry(key).or_insert_with(|| 1.into());
    }
    for field in texts.iter().filter_map(|text| text.strip_prefix(SAMPLE.0)?.strip_suffix(SAMPLE.1)) {
        let usual = || USUAL.iter().find(|(name, _)| *name == field).map_or("example", |(_, value)| value);
        item.entry(field).or_insert_with(|| usual().into());
    }
    (!item.is_empty()).then_some(Value::Object(item))
}

fn collect_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(list) => list.iter().for_each(|entry| collect_texts(entry, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect_texts(field, texts)),
        _ => {}
    }
}

/// What an example needs: the items that it is written for, the workflow that it calls.
pub(super) fn needs(example: &Value, trigger: bool) -> Vec<String> {
    let item = example_item(example).filter(|_| !trigger);
    // With room between its fields, or a long one is one word, which is cut where a line ends.
    let spaced = |item: Value| serde_json::to_string_pretty(&item).unwrap_or_default().lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let items = item.map(|item| format!("It is written for items such as `{}`.", spaced(item)));
    let workflow = example["parameters"]["workflowId"].get("value").and_then(Value::as_str).filter(|id| !id.starts_with('='));
    let workflow = workflow.map(|id| format!("It calls the workflow whose `id` is `{id}`: a file in the same folder."));
    items.into_iter().chain(workflow).collect()
}

/// What must be set: what is required, and choices whose default is none of them. What is set decides what else is shown.
fn needed(group: &VersionGroup, version: f64, chosen: &Map<String, Value>) -> Map<String, Value> {
    let mut parameters = chosen.clone();
    for property in group.properties.iter() {
        let choices = property.choices();
        let decided = choices.is_empty() || property.default.to_value().is_none_or(|default| choices.contains(&default));
        let undecided = !decided && matches!(property.kind, PropertyKind::Options(_));
        if !(property.required || undecided) || parameters.contains_key(&*property.name) {
            continue;
        }
        let filled = schema::with_defaults(group, &parameters, version);
        let scope = schema::Scope { siblings: &filled, root: &filled, version };
        if schema::is_shown(property.display.as_ref(), scope) {
            parameters.insert(property.name.to_string(), sample(property));
        }
    }
    parameters
}

fn sample(property: &Property) -> Value {
    match (&property.kind, property.default.to_value()) {
        (PropertyKind::ResourceLocator(modes), _) => {
            let by_id = modes.iter().find(|mode| mode.name == "id").or(modes.last());
            json!({"__rl": true, "mode": by_id.map_or("id", |mode| &mode.name), "value": read(&property.name)})
        }
        (PropertyKind::ResourceMapper, _) => {
            json!({"mappingMode": "defineBelow", "value": {"id": 1, "name": "={{ $json.name }}"}, "matchingColumns": ["id"]})
        }
        (_, Some(value)) if value != "" => value,
        (PropertyKind::Number, _) => 1.into(),
        (PropertyKind::Boolean, _) => true.into(),
        (PropertyKind::Options(list), _) => list.first().and_then(|choice| choice.value.to_value()).unwrap_or_default(),
        _ => read(&property.name).into(),
    }
}

/// An expression that reads this field of the item.
fn read(field: &str) -> String {
    format!("{}{field}{}", SAMPLE.0, SAMPLE.1)
}
