//! From when on: an option of the commands that look back.

use crate::comment::Timestamp;
use jiff::SignedDuration;

/// From when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    Ago(SignedDuration),
    At(Timestamp),
}

pub(super) fn since(value: &str) -> Result<Since, String> {
    let wrong = || format!("\"{value}\" is neither a time such as 12h, 30d or 8w nor a date such as 2026-11-01");
    if let Ok(at) = value.parse::<Timestamp>() {
        return Ok(Since::At(at));
    }
    if let Ok(date) = value.parse::<jiff::civil::Date>() {
        return Ok(Since::At(date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?.timestamp()));
    }
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (number, hours) = match &value[digits.len()..] {
        "h" => (digits, 1),
        "d" => (digits, 24),
        "w" => (digits, 168),
        _ => return Err(wrong()),
    };
    let number: i64 = number.parse().map_err(|_| wrong())?;
    // More than a century is a slip.
    if !(1..=876_000 / hours).contains(&number) {
        return Err(wrong());
    }
    Ok(Since::Ago(SignedDuration::from_hours(number * hours)))
}

impl Since {
    /// The time that is meant, as of now.
    pub(super) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(ago) => now.saturating_sub(ago).unwrap_or(Timestamp::MIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_so_long_ago_or_a_date() {
        assert_eq!(since("30d"), Ok(Since::Ago(SignedDuration::from_hours(720))));
        assert_eq!(since("8w"), Ok(Since::Ago(SignedDuration::from_hours(8 * 168))));
        assert_eq!(since("2026-11-01"), Ok(Since::At("2026-11-01T00:00:00Z".parse().unwrap())));
        for bad in ["", "d", "0d", "-3d", "3", "30 d", "1000000000000d", "yesterday", "ä"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
