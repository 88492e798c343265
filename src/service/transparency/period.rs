//! The days that a report is of.

use crate::comment::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Why two days are no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    #[error("a period that begins on {from} can't end on {to}, which is before")]
    Reversed { from: Date, to: Date },
    #[error("{day} has not come yet: it is {today} (UTC)")]
    Future { day: Date, today: Date },
    #[error("{0} is no day that can be reported on")]
    OutOfRange(Date),
}

/// Whole days in UTC, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Date,
    to: Date,
    start: Timestamp,
    end: Timestamp,
}

impl Period {
    /// From the beginning of one day to the end of another. The last may be today: then it is not over.
    ///
    /// # Errors
    /// [`InvalidPeriod`] says what is wrong.
    pub fn new(from: Date, to: Date, now: Timestamp) -> Result<Self, InvalidPeriod> {
        let today = now.to_zoned(TimeZone::UTC).date();
        if let Some(day) = [from, to].into_iter().find(|day| *day > today) {
            return Err(InvalidPeriod::Future { day, today });
        }
        if from > to {
            return Err(InvalidPeriod::Reversed { from, to });
        }
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).ok();
        let start = midnight(from).ok_or(InvalidPeriod::OutOfRange(from))?;
        let end = to.checked_add(1.day()).ok().and_then(midnight).ok_or(InvalidPeriod::OutOfRange(to))?;
        Ok(Self { from, to, start, end })
    }

    /// The first day.
    #[must_use]
    pub const fn from(&self) -> Date {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn to(&self) -> Date {
        self.to
    }

    /// The first moment.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// The moment after the last.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether something that happened then belongs into the report.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        (self.start..self.end).contains(&at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn both_days_are_whole_and_in_utc() {
        let period = Period::new(date(2026, 10, 1), date(2026, 10, 31), at("2026-11-03T09:00:00Z")).unwrap();
        for (time, within) in [
            ("2026-09-30T23:59:59.999Z", false),
            ("2026-10-01T00:00:00Z", true),
            ("2026-10-31T23:59:59.999Z", true),
            ("2026-11-01T00:00:00Z", false),
        ] {
            assert_eq!(period.contains(at(time)), within, "{time}");
        }
    }

    #[test]
    fn a_day_alone_may_be_today_but_none_may_be_ahead() {
        let now = at("2026-11-03T23:30:00Z");
        let (today, tomorrow) = (date(2026, 11, 3), date(2026, 11, 4));
        assert!(Period::new(today, today, now).is_ok());
        assert_eq!(Period::new(today, tomorrow, now), Err(InvalidPeriod::Future { day: tomorrow, today }));
        let reversed = Period::new(today, date(2026, 11, 2), now).unwrap_err();
        assert_eq!(reversed.to_string(), "a period that begins on 2026-11-03 can't end on 2026-11-02, which is before");
    }
}
