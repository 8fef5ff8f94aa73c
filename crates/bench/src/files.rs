//! The files that are measured: workflows and items.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::setup::Bench;

/// A node: name, type, version, parameters.
pub(crate) type Node<'a> = (&'a str, &'a str, f64, Value);

impl Bench {
    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, content: &str) -> Result<String, Failure> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// A file of so many persons, one a line.
    pub(crate) fn persons(&self, count: usize) -> Result<String, Failure> {
        let mut lines = String::new();
        for i in 0..count {
            writeln!(lines, r#"{{"id":{i},"name":"Person {i}","email":"person{i}@example.com","plan":"pro","age":{}}}"#, i % 90)?;
        }
        self.file("persons.ndjson", &lines)
    }
}

/// A manual trigger and nodes behind it, one after the other.
pub(crate) fn chain(nodes: &[Node<'_>]) -> Value {
    let names = std::iter::once("Start").chain(nodes.iter().map(|node| node.0));
    let links: Vec<(&str, usize, &str, usize)> = names.zip(nodes).map(|(from, to)| (from, 0, to.0, 0)).collect();
    workflow(nodes, &links)
}

/// A manual trigger, `Start`, and nodes, with links as (from, output, to, input).
pub(crate) fn workflow(nodes: &[Node<'_>], links: &[(&str, usize, &str, usize)]) -> Value {
    let start = ("Start", "n8n-nodes-base.manualTrigger", 1.0, json!({}));
    let list: Vec<Value> = std::iter::once(&start).chain(nodes).enumerate().map(|(index, node)| {
        let (name, kind, version, parameters) = node;
        json!({"id": index.to_string(), "name": name, "type": kind, "typeVersion": version, "position": [index * 220, 0], "parameters": parameters})
    }).collect();
    let mut outputs: Map<String, Value> = Map::new();
    for (from, output, to, input) in links {
        let lists = outputs.entry(*from).or_insert_with(|| json!([]));
        while lists.as_array().map_or(0, Vec::len) <= *output {
            lists.as_array_mut().into_iter().for_each(|lists| lists.push(json!([])));
        }
        lists[*output].as_array_mut().into_iter().for_each(|list| list.push(json!({"node": to, "type": "main", "index": input})));
    }
    let connections: Map<String, Value> = outputs.into_iter().map(|(name, lists)| (name, json!({"main": lists}))).collect();
    json!({"name": "bench", "nodes": list, "connections": connections, "settings": {"executionOrder": "v1"}})
}

/// A Set node with fields given as (name, type, value).
pub(crate) fn set(fields: &[(&str, &str, &str)]) -> Value {
    let fields: Vec<Value> = fields.iter().map(|(name, kind, value)| json!({"id": name, "name": name, "type": kind, "value": value})).collect();
    json!({"assignments": {"assignments": fields}, "options": {}})
}
