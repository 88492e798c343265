//! How much she has decided on: for her alone, and a word about a break.

use crate::http::console::words;
use crate::service::{Caller, Ombud, ServiceError};
use std::time::Duration;

/// Of how many decisions within an hour a break is spoken of: one in 36 seconds, for an hour on end.
const MANY: u64 = 100;
const HOUR: Duration = Duration::from_hours(1);

/// What she is told.
pub struct Pace {
    /// `137 decided today`.
    pub today: String,
    /// Empty as long as there is nothing to say.
    pub nudge: String,
}

impl Pace {
    pub(super) async fn of(ombud: &Ombud, caller: &Caller) -> Result<Self, ServiceError> {
        let now = ombud.now();
        let hour = now.saturating_sub(HOUR).unwrap_or(now);
        let (today, lately) =
            (ombud.decided_since(caller, words::midnight(now)).await?, ombud.decided_since(caller, hour).await?);
        Ok(Self::says(today, lately))
    }

    fn says(today: u64, lately: u64) -> Self {
        let nudge = match lately {
            ..MANY => String::new(),
            many => format!(
                "You have decided on {} comments within the last hour. A few minutes away from it keep judgement fair.",
                words::number(many)
            ),
        };
        Self { today: format!("You: {} decided today", words::number(today)), nudge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_is_spoken_of_after_a_hundred_within_an_hour() {
        assert_eq!(Pace::says(1_234, 99).nudge, "");
        assert_eq!(Pace::says(1_234, 99).today, "You: 1,234 decided today");
        assert!(Pace::says(1_234, 100).nudge.starts_with("You have decided on 100 comments"));
    }
}
