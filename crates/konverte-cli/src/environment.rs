//! The environment of the process: the one place that reads it.

use node_sdk::json::to_js_string;
use node_sdk::ports::Variables;

/// A variable.
#[expect(clippy::disallowed_methods, reason = "this is the crate that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What commands find: where programs and the user's own files are, the language and the time zone, and what `$env` shows.
const OF_COMMANDS: [&str; 12] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "TMPDIR"];

/// The environment of the commands that a run starts.
pub(crate) fn of_commands(variables: &impl Variables) -> Vec<(String, String)> {
    let usual = OF_COMMANDS.into_iter().filter_map(|name| Some((name.to_owned(), variable(name)?)));
    let allowed = variables.env();
    let shown = allowed.iter().flat_map(|env| env.iter()).map(|(name, value)| (name.clone(), to_js_string(value)));
    usual.chain(shown).collect()
}

/// The path of this program.
pub(crate) fn program() -> Option<std::path::PathBuf> {
    std::env::current_exe().ok()
}
