//! The files that recorded cases read, and those that they leave.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

/// A picture of one pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4,
    0x89, 0, 0, 0, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44,
    0xae, 0x42, 0x60, 0x82,
];

/// A workflow that adds a field, for Execute Workflow.
const SUB: &str = r#"{"name":"file child","nodes":[{"id":"1","name":"In","type":"n8n-nodes-base.executeWorkflowTrigger","typeVersion":1,"position":[0,0],"parameters":{}},{"id":"2","name":"Add","type":"n8n-nodes-base.set","typeVersion":3.4,"position":[200,0],"parameters":{"assignments":{"assignments":[{"id":"a","name":"fromFile","value":"={{ $json.a }}","type":"number"}]},"options":{}}}],"connections":{"In":{"main":[[{"node":"Add","type":"main","index":0}]]}},"settings":{"executionOrder":"v1"}}"#;

const FILES: &[(&str, &[u8])] = &[
    ("in/a.txt", b"hello file\n"),
    ("in/b.txt", b"second"),
    ("in/\u{fc} name.txt", b"umlaut"),
    ("in/data.json", br#"{"x": [1, 2]}"#),
    ("in/t.csv", b"a,b\n1,x\n2,y\n"),
    ("in/noext", b"plain"),
    ("in/empty.txt", b""),
    ("in/p.png", PNG),
    ("in/sub/c.txt", b"in a folder"),
    ("in/[x].txt", b"brackets"),
    ("in/.hidden", b"h"),
    ("in/xx.bin", b"\x00\x01\x02\xff"),
    ("sub.json", SUB.as_bytes()),
];

/// The folder anew, with nothing else in it.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder.join("in/sub"))?;
    fs::create_dir_all(folder.join("out"))?;
    FILES.iter().try_for_each(|(name, content)| fs::write(folder.join(name), content))
}

/// What is in `out`, by its path from the folder.
pub(crate) fn made(folder: &Path) -> io::Result<Value> {
    let mut found = Map::new();
    add(folder, "out", &mut found)?;
    Ok(Value::Object(found))
}

fn add(folder: &Path, below: &str, found: &mut Map<String, Value>) -> io::Result<()> {
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            add(folder, &name, found)?;
            continue;
        }
        let content = fs::read(entry.path())?;
        let text = String::from_utf8(content).map_err(|error| error.into_bytes());
        let told = match text {
            Ok(text) if !text.contains('\0') => text.into(),
            Ok(text) => json!({"bytes": text.len()}),
            Err(bytes) => json!({"bytes": bytes.len()}),
        };
        found.insert(name, told);
    }
    Ok(())
}
