//! The time fields of the Schedule Trigger.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use node_sdk::{NodeError, RunContext};
use serde_json::{Value, json};

/// The moment of the run, in the workflow's zone, in ten forms.
pub(super) fn time_fields(cx: &RunContext) -> Result<Value, NodeError> {
    let name = &cx.workflow.timezone;
    let zone = TimeZone::get(name).map_err(|_| NodeError::new(format!("The time zone \"{name}\" is not known")))?;
    Ok(fields(&now(cx)?.to_zoned_datetime(zone), name))
}

/// The moment of the run as JavaScript's `toISOString` writes it.
pub(super) fn iso(cx: &RunContext) -> Result<String, NodeError> {
    Ok(format!("{:.3}", now(cx)?))
}

fn now(cx: &RunContext) -> Result<Timestamp, NodeError> {
    Timestamp::from_millisecond(cx.ports.clock.now_millis()).map_err(|error| NodeError::new(error.to_string()))
}

fn fields(now: &ZonedDateTime, zone: &str) -> Value {
    let text = |format: &str| now.strftime(format).to_string();
    let hour = match now.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let time = format!("{hour}:{} {}", text("%M:%S"), if now.hour() < 12 { "am" } else { "pm" });
    let day = format!("{}{}", now.day(), ordinal(now.day()));
    json!({
        "timestamp": format!("{}.{:03}{}", text("%Y-%m-%dT%H:%M:%S"), now.millisecond(), text("%:z")),
        "Readable date": format!("{} {day} {}, {time}", text("%B"), text("%Y")),
        "Readable time": time,
        "Day of week": text("%A"),
        "Year": text("%Y"),
        "Month": text("%B"),
        "Day of month": text("%d"),
        "Hour": text("%H"),
        "Minute": text("%M"),
        "Second": text("%S"),
        "Timezone": format!("{zone} (UTC{})", text("%:z")),
    })
}

fn ordinal(day: i8) -> &'static str {
    match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_of_a_first() {
        let now = Timestamp::from_millisecond(1_704_067_200_000).unwrap().to_zoned_datetime(TimeZone::UTC);
        let expected = json!({
            "timestamp": "2024-01-01T00:00:00.000+00:00",
            "Readable date": "January 1st 2024, 12:00:00 am",
            "Readable time": "12:00:00 am",
            "Day of week": "Monday",
            "Year": "2024",
            "Month": "January",
            "Day of month": "01",
            "Hour": "00",
            "Minute": "00",
            "Second": "00",
            "Timezone": "UTC (UTC+00:00)",
        });
        assert_eq!(fields(&now, "UTC"), expected);
    }
}
