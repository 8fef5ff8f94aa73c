//! The host functions `H`: what our JavaScript may ask of the program.

use std::cmp::Ordering;
use std::rc::Rc;

use javascript::rquickjs::function::{Func, Opt};
use javascript::rquickjs::{self, Coerced, Ctx, Function, Object, Value as Js};
use javascript::{Shared, parts};
use node_sdk::Item;
use serde_json::{Value, json};

use super::code_functions;
use super::host::{Current, Host, Nested, binary_to_js, item_to_js, items_to_js, json_of, lost, throw, to_js, with};
use crate::error::ExpressionError;
use crate::extensions::METHODS;
use crate::json_words;
use crate::lookup;
use crate::pairing::{self, Asked};
use crate::script::BANNED_MEMBERS;
use crate::v8_dates;
use crate::v8_sort;
use crate::view::{Scope, SharedMap, SourceRef};

type SharedHost = Rc<Host>;
type Returns<'js> = rquickjs::Result<Js<'js>>;

/// Makes the object `H`; `most`: how many bytes user code may hand over at once.
pub(crate) fn make<'js>(ctx: &Ctx<'js>, host: &SharedHost, current: &Current, most: usize, nested: Nested) -> rquickjs::Result<Object<'js>> {
    let functions = Object::new(ctx.clone())?;
    functions.set("banned", BANNED_MEMBERS.to_vec())?;
    functions.set("methods", METHODS.to_vec())?;
    let state = host.clone();
    functions.set(
        "v8",
        Func::from(move |message: String, within: String, file: String, line: usize, column: usize| {
            state.reword(&message, &within, &file, line, column)
        }),
    )?;
    let state = host.clone();
    functions.set("isNamed", Func::from(move |line: usize, column: usize| state.is_named(line, column)))?;
    let state = host.clone();
    functions.set("awaited", Func::from(move |line: usize, column: usize| state.awaited(line, column)))?;
    functions.set("jsonWords", Func::from(|text: String| json_words::message(&text)))?;
    functions.set("parseDate", Func::from(|text: String| v8_dates::parse(&text)))?;
    functions.set("sortedOrder", Func::from(sorted_order))?;
    input(&functions, host)?;
    previous(&functions, host)?;
    nodes(&functions, host)?;
    node_items(&functions, host)?;
    this_node(&functions, host)?;
    surroundings(&functions, host)?;
    clock(&functions, host)?;
    let state = host.clone();
    functions.set(
        "evaluate",
        Func::from(move |ctx: Ctx<'js>, source: String, index: usize| -> Returns<'js> {
            state.deeper(|| nested(&ctx, &source, index)).map_err(|error| throw(&ctx, &error))
        }),
    )?;
    code_functions::add(&functions, host, current, most)?;
    parts::host_functions(&functions)?;
    crate::digest::host_functions(&functions)?;
    Ok(functions)
}

/// The indexes of the values in the order that the comparison gives; what it throws ends the sorting.
fn sorted_order<'js>(values: Vec<Js<'js>>, compare: Function<'js>) -> rquickjs::Result<Vec<usize>> {
    v8_sort::sorted_order(values.len(), |a, b| {
        let Coerced(order) = compare.call::<_, Coerced<f64>>((values[a].clone(), values[b].clone()))?;
        Ok(order.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
    })
}

/// What came into the node.
fn input<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "json",
        Func::from(move |ctx: Ctx<'js>, index: usize| -> Returns<'js> {
            json_of(&ctx, &*state.scope().map_err(|error| throw(&ctx, &error))?, index)
        }),
    )?;
    let state = host.clone();
    functions.set(
        "binary",
        Func::from(move |ctx: Ctx<'js>, index: usize| -> Returns<'js> {
            binary_to_js(&ctx, &with(&ctx, &state, |scope| scope.current(index).cloned())?)
        }),
    )?;
    let state = host.clone();
    functions.set(
        "inputItem",
        Func::from(move |ctx: Ctx<'js>, index: i64| -> Returns<'js> {
            let item = with(&ctx, &state, |scope| scope.input_item(usize::try_from(index).unwrap_or(scope.count().saturating_sub(1))))?;
            item_to_js(&ctx, &item)
        }),
    )?;
    let state = host.clone();
    functions.set("content", Func::from(move |ctx: Ctx<'js>, key: String| with(&ctx, &state, |scope| Ok(scope.view.content(&key)))))?;
    let state = host.clone();
    functions.set("sharing", Func::from(move || state.sharing()))?;
    let state = host.clone();
    functions
        .set("inputAll", Func::from(move |ctx: Ctx<'js>| -> Returns<'js> { items_to_js(&ctx, with(&ctx, &state, Scope::input_items)?.iter()) }))?;
    let state = host.clone();
    functions.set(
        "inputParams",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            let params = with(&ctx, &state, |scope| {
                if scope.items().is_empty() {
                    return Err(lookup::no_data());
                }
                scope.previous().map(|source| scope.params(&source.node)).transpose()
            })?;
            params.map_or_else(|| Ok(Js::new_undefined(ctx.clone())), |params| to_js(&ctx, Value::Object((*params).clone())))
        }),
    )
}

/// Where it came from.
fn previous<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "previousName",
        Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |scope| Ok(scope.previous().map(|source| source.node.to_string())))),
    )?;
    let state = host.clone();
    functions.set(
        "previous",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            let source = with(&ctx, &state, |scope| Ok(scope.previous().cloned()))?;
            let value = source.map_or(json!({}), |source| json!({"name": &*source.node, "outputIndex": source.output, "runIndex": source.run}));
            to_js(&ctx, value)
        }),
    )
}

/// What is known of another node.
fn nodes<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set("exists", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &state, |scope| Ok(scope.view.node(&name).is_some()))))?;
    let state = host.clone();
    functions.set(
        "unknown",
        Func::from(move |ctx: Ctx<'js>, _name: Opt<Js<'js>>| with(&ctx, &state, |_| -> Result<(), ExpressionError> { Err(lookup::unknown_node()) })),
    )?;
    let state = host.clone();
    functions.set(
        "ready",
        Func::from(move |ctx: Ctx<'js>, name: String| {
            with(&ctx, &state, |scope| scope.find(&name).and_then(|_| scope.default_run(&name)).map(|_| ()))
        }),
    )?;
    let state = host.clone();
    functions.set("executed", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &state, |scope| Ok(scope.view.run_count(&name) > 0))))?;
    let state = host.clone();
    functions.set("runIndex", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &state, |scope| scope.default_run(&name))))?;
    let state = host.clone();
    functions.set(
        "params",
        Func::from(move |ctx: Ctx<'js>, name: String| -> Returns<'js> {
            to_js(&ctx, Value::Object((*with(&ctx, &state, |scope| scope.params(&name))?).clone()))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "context",
        Func::from(move |ctx: Ctx<'js>, name: Option<String>| -> Returns<'js> {
            let Some(name) = name else { return Ok(Object::new(ctx)?.into_value()) };
            let map = with(&ctx, &state, |scope| Ok(scope.view.context(&name)))?;
            map_to_js(&ctx, &map)
        }),
    )
}

/// Items of another node.
fn node_items<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "nodeItem",
        Func::from(move |ctx: Ctx<'js>, name: String, index: usize| -> Returns<'js> {
            item_to_js(&ctx, &with(&ctx, &state, |scope| scope.node_item(&name, index))?)
        }),
    )?;
    let state = host.clone();
    functions.set(
        "match",
        Func::from(move |ctx: Ctx<'js>, name: String, index: usize, asked: u8| -> Returns<'js> {
            walked_to_js(&ctx, with(&ctx, &state, |scope| scope.matching_item(&name, index, Asked::of_number(asked)))?)
        }),
    )?;
    let state = host.clone();
    functions.set(
        "items",
        Func::from(move |ctx: Ctx<'js>, name: String, branch: Option<i64>, run: Option<i64>, wired: bool| -> Returns<'js> {
            match with(&ctx, &state, |scope| scope.output_items(&name, branch, run, wired))? {
                Some(items) => items_to_js(&ctx, items.iter()),
                None => Ok(Js::new_undefined(ctx)),
            }
        }),
    )?;
    let state = host.clone();
    functions.set(
        "edge",
        Func::from(move |ctx: Ctx<'js>, name: String, branch: Option<i64>, run: Option<i64>, which: i64| -> Returns<'js> {
            let items = with(&ctx, &state, |scope| scope.output_items(&name, branch, run, true))?.unwrap_or_default();
            let item = if which < 0 { items.last() } else { items.first() };
            item.map_or_else(|| Ok(Js::new_undefined(ctx.clone())), |item| item_to_js(&ctx, item))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "pairedFrom",
        Func::from(move |ctx: Ctx<'js>, name: String, source: Js<'js>, paired: Js<'js>| paired_from(&ctx, &state, &name, &source, &paired)),
    )
}

fn paired_from<'js>(ctx: &Ctx<'js>, host: &Host, name: &str, source: &Js<'js>, paired: &Js<'js>) -> Returns<'js> {
    let (Some(source), item) = (source.as_object(), paired.as_object().map_or_else(|| paired.as_int(), |paired| paired.get("item").ok())) else {
        return Ok(Js::new_undefined(ctx.clone()));
    };
    let from = SourceRef {
        node: source.get::<_, String>("previousNode")?.into(),
        output: source.get::<_, Option<usize>>("previousNodeOutput")?.unwrap_or(0),
        run: source.get::<_, Option<usize>>("previousNodeRun")?.unwrap_or(0),
    };
    let item = usize::try_from(item.unwrap_or(0)).unwrap_or(0);
    walked_to_js(ctx, with(ctx, host, |scope| pairing::paired_from(scope, name, &from, item))?.map(|(_, item)| item))
}

/// The item that a walk came to; n8n'scope `TypeError` where it came to none.
fn walked_to_js<'js>(ctx: &Ctx<'js>, item: Option<Item>) -> Returns<'js> {
    match item {
        Some(item) => item_to_js(ctx, &item),
        None => Err(lost(ctx)),
    }
}

/// A copy of a map that others may write to.
fn map_to_js<'js>(ctx: &Ctx<'js>, map: &SharedMap) -> Returns<'js> {
    to_js(ctx, Value::Object(map.lock().map(|map| map.clone()).unwrap_or_default()))
}

/// The node that the expression stands in.
fn this_node<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "parameters",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            to_js(&ctx, Value::Object((*with(&ctx, &state, |scope| Ok(scope.parameters.clone()))?).clone()))
        }),
    )?;
    let state = host.clone();
    functions.set("thisRun", Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |scope| Ok(scope.run_index))))?;
    let state = host.clone();
    functions.set(
        "self",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            let object = Object::new(ctx.clone())?;
            if let Some(node) = with(&ctx, &state, |scope| Ok(scope.view.node(&scope.node)))? {
                object.set("version", Some(node.type_version).filter(|version| !version.is_nan()))?;
                object.set("id", &*node.id)?;
                object.set("webhookId", node.webhook_id.as_deref())?;
            }
            Ok(object.into_value())
        }),
    )
}

/// What is around the nodes: workflow, execution, variables.
fn surroundings<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "workflow",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            let workflow = with(&ctx, &state, |scope| Ok(scope.view.workflow()))?;
            to_js(&ctx, json!({"active": workflow.active, "id": workflow.id, "name": workflow.name}))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "execution",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            let execution = with(&ctx, &state, |scope| Ok(scope.view.execution()))?;
            to_js(
                &ctx,
                json!({"id": execution.id, "mode": execution.mode, "resumeUrl": execution.resume_url, "resumeFormUrl": execution.resume_form_url}),
            )
        }),
    )?;
    let state = host.clone();
    functions.set(
        "vars",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> { Shared::new(with(&ctx, &state, |scope| Ok(scope.view.vars()))?).to_js(&ctx) }),
    )?;
    let state = host.clone();
    functions.set("envAllowed", Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |scope| Ok(scope.view.env().is_some()))))?;
    let state = host.clone();
    functions.set(
        "env",
        Func::from(move |ctx: Ctx<'js>| -> Returns<'js> {
            to_js(&ctx, Value::Object(with(&ctx, &state, |scope| scope.view.env().ok_or_else(lookup::env_denied))?.as_ref().clone()))
        }),
    )?;
    let state = host.clone();
    functions.set("envDenied", Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |_| -> Result<(), ExpressionError> { Err(lookup::env_denied()) })))
}

/// Time and chance.
fn clock<'js>(functions: &Object<'js>, host: &SharedHost) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set("now", Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |scope| Ok(scope.view.now() as f64))))?;
    let state = host.clone();
    functions.set("zone", Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |scope| Ok(scope.view.timezone().to_owned()))))?;
    let state = host.clone();
    functions.set("random", Func::from(move |ctx: Ctx<'js>| with(&ctx, &state, |scope| Ok(scope.view.random()))))
}
