//! Dropping what is personal of a comment, as pure steps: after a time of retention, or because its author is erased.
//!
//! What is left says that there was a comment and what was decided about it: id, article, state, times, scores, the
//! codes of the reasons, the hash of what was sent. Gone are the text and those before edits, author, evidence,
//! sentences that quote, notes, the words of an appeal, and what a decision could be undone to.

use super::{Actor, Appeal, Body, Change, Comment, DroppedBody, Fingerprint, State, Step, Timestamp, TransitionError};

impl Comment {
    /// The time of retention is over: the body is dropped, and the comment stays in its state.
    ///
    /// # Errors
    /// Fails if the body was dropped before, and while the comment waits for a moderator.
    pub fn drop_body(&self, now: Timestamp) -> Result<Change, TransitionError> {
        if self.state == State::Pending {
            return Err(TransitionError::Already(self.state));
        }
        self.without_body(self.state, Step::BodyDropped, Actor::Retention, now)
    }

    /// The author is erased: the body is dropped, and the comment is withdrawn if it was not.
    ///
    /// # Errors
    /// Fails if the body was dropped before.
    pub fn erase(&self, actor: Actor, now: Timestamp) -> Result<Change, TransitionError> {
        self.without_body(State::Withdrawn, Step::Erased, actor, now)
    }

    fn without_body(&self, to: State, step: Step, actor: Actor, now: Timestamp) -> Result<Change, TransitionError> {
        let author = self.author().ok_or(TransitionError::BodyDropped)?.id.clone();
        let mut decision = self.decision.without_words();
        decision.reasons.iter_mut().for_each(|reason| reason.evidence.clear());
        let dropped = DroppedBody { at: now, text_sha256: self.text_sha256() };
        let appeal = self.appeal.clone().map(|appeal| Appeal { text: None, ..appeal.withdrawn() });
        let (body, fingerprint) = (Body::Dropped { dropped }, Fingerprint::default());
        let after = Self { body, fingerprint, decision, appeal, basis: None, undo: None, ..self.clone() }.settled();
        let mut change = after.step(Some(self.state), to, step, actor, now);
        change.event.decision = change.comment.decision.clone();
        Ok(Change { forgets: Some(author), ..change })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{Action, Step};

    /// A comment that went through a decision, as the store has it.
    fn comment() -> Comment {
        let doc = r#"{"site":"daily","id":"c1","article_id":"a1","parent_id":null,"root_id":"c1",
            "root_created_at":"2026-01-01T00:00:00Z","depth":0,"section":null,"author":{"id":"u1","name":"Ada"},
            "text":"the words","earlier":[{"text":"at first the words","until":"2026-01-01T00:00:00Z"}],
            "created_at":"2026-01-01T00:00:00Z","received_at":"2026-01-01T00:00:00Z",
            "updated_at":"2026-01-01T00:00:00Z","edited_at":null,"content_hash":"h",
            "fingerprint":{"exact":1,"near":2,"words":2},"state":"rejected","version":2,"scores":{},
            "decision":{"action":"reject","by":"moderator","policy_revision":"p","model_revision":"m","note":"the words",
                "reasons":[{"code":"x","action":"reject","text":"Held.","context":["the words"],
                    "evidence":[{"start":0,"end":3,"weight":0.5}]}]},
            "priority":{"uncertain":0.0,"harmful":0.0},"queued_at":null,
            "appeal":{"state":"declined","made_at":"2026-01-01T00:00:00Z","text":"my appeal"},
            "undo":{"state":"pending","decision":{"action":"review","by":"policy","policy_revision":"p",
                "model_revision":"m","reasons":[],"note":"the words"},"queued_at":null}}"#;
        serde_json::from_str(doc).unwrap()
    }

    #[test]
    fn nothing_is_left_of_who_said_what() {
        let (before, now) = (comment(), Timestamp::from_second(1_800_000_000).unwrap());
        for (change, state) in [
            (before.drop_body(now).unwrap(), State::Rejected),
            (before.erase(Actor::Policy, now).unwrap(), State::Withdrawn),
        ] {
            let written = serde_json::to_string(&(&change.comment, &change.event, &change.audit)).unwrap();
            for gone in ["the words", "Ada", "u1", "evidence", "my appeal"] {
                assert!(!written.contains(gone), "{gone}: {written}");
            }
            let after = &change.comment;
            assert_eq!((after.state, after.version, after.decision.action), (state, 3, Action::Reject));
            assert_eq!(after.undo, None);
            assert_eq!((&after.decision.reasons[0].code[..], &change.audit.text_sha256), ("x", &before.text_sha256()));
            let read: Comment = serde_json::from_str(&serde_json::to_string(after).unwrap()).unwrap();
            assert_eq!(read, *after);
            assert_eq!(after.erase(Actor::Policy, now), Err(TransitionError::BodyDropped));
            assert_eq!(after.drop_body(now), Err(TransitionError::BodyDropped));
        }
        let kept: Comment = serde_json::from_str(&serde_json::to_string(&before).unwrap()).unwrap();
        assert_eq!(kept, before);
    }

    #[test]
    fn what_waits_keeps_its_text_until_its_author_is_erased() {
        let waits = Comment { state: State::Pending, ..comment() };
        let now = waits.updated_at;
        assert_eq!(waits.drop_body(now), Err(TransitionError::Already(State::Pending)));
        let change = waits.erase(Actor::Policy, now).unwrap();
        assert_eq!((change.event.kind.as_str(), change.event.step), ("comment.withdrawn", Step::Erased));
    }
}
