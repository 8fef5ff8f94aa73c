//! What a node can do, as its parameters `resource` and `operation` choose it, and the parameters that count for one choice.

use std::borrow::Cow;

use node_sdk::VersionGroup;
use node_sdk::property::{Choice, DisplayCondition, DisplayOptions, DisplayRule, Property, PropertyKind};
use node_sdk::schema::{Scope, is_shown};
use serde_json::{Map, Value};

const RESOURCE: &str = "resource";
const OPERATION: &str = "operation";

/// One thing that a node does. At least one of the two is there.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'g> {
    /// The choice of the parameter `resource`.
    pub resource: Option<&'g Choice>,
    /// The choice of the parameter `operation`.
    pub operation: Option<&'g Choice>,
}

impl Operation<'_> {
    /// The parameters that choose it.
    pub fn chosen(&self) -> Map<String, Value> {
        let named = [(RESOURCE, self.resource), (OPERATION, self.operation)];
        named.into_iter().filter_map(|(name, choice)| Some((name.to_owned(), choice?.value.to_value()?))).collect()
    }

    /// What it does, in a few words; empty where the node does not say.
    pub fn summary(&self) -> String {
        let Some(choice) = self.operation.or(self.resource) else { return String::new() };
        let action = choice.extra.as_ref().and_then(|extra| extra.get("action")?.as_str());
        let words = action.into_iter().chain([choice.description.as_ref(), choice.name.as_ref()]);
        words.into_iter().find(|words| !words.is_empty()).unwrap_or_default().to_owned()
    }
}

/// The value of a choice as text, as it stands in a file.
pub fn value(choice: &Choice) -> String {
    choice.value.to_value().as_ref().map(node_sdk::json::to_js_string).unwrap_or_default()
}

/// What a node of this version can do, in the order of its description; empty where it has neither resources nor operations.
pub fn operations(group: &VersionGroup, version: f64) -> Vec<Operation<'_>> {
    let resources = choices(group, RESOURCE, &Map::new(), version);
    let of = |resource: Option<&'_ Choice>| {
        let given = Operation { resource, operation: None }.chosen();
        choices(group, OPERATION, &given, version)
    };
    if resources.is_empty() {
        return of(None).into_iter().map(|operation| Operation { resource: None, operation: Some(operation) }).collect();
    }
    let within = |resource| {
        let operations = of(Some(resource));
        let alone = operations.is_empty().then_some(Operation { resource: Some(resource), operation: None });
        operations.into_iter().map(move |operation| Operation { resource: Some(resource), operation: Some(operation) }).chain(alone)
    };
    resources.into_iter().flat_map(within).collect()
}

/// The one that a node begins with whose file chooses nothing; else the first.
pub fn default<'o, 'g>(group: &VersionGroup, operations: &'o [Operation<'g>]) -> Option<&'o Operation<'g>> {
    let is_default = |name: &str, choice: Option<&Choice>| {
        choice.is_none_or(|choice| group.properties.iter().any(|property| property.name == name && property.default == choice.value))
    };
    let begins = |one: &&Operation<'_>| is_default(RESOURCE, one.resource) && is_default(OPERATION, one.operation);
    operations.iter().find(begins).or(operations.first())
}

/// The choices of the parameters of this name, each value once.
fn choices<'g>(group: &'g VersionGroup, name: &str, given: &Map<String, Value>, version: f64) -> Vec<&'g Choice> {
    let mut found: Vec<&Choice> = Vec::new();
    let decided = Decided { chosen: given, version, inside: false };
    for property in group.properties.iter().filter(|property| property.name == name && decided.can_show(property.display.as_ref())) {
        let PropertyKind::Options(list) = &property.kind else { continue };
        for choice in list.iter().filter(|choice| decided.can_show(choice.display.as_ref())) {
            if !found.iter().any(|known| known.value == choice.value) {
                found.push(choice);
            }
        }
    }
    found
}

/// What is decided of a node: its version, and the parameters that are chosen.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Parameters with their values.
    pub chosen: &'a Map<String, Value>,
    /// The version.
    pub version: f64,
    /// Fields of a parameter are looked at: the parameters are not beside them.
    pub inside: bool,
}

impl Decided<'_> {
    /// The parameters that the node may have, whatever others are; those that are chosen are left out.
    pub fn parameters<'g>(&self, group: &'g VersionGroup) -> Vec<&'g Property> {
        let possible = |property: &&Property| !self.chosen.contains_key(&*property.name) && self.can_show(property.display.as_ref());
        let mut shown: Vec<&Property> = group.properties.iter().filter(possible).collect();
        loop {
            let others = shown.clone();
            // What depends on a parameter that cannot be there, or on a choice that it does not have, cannot be there.
            let can_hold = |rule: &DisplayRule| self.knows(rule) || !needs_a_value(rule) || others.iter().any(|other| self.can_fulfil(other, rule));
            shown.retain(|property| property.display.as_ref().is_none_or(|display| display.show.iter().all(can_hold)));
            if shown.len() == others.len() {
                break;
            }
        }
        shown.retain(|property| !matches!(property.kind, PropertyKind::Notice | PropertyKind::Hidden));
        shown
    }

    /// Whether something with these display options can be shown, whatever is not decided.
    pub fn can_show(&self, display: Option<&DisplayOptions>) -> bool {
        let decided = display.map(|display| part(display, |rule| self.knows(rule)));
        is_shown(decided.as_ref(), Scope { siblings: self.chosen, root: self.chosen, version: self.version })
    }

    /// Whether a parameter can have a value that a rule asks for.
    fn can_fulfil(&self, property: &Property, rule: &DisplayRule) -> bool {
        let PropertyKind::Options(list) = &property.kind else { return property.name == parameter(rule) };
        let is_asked_for =
            |choice: &Choice| rule.any_of.iter().any(|asked| matches!(asked, DisplayCondition::Equals(value) if *value == choice.value));
        let mut offered = list.iter().filter(|choice| self.can_show(choice.display.as_ref()));
        property.name == parameter(rule) && (list.is_empty() || offered.any(is_asked_for))
    }

    /// The rules that are not decided; `None`: all are.
    pub fn open(&self, display: Option<&DisplayOptions>) -> Option<DisplayOptions> {
        let rules = part(display?, |rule| !self.knows(rule));
        (!rules.show.is_empty() || !rules.hide.is_empty()).then_some(rules)
    }

    fn knows(&self, rule: &DisplayRule) -> bool {
        let of_node = rule.path.strip_prefix('/').or(Some(&*rule.path).filter(|_| !self.inside));
        rule.path.starts_with('@') || of_node.is_some_and(|name| self.chosen.contains_key(name))
    }
}

/// The parameter that a rule looks at.
fn parameter(rule: &DisplayRule) -> &str {
    rule.path.trim_start_matches('/').split(['.', '[']).next().unwrap_or_default()
}

/// Whether a parameter that is not there cannot fulfil it.
fn needs_a_value(rule: &DisplayRule) -> bool {
    rule.any_of.iter().all(|condition| matches!(condition, DisplayCondition::Equals(_)))
}

fn part(display: &DisplayOptions, keep: impl Fn(&DisplayRule) -> bool) -> DisplayOptions {
    let those = |rules: &[DisplayRule]| Cow::Owned(rules.iter().filter(|rule| keep(rule)).cloned().collect());
    DisplayOptions { show: those(&display.show), hide: those(&display.hide), extra: None }
}
