//! Rate limits: full speed until the server refuses, then one wait for all, and the next window is used up. Time is paused: nothing waits for real.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use common::{Answer, Place, World, answer, jsons, ok};
use konverte_sandbox::{Options, Outcome, Request, Sandbox};
use node_sdk::Item;
use node_sdk::context::OnError;
use node_sdk::ports::HttpRequest;
use serde_json::{Value, json};
use tokio::time::Instant;

/// When a request came in, in whole seconds, what it asked for, and the answer's status.
type Seen = Arc<Mutex<Vec<(u64, String, u16)>>>;

/// A world whose server answers by the request and the seconds that have passed, and what it saw.
fn world(script: impl Fn(&HttpRequest, u64) -> Answer + Send + Sync + 'static) -> (Arc<World>, Seen) {
    let (seen, since) = (Seen::default(), Instant::now());
    let kept = seen.clone();
    let script = move |request: &HttpRequest| {
        let at = since.elapsed().as_secs();
        let answer = script(request, at);
        let path = request.url.trim_start_matches("http://server.test").to_owned();
        kept.lock().unwrap().push((at, path, answer.as_ref().map_or(0, |answer| answer.status)));
        answer
    };
    (World::in_paused_time(script, "sandbox-admin"), seen)
}

/// The emulator with the limits of the real server.
fn emulator() -> (Arc<World>, Seen) {
    let sandbox = Sandbox::new(Options { limits: true, ..Options::default() }).unwrap();
    world(move |request, _| {
        let target = request.url.trim_start_matches("http://server.test").to_owned();
        let question = Request { method: request.method.clone(), target, headers: request.headers.clone(), body: request.body.clone() };
        let Outcome::Answer(response) = sandbox.handle(&question) else { panic!("it answers at once") };
        let headers: Vec<(&str, &str)> = response.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Ok(answer(response.status, &headers, response.body))
    })
}

/// How many requests were answered so, second by second.
fn count(seen: &Seen, status: u16) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    for (at, ..) in seen.lock().unwrap().iter().filter(|(_, _, of)| *of == status) {
        *counts.entry(*at).or_default() += 1;
    }
    counts
}

fn place(resource: &str, operation: &str, parameters: Value) -> Place {
    let mut all = json!({"resource": resource, "operation": operation, "account_id": 1});
    all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    Place::new("konverte", all)
}

fn items(count: u64) -> Vec<Item> {
    (0..count).map(|n| Item::new(json!({"n": n.to_string()}))).collect()
}

#[tokio::test(start_paused = true)]
async fn searches_over_the_limit_use_each_window_up_and_wait_once_for_the_next() {
    let (world, seen) = emulator();
    let search = place("Contacts", "Contact Search", json!({"q": "={{ $json.n }}"}));
    let outputs = search.run(&world, items(350)).await.unwrap();
    assert_eq!(jsons(&outputs).len(), 350);
    assert_eq!(count(&seen, 200), BTreeMap::from([(0, 100), (60, 100), (120, 100), (180, 50)]));
    let refused = count(&seen, 429);
    assert!(refused.keys().eq(&[0, 60, 120]) && refused.values().all(|count| *count <= 8), "those in flight, once for each window: {refused:?}");
    let line = "too many requests for the server (account_id=1): waiting 60 s, for it takes 100 requests a minute for each account_id";
    assert_eq!(*world.logged.lock().unwrap(), [line; 3]);
}

/// The rows' limits are those that the emulator holds, each with the request that is one too many.
#[tokio::test(start_paused = true)]
async fn each_limit_of_the_rows_is_waited_for() {
    for (resource, operation, parameters, most, status) in [
        ("Conversations", "Conversation List Meta", json!({}), 30, 429),
        ("Messages", "Create A New Message In A Conversation", json!({"conversation_id": 1, "content": "={{ $json.n }}"}), 200, 422),
        ("Reports", "List All Conversation Statistics Summary", json!({"type": "account"}), 100, 429),
        ("Reports", "Get Account Conversation Metrics", json!({"type": "account"}), 100, 429),
        ("Teams", "List All Teams", json!({}), 3000, 429),
    ] {
        let (world, seen) = emulator();
        place(resource, operation, parameters).run(&world, items(most + 1)).await.unwrap();
        assert_eq!(count(&seen, 200), BTreeMap::from([(0, most as usize), (60, 1)]), "{operation}");
        assert_eq!(count(&seen, status), BTreeMap::from([(0, 1)]), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn those_in_flight_wait_for_the_same_moment_and_lose_no_try() {
    let late = |_: &HttpRequest, at| if at < 7 { Ok(answer(429, &[("retry-after", "7")], "")) } else { ok(json!({"id": at})) };
    let (world, seen) = world(late);
    let teams = place("Teams", "List All Teams", json!({"requestOptions": {"retry": {"maxAttempts": 2, "maxDelay": 10}}}));
    assert_eq!(jsons(&teams.run(&world, items(20)).await.unwrap()).len(), 20);
    assert_eq!((count(&seen, 429), count(&seen, 200)), (BTreeMap::from([(0, 8)]), BTreeMap::from([(7, 20)])));
    assert_eq!(*world.logged.lock().unwrap(), ["too many requests for the server: waiting 7 s, for it asks for that with Retry-After"]);
}

#[tokio::test(start_paused = true)]
async fn who_is_counted_apart_does_not_wait() {
    let (world, seen) = world(|request, at| if at < 60 && request.url.contains("accounts/1/") { Ok(answer(429, &[], "")) } else { ok(json!({})) });
    let mut search = place("Contacts", "Contact Search", json!({"q": "x", "requestOptions": {"concurrency": 2}}));
    search.parameters["account_id"] = json!("={{ $json.account }}");
    let accounts = [1, 2, 2, 2].map(|account| Item::new(json!({"account": account}))).to_vec();
    search.run(&world, accounts).await.unwrap();
    let second = |path: &str| seen.lock().unwrap().iter().filter(|(_, seen, _)| seen.contains(path)).map(|(at, ..)| *at).collect::<Vec<_>>();
    assert_eq!((second("accounts/1/"), second("accounts/2/")), (vec![0, 60], vec![0, 0, 0]));
}

#[tokio::test(start_paused = true)]
async fn tries_are_counted_for_everything_else_and_who_wants_none_waits_for_nothing() {
    let (world, seen) = world(|_, _| Ok(answer(429, &[], "Retry later\n")));
    let mut teams = place("Teams", "List All Teams", json!({"requestOptions": {"retry": {"maxAttempts": 1}}}));
    assert_eq!(teams.run(&world, items(1)).await.unwrap_err().message, "Retry later (429)");
    assert_eq!((count(&seen, 429), world.slept.lock().unwrap().len()), (BTreeMap::from([(0, 1)]), 0));

    // A server that lets nothing through for ten windows is waited for no longer, not even for the items behind.
    teams.parameters["requestOptions"] = json!({"concurrency": 1});
    teams.on_error = OnError::ContinueRegularOutput;
    let outputs = teams.run(&world, items(3)).await.unwrap();
    assert!(outputs.lists.unwrap()[0].iter().all(|item| item.error.is_some()));
    assert_eq!(world.slept.lock().unwrap().iter().map(|pause| pause.as_secs()).collect::<Vec<_>>(), [60; 10]);

    // Of 503, 429, 503, 503, 503, … the first is a try, the second is none.
    let answers = Mutex::new(vec![503, 429, 503, 503, 503, 200]);
    let (world, _) = self::world(move |_, _| Ok(answer(answers.lock().unwrap().remove(0), &[], "{}")));
    teams.on_error = OnError::Stop;
    assert_eq!(teams.run(&world, items(1)).await.unwrap_err().http.unwrap().status, Some(503));
    assert_eq!(world.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn pages_of_a_list_wait_too() {
    let page = |request: &HttpRequest| request.url.rsplit_once("page=").unwrap().1.parse::<u64>().unwrap();
    let (world, seen) = world(move |request, at| match page(request) {
        3 if at < 60 => Ok(answer(429, &[], "")),
        number => ok(json!({"payload": vec![json!({"id": number}); if number < 4 { 15 } else { 2 }]})),
    });
    let list = place("Contacts", "Contact List", json!({"requestOptions": {"returnAll": true}}));
    assert_eq!(jsons(&list.run(&world, items(1)).await.unwrap()).len(), 47);
    assert_eq!(count(&seen, 200), BTreeMap::from([(0, 2), (60, 2)]));
}
