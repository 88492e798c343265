//! Several moderators' opinions of one comment, where one is not enough.

use super::{Action, Timestamp};
use serde::{Deserialize, Serialize};

/// One moderator's opinion of a pending comment. Kept from the others until enough agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub moderator: String,
    pub action: Action,
    pub at: Timestamp,
    /// What she wrote about it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How many opinions a comment needs, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Opinions {
    /// How many moderators have to agree; 2 to 5.
    pub needed: u8,
    /// How many have said what they think, whatever it was.
    pub given: usize,
}

/// These votes with one more; a moderator has one vote, her last.
pub(super) fn with(votes: &[Vote], vote: Vote) -> Vec<Vote> {
    let mut kept: Vec<Vote> = votes.iter().filter(|v| v.moderator != vote.moderator).cloned().collect();
    kept.push(vote);
    kept
}

/// How many of these votes are for an action.
pub(super) fn agreeing(votes: &[Vote], action: Action) -> usize {
    votes.iter().filter(|v| v.action == action).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moderator_has_one_vote_her_last() {
        let vote = |moderator: &str, action| Vote {
            moderator: moderator.to_owned(),
            action,
            at: Timestamp::UNIX_EPOCH,
            note: None,
        };
        let votes = with(&with(&[], vote("anna", Action::Publish)), vote("bea", Action::Reject));
        assert_eq!((agreeing(&votes, Action::Publish), agreeing(&votes, Action::Reject)), (1, 1));
        let votes = with(&votes, vote("anna", Action::Reject));
        assert_eq!((votes.len(), agreeing(&votes, Action::Reject)), (2, 2));
    }
}
