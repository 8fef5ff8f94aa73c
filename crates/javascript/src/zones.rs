//! Time zones: offsets and names, from the bundled database.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rquickjs::Object;
use rquickjs::function::Func;

/// Adds the host functions.
pub(crate) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("zoneOffset", Func::from(offset))?;
    h.set("zoneAbbreviation", Func::from(|zone: String, millis: f64| abbreviation(&zone, millis)))?;
    h.set("zoneIsDst", Func::from(|zone: String, millis: f64| is_dst(&zone, millis)))
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// After so many milliseconds the calendar repeats itself: 400 years.
const CYCLE: i64 = 146_097 * 86_400_000;

fn timestamp(millis: f64) -> Option<Timestamp> {
    // Beyond the years that the database knows, its last rules hold: those of the same day in a year that it knows.
    let (first, last, millis) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond(), millis as i64);
    let known = if millis > last { millis - ((millis - last - 1) / CYCLE + 1) * CYCLE } else { millis.max(first) };
    Timestamp::from_millisecond(known).ok()
}

/// Minutes east of Greenwich; NaN where the zone is unknown.
fn offset(name: String, millis: f64) -> f64 {
    let (Some(zone), Some(at)) = (zone(&name), timestamp(millis)) else { return f64::NAN };
    f64::from(zone.to_offset(at).seconds()) / 60.0
}

fn abbreviation(name: &str, millis: f64) -> Option<String> {
    Some(zone(name)?.to_offset_info(timestamp(millis)?).abbreviation().to_owned())
}

fn is_dst(name: &str, millis: f64) -> bool {
    zone(name).zip(timestamp(millis)).is_some_and(|(zone, at)| zone.to_offset_info(at).dst().is_dst())
}
