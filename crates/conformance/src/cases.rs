//! Recorded cases, as they lie in the project: a JSON object a line, compressed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use node_sdk::Item;
use serde_json::{Value, json};

use crate::failure::Failure;

/// A recorded play of one node, `N`, behind a manual trigger that hands over items; where it has none, `N` begins by itself. Names are unique.
pub(crate) struct Case(pub(crate) Value);

/// The end of the names of files.
pub(crate) const ENDING: &str = ".ndjson.gz";

/// The cases of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Case>, Failure> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    // As the program reads it: half of a cut emoji is U+FFFD (docs/differences.md).
    lines.map(|line| Ok(Case(node_sdk::json::parse_text(&line?)?))).collect()
}

impl Case {
    pub(crate) fn name(&self) -> &str {
        self.0["name"].as_str().unwrap_or_default()
    }

    /// What n8n did.
    pub(crate) fn expected(&self) -> &Value {
        &self.0["expected"]
    }

    /// The requests that n8n sent.
    pub(crate) fn requests(&self) -> &[Value] {
        self.expected()["requests"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether the node is a trigger that is given nothing.
    fn begins(&self) -> bool {
        self.0.get("items").is_none()
    }

    /// The node that the run begins with.
    pub(crate) fn start(&self) -> String {
        if self.begins() { "N" } else { "Start" }.to_owned()
    }

    /// What the start node puts out, where it is given something.
    pub(crate) fn items(&self) -> Option<Vec<Item>> {
        self.0["items"].as_array().map(|items| items.iter().cloned().map(Item::from_value).collect())
    }

    /// The workflow. Its name is the case's: nothing that a workflow keeps is another one's.
    pub(crate) fn workflow(&self) -> Value {
        let mut node = json!({"id": "n1", "name": "N", "position": [200, 0]});
        self.0["node"].as_object().into_iter().flatten().for_each(|(key, value)| node[key] = value.clone());
        if self.begins() {
            return json!({"id": "wf1", "name": self.name(), "nodes": [node], "connections": {}, "settings": {}});
        }
        let start =
            json!({"id": "s", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}});
        let connections = json!({"Start": {"main": [[{"node": "N", "type": "main", "index": 0}]]}});
        json!({"id": "wf1", "name": self.name(), "nodes": [start, node], "connections": connections, "settings": {}})
    }
}
