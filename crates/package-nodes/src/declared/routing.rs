//! What a description and the parameters of an item make of a request.

use node_sdk::property::{Extra, FieldGroup, PropertyKind};
use node_sdk::schema::{Scope, is_shown};
use node_sdk::{ItemParams, Kind, NodeError, Property, Resolvable, VersionGroup};
use serde_json::{Map, Value};

use super::places::{merge, set};
use crate::functions::Place;
use crate::running::codes;

/// What is known before anything is sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// The options of the request, as `httpRequest` takes them.
    pub options: Map<String, Value>,
    /// Functions of the package that change them, in their order.
    pub before: Vec<Place>,
    /// What becomes of an answer.
    pub after: Vec<Step>,
    /// Whether all pages are wanted.
    pub paginate: bool,
    /// How pages are asked for.
    pub pages: Option<Paging>,
    /// How many items are wanted at most.
    pub most: Option<usize>,
}

/// Something that becomes of an answer.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// As the description has it; null stands for a function.
    pub what: Value,
    /// Where it stands.
    pub place: Place,
    /// `$value` and its like where it stands.
    pub scope: Map<String, Value>,
}

/// How the pages of a list are asked for.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    /// As the description has it; null stands for a function.
    pub what: Value,
    /// Where it stands.
    pub place: Place,
    /// `$value` and its like where it stands.
    pub scope: Map<String, Value>,
}

impl Paging {
    /// Of operations. A function is left out of the data.
    fn of(operations: &Value, place: Place, scope: Map<String, Value>) -> Self {
        Self { what: operations["pagination"].clone(), place: place.below("pagination"), scope }
    }
}

/// Reads the parameters of an item.
pub(super) struct Reader<'a> {
    pub params: &'a ItemParams<'a>,
    pub version: f64,
    /// Variables that all expressions of the description see.
    pub scope: Map<String, Value>,
    pub plan: Plan,
}

/// Parameters of one level, and where they stand.
struct Level<'a> {
    values: &'a Map<String, Value>,
    /// Of the parameters, with a dot behind it; "" at the top.
    path: String,
    /// Of their properties in the description.
    place: Place,
    /// `$index` in the list of a fixed collection.
    index: Option<usize>,
    /// `$parent`: the fields beside them.
    parent: Option<Value>,
}

impl Reader<'_> {
    /// The options that all requests have, then what each parameter adds.
    pub(super) fn read(&mut self, group: &VersionGroup) -> Result<(), NodeError> {
        self.name_locators(&group.properties)?;
        let said = |key: &str| group.extra.as_ref().and_then(|extra| extra.get(key));
        let scope = self.scope.clone();
        for part in ["qs", "body", "headers"] {
            self.plan.options.insert(part.into(), Value::Object(Map::new()));
        }
        for (key, value) in object(said("requestDefaults"), || Place::new("requestDefaults"))?.into_iter().flatten() {
            self.option(key, value, &scope)?;
        }
        if let Some(operations) = said("requestOperations") {
            self.plan.pages = Some(Paging::of(operations, Place::new("requestOperations"), scope));
        }
        let values = self.params.all_raw();
        self.level(&group.properties, &Level { values, path: String::new(), place: Place::new("properties"), index: None, parent: None })
    }

    /// Expressions of a description see what a resource locator names, where those of a workflow see the whole locator.
    fn name_locators(&mut self, properties: &[Property]) -> Result<(), NodeError> {
        let values = self.params.all_raw();
        let is_locator =
            |name: &str| properties.iter().any(|property| property.name == name && matches!(property.kind, PropertyKind::ResourceLocator(_)));
        if !values.keys().any(|name| is_locator(name)) {
            return Ok(());
        }
        let mut seen = Map::new();
        for name in values.keys() {
            let kind = properties
                .iter()
                .find(|property| property.name == *name && (!is_locator(name) || matches!(property.kind, PropertyKind::ResourceLocator(_))));
            let value = match kind {
                Some(property) => self.value((property, name))?,
                None => self.params.value(name)?,
            };
            seen.extend(value.map(|value| (name.clone(), value)));
        }
        self.scope.insert("$parameter".into(), seen.into());
        Ok(())
    }

    fn level(&mut self, properties: &[Property], level: &Level<'_>) -> Result<(), NodeError> {
        for (at, property) in properties.iter().enumerate() {
            let scope = Scope { siblings: level.values, root: self.params.all_raw(), version: self.version };
            if level.values.contains_key(property.name.as_ref()) && is_shown(property.display.as_ref(), scope) {
                self.property(property, level, &level.place.at(at))?;
            }
        }
        Ok(())
    }

    fn property(&mut self, property: &Property, level: &Level<'_>, place: &Place) -> Result<(), NodeError> {
        let path = format!("{}{}", level.path, property.name);
        if let Some(routing) = routing_of(&property.extra) {
            self.routing(routing, (property, &path), level, place)?;
        }
        let raw = level.values.get(property.name.as_ref());
        match (&property.kind, raw) {
            (PropertyKind::Options(choices), Some(_)) => {
                if !choices.iter().any(|choice| routing_of(&choice.extra).is_some()) {
                    return Ok(());
                }
                let value = self.params.value(&path)?;
                let scope = Scope { siblings: level.values, root: self.params.all_raw(), version: self.version };
                let chosen =
                    choices.iter().enumerate().find(|(_, choice)| choice.value.to_value() == value && is_shown(choice.display.as_ref(), scope));
                if let Some((at, choice)) = chosen
                    && let Some(routing) = routing_of(&choice.extra)
                {
                    self.routing(routing, (property, &path), level, &place.below("options").at(at))?;
                }
                Ok(())
            }
            (PropertyKind::Collection(fields), Some(Value::Object(values))) => {
                let parent = self.params.value(&path)?;
                self.level(fields, &Level { values, path: format!("{path}."), place: place.below("options"), index: level.index, parent })
            }
            (PropertyKind::FixedCollection(groups), Some(Value::Object(values))) => self.groups(groups, values, &path, place),
            _ => Ok(()),
        }
    }

    fn groups(&mut self, groups: &[FieldGroup], values: &Map<String, Value>, path: &str, place: &Place) -> Result<(), NodeError> {
        for (at, group) in groups.iter().enumerate() {
            let place = place.below("options").at(at).below("values");
            let mut entry = |index: Option<usize>, value: &Value, path: String| {
                let Some(values) = value.as_object() else { return Ok(()) };
                let parent = self.params.value(&path)?;
                self.level(&group.values, &Level { values, path: format!("{path}."), place: place.clone(), index, parent })
            };
            match values.get(group.name.as_ref()) {
                Some(Value::Array(list)) => {
                    for (index, value) in list.iter().enumerate() {
                        entry(Some(index), value, format!("{path}.{}.{index}", group.name))?;
                    }
                }
                Some(value) => entry(None, value, format!("{path}.{}", group.name))?,
                None => {}
            }
        }
        Ok(())
    }

    /// What one routing adds, of a parameter that stands at a path.
    fn routing(&mut self, routing: &Value, of: (&Property, &str), level: &Level<'_>, place: &Place) -> Result<(), NodeError> {
        let value = self.value(of)?;
        let mut scope = self.scope.clone();
        scope.extend(value.clone().map(|value| ("$value".to_owned(), value)));
        scope.extend(level.index.map(|index| ("$index".to_owned(), index.into())));
        scope.extend(level.parent.clone().map(|parent| ("$parent".to_owned(), parent)));
        let place = place.below("routing");
        let Some(routing) = object(Some(routing), || place.clone())? else { return Ok(()) };
        let part = |key: &str| object(routing.get(key), || place.below(key));
        for (key, value) in part("request")?.into_iter().flatten() {
            self.option(key, value, &scope)?;
        }
        if let Some(send) = part("send")? {
            self.send(send, value, &scope, &place.below("send"))?;
        }
        if let Some(output) = part("output")? {
            if let Some(most) = output.get("maxResults") {
                self.plan.most = self.resolved(most, &scope)?.as_ref().and_then(node_sdk::json::to_number).map(|most| most as usize);
            }
            let place = place.below("output").below("postReceive");
            let steps = list(output.get("postReceive"), || place.clone())?.iter().enumerate();
            self.plan.after.extend(steps.map(|(at, what)| Step { what: what.clone(), place: place.at(at), scope: scope.clone() }));
        }
        if let Some(operations) = routing.get("operations") {
            self.plan.pages = Some(Paging::of(operations, place.below("operations"), scope));
        }
        Ok(())
    }

    /// The value of a parameter; of a resource locator what it names.
    fn value(&self, (property, path): (&Property, &str)) -> Result<Option<Value>, NodeError> {
        if property.no_data_expression {
            return Ok(self.params.raw(path).cloned());
        }
        let value = self.params.value(path)?;
        match (&property.kind, value) {
            (PropertyKind::ResourceLocator(_), Some(Value::Object(locator))) => match locator.get("value") {
                Some(Value::String(_)) => self.params.locator(path).map(|text| Some(text.into())),
                other => Ok(other.cloned()),
            },
            (_, value) => Ok(value),
        }
    }

    fn send(&mut self, send: &Map<String, Value>, value: Option<Value>, scope: &Map<String, Value>, place: &Place) -> Result<(), NodeError> {
        let place = place.below("preSend");
        let functions = list(send.get("preSend"), || place.clone())?.len();
        self.plan.before.extend((0..functions).map(|at| place.at(at)));
        if let Some(paginate) = send.get("paginate") {
            self.plan.paginate = self.resolved(paginate, scope)?.as_ref().is_some_and(node_sdk::json::truthy);
        }
        let Some(Value::String(property)) = send.get("property").map(|property| self.resolved(property, scope)).transpose()?.flatten() else {
            return Ok(());
        };
        let value = match send.get("value") {
            Some(value) => self.resolved(value, scope)?,
            None => value,
        };
        let Some(value) = value else { return Ok(()) };
        let part = if send.get("type").is_some_and(|kind| kind == "query") { "qs" } else { "body" };
        let part = self.plan.options.entry(part).or_insert_with(|| Value::Object(Map::new()));
        match send.get("propertyInDotNotation") {
            Some(Value::Bool(false)) => {
                if let Value::Object(part) = part {
                    part.insert(property, value);
                }
            }
            _ => set(part, &property, value),
        }
        Ok(())
    }

    /// Puts an option of the request into its place.
    fn option(&mut self, key: &str, value: &Value, scope: &Map<String, Value>) -> Result<(), NodeError> {
        if let Some(value) = self.resolved(value, scope)? {
            merge(self.plan.options.entry(key).or_insert(Value::Null), value);
        }
        Ok(())
    }

    fn resolved(&self, value: &Value, scope: &Map<String, Value>) -> Result<Option<Value>, NodeError> {
        resolved(self.params, value, scope)
    }
}

/// A value of the description with all expressions in it resolved; `None` is undefined.
pub(super) fn resolved(params: &ItemParams<'_>, value: &Value, scope: &Map<String, Value>) -> Result<Option<Value>, NodeError> {
    let evaluated = params.resolve_with(&Resolvable::of_package(value), "routing", Some(scope))?;
    Ok((evaluated.kind != Kind::Undefined).then_some(evaluated.value))
}

fn routing_of(extra: &Extra) -> Option<&Value> {
    extra.as_ref()?.get("routing")
}

/// What the description has where n8n takes an object; nothing is none.
fn object(said: Option<&Value>, place: impl FnOnce() -> Place) -> Result<Option<&Map<String, Value>>, NodeError> {
    match said {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(other) => Err(unfit(other, "an object", &place())),
    }
}

/// What the description has where n8n takes a list; nothing is an empty one.
fn list(said: Option<&Value>, place: impl FnOnce() -> Place) -> Result<&[Value], NodeError> {
    match said {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(unfit(other, "a list", &place())),
    }
}

fn unfit(said: &Value, wanted: &str, place: &Place) -> NodeError {
    let said = match said {
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::String(_) => "a text",
        Value::Number(_) => "a number",
        _ => "true or false",
    };
    let message = format!("The description has {said} at {}, and not {wanted}", place.shown());
    NodeError::coded(codes::DESCRIPTION, message).help(codes::LIES)
}
