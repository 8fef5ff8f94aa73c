//! The file beside its nodes: keys that are written wrongly, and its time zone.

use node_sdk::names::did_you_mean;
use node_sdk::node::Level;
use workflow::{Diagnostic, Workflow};

use super::Found;
use crate::codes;

/// Keys of the file that change what it does, and whether a run without them does nothing.
const KEYS: [(&str, Level); 4] =
    [("connections", Level::Error), ("settings", Level::Warning), ("pinData", Level::Warning), ("staticData", Level::Warning)];

pub(super) fn check(workflow: &Workflow) -> Vec<Found> {
    misspelt(workflow).chain(timezone(workflow)).map(Found::reported).collect()
}

/// A key that is none, where one like it is not there.
fn misspelt(workflow: &Workflow) -> impl Iterator<Item = Diagnostic> {
    let file = workflow.to_value();
    let absent: Vec<_> = KEYS.iter().filter(|(key, _)| file.get(*key).is_none()).collect();
    workflow.extra.keys().filter_map(move |key| {
        let near = did_you_mean(key, absent.iter().map(|(key, _)| *key))?;
        let (_, level) = absent.iter().find(|(key, _)| *key == near)?;
        let at = workflow.document().and_then(|document| document.place(&[key], None));
        let message = format!("The key \"{key}\" is not read: nothing is known of the workflow's {near}");
        Some(Diagnostic { at, ..Diagnostic::new(codes::MISSPELT_KEY, *level, message).help(format!("Did you mean \"{near}\"?")) })
    })
}

/// Whether the file has a key that is meant to be `connections`: then it is no news that nothing leads to its nodes.
pub(super) fn has_misspelt_connections(workflow: &Workflow) -> bool {
    misspelt(workflow).any(|found| found.level == Level::Error)
}

fn timezone(workflow: &Workflow) -> Option<Diagnostic> {
    let zone = workflow.settings.timezone.as_deref()?;
    if jiff::tz::TimeZone::get(zone).is_ok() {
        return None;
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    // People know the city.
    let city = |name: &&String| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&zone.replace(' ', "_")));
    let near = names.iter().find(city).map(String::as_str).or_else(|| did_you_mean(zone, names.iter().map(String::as_str)));
    let help = near.map_or_else(|| "Zones are IANA names, for example Europe/Berlin.".to_owned(), |near| format!("Did you mean \"{near}\"?"));
    let at = workflow.document().and_then(|document| document.place(&["settings", "timezone"], None));
    let message = format!("settings.timezone: there is no time zone \"{zone}\"");
    Some(Diagnostic { at, ..Diagnostic::new(codes::TIME_ZONE, Level::Error, message).help(help) })
}
