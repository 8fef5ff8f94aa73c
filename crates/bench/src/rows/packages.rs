//! Nodes of packages, in two processes: from nothing, beside the cold two-node file; an item, beside one of an HTTP Request.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::{chain, set};
use crate::setup::{Bench, Place};
use crate::turns::{Turns, median};

/// What the CPU of a run is a multiple of.
const TWO_NODES: &str = "times the two-node file";
/// What the CPU of an item is a multiple of.
const REQUEST: &str = "times an HTTP Request";

/// The items of a run, beside a run of one item.
const ITEMS: usize = 500;

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
    let place = Place { project, cache };
    let mut figures = cold(bench, &place)?;
    figures.push(item(bench, &place)?);
    if let Some(installation) = &bench.n8n {
        figures.extend(super::n8n::measure(bench, &place, installation)?);
    }
    Ok(figures)
}

/// A run from nothing of a file with one app.
fn cold(bench: &Bench, place: &Place) -> Result<Vec<Figure>, Failure> {
    let nodes = [("Edit", "n8n-nodes-base.set", 3.4, set(&[("hello", "string", "={{ 'wor' + 'ld' }}")]))];
    let two_nodes = bench.file("two-nodes.json", &chain(&nodes).to_string())?;
    let two_nodes = ["run", &two_nodes, "--output", "json"];
    let memory = |args: &[&str]| -> Result<f64, Failure> {
        Ok(median((0..bench.amount(7, 3)).map(|_| bench.ours.peak_together(args)).collect::<Result<_, _>>()?))
    };
    let beside = memory(&two_nodes)?;
    let mut figures = Vec::new();
    for app in apps() {
        let args = app.command(bench, place, None)?;
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let turns = Turns::of(bench.amount(21, 5), || bench.ours.used(&args), || bench.ours.used(&two_nodes))?;
        let name = app.name;
        figures.push(Figure::ratio(format!("{name}, cold: CPU"), Goal::AtMost(3.0), TWO_NODES, &turns, Unit::Milliseconds, |used| used.cpu_ms));
        if cfg!(target_os = "linux") {
            let peak = memory(&args)?;
            let said = format!("{peak:.1} MiB and {beside:.1} MiB");
            // The goal is 30 MB more.
            figures.push(Figure::absolute(format!("{name}, cold: memory of both processes"), Goal::AtMost(28.6), "MiB more", peak - beside, said));
        }
    }
    Ok(figures)
}

/// An item of a node of a package and one of an HTTP Request with the same body: what a run of many items takes more than one of a single item.
fn item(bench: &Bench, place: &Place) -> Result<Figure, Failure> {
    let body = json!({"chat_id": "1", "text": "Hello", "disable_notification": false});
    let app = App {
        name: "telegram",
        version: 1.2,
        credential: "telegramApi",
        parameters: json!({"resource": "message", "operation": "sendMessage", "chatId": "1", "text": "Hello", "additionalFields": {"appendAttribution": false, "disable_notification": false}}),
        answer: json!({"ok": true, "result": {"message_id": 1}}),
    };
    let answers = bench.file("request-answers.json", &json!([{"match": "", "status": 200, "json": app.answer}]).to_string())?;
    let parameters = json!({"method": "POST", "url": "https://api.telegram.org/bott/sendMessage", "sendBody": true, "specifyBody": "json", "jsonBody": body.to_string(), "options": {}});
    let request = bench.file("request.json", &chain(&[("Request", "n8n-nodes-base.httpRequest", 4.2, parameters)]).to_string())?;
    let lists = [1, ITEMS].map(|count| bench.file(&format!("{count}-items.json"), &json!(vec![json!({}); count]).to_string()));
    let [one, many] = lists;
    let (one, many) = (one?, many?);
    let of_app = [app.command(bench, place, Some(&one))?, app.command(bench, place, Some(&many))?];
    let of_request = [&one, &many]
        .map(|input| ["run", &request, "--answers", &answers, "--input", input, "--output", "json", "--items", "none"].map(str::to_owned).to_vec());
    let each = |[one, many]: &[Vec<String>; 2]| -> Result<f64, Failure> {
        let cpu = |args: &[String]| Ok::<_, Failure>(bench.ours.used(&args.iter().map(String::as_str).collect::<Vec<_>>())?.cpu_ms);
        Ok((cpu(many)? - cpu(one)?) / (ITEMS - 1) as f64)
    };
    let turns = Turns::of(bench.amount(15, 3), || each(&of_app), || each(&of_request))?;
    Ok(Figure::ratio("an item of telegram, answered by a file: CPU", Goal::AtMost(3.0), REQUEST, &turns, Unit::Milliseconds, |each| *each))
}

/// A node with what it needs for one request.
struct App {
    name: &'static str,
    version: f64,
    credential: &'static str,
    parameters: Value,
    answer: Value,
}

impl App {
    /// The command that runs it, on items of a file or on one that is empty.
    fn command(&self, bench: &Bench, Place { project, cache }: &Place, input: Option<&str>) -> Result<Vec<String>, Failure> {
        let Self { name, version, credential, parameters, answer } = self;
        let mut workflow = chain(&[("App", &format!("n8n-nodes-base.{name}"), *version, parameters.clone())]);
        if let Some(node) = workflow["nodes"].as_array_mut().and_then(|nodes| nodes.last_mut()) {
            node["credentials"] = json!({*credential: {"id": "1", "name": credential}});
        }
        let file = bench.file(&format!("{name}.json"), &workflow.to_string())?;
        let credentials = bench.file(&format!("{name}-credentials.json"), &json!({*credential: fields(credential)}).to_string())?;
        let answers = bench.file(&format!("{name}-answers.json"), &json!([{"match": "", "status": 200, "json": answer}]).to_string())?;
        let mut words =
            vec!["run", &file, "--output", "json", "--packages", project, "--cache", cache, "--credentials", &credentials, "--answers", &answers];
        words.extend(input.into_iter().flat_map(|input| ["--input", input, "--items", "none"]));
        Ok(words.into_iter().map(str::to_owned).collect())
    }
}

/// What a credential of this type holds, and no more: the program warns of fields that a type does not know.
fn fields(credential: &str) -> Value {
    match credential {
        "airtableTokenApi" | "slackApi" => json!({"accessToken": "t"}),
        "telegramApi" => json!({"accessToken": "t", "baseUrl": "https://api.telegram.org"}),
        "notionApi" => json!({"apiKey": "t"}),
        "hubspotAppToken" => json!({"appToken": "t"}),
        "discordWebhookApi" => json!({"webhookUri": "https://discord.com/api/webhooks/1/t"}),
        _ => {
            let token = json!({"access_token": "t", "token_type": "Bearer", "expires_in": 3600});
            json!({"clientId": "c", "clientSecret": "s", "oauthTokenData": token})
        }
    }
}

fn apps() -> Vec<App> {
    let locator = |value: &str| json!({"__rl": true, "mode": "id", "value": value});
    let app = |name, version, credential, parameters, answer| App { name, version, credential, parameters, answer };
    vec![
        app("slack", 2.3, "slackApi", json!({"resource": "channel", "operation": "archive", "channelId": locator("C1")}), json!({"ok": true})),
        app(
            "telegram",
            1.2,
            "telegramApi",
            json!({"resource": "message", "operation": "sendMessage", "chatId": "1", "text": "Hello", "additionalFields": {"appendAttribution": false}}),
            json!({"ok": true, "result": {"message_id": 1}}),
        ),
        app(
            "googleSheets",
            4.7,
            "googleSheetsOAuth2Api",
            json!({"resource": "spreadsheet", "operation": "create", "title": "New"}),
            json!({"spreadsheetId": "1", "properties": {"title": "New"}}),
        ),
        app("gmail", 2.1, "gmailOAuth2", json!({"resource": "label", "operation": "get", "labelId": "1"}), json!({"id": "1", "name": "L"})),
        app("googleDrive", 3.0, "googleDriveOAuth2Api", json!({"resource": "drive", "operation": "create", "name": "New"}), json!({"id": "1"})),
        app(
            "airtable",
            2.1,
            "airtableTokenApi",
            json!({"resource": "base", "operation": "getMany", "authentication": "airtableTokenApi", "returnAll": true, "options": {}}),
            json!({"bases": [{"id": "1", "name": "B", "permissionLevel": "create"}]}),
        ),
        app("notion", 2.2, "notionApi", json!({"resource": "user", "operation": "get", "userId": "1"}), json!({"id": "1", "object": "user"})),
        app(
            "googleCalendar",
            1.3,
            "googleCalendarOAuth2Api",
            json!({"resource": "event", "operation": "delete", "calendar": locator("ann@example.com"), "eventId": "1", "options": {}}),
            json!({}),
        ),
        app(
            "hubspot",
            2.1,
            "hubspotAppToken",
            json!({"resource": "contact", "operation": "delete", "authentication": "appToken", "contactId": locator("1")}),
            json!({"vid": 1, "deleted": true}),
        ),
        app(
            "discord",
            2.0,
            "discordWebhookApi",
            json!({"authentication": "webhook", "operation": "sendLegacy", "content": "Hello", "options": {}}),
            json!({}),
        ),
    ]
}
