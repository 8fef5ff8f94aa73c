//! What the code of a package threw, as an error of its node: with the place in the package's files, and in V8's words where the engine has fewer.

use node_sdk::NodeError;
use node_sdk::size::size;
use package_worker::protocol::Payload;
use packages::modules::Modules;
use serde_json::{Map, Value};

use super::crossing::{parsed, unsealed};

/// The error of a job, out of what its code threw.
pub(super) fn thrown(modules: &Modules, payload: &Payload) -> NodeError {
    let Ok(Value::Object(mut told)) = parsed(payload) else { return NodeError::new("The node failed") };
    if let Some(broken) = told.get("broken").and_then(Value::as_str).map(str::to_owned) {
        told.values_mut().for_each(cut);
        return broke(&broken, modules.root(), told.get("message").and_then(Value::as_str).unwrap_or_default());
    }
    if let Some(kept) = told.shift_remove("kv").and_then(|kept| unsealed(&kept)) {
        // What stops the whole run the host knows by itself. Node code may have had more to say.
        let said = told.get("description").and_then(Value::as_str).map(str::to_owned);
        return NodeError { fatal: false, description: kept.description.or(said), ..kept };
    }
    told.values_mut().for_each(cut);
    let text = |name: &str| told.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = text("name").unwrap_or_else(|| "Error".into());
    let place = text("stack").and_then(|stack| Place::of(modules, &stack));
    // What node code wraps keeps its words and its place.
    let is_type_error = name == "TypeError" || told.get("cause").is_some_and(|cause| cause["name"] == "TypeError");
    let words = place.as_ref().filter(|_| is_type_error).and_then(|place| place.words(&text("message")?));
    let mut error = NodeError::new(words.or_else(|| text("message")).unwrap_or_default()).named(name);
    error.description = text("description");
    for key in ["httpCode", "messages", "context"] {
        let shown = |value: &Value| !value.is_null() && !value.as_array().is_some_and(Vec::is_empty) && !value.as_object().is_some_and(Map::is_empty);
        if let Some(value) = told.get(key).filter(|value| shown(value)) {
            error.data.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(status) = text("httpCode").and_then(|code| code.parse().ok()) {
        error.code = request::failure::status_code(status);
        error = error.http(status, told.get("context").and_then(|context| context.get("data")).cloned().unwrap_or_default());
    }
    error.item = told.get("context").and_then(|context| context.get("itemIndex")).and_then(Value::as_u64).map(|item| item as usize);
    // What a node threw on purpose says itself what is wrong, and so does a service.
    let says = told.get("own") == Some(&Value::Bool(true)) || error.http.is_some();
    let help = if says { None } else { help(text("code").as_deref(), place.as_ref()) };
    if let Some(help) = help { error.help(help) } else { error }
}

/// Bytes that are kept of a text of an error, and of what is told beside the items: more than services say, and few enough for all who mask it, count it and show it.
const KEPT: usize = 64 << 10;

pub(super) fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > KEPT => {
            let end = (0..=KEPT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            *text = format!("{} … and {} more", &text[..end], size((text.len() - end) as u64));
        }
        Value::Array(list) => list.iter_mut().for_each(cut),
        _ => {}
    }
}

/// What there is to say of an error that was thrown in a timer and the like.
const UNCAUGHT: &str = "The node's code threw it where nobody waits for it, as in a timer: n8n itself would have ended with it.";

/// What to do about code that gives all objects a `toJSON`.
const SPOILT: &str = "It, or a library of its, sets `toJSON` of all objects or lists: tell the authors of the package.";

fn broke(how: &str, package: &str, said: &str) -> NodeError {
    let (code, message) = match how {
        "time" => (super::codes::TIME, format!("The code of {package} works for too long without asking for anything")),
        "memory" => (super::codes::MEMORY, format!("The code of {package} has used up its memory")),
        "size" => (super::codes::MEMORY, format!("What the code of {package} says is larger than 256 MiB")),
        "threads" => (super::codes::ENDED, format!("The code of {package} cannot begin: {said}")),
        "json" => {
            return NodeError::new(format!("The code of {package} says how all objects become JSON, and nothing of what it gives can be told"))
                .help(SPOILT);
        }
        "description" => return NodeError::coded(super::codes::DESCRIPTION, said).help(super::codes::LIES),
        "thrown" => return NodeError::new(said).named("Error").help(UNCAUGHT),
        _ => (super::codes::ENDED, format!("The JavaScript of {package} cannot go on")),
    };
    NodeError::coded(code, message)
}

/// What to do about an error that nobody threw on purpose.
fn help(code: Option<&str>, place: Option<&Place>) -> Option<String> {
    let at = place.map(|place| format!("It was thrown at {}.", place.shown()));
    let advice = match code {
        Some("MODULE_NOT_FOUND") => {
            "A package has its own files, and the libraries that `dependencies` in its package.json names, but for those that need what the box does not have."
        }
        Some("ERR_NOT_IN_THE_BOX") => "No setting lets a package do that: use another operation or another node.",
        _ if at.is_some() => "Where the items before the node are as it needs them, tell the author of the package.",
        _ => return None,
    };
    Some(at.map_or_else(|| advice.to_owned(), |at| format!("{at} {advice}")))
}

/// A place in a file of a package, which was asked for by the first line of a stack, or by one below it.
struct Place {
    file: String,
    line: usize,
    /// Its text.
    text: String,
    /// In characters, from 0.
    column: usize,
    /// Whether the error was made there, not in a function of the engine that it called.
    made: bool,
}

impl Place {
    fn of(modules: &Modules, stack: &str) -> Option<Self> {
        let frames = stack.lines().filter_map(|line| line.trim_start().strip_prefix("at ")).filter_map(|frame| {
            let mut parts = frame.rsplit_once('(')?.1.strip_suffix(')')?.rsplitn(3, ':');
            let (column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
            Some((file, line.parse::<usize>().ok(), column.parse::<usize>().ok()))
        });
        frames.enumerate().find_map(|(at, (file, line, column))| {
            let (line, column) = (line?, column?.checked_sub(1)?);
            let (code, _) = modules.read(file).ok()?;
            let text = String::from_utf8_lossy(&code).lines().nth(line.checked_sub(1)?)?.to_owned();
            Some(Self { file: file.to_owned(), line, text, column, made: at == 0 })
        })
    }

    /// V8 names what was called: `x.trim is not a function`.
    fn words(&self, message: &str) -> Option<String> {
        if message != "not a function" || !self.made {
            return None;
        }
        let text: Vec<char> = self.text.chars().collect();
        let is_name = |c: &char| c.is_alphanumeric() || "_$".contains(*c);
        let names = |part: &[char]| part.iter().rev().take_while(|c| is_name(c) || **c == '.').count();
        let mut end = self.column.min(text.len());
        // The engine points at the last name of what is called, or behind it.
        end += text[end..].iter().take_while(|c| is_name(c)).count();
        end -= text[..end].iter().rev().take_while(|c| c.is_whitespace()).count();
        let start = end - names(&text[..end]);
        if text[..start].ends_with(&['n', 'e', 'w', ' ']) {
            end += text[end..].iter().take_while(|c| is_name(c) || **c == '.').count();
            return Some(format!("{} is not a constructor", text[start..end].iter().collect::<String>()));
        }
        let called: String = text[start..end].iter().collect();
        match called.strip_prefix('.') {
            _ if called.trim_matches('.').is_empty() => None,
            Some(name) => Some(format!("(intermediate value).{name} is not a function")),
            None => Some(format!("{called} is not a function")),
        }
    }

    /// File and line, with what stands around the place.
    fn shown(&self) -> String {
        let from = self.column.saturating_sub(30);
        let around: String = self.text.chars().skip(from).take(60).collect();
        format!("{}:{}, `{}`", self.file, self.line, around.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_called_is_named_as_v8_does() {
        let words = |text: &str, at: &str| {
            let column = text[..text.find(at).unwrap()].chars().count();
            Place { file: "p@1.0.0/a.js".into(), line: 1, text: text.into(), column, made: true }.words("not a function")
        };
        for (text, at, expected) in [
            ("() => x.trim()", "trim", Some("x.trim is not a function")),
            ("é = n ()", "n", Some("n is not a function")),
            ("a.b.c?.map(f)", "map", Some("(intermediate value).map is not a function")),
            ("f('x')().__import('/y')", "__import", Some("(intermediate value).__import is not a function")),
            ("return new x.y.Z()", "x.y", Some("x.y.Z is not a constructor")),
            ("   spaced   (1)", "(", Some("spaced is not a function")),
            ("x[1](2)", "(2", None),
        ] {
            assert_eq!(words(text, at).as_deref(), expected, "{text}");
        }
    }
}
