//! Nodes of packages: from nothing, beside the cold two-node file.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::{chain, set};
use crate::setup::Bench;
use crate::turns::Turns;

/// What the CPU of a run is a multiple of.
const TWO_NODES: &str = "times the two-node file";

/// Needs n8n-nodes-base: whoever measures accepts its licence (KONVERTE_TEST_PACKAGES=1) and says where it is installed, the lock in the
/// folder KONVERTE_TEST_PROJECT, the files in KONVERTE_CACHE.
pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "whoever measures says where the package is")]
    let variable = |name: &str| std::env::var(name).ok();
    let (Some("1"), Some(project), Some(cache)) =
        (variable("KONVERTE_TEST_PACKAGES").as_deref(), variable("KONVERTE_TEST_PROJECT"), variable("KONVERTE_CACHE"))
    else {
        return Err(
            "needs n8n-nodes-base: KONVERTE_TEST_PACKAGES=1 accepts its licence, KONVERTE_TEST_PROJECT and KONVERTE_CACHE say where it is".into()
        );
    };
    let nodes = [("Edit", "n8n-nodes-base.set", 3.4, set(&[("hello", "string", "={{ 'wor' + 'ld' }}")]))];
    let two_nodes = bench.file("two-nodes.json", &chain(&nodes).to_string())?;
    let answers = bench.file("answers.json", &json!([{"match": "", "status": 200, "json": {"ok": true, "id": "1", "bases": []}}]).to_string())?;
    let token = json!({"access_token": "t", "token_type": "Bearer", "expires_in": 3600});
    let fields = json!({"webhookUri": "https://discord.com/api/webhooks/1/t", "accessToken": "t", "apiKey": "t", "appToken": "t", "clientId": "c", "clientSecret": "s", "oauthTokenData": token});
    let mut figures = Vec::new();
    for (name, version, credential, parameters) in apps() {
        let mut workflow = chain(&[("App", &format!("n8n-nodes-base.{name}"), version, parameters)]);
        if let Some(node) = workflow["nodes"].as_array_mut().and_then(|nodes| nodes.last_mut()) {
            // What is measured is the start; what the service answers is made up.
            node["onError"] = json!("continueRegularOutput");
            node["credentials"] = json!({credential: {"id": "1", "name": credential}});
        }
        let file = bench.file(&format!("{name}.json"), &workflow.to_string())?;
        let credentials = bench.file(&format!("{name}-credentials.json"), &json!({credential: fields}).to_string())?;
        let places = ["--packages", &project, "--cache", &cache, "--credentials", &credentials, "--answers", &answers];
        let args = [&["run", &file, "--output", "json"], places.as_slice()].concat();
        let turns = Turns::of(bench.amount(21, 5), || bench.ours.used(&args), || bench.ours.used(&["run", &two_nodes, "--output", "json"]))?;
        figures.push(Figure::ratio(format!("{name}, cold: CPU"), Goal::AtMost(3.0), TWO_NODES, &turns, Unit::Milliseconds, |used| used.cpu_ms));
    }
    Ok(figures)
}

/// Node types: version, credential type, parameters.
fn apps() -> Vec<(&'static str, f64, &'static str, Value)> {
    let calendar = json!({"__rl": true, "mode": "id", "value": "ann@example.com"});
    vec![
        ("slack", 2.3, "slackApi", json!({"resource": "channel", "operation": "archive", "channelId": {"__rl": true, "mode": "id", "value": "1"}})),
        ("telegram", 1.2, "telegramApi", json!({"resource": "chat", "operation": "leave", "chatId": "1"})),
        ("googleSheets", 4.7, "googleSheetsOAuth2Api", json!({"resource": "spreadsheet", "operation": "create", "title": "New"})),
        ("gmail", 2.1, "gmailOAuth2", json!({"resource": "label", "operation": "get", "labelId": "1"})),
        ("googleDrive", 3.0, "googleDriveOAuth2Api", json!({"resource": "drive", "operation": "create", "name": "New"})),
        ("airtable", 2.1, "airtableTokenApi", json!({"resource": "base", "operation": "getMany", "authentication": "airtableTokenApi"})),
        ("notion", 2.2, "notionApi", json!({"resource": "user", "operation": "get", "userId": "1"})),
        ("googleCalendar", 1.3, "googleCalendarOAuth2Api", json!({"resource": "event", "operation": "delete", "calendar": calendar, "eventId": "1"})),
        (
            "hubspot",
            2.1,
            "hubspotAppToken",
            json!({"resource": "contact", "operation": "delete", "authentication": "appToken", "contactId": {"__rl": true, "mode": "id", "value": "1"}}),
        ),
        ("discord", 2.0, "discordWebhookApi", json!({"authentication": "webhook", "operation": "sendLegacy", "content": "Hello"})),
    ]
}
