//! Recorded cases of HTTP Request against the scripted server: items and requests.

use std::path::Path;

use super::{Scope, Score, read_json};

pub(super) fn score(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    let scope = Scope::read(&data.join("first-nodes.txt"))?;
    let folder = data.join("http");
    let mut cases = http_lab::cases::read(&folder)?;
    let in_scope = |name: &str| read_json(&folder.join(format!("{name}.json"))).is_ok_and(|case| scope.holds(&case["workflow"]));
    cases.retain(|case| in_scope(&case.name));
    let outcomes = http_lab::cases::play_all(binary, &cases, 2);
    let results = outcomes.0.into_iter().map(|outcome| {
        let why: Vec<String> = [outcome.items, outcome.requests].into_iter().flatten().collect();
        (outcome.name, (!why.is_empty()).then(|| why.join("; ")))
    });
    Ok(Score::of("HTTP Request within the node list", results.collect()))
}
