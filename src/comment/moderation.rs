//! What moderators do with a comment, as pure steps: decide, give an opinion, hand it on, take a decision back.

use super::opinion::{agreeing, with};
use super::transition::state_for;
use super::{
    Actor, Change, Comment, Decision, Escalation, Opinions, State, Step, Timestamp, TransitionError, Undo, Vote,
};

impl Comment {
    /// A moderator publishes or rejects. The decision it replaces can be brought back by [`Comment::undo`].
    ///
    /// # Errors
    /// Fails on a withdrawn comment, on one whose body was dropped, and where the comment already is what the decision would make it.
    pub fn decide(&self, decision: Decision, actor: Actor, now: Timestamp) -> Result<Change, TransitionError> {
        self.changeable()?;
        let state = state_for(decision.action);
        if self.state == state {
            return Err(TransitionError::Already(state));
        }
        let undo = Undo {
            state: self.state,
            decision: self.decision.clone(),
            queued_at: self.queued_at,
            escalation: self.escalation.clone(),
            opinions_asked: self.opinions_asked,
        };
        let times = decision.times;
        let after = Self { decision, undo: Some(Box::new(undo)), ..self.clone() }.settled();
        let mut change = after.step(Some(self.state), state, Step::Decided, actor, now);
        change.audit.times = times;
        Ok(change)
    }

    /// A moderator says what she thinks of a comment on which `needed` have to agree. The one who makes it so many
    /// decides; until then the comment waits on, and the decision that stands is left as it is. Her last word
    /// counts. What does not wait takes one person's decision, as [`Comment::decide`] does.
    ///
    /// # Errors
    /// As [`Comment::decide`].
    pub fn opine(
        &self,
        decision: Decision,
        needed: u8,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change, TransitionError> {
        if self.state != State::Pending || needed <= 1 {
            return self.decide(decision, actor, now);
        }
        let (action, times) = (decision.action, decision.times);
        let moderator = actor.label().to_owned();
        let votes = with(&self.votes, Vote { moderator, action, at: now, note: decision.note.clone() });
        if agreeing(&votes, action) >= usize::from(needed) {
            return self.decide(decision, actor, now);
        }
        let after = Self { votes, undo: None, ..self.clone() };
        let mut change = after.step(Some(self.state), self.state, Step::Opinion, actor, now);
        change.audit.times = times;
        change.audit.action = action;
        change.audit.reasons = decision.reasons.into_iter().map(|r| r.code).collect();
        Ok(change)
    }

    /// How many opinions it needs and has, where one is not enough. `by_policy`: what its section asks for.
    #[must_use]
    pub fn opinions(&self, by_policy: u8) -> Option<Opinions> {
        let needed = by_policy.max(self.opinions_asked.unwrap_or(1));
        (self.state == State::Pending && needed > 1).then_some(Opinions { needed, given: self.votes.len() })
    }

    /// A moderator asks that `needed` have to agree on this comment.
    ///
    /// # Errors
    /// Fails unless it waits, and where as many are needed already. `by_policy`: what its section asks for.
    pub fn ask_opinions(
        &self,
        needed: u8,
        by_policy: u8,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change, TransitionError> {
        self.waits()?;
        if by_policy.max(self.opinions_asked.unwrap_or(1)) >= needed {
            return Err(TransitionError::OpinionsAsked);
        }
        let after = Self { opinions_asked: Some(needed), undo: None, ..self.clone() };
        Ok(after.step(Some(self.state), self.state, Step::SecondOpinion, actor, now))
    }

    /// A moderator hands it on to those who have a role. Opinions given before count no longer.
    ///
    /// # Errors
    /// Fails unless it waits, and where it waits for that role already.
    pub fn escalate(&self, escalation: Escalation, actor: Actor, now: Timestamp) -> Result<Change, TransitionError> {
        self.waits()?;
        if self.escalation.as_ref().is_some_and(|e| e.role == escalation.role) {
            return Err(TransitionError::AlreadyEscalated);
        }
        let after = Self { escalation: Some(escalation), votes: Vec::new(), undo: None, ..self.clone() };
        Ok(after.step(Some(self.state), self.state, Step::Escalated, actor, now))
    }

    /// Takes the last decision of a moderator back, whole: where several had to agree, their opinions too.
    ///
    /// # Errors
    /// Fails if the last step was anything else.
    pub fn undo(&self, actor: Actor, now: Timestamp) -> Result<Change, TransitionError> {
        self.changeable()?;
        let undo = *self.undo.clone().ok_or(TransitionError::NothingToUndo)?;
        let after = Self {
            decision: undo.decision,
            undo: None,
            queued_at: undo.queued_at,
            escalation: undo.escalation,
            opinions_asked: undo.opinions_asked,
            ..self.clone()
        };
        Ok(after.step(Some(self.state), undo.state, Step::Undone, actor, now))
    }

    /// Without what only a comment that waits has.
    pub(super) fn settled(self) -> Self {
        Self { votes: Vec::new(), escalation: None, opinions_asked: None, ..self }
    }

    fn waits(&self) -> Result<(), TransitionError> {
        self.changeable()?;
        match self.state {
            State::Pending => Ok(()),
            other => Err(TransitionError::NotPending(other)),
        }
    }
}
