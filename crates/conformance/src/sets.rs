//! Sets of cases: what of a play is held against the recording.

use std::time::Duration;

use serde_json::Value;

use crate::cases::Case;
use crate::compare::{Apart, difference, items_differ, requests_differ, result_differs, saved_tokens};
use crate::play::Stage;

/// What a case may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What was recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// Nodes of packages: requests, items, pairing, files, errors, status.
    Operations,
    /// Triggers of packages that poll, once, by hand: requests, items, files, errors, status, what they keep.
    Polls,
    /// Credential types, by an HTTP Request or the test of the type: requests and status.
    Credentials,
}

impl Set {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "operations" => Some(Self::Operations),
            "polls" => Some(Self::Polls),
            "credentials" => Some(Self::Credentials),
            _ => None,
        }
    }

    /// Plays a case: what differs, if anything.
    pub(crate) async fn play(self, stage: &Stage, case: &Case, apart: &mut Apart) -> Option<String> {
        let play = async {
            match self {
                Self::Operations => operation(stage, case, apart).await,
                Self::Polls => poll(stage, case, apart).await,
                Self::Credentials if case.expected()["holds"].is_boolean() => test(stage, case, apart).await,
                Self::Credentials => credential(stage, case, apart).await,
            }
        };
        let limited = tokio::time::timeout(LIMIT, Box::pin(play)).await;
        limited.unwrap_or_else(|_| Some(format!("no end after {} s", LIMIT.as_secs())))
    }
}

async fn operation(stage: &Stage, case: &Case, apart: &mut Apart) -> Option<String> {
    let (run, sent) = stage.run(case).await;
    let run = match run {
        Ok(run) => run,
        Err(why) => return Some(why.to_string()),
    };
    let any_order = case.0["order"] == "any";
    requests_differ(case.requests(), &sent, any_order, apart).or_else(|| result_differs(case.expected(), &run, apart))
}

async fn poll(stage: &Stage, case: &Case, apart: &mut Apart) -> Option<String> {
    let (run, sent) = stage.run(case).await;
    let run = match run {
        Ok(run) => run,
        Err(why) => return Some(why.to_string()),
    };
    let expected = case.expected();
    requests_differ(case.requests(), &sent, false, apart)
        .or_else(|| items_differ(expected, &run, apart))
        .or_else(|| difference(&expected["staticData"], &run["staticData"], "static data"))
}

async fn credential(stage: &Stage, case: &Case, apart: &mut Apart) -> Option<String> {
    let (run, sent) = stage.run(case).await;
    let run = match run {
        Ok(run) => run,
        Err(why) => return Some(why.to_string()),
    };
    saved_tokens(case.expected(), &run, apart);
    requests_differ(case.requests(), &sent, false, apart).or_else(|| difference(&case.expected()["status"], &run["status"], "status"))
}

async fn test(stage: &Stage, case: &Case, apart: &mut Apart) -> Option<String> {
    let (tested, mut sent) = stage.test(case).await;
    let tested = match tested {
        Ok(tested) => tested,
        Err(why) => return Some(why.to_string()),
    };
    // One that is repeated at once counts as one.
    sent.dedup();
    let mut recorded: Vec<Value> = case.requests().to_vec();
    recorded.dedup();
    let holds = case.expected()["holds"] == true;
    let wrong = || (tested.is_ok() != holds).then(|| tested.err().unwrap_or_else(|| "it holds, where n8n says that it does not".into()));
    requests_differ(&recorded, &sent, false, apart).or_else(wrong)
}
