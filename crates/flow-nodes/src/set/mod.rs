//! Edit Fields (Set) 3: writes fields, one by one or as JSON, into an empty item or one that keeps other fields.

mod assign;
mod include;
mod raw;

use std::sync::LazyLock;

use node_sdk::error::codes::PARAMETER;
use node_sdk::{Descriptor, Item, ItemParams, Items, Needs, Node, NodeError, PrepareContext, Prepared, RunContext, RunItem, async_trait};
use serde_json::{Map, Value};

use crate::describe::{self, About};
use crate::path;
use crate::setting::Setting;
use assign::Assignments;
use include::Include;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    let about = "Adds, changes and removes fields of items.";
    About::pure("n8n-nodes-base.set", "Edit Fields (Set)", about, Needs::Item, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct Set;

impl Node for Set {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn example(&self) -> Option<Value> {
        describe::example(include_str!("example.json"))
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        let raw_mode = cx.parameters.get("mode").is_some_and(|mode| mode == "raw");
        Ok(Prepared::Item(Box::new(Ready {
            fields: if raw_mode { Fields::Json(cx.parameters.get("jsonOutput").cloned()) } else { Fields::Each(Assignments::new(cx)) },
            include: Include::new(cx),
            dots: Setting::at(cx, "options.dotNotation"),
            copies: (!raw_mode).then(|| (Setting::at(cx, "duplicateItem"), Setting::at(cx, "duplicateCount"))),
        })))
    }
}

struct Ready {
    fields: Fields,
    include: Include,
    dots: Setting,
    /// `duplicateItem` and `duplicateCount`: more items to try a workflow out with.
    copies: Option<(Setting, Setting)>,
}

enum Fields {
    Each(Assignments),
    Json(Option<Value>),
}

#[async_trait]
impl RunItem for Ready {
    async fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize) -> Result<Items, NodeError> {
        let dots = self.dots.bool(params, true)?;
        let fields = match &self.fields {
            Fields::Each(assignments) => assignments.resolve(params)?,
            Fields::Json(raw) => raw::resolve(raw.as_ref(), params)?,
        };
        let mut item = self.include.begin(params, item, dots)?;
        if let Value::Object(json) = item.json_mut() {
            write(json, fields, dots).map_err(|error| error.parameter(self.fields.parameter()).item(index))?;
        }
        let item = item.paired(index);
        let copies = self.copies(cx, params)?;
        Ok(Items::many(std::iter::repeat_n(item, 1 + copies)))
    }
}

fn write(json: &mut Map<String, Value>, fields: Map<String, Value>, dots: bool) -> Result<(), NodeError> {
    fields.into_iter().try_for_each(|(name, value)| path::set_field(json, &name, value, dots))
}

impl Fields {
    fn parameter(&self) -> &'static str {
        match self {
            Self::Each(_) => "assignments",
            Self::Json(_) => "jsonOutput",
        }
    }
}

/// Copies of all items together; n8n states no limit, but a number in a file must not take the host's memory.
const MAX_COPIES: f64 = 1e6;

impl Ready {
    /// Copies are made in a run by hand only.
    fn copies(&self, cx: &RunContext, params: &ItemParams<'_>) -> Result<usize, NodeError> {
        match &self.copies {
            Some((wanted, count)) if cx.execution.mode == "test" && wanted.bool(params, false)? => {
                let count = count.value(params)?.and_then(|count| count.as_f64()).unwrap_or(0.0).max(0.0);
                let items = cx.inputs.main().len().max(1) as f64;
                if count * items > MAX_COPIES {
                    let message = format!("{count} copies of each of {items} items are too many: {MAX_COPIES} are possible in all");
                    return Err(NodeError::coded(PARAMETER, message).parameter("duplicateCount").help("Write a smaller number."));
                }
                Ok(count as usize)
            }
            _ => Ok(0),
        }
    }
}
