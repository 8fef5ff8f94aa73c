//! `$vars` and `$env`: nothing is visible that is not allowed.

use std::path::Path;
use std::sync::Arc;

use node_sdk::files;
use node_sdk::ports::Variables;
use serde_json::{Map, Value};

use crate::adapters::Environment;
use crate::error::{Error, codes};
use crate::json;

/// Fixed values for one execution. By default `$vars` is empty, and `$env` is refused.
pub struct FixedVariables {
    vars: Arc<Value>,
    env: Option<Arc<Map<String, Value>>>,
}

impl FixedVariables {
    /// Values at hand.
    pub fn new(vars: Value, env: Option<Map<String, Value>>) -> Self {
        Self { vars: Arc::new(vars), env: env.map(Arc::new) }
    }

    /// `$vars` from a file, `$env` from the variables of the environment that `allow_env` names and from a file of `NAME=value` lines.
    ///
    /// # Errors
    /// [`codes::VARIABLES_FILE`]: one of the files cannot be used.
    pub fn read(vars: Option<&Path>, env_file: Option<&Path>, allow_env: &[String], environment: &Environment<'_>) -> Result<Self, Error> {
        let vars = match vars {
            Some(path) => json::read_object(path, codes::VARIABLES_FILE)?,
            None => Map::new(),
        };
        let mut env = Map::new();
        for name in allow_env {
            if let Some(value) = environment(name) {
                env.insert(name.clone(), Value::String(value));
            }
        }
        if let Some(path) = env_file {
            let text = files::named(path)
                .and_then(files::text)
                .map_err(|error| Error::new(codes::VARIABLES_FILE, format!("The environment file {} cannot be read: {error}.", path.display())))?;
            env.extend(parse_env_file(&text));
        }
        let any = env_file.is_some() || !allow_env.is_empty();
        Ok(Self::new(Value::Object(vars), any.then_some(env)))
    }
}

impl Default for FixedVariables {
    fn default() -> Self {
        Self::new(Value::Object(Map::new()), None)
    }
}

impl Variables for FixedVariables {
    fn vars(&self) -> Arc<Value> {
        self.vars.clone()
    }

    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        self.env.clone()
    }
}

/// `NAME=value` lines; `#` begins a comment line, `export` is allowed, quotes around a value are taken off.
fn parse_env_file(text: &str) -> Map<String, Value> {
    let mut env = Map::new();
    for line in text.lines().map(str::trim) {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let value = value.trim();
        let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
        env.insert(name.trim().to_owned(), Value::String(value.to_owned()));
    }
    env
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn env_files_are_read_as_people_write_them() {
        let env = parse_env_file("# comment\nA=1\nexport B = \"two words\"\nC='x=y'\n\nnothing\nD=\n");
        assert_eq!(Value::Object(env), json!({"A": "1", "B": "two words", "C": "x=y", "D": ""}));
    }
}
