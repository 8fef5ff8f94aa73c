//! Durations as people read them.

use std::time::Duration;

/// A duration with three or four digits that matter.
pub fn millis(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1000.0;
    match ms {
        _ if ms < 10.0 => format!("{ms:.2} ms"),
        _ if ms < 1_000.0 => format!("{ms:.0} ms"),
        _ if ms < 60_000.0 => format!("{:.1} s", ms / 1000.0),
        _ => format!("{:.0} min {:.0} s", (ms / 60_000.0).floor(), (ms % 60_000.0) / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_people_read_them() {
        for (time, text) in [(1_234, "1.23 ms"), (123_456, "123 ms"), (12_345_678, "12.3 s"), (125_000_000, "2 min 5 s")] {
            assert_eq!(millis(Duration::from_micros(time)), text);
        }
    }
}
