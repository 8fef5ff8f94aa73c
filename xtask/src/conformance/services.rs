//! Recorded workflows that talk to a mail server, a database, files or commands: as other workflows, and what they leave behind.
//!
//! A line of `tests/data/services/*.ndjson` is a case: its name, what it `needs`, the workflow, and what n8n did. They run one after the other, with
//! [`service_lab::Services`] around them, under the credentials of `credentials.json`. Needs are `credentials` (nothing more), `smtp` (a mail server;
//! `mails` of the recording are compared), `postgres` (a database server; each case makes its own table), `files` (`@DIR@`, reached with `--allow-files`;
//! what a case leaves in its `out` is compared with `files`), `exec` (`--allow-exec`), and `packages` (n8n-nodes-base, whose
//! nodes the case uses).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use http_lab::recorded::{same, short};
use serde_json::{Value, json};
use service_lab::Services;

use super::{Score, process, workflows};
use crate::packages::Packages;

pub(super) fn score(binary: &Path, data: &Path, packages: Option<&Packages>) -> Result<Score, Box<dyn std::error::Error>> {
    let folder = data.join("services");
    let services = Services::start()?;
    let credentials = services.keep("credentials.json", &services.fill(&std::fs::read_to_string(folder.join("credentials.json"))?))?;
    let mut results = Vec::new();
    let mut skipped = BTreeSet::new();
    let of_packages = packages.and_then(Packages::words);
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_none_or(|extension| extension != "ndjson") {
            continue;
        }
        for line in std::fs::read_to_string(&path)?.lines() {
            let case = node_sdk::json::parse_text(&services.fill(line))?;
            let missing = needs(&case).find(|need| if *need == "packages" { of_packages.is_none() } else { !services.have(need) });
            match missing {
                None => {
                    let name = case["name"].as_str().unwrap_or_default().to_owned();
                    let around = Around { binary, services: &services, credentials: &credentials, of_packages: &of_packages };
                    results.push((name, around.play(&case)?));
                }
                Some(need) => {
                    skipped.insert(need.to_owned());
                }
            }
        }
    }
    if skipped.contains("postgres") {
        println!("SKIPPED: recordings of Postgres. The system has no server; Debian's package `postgresql` brings one");
    }
    Ok(Score { whole: skipped.is_empty(), ..Score::of("workflows with services", results) })
}

fn needs(case: &Value) -> impl Iterator<Item = &str> {
    case["needs"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What a case is played with.
struct Around<'a> {
    binary: &'a Path,
    services: &'a Services,
    /// The file of credentials.
    credentials: &'a str,
    /// Where n8n-nodes-base is.
    of_packages: &'a Option<Vec<String>>,
}

impl Around<'_> {
    /// What differs, if anything.
    fn play(&self, case: &Value) -> Result<Option<String>, Box<dyn std::error::Error>> {
        let Self { binary, services, credentials, of_packages } = self;
        services.clear()?;
        let file = services.keep("workflow.json", &case["workflow"].to_string())?;
        let files = services.files();
        let mut args = vec!["run", &file, "--output", "json", "--credentials", credentials];
        for need in needs(case) {
            match need {
                "files" => args.extend(["--allow-files", &files]),
                "exec" => args.push("--allow-exec"),
                "packages" => args.extend(of_packages.iter().flatten().map(String::as_str)),
                _ => {}
            }
        }
        let ran = match process::run(binary, &args, None, Duration::from_secs(30)) {
            Ok(ran) => ran,
            Err(why) => return Ok(Some(why)),
        };
        let recorded = &case["expected"];
        Ok(workflows::judged(recorded, &ran).or(left(services, recorded)?))
    }
}

/// How the mails and files differ that a case has left.
fn left(services: &Services, recorded: &Value) -> std::io::Result<Option<String>> {
    let differs = |what: &str, ours: &Value, none: Value| {
        let recorded = recorded.get(what).unwrap_or(&none);
        (!same(recorded, ours, &json!("[any]"))).then(|| format!("{what} {} instead of {}", short(ours), short(recorded)))
    };
    Ok(differs("mails", &services.mails(), json!([])).or(differs("files", &services.made()?, json!({}))))
}
