//! The same nodes in n8n itself, where an installation is named: the folder into which npm has put it.

use std::path::Path;

use http_lab::Lab;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::chain;
use crate::program::{Program, Used};
use crate::setup::{Bench, Place};
use crate::turns::Turns;

/// What the figures are a part of.
const N8N: &str = "of n8n";
/// The items of a run, beside a run of one item.
const ITEMS: usize = 500;

/// A run from nothing with a node of Telegram that is answered by a server of ours, its memory, and what an item takes.
pub(super) fn measure(bench: &Bench, place: &Place, installation: &Path) -> Result<Vec<Figure>, Failure> {
    let lab = Lab::start()?;
    let both = Both {
        bench,
        place,
        n8n: Program::new(installation.join("node_modules/n8n/bin/n8n"))?,
        // What n8n keeps: its database and its key.
        home: bench.folder.path().join("n8n").to_string_lossy().into_owned(),
        credentials: json!({"accessToken": "t", "baseUrl": format!("{}/echo", lab.origin("HTTP"))}),
    };
    both.bring_credentials()?;
    let (one, many) = (both.bring(1)?, both.bring(ITEMS)?);
    let cold = Turns::of(bench.amount(7, 1), || both.ours(&one), || both.theirs(&one))?;
    let each =
        |run: &dyn Fn(&str) -> Result<Used, Failure>| -> Result<f64, Failure> { Ok((run(&many)?.cpu_ms - run(&one)?.cpu_ms) / (ITEMS - 1) as f64) };
    let items = Turns::of(bench.amount(5, 1), || each(&|name| both.ours(name)), || each(&|name| both.theirs(name)))?;
    let at_most = Goal::AtMost(1.0);
    Ok(vec![
        Figure::ratio("telegram, cold: CPU", at_most, N8N, &cold, Unit::Milliseconds, |used| used.cpu_ms),
        Figure::ratio("telegram, cold: peak memory of the larger process", at_most, N8N, &cold, Unit::Mebibytes, |used| used.peak_mib),
        Figure::ratio("an item of telegram: CPU", at_most, N8N, &items, Unit::Milliseconds, |each| *each),
    ])
}

/// What both programs run.
struct Both<'a> {
    bench: &'a Bench,
    place: &'a Place,
    n8n: Program,
    home: String,
    credentials: Value,
}

impl Both<'_> {
    fn n8n(&self, args: &[&str]) -> Result<Used, Failure> {
        let quiet = [("N8N_USER_FOLDER", self.home.as_str()), ("N8N_DIAGNOSTICS_ENABLED", "false"), ("N8N_VERSION_NOTIFICATIONS_ENABLED", "false")];
        self.n8n.used_with(&quiet, args)
    }

    /// Gives n8n the credential, and writes the file of ours.
    fn bring_credentials(&self) -> Result<(), Failure> {
        self.bench.file("credentials.json", &json!({"telegramApi": self.credentials}).to_string())?;
        let theirs = json!([{"id": "1", "name": "telegramApi", "type": "telegramApi", "data": self.credentials}]);
        let file = self.bench.file("n8n-credentials.json", &theirs.to_string())?;
        self.n8n(&["import:credentials", &format!("--input={file}")]).map(drop)
    }

    /// A workflow that makes so many items and sends a message for each: brought to n8n under the name that is given back.
    fn bring(&self, items: usize) -> Result<String, Failure> {
        let id = format!("bench{items}");
        let code = json!({"jsCode": format!("return Array.from({{length: {items}}}, (_, i) => ({{json: {{i}}}}));")});
        let message = json!({"resource": "message", "operation": "sendMessage", "chatId": "1", "text": "Hello", "additionalFields": {"appendAttribution": false}});
        let mut workflow = chain(&[("Code", "n8n-nodes-base.code", 2.0, code), ("App", "n8n-nodes-base.telegram", 1.2, message)]);
        workflow["id"] = json!(id);
        workflow["nodes"][2]["credentials"] = json!({"telegramApi": {"id": "1", "name": "telegramApi"}});
        let file = self.bench.file(&format!("{id}.json"), &workflow.to_string())?;
        self.n8n(&["import:workflow", &format!("--input={file}")])?;
        Ok(id)
    }

    fn theirs(&self, id: &str) -> Result<Used, Failure> {
        self.n8n(&["execute", &format!("--id={id}")])
    }

    fn ours(&self, id: &str) -> Result<Used, Failure> {
        let path = |name: &str| self.bench.folder.path().join(name).to_string_lossy().into_owned();
        let (file, credentials) = (path(&format!("{id}.json")), path("credentials.json"));
        let Place { project, cache } = self.place;
        let words = ["run", &file, "--packages", project, "--cache", cache, "--credentials", &credentials, "--output", "json", "--items", "none"];
        self.bench.ours.used(&words)
    }
}
