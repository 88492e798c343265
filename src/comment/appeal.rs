//! An author's appeal against a rejection: the comment waits once more, for those who have the role for it.

use super::{
    Action, Actor, Change, Comment, DecidedBy, Escalation, Reason, Role, State, Step, Timestamp, TransitionError,
};
use serde::{Deserialize, Serialize};

/// The code of the reason for which an appealed comment waits.
pub const APPEAL: &str = "appeal";

/// Why a string is not what an author says in an appeal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAppealText {
    #[error("an appeal says why: the text is empty")]
    Empty,
    #[error("an appeal is at most {} characters", AppealText::MAX_CHARACTERS)]
    TooLong,
    #[error("the text holds the control character U+{0:04X}")]
    ControlCharacter(u32),
}

/// What an author says in an appeal. Personal data: `Debug` prints its length only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppealText(String);

impl AppealText {
    /// In Unicode code points: a page, which a moderator can read between two comments.
    pub const MAX_CHARACTERS: usize = 2_000;

    /// Parses what an author says: not blank, bounded, no control characters but tab and line ends.
    ///
    /// # Errors
    /// [`InvalidAppealText`] says which rule the string breaks.
    pub fn parse(value: impl Into<String>) -> Result<Self, InvalidAppealText> {
        let value = value.into();
        if value.chars().nth(Self::MAX_CHARACTERS).is_some() {
            return Err(InvalidAppealText::TooLong);
        }
        let forbidden = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        if let Some(c) = value.chars().find(forbidden) {
            return Err(InvalidAppealText::ControlCharacter(u32::from(c)));
        }
        if value.trim().is_empty() {
            return Err(InvalidAppealText::Empty);
        }
        Ok(Self(value))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AppealText {
    type Error = InvalidAppealText;
    fn try_from(value: String) -> Result<Self, InvalidAppealText> {
        Self::parse(value)
    }
}

impl From<AppealText> for String {
    fn from(value: AppealText) -> String {
        value.0
    }
}

impl std::fmt::Debug for AppealText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AppealText({} bytes, redacted)", self.0.len())
    }
}

/// How an appeal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    /// It waits for a moderator.
    Open,
    /// A moderator published the comment on it.
    Upheld,
    /// A moderator rejected the comment on it, which is final.
    Declined,
    /// The comment was withdrawn meanwhile.
    Withdrawn,
}

/// An author's appeal; of several, the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    pub state: AppealState,
    pub made_at: Timestamp,
    /// What the author says; `None` once the comment's body is dropped, whose fate it shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<AppealText>,
}

impl Appeal {
    /// How the appeal stands after a moderator's word on the comment.
    #[must_use]
    pub(super) fn decided(self, action: Action) -> Self {
        let state = match (self.state, action) {
            (AppealState::Open, Action::Publish) => AppealState::Upheld,
            (AppealState::Open, Action::Reject) => AppealState::Declined,
            (state, _) => state,
        };
        Self { state, ..self }
    }

    /// How it stands once the comment was withdrawn.
    #[must_use]
    pub(super) fn withdrawn(self) -> Self {
        let open = self.state == AppealState::Open;
        Self { state: if open { AppealState::Withdrawn } else { self.state }, ..self }
    }
}

impl Comment {
    /// The author appeals against the rejection: the comment waits for those who have the role, or for anybody where
    /// there is none. One appeal is open at most, and one that was declined is the last.
    ///
    /// # Errors
    /// Fails unless the comment is rejected; on one whose body was dropped; while an appeal is open, and after one was
    /// declined.
    pub fn appeal(
        &self,
        text: AppealText,
        role: Option<Role>,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change, TransitionError> {
        self.changeable()?;
        match self.appeal.as_ref().map(|appeal| appeal.state) {
            Some(AppealState::Open) => return Err(TransitionError::AppealOpen),
            Some(AppealState::Declined) => return Err(TransitionError::AppealDeclined),
            Some(AppealState::Upheld | AppealState::Withdrawn) | None => {}
        }
        if self.state != State::Rejected {
            return Err(TransitionError::NotRejected(self.state));
        }
        let mut decision = self.decision.clone();
        decision.action = Action::Review;
        decision.by = DecidedBy::Policy;
        decision.moderator = None;
        decision.note = None;
        decision.to_author = None;
        decision.times = None;
        decision.reasons.retain(|reason| reason.code != APPEAL);
        decision.reasons.insert(0, reason());
        let by = actor.label().to_owned();
        let after = Self {
            decision,
            undo: None,
            appeal: Some(Appeal { state: AppealState::Open, made_at: now, text: Some(text) }),
            escalation: role.map(|role| Escalation { role, by, at: now, note: None }),
            ..self.clone()
        };
        Ok(after.step(Some(self.state), State::Pending, Step::Appealed, actor, now))
    }

    /// Whether an appeal waits for a moderator.
    #[must_use]
    pub fn is_appealed(&self) -> bool {
        self.appeal.as_ref().is_some_and(|appeal| appeal.state == AppealState::Open)
    }

    /// Whether the author could appeal now.
    #[must_use]
    pub fn may_appeal(&self) -> bool {
        let last = self.appeal.as_ref().map(|appeal| appeal.state);
        let free = !matches!(last, Some(AppealState::Open | AppealState::Declined));
        self.state == State::Rejected && self.text().is_some() && free
    }
}

/// Why an appealed comment waits.
pub(super) fn reason() -> Reason {
    Reason::rule(APPEAL, Action::Review, "Held: its author appeals against the rejection.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appeal_is_a_page_and_never_prints() {
        assert!(AppealText::parse("a\r\n\tb").is_ok());
        assert_eq!(AppealText::parse(" \n"), Err(InvalidAppealText::Empty));
        assert_eq!(AppealText::parse("a\u{1b}"), Err(InvalidAppealText::ControlCharacter(0x1b)));
        assert!(AppealText::parse("é".repeat(AppealText::MAX_CHARACTERS)).is_ok());
        let long = AppealText::parse("é".repeat(AppealText::MAX_CHARACTERS + 1));
        assert_eq!(long, Err(InvalidAppealText::TooLong));
        let text = AppealText::parse("my own words").unwrap();
        assert!(!format!("{text:?}").contains("words"));
    }

    #[test]
    fn only_an_open_appeal_is_decided() {
        let appeal = |state| Appeal { state, made_at: Timestamp::UNIX_EPOCH, text: None };
        for (before, action, after) in [
            (AppealState::Open, Action::Publish, AppealState::Upheld),
            (AppealState::Open, Action::Reject, AppealState::Declined),
            (AppealState::Declined, Action::Publish, AppealState::Declined),
            (AppealState::Upheld, Action::Reject, AppealState::Upheld),
        ] {
            assert_eq!(appeal(before).decided(action).state, after);
        }
        assert_eq!(appeal(AppealState::Open).withdrawn().state, AppealState::Withdrawn);
        assert_eq!(appeal(AppealState::Upheld).withdrawn().state, AppealState::Upheld);
    }
}
