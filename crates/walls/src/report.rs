//! Which walls hold.

use serde::{Deserialize, Serialize};

/// Which walls hold on a system, or around a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The first one is what a worker does not start without.
    pub walls: Vec<Wall>,
}

/// One wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wall {
    /// What the system calls it.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// What it keeps out, or why it is not there.
    pub says: String,
}

impl Report {
    /// Why no worker may start, if none may.
    pub fn missing(&self) -> Option<String> {
        match self.walls.first() {
            Some(wall) if wall.holds => None,
            Some(wall) => Some(format!("{} is missing ({})", wall.name, wall.says)),
            None => Some("konverte knows no wall on this system".to_owned()),
        }
    }
}

impl std::fmt::Display for Report {
    /// A line for each wall.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.walls.is_empty() {
            return f.write_str("no walls on this system");
        }
        for (index, wall) in self.walls.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let holds = if wall.holds { "holds" } else { "missing" };
            write!(f, "{separator}{} {holds}: {}", wall.name, wall.says)?;
        }
        Ok(())
    }
}

impl Wall {
    pub(crate) fn holds(name: &str, says: impl Into<String>) -> Self {
        Self { name: name.to_owned(), holds: true, says: says.into() }
    }

    pub(crate) fn missing(name: &str, why: impl Into<String>) -> Self {
        Self { name: name.to_owned(), holds: false, says: why.into() }
    }
}

/// What a worker says first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Greeting {
    /// It is shut in.
    Walls(Report),
    /// A wall that must be there is missing: why.
    Missing(String),
    /// The system refused something else: what.
    Refused(String),
}
