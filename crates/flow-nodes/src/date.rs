//! Points in time as numbers.

use jiff::tz::TimeZone;
use node_sdk::{RunContext, json, schema};
use serde_json::Value;

/// The zone of dates without one: the workflow's.
pub(crate) fn zone(cx: &RunContext) -> TimeZone {
    if cx.workflow.timezone == "UTC" { TimeZone::UTC } else { TimeZone::get(&cx.workflow.timezone).unwrap_or(TimeZone::UTC) }
}

/// Milliseconds since 1970 of anything that n8n takes for a date; `zone` counts where it has no offset of its own.
pub(crate) fn millis(value: &Value, zone: &TimeZone) -> Option<f64> {
    let parsed = schema::parse_date_time(json::to_js_string(value).trim(), zone)?;
    Some(parsed.timestamp().as_millisecond() as f64)
}
