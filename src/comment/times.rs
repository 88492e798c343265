//! How long a comment waited for a moderator, and how long she took.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The moments of one moderator's decision or opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DecisionTimes {
    /// Since when the comment had waited; absent where it did not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub queued_at: Option<Timestamp>,
    /// When the claim was handed out under which she decided; absent where she named none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub claimed_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub decided_at: Timestamp,
}

/// How long a decision took. A clock that jumped back makes a duration 0, never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Handling {
    /// From entering the queue to being claimed; `None` without a claim, or where the comment did not wait.
    pub waited: Option<Duration>,
    /// From being claimed to being decided; `None` without a claim.
    pub handled: Option<Duration>,
}

impl DecisionTimes {
    /// The durations between the moments.
    #[must_use]
    pub fn handling(&self) -> Handling {
        let between = |from: Timestamp, to: Timestamp| Duration::try_from(to.duration_since(from)).unwrap_or_default();
        let waited = self.queued_at.zip(self.claimed_at).map(|(queued, claimed)| between(queued, claimed));
        Handling { waited, handled: self.claimed_at.map(|claimed| between(claimed, self.decided_at)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_lie_between_the_moments_and_are_never_negative() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let times = DecisionTimes { queued_at: Some(at(10)), claimed_at: Some(at(70)), decided_at: at(75) };
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(times.handling(), Handling { waited: seconds(60), handled: seconds(5) });
        let back = DecisionTimes { claimed_at: Some(at(5)), decided_at: at(1), ..times };
        assert_eq!(back.handling(), Handling { waited: seconds(0), handled: seconds(0) });
        let unclaimed = DecisionTimes { claimed_at: None, ..times };
        assert_eq!(unclaimed.handling(), Handling::default());
    }
}
