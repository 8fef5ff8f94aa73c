//! Which fields of the input item stay.

use node_sdk::{Item, ItemParams, NodeError, PrepareContext};
use serde_json::{Map, Value};

use crate::setting::Setting;
use crate::{path, text};

/// What stays, read once.
#[derive(Debug)]
pub(super) struct Include {
    /// Since 3.3: whether anything stays at all.
    others: Option<Setting>,
    which: Setting,
    included: Setting,
    excluded: Setting,
    binary: Binary,
}

#[derive(Debug)]
enum Binary {
    /// Until 3.3: files stay where the option says so.
    Keep(Setting),
    /// Since 3.4: files stay where fields do, unless the option says otherwise.
    Strip(Setting),
}

impl Include {
    pub(super) fn new(cx: &PrepareContext<'_>) -> Self {
        let version = cx.node.type_version;
        Self {
            others: (version >= 3.3).then(|| Setting::at(cx, "includeOtherFields")),
            which: Setting::at(cx, "include"),
            included: Setting::at(cx, "includeFields"),
            excluded: Setting::at(cx, "excludeFields"),
            binary: if version >= 3.4 {
                Binary::Strip(Setting::at(cx, "options.stripBinary"))
            } else {
                Binary::Keep(Setting::at(cx, "options.includeBinary"))
            },
        }
    }

    /// The item that so many fields more are written into.
    pub(super) fn begin(&self, params: &ItemParams<'_>, mut item: Item, dots: bool, more: usize) -> Result<Item, NodeError> {
        let which = match &self.others {
            Some(others) if !others.bool(params, false)? => "none".into(),
            _ => self.which.text(params)?,
        };
        if !self.keeps_files(params, &which)? {
            item.binary = None;
        }
        match &*which {
            "none" => item.json = Some(Value::Object(Map::new()).into()),
            "selected" => item.json = Some(Value::Object(self.selected(params, &item, dots)?).into()),
            "except" => {
                for name in names(&self.excluded, params)? {
                    let json = object(&mut item);
                    let name = super::key(json, &name, dots).to_owned();
                    path::unset_field(json, &name, dots);
                }
            }
            "" | "all" => item.json = Some(Value::Object(with_room(item.object(), more)).into()),
            other => return Err(NodeError::new(format!("The include option \"{other}\" is not known!"))),
        }
        Ok(Item { error: None, extra: None, ..item })
    }

    fn keeps_files(&self, params: &ItemParams<'_>, which: &str) -> Result<bool, NodeError> {
        match &self.binary {
            Binary::Keep(keep) => keep.bool(params, false),
            Binary::Strip(strip) => Ok(which != "none" && !strip.bool(params, false)?),
        }
    }

    /// A field with dots in its name becomes its last part.
    fn selected(&self, params: &ItemParams<'_>, item: &Item, dots: bool) -> Result<Map<String, Value>, NodeError> {
        let mut kept = Map::new();
        for name in names(&self.included, params)? {
            let name = item.object().map_or(name.as_str(), |json| super::key(json, &name, dots));
            if let Some(value) = item.json().and_then(|json| path::get_field(json, name, dots)) {
                let key = if dots { name.rsplit('.').next().unwrap_or(name) } else { name };
                path::set_field(&mut kept, key, value.clone(), dots)?;
            }
        }
        Ok(kept)
    }
}

/// The names of a comma separated list; anything else has no `split`.
fn names(setting: &Setting, params: &ItemParams<'_>) -> Result<Vec<String>, NodeError> {
    let given = setting.value(params)?;
    let text =
        text::receiver(given.as_deref(), text::PARAMETER_CALL, "split").map_err(|error| error.parameter(setting.path()).item(params.index()))?;
    Ok(path::split_names(text))
}

/// The fields in an object that takes so many more without growing: one that grows takes twice the room, and items are kept for long.
fn with_room(fields: Option<&Map<String, Value>>, more: usize) -> Map<String, Value> {
    let mut object = Map::with_capacity(fields.map_or(0, Map::len) + more);
    let kept = fields.into_iter().flatten().filter(|(name, _)| *name != "__proto__");
    object.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    object
}

/// The item's JSON for editing; an item whose JSON is no object begins anew.
fn object(item: &mut Item) -> &mut Map<String, Value> {
    if item.object().is_none() {
        item.json = Some(Value::Object(Map::new()).into());
    }
    match item.json_mut() {
        Value::Object(map) => map,
        _ => unreachable!("the line above made it an object"),
    }
}
