//! A policy that somebody would like to be in force: what it is, what it would do, and against which it was written.

use super::replay::ReplayCounts;
use crate::comment::{Action, SiteId, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Names a candidate: lower-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CandidateId(String);

impl CandidateId {
    /// Longest id, in characters.
    const LONGEST: usize = 32;

    /// Reads an id; `None` for what is none.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        (plain && (1..=Self::LONGEST).contains(&id.len())).then(|| Self(id.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CandidateId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A policy that waits for somebody else's word. Its files are kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidatePolicy {
    pub id: CandidateId,
    /// Of the policy that it would be.
    pub revision: String,
    /// Number of the policy that it was written against, and may follow alone.
    pub base: u64,
    pub at: Timestamp,
    /// Whoever wrote it, by her name in the console.
    pub by: String,
    /// The site on whose console it was written.
    pub site: SiteId,
    /// What it is for, in her words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it would have done, if it was replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<ReplayedEffect>,
}

/// What a replay found, as far as it is kept: numbers, and nothing that anybody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedEffect {
    /// When it was replayed.
    pub at: Timestamp,
    /// When the first and the last of the comments came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<(Timestamp, Timestamp)>,
    /// Comments that both judged.
    pub judged: u64,
    /// Comments left out, as their text, or what a decision rests on, is not kept.
    pub left_out: u64,
    /// Whether there were more comments than were looked at.
    pub cut: bool,
    /// How many comments the policy in force decides so, and the candidate so, in the order of [`Action::ALL`].
    table: [[u64; 3]; 3],
    /// Of what people published, how much the policy in force rejects, and the candidate.
    pub rejects_published: [u64; 2],
    /// Of what people rejected, how much the policy in force publishes, and the candidate.
    pub publishes_rejected: [u64; 2],
}

impl ReplayedEffect {
    /// What is kept of these counts.
    #[must_use]
    pub fn of(counts: &ReplayCounts, cut: bool, at: Timestamp) -> Self {
        let pair = |person, action| {
            let pair = counts.beside_people(person, action);
            [pair.live, pair.candidate]
        };
        Self {
            at,
            received: counts.received,
            judged: counts.judged,
            left_out: counts.without_text + counts.without_basis,
            cut,
            table: Action::ALL.map(|live| Action::ALL.map(|candidate| counts.decided(live, candidate))),
            rejects_published: pair(Action::Publish, Action::Reject),
            publishes_rejected: pair(Action::Reject, Action::Publish),
        }
    }

    /// How many comments the policy in force decides so, and the candidate so.
    #[must_use]
    pub fn decided(&self, live: Action, candidate: Action) -> u64 {
        let place = |action| Action::ALL.into_iter().position(|a| a == action).unwrap_or(0);
        self.table[place(live)][place(candidate)]
    }

    /// How many the candidate decides so, and the policy in force otherwise.
    #[must_use]
    pub fn newly(&self, action: Action) -> u64 {
        Action::ALL.into_iter().filter(|live| *live != action).map(|live| self.decided(live, action)).sum()
    }

    /// How many are held, by the policy in force and by the candidate.
    #[must_use]
    pub fn held(&self) -> [u64; 2] {
        let sum = |of: fn(&Self, Action) -> u64| Action::ALL.into_iter().map(|action| of(self, action)).sum();
        [sum(|e, other| e.decided(Action::Review, other)), sum(|e, other| e.decided(other, Action::Review))]
    }

    /// How many the candidate decides otherwise.
    #[must_use]
    pub fn changed(&self) -> u64 {
        Action::ALL.into_iter().map(|action| self.newly(action)).sum()
    }

    /// Over how many days the comments came in; at least one.
    #[must_use]
    pub fn days(&self) -> f64 {
        let span = self.received.map_or(SignedDuration::ZERO, |(first, last)| last.duration_since(first));
        (span.as_secs_f64() / 86_400.0).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_letters_and_digits() {
        assert_eq!(CandidateId::parse("3f9c").map(|id| id.to_string()).as_deref(), Some("3f9c"));
        for bad in ["", "a/b", "A", "..", &"a".repeat(33)] {
            assert_eq!(CandidateId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_effect_is_counted_from_its_table() {
        let table = [[10, 2, 1], [3, 20, 4], [0, 5, 30]];
        let at = Timestamp::UNIX_EPOCH;
        let counts = ReplayCounts::default();
        let effect = ReplayedEffect { table, ..ReplayedEffect::of(&counts, false, at) };
        let newly = [Action::Publish, Action::Review, Action::Reject].map(|action| effect.newly(action));
        assert_eq!((newly, effect.held(), effect.changed()), ([3, 7, 5], [27, 27], 15));
        assert!((effect.days() - 1.0).abs() < f64::EPSILON);
        let kept = serde_json::to_string(&effect).unwrap();
        assert_eq!(serde_json::from_str::<ReplayedEffect>(&kept).unwrap(), effect);
    }
}
