//! Sending: one request, or page after page.

use std::sync::Mutex;

use async_trait::async_trait;
use node_sdk::credential::TokenOptions;
use node_sdk::json::truthy;
use node_sdk::sync::lock;
use node_sdk::{Item, NodeError, RunContext};
use request::auth::{self, SendError};
use request::failure::status_code;
use request::helper::{Answered, Asked, Family};
use serde_json::{Value, json};

use super::pages::Pages;
use super::places::{get, merge, set};
use super::routing::{Paging, Plan};
use super::{One, failure, receive};
use crate::functions::{Answer, Options, Request};

/// Sends what is to be sent, and makes items of the answers.
pub(super) async fn all(one: &One, cx: &RunContext, plan: &Plan, options: Options) -> Result<Vec<Item>, NodeError> {
    let pages = plan.pages.as_ref().filter(|_| plan.paginate);
    match pages.map(|pages| (pages, pages.what["type"].as_str().unwrap_or_default())) {
        None => once(one, cx, plan, options).await.map(|(items, _)| items),
        Some((pages, "generic")) => generic(one, cx, plan, pages, options).await,
        Some((pages, "offset")) => by_offset(one, cx, plan, pages, options).await,
        Some((pages, _)) => {
            let request = Page { one, cx, plan, pages: Mutex::default() };
            let made = one.run.functions.pages(&one.input, &pages.place, options, &request).await;
            made.map_err(|error| failure::of_function(cx, error, one.input.index))
        }
    }
}

/// One request, and the items of its answer.
async fn once(one: &One, cx: &RunContext, plan: &Plan, options: Options) -> Result<(Vec<Item>, Answer), NodeError> {
    let answer = send(one, cx, options).await?;
    Ok((receive::items(one, cx, &plan.after, &answer).await?, answer))
}

/// What a function that asks for pages sends.
struct Page<'a> {
    one: &'a One,
    cx: &'a RunContext,
    plan: &'a Plan,
    pages: Mutex<Pages>,
}

#[async_trait]
impl Request for Page<'_> {
    async fn send(&self, options: Options, paused: bool) -> Result<Vec<Item>, NodeError> {
        let (items, answer) = once(self.one, self.cx, self.plan, options.clone()).await?;
        lock(&self.pages).came((&options, paused), &answer, &items).map_err(|error| error.item(self.one.input.index))?;
        Ok(items)
    }
}

async fn generic(one: &One, cx: &RunContext, plan: &Plan, pages: &Paging, options: Options) -> Result<Vec<Item>, NodeError> {
    let what = pages.what["properties"].clone();
    let mut scope = pages.scope.clone();
    let (mut all, mut seen) = (Vec::new(), Pages::default());
    loop {
        scope.insert("$request".into(), options.options.clone().into());
        let (mut next, change) = (options.clone(), what["request"].clone());
        if let Some(Value::Object(change)) = one.read(cx, change, scope.clone()).await? {
            for (key, value) in change {
                merge(next.options.entry(key).or_insert(Value::Null), value);
            }
        }
        let (items, answer) = once(one, cx, plan, next.clone()).await?;
        seen.came((&next, false), &answer, &items).map_err(|error| error.item(one.input.index))?;
        all.extend(items);
        scope.insert("$response".into(), answer.full);
        if !one.read(cx, what["continue"].clone(), scope.clone()).await?.as_ref().is_some_and(truthy) {
            return Ok(all);
        }
    }
}

async fn by_offset(one: &One, cx: &RunContext, plan: &Plan, pages: &Paging, mut options: Options) -> Result<Vec<Item>, NodeError> {
    let what = &pages.what["properties"];
    let text = |key: &str| what[key].as_str().unwrap_or_default().to_owned();
    let size = what["pageSize"].as_u64().unwrap_or(100) as usize;
    let (mut all, mut seen) = (Vec::new(), Pages::default());
    for page in 0.. {
        let part = if what["type"] == "body" { "body" } else { "qs" };
        let part = options.options.entry(part).or_insert_with(|| json!({}));
        set(part, &text("limitParameter"), size.into());
        set(part, &text("offsetParameter"), (page * size).into());
        let (mut items, answer) = once(one, cx, plan, options.clone()).await?;
        if let Some(root) = what["rootProperty"].as_str() {
            let list = |item: &Item| item.json().and_then(|json| get(json, root)).and_then(Value::as_array).cloned().unwrap_or_default();
            items = items.iter().flat_map(list).map(Item::new).collect();
        }
        let count = items.len();
        seen.came((&options, false), &answer, &items).map_err(|error| error.item(one.input.index))?;
        all.extend(items);
        if count < size.max(1) {
            break;
        }
    }
    Ok(all)
}

/// Sends one request with the node's credential.
pub(super) async fn send(one: &One, cx: &RunContext, Options { mut options, buffers }: Options) -> Result<Answer, NodeError> {
    options.insert("returnFullResponse".into(), true.into());
    // One that is GET because nothing else is said has its body.
    if options.get("method").is_some_and(|method| method == "GET") {
        options.shift_remove("body");
    }
    let whole = Value::Object(options.clone());
    let asked = Asked::new(Family::HttpRequest, &whole, &buffers);
    let sender = cx.sender(one.input.index);
    let answer = match &one.run.credential {
        None => {
            asked.check().map_err(|thrown| failure::of_thrown(cx, &thrown, None, one.input.index))?;
            cx.ports.http.send(asked.clone().sent_by(&sender).request).await.map_err(SendError::Network)
        }
        Some(name) => {
            let kind = auth::credential_type(cx, name)?;
            let request = auth::Options { family: Family::HttpRequest, options, buffers, sender };
            auth::send_as((cx, one.input.index), (name, &kind), &TokenOptions::default(), &request).await
        }
    };
    let answer = answer.map_err(|error| failure::unsent(cx, error, &asked, one.input.index))?;
    match asked.answered(&answer) {
        Ok(Answered::Value(full)) => Ok(Answer { full, bytes: None }),
        Ok(Answered::Full(full, bytes)) => Ok(Answer { full, bytes: Some(bytes) }),
        Ok(Answered::Bytes(bytes)) => Ok(Answer { full: json!({}), bytes: Some(bytes) }),
        Err(mut thrown) => {
            asked.add_answer(&mut thrown, &answer);
            if one.run.credential.is_none() && cx.continue_on_fail() {
                // n8n has words of its own only for requests with a credential.
                return Err(NodeError::coded(status_code(answer.status), thrown["message"].as_str().unwrap_or_default()).named("AxiosError"));
            }
            Err(failure::of_thrown(cx, &thrown, Some(answer.status), one.input.index))
        }
    }
}
