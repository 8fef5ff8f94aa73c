//! The host functions of user code: helpers, the console, items of nodes, static data.

use std::rc::Rc;

use javascript::rquickjs::convert::List;
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Array, Ctx, Exception, Object};
use node_sdk::json;
use serde_json::Value;

use super::fault;
use super::host::{self, Current, Host};
use crate::code_result::CodeError;
use crate::pairing::Asked;
use crate::view::{Scope, SharedMap};

/// Adds the host functions of user code; `most`: how many bytes may leave the engine at once.
pub(super) fn add<'js>(functions: &Object<'js>, host: &Rc<Host>, current: &Current, most: usize) -> rquickjs::Result<()> {
    let run = current.clone();
    functions.set(
        "callHelper",
        Func::from(move |ctx: Ctx<'js>, id: u64, name: String, args: String| {
            let Some(outside) = run.borrow().as_ref().map(|(outside, ..)| outside.clone()) else { return Ok(()) };
            if !outside.has_room(args.len()) {
                return Err(host::throw(&ctx, &fault::out_of_memory()));
            }
            let value = crossed(&args, "The arguments of a helper").map_err(|error| Exception::throw_message(&ctx, &error.message))?;
            outside.call(id, &name, value, args.len());
            Ok::<_, rquickjs::Error>(())
        }),
    )?;
    let run = current.clone();
    functions.set(
        "log",
        Func::from(move |level: String, text: String| {
            if let Some((outside, ..)) = &*run.borrow() {
                outside.log(&level, &text);
            }
        }),
    )?;
    functions.set("most", most)?;
    let run = current.clone();
    functions.set(
        "elapsed",
        Func::from(move || run.borrow().as_ref().map_or(0.0, |(_, elapsed, since)| (*elapsed + since.elapsed()).as_secs_f64() * 1000.0)),
    )?;
    items(functions, host)
}

fn items<'js>(functions: &Object<'js>, host: &Rc<Host>) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "codeItem",
        Func::from(move |ctx: Ctx<'js>, index: usize| {
            host::with(&ctx, &state, |scope| Ok(scope.items().get(index).cloned())).and_then(|item| host::code_item(&ctx, item, index))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "codeItems",
        Func::from(move |ctx: Ctx<'js>| {
            let array = Array::new(ctx.clone())?;
            for (index, item) in host::with(&ctx, &state, |scope| Ok(scope.items().clone()))?.iter().enumerate() {
                array.set(index, host::code_item(&ctx, Some(item.clone()), index)?)?;
            }
            Ok::<_, rquickjs::Error>(array)
        }),
    )?;
    outputs(functions, host)?;
    let state = host.clone();
    functions.set(
        "staticText",
        Func::from(move |ctx: Ctx<'js>, kind: String| {
            let map = host::with(&ctx, &state, |scope| Ok(static_data(scope, &kind)))?;
            let text = map.lock().ok().and_then(|map| serde_json::to_string(&*map).ok());
            Ok::<_, rquickjs::Error>(text.unwrap_or_else(|| "{}".into()))
        }),
    )
}

/// Where items of other nodes stand, as `[node, run, output, index]`, and what stands there: user code gets the same object for the same place.
fn outputs<'js>(functions: &Object<'js>, host: &Rc<Host>) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set("isHere", Func::from(move |ctx: Ctx<'js>, name: String| host::with(&ctx, &state, |scope| Ok(*scope.node == *name))))?;
    let state = host.clone();
    functions.set(
        "placeOfIndex",
        Func::from(move |ctx: Ctx<'js>, name: String, index: usize| {
            let (run, branch) = host::with(&ctx, &state, |scope| scope.node_item_place(&name, index))?;
            Ok::<_, rquickjs::Error>(List((name, run, branch, index)))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "placeOfMatch",
        Func::from(move |ctx: Ctx<'js>, name: String, index: usize, asked: u8| {
            let found = host::with(&ctx, &state, |scope| scope.matching_place(&name, index, Asked::of_number(asked)))?;
            let Some(place) = found else { return Err(host::lost(&ctx)) };
            Ok(List((place.node.to_string(), place.run, place.output, place.item)))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "placeOfOutput",
        Func::from(move |ctx: Ctx<'js>, name: String, branch: Option<i64>, run: Option<i64>, wired: bool| {
            let found = host::with(&ctx, &state, |scope| scope.output_place(&name, branch, run, wired))?;
            Ok::<_, rquickjs::Error>(found.map(|(run, branch)| List((name, run, branch))))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "outputLength",
        Func::from(move |ctx: Ctx<'js>, name: String, run: usize, branch: usize| {
            host::with(&ctx, &state, |scope| Ok(scope.view.output(&name, run, branch).and_then(|items| items.len()).unwrap_or(0)))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "outputItem",
        Func::from(move |ctx: Ctx<'js>, name: String, run: usize, branch: usize, index: usize| {
            let items = host::with(&ctx, &state, |scope| Ok(scope.view.output(&name, run, branch)))?.unwrap_or_default();
            items.get(index).map(|item| host::item_to_js(&ctx, item)).transpose()
        }),
    )
}

/// What JavaScript wrote as JSON: a lone surrogate becomes U+FFFD; what nests deeper than we take is an error that says so.
pub(super) fn crossed(text: &str, what: &str) -> Result<Value, CodeError> {
    json::parse_text(text).map_err(|error| CodeError {
        message: format!("{what} cannot be passed on: {}", error.message),
        name: "Error".into(),
        advice: Some(
            "Nest less: lists and objects go on to 128 levels. Take out what is needed, or write the inner part as text with JSON.stringify.",
        ),
        ..CodeError::default()
    })
}

pub(super) fn static_data(scope: &Scope, kind: &str) -> SharedMap {
    match kind {
        "execution" => scope.view.custom_data(),
        kind => scope.view.static_data((kind == "node").then_some(&scope.node)),
    }
}
