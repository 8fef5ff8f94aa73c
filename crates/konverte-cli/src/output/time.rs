//! Times and sizes as people write them.

use std::time::Duration;

/// `90`, `1.5s`, `250ms`, `2m`, `1h`; a bare number is seconds.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("`{unit}` is no unit of time: ms, s, m or h")),
    };
    let number: f64 = number.parse().map_err(|_| "a number with a unit is expected, for example 30s".to_owned())?;
    Duration::try_from_secs_f64(number * factor).map_err(|error| error.to_string())
}

/// The same, and more than nothing: what `--timeout` takes. A run that may take no time would never do anything.
pub(crate) fn parse_timeout(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err("a run needs more time than that; without --timeout it may take any".to_owned()),
        time => Ok(time),
    }
}

/// `2026-03-15T12:34:56.789Z` or with an offset, or milliseconds since 1970: what `--now` takes.
pub(crate) fn parse_time(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let read = || text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
    text.parse().or_else(|_| read()).map_err(|_| "a time with its zone is expected, for example 2026-03-15T12:34:56Z".to_owned())
}

/// `1000`, `64MiB`, `10 MB`, `512k`: what `--max-response` takes, in bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "kib" => 1024.0,
        "m" | "mb" => 1e6,
        "mib" => 1_048_576.0,
        "g" | "gb" => 1e9,
        "gib" => 1_073_741_824.0,
        _ => return Err(format!("`{unit}` is no unit of size: B, kB, KiB, MB, MiB, GB or GiB")),
    };
    let number: f64 = number.parse().map_err(|_| "a number with a unit is expected, for example 64MiB".to_owned())?;
    Ok((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_read_as_people_write_them() {
        for (text, millis) in [("250ms", 250), ("90", 90_000), ("1.5s", 1_500), ("2m", 120_000), ("1h", 3_600_000)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        assert!(["0", "0s", "0.0ms"].iter().all(|text| parse_timeout(text).is_err()) && parse_timeout("1ms").is_ok());
        for (text, bytes) in [("1000", 1000), ("64MiB", 64 << 20), ("10 MB", 10_000_000), ("512k", 512_000)] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        assert!(parse_duration("5 parsecs").is_err() && parse_duration("-1s").is_err() && parse_size("big").is_err());
        for (text, millis) in [("1970-01-01T00:00:01.5Z", 1_500), ("1970-01-01T01:00:00+01:00", 0), ("12", 12)] {
            assert_eq!(parse_time(text), Ok(millis), "{text}");
        }
        assert!(parse_time("2026-03-15").is_err() && parse_time("soon").is_err());
    }
}
