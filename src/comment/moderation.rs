//! What moderators do with a comment, as pure steps: decide, give an opinion, hand it on, take a decision back.

use super::opinion::{agreeing, with};
use super::transition::state_for;
use super::{
    Actor, Change, Comment, Decision, Escalation, Opinions, State, Step, Timestamp, TransitionError, Undo, Vote,
};

impl Comment {
    /// A moderator publishes or rejects; if the author had appealed, that settles the appeal. The decision it replaces can be brought back by [`Comment::undo`].
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
            appeal: self.appeal.clone(),
        };
        let appeal = self.appeal.clone().map(|appeal| appeal.decided(decision.action));
        let times = decision.times;
        let after = Self { decision, appeal, undo: Some(Box::new(undo)), ..self.clone() }.settled();
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
            appeal: undo.appeal,
            ..self.clone()
        };
        let change = after.step(Some(self.state), undo.state, Step::Undone, actor, now);
        Ok(Change { undoes: self.decision.moderator.clone(), ..change })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{
        Action, ArticleId, Author, AuthorId, CommentId, CommentText, ContentHash, DecidedBy, Draft, Fingerprint,
        Priority, Reason, Role, Scores, SiteId, Verdict,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn decision(action: Action, by: DecidedBy) -> Decision {
        Decision {
            action,
            by,
            policy_revision: "p".to_owned(),
            model_revision: "m".to_owned(),
            reasons: vec![Reason::rule("why", action, "So.")],
            moderator: None,
            note: None,
            to_author: None,
            times: None,
        }
    }

    fn pending() -> Comment {
        let draft = Draft {
            site: SiteId::parse("daily").unwrap(),
            id: CommentId::parse("c1").unwrap(),
            article_id: ArticleId::parse("a1").unwrap(),
            section: None,
            author: Author::new(AuthorId::parse("u1").unwrap(), None).unwrap(),
            text: CommentText::parse("They should talk.").unwrap(),
            created_at: at(0),
            content_hash: ContentHash::of(&[]),
            fingerprint: Fingerprint::default(),
            parent: None,
        };
        let verdict = Verdict {
            scores: Scores::default(),
            decision: decision(Action::Review, DecidedBy::Policy),
            priority: Priority::default(),
            shadowed: None,
            basis: None,
            language: None,
        };
        draft.admit(verdict, Actor::Policy, at(1)).comment
    }

    fn named(name: &str) -> Actor {
        Actor::Moderator { name: name.to_owned() }
    }

    fn opine(comment: &Comment, action: Action, needed: u8, who: &str) -> Change {
        comment.opine(decision(action, DecidedBy::Moderator), needed, named(who), at(5)).unwrap()
    }

    fn escalation(role: &str) -> Escalation {
        Escalation { role: Role::parse(role).unwrap(), by: "anna".to_owned(), at: at(4), note: None }
    }

    #[test]
    fn two_who_agree_decide_and_two_who_do_not_leave_it() {
        let one = opine(&pending(), Action::Publish, 2, "anna");
        assert_eq!(
            (one.event.step, one.event.state, one.audit.action),
            (Step::Opinion, State::Pending, Action::Publish)
        );
        assert_eq!((one.event.decision.action, one.event.decision.by), (Action::Review, DecidedBy::Policy));
        let other = opine(&one.comment, Action::Reject, 2, "bea");
        assert_eq!((other.comment.state, other.comment.votes.len()), (State::Pending, 2));
        let again = opine(&other.comment, Action::Publish, 2, "anna").comment;
        assert_eq!((again.state, again.votes.len()), (State::Pending, 2), "saying it twice is one opinion");
        let settled = opine(&again, Action::Reject, 2, "anna");
        assert_eq!((settled.event.step, settled.comment.state), (Step::Decided, State::Rejected));
        assert!(settled.comment.votes.is_empty());
        let back = settled.comment.undo(named("anna"), at(9)).unwrap().comment;
        assert_eq!((back.state, back.votes.len(), back.queued_at), (State::Pending, 0, Some(at(1))));
        assert_eq!(opine(&pending(), Action::Publish, 1, "anna").event.step, Step::Decided);
    }

    #[test]
    fn an_undo_brings_back_for_whom_it_waited() {
        let handed_on = pending().escalate(escalation("senior"), named("anna"), at(4)).unwrap();
        assert_eq!(handed_on.audit.role, Some(Role::parse("senior").unwrap()));
        let again = handed_on.comment.escalate(escalation("senior"), named("anna"), at(5));
        assert_eq!(again, Err(TransitionError::AlreadyEscalated));
        let asked = handed_on.comment.ask_opinions(3, 1, named("anna"), at(5)).unwrap().comment;
        assert_eq!(asked.opinions(2), Some(Opinions { needed: 3, given: 0 }));
        assert_eq!(asked.ask_opinions(3, 1, named("bea"), at(6)), Err(TransitionError::OpinionsAsked));
        let one = decision(Action::Publish, DecidedBy::Moderator);
        let decided = asked.decide(one, named("bea"), at(6)).unwrap().comment;
        assert_eq!((&decided.escalation, decided.opinions_asked, decided.opinions(2)), (&None, None, None));
        let refused = decided.escalate(escalation("senior"), named("bea"), at(7));
        assert_eq!(refused, Err(TransitionError::NotPending(State::Published)));
        let back = decided.undo(named("bea"), at(7)).unwrap().comment;
        assert_eq!((&back.escalation, back.opinions_asked), (&asked.escalation, Some(3)));
    }

    #[test]
    fn opinions_were_of_the_text_and_of_those_asked() {
        let voted = opine(&pending(), Action::Publish, 3, "anna").comment;
        assert!(voted.escalate(escalation("senior"), named("anna"), at(6)).unwrap().comment.votes.is_empty());
        let verdict = |action| Verdict {
            scores: Scores::default(),
            decision: decision(action, DecidedBy::Policy),
            priority: Priority::default(),
            shadowed: None,
            basis: None,
            language: None,
        };
        let text = || CommentText::parse("They should talk, I say.").unwrap();
        let edit = |comment: &Comment, action| {
            comment.edit(text(), Fingerprint::default(), verdict(action), Actor::Policy, at(7)).unwrap().comment
        };
        assert!(edit(&voted, Action::Review).votes.is_empty());
        // What was handed on an edit does not publish.
        let handed_on = voted.escalate(escalation("senior"), named("anna"), at(6)).unwrap().comment;
        let edited = edit(&handed_on, Action::Publish);
        assert_eq!((edited.state, &edited.escalation), (State::Pending, &handed_on.escalation));
        assert_eq!(edit(&handed_on, Action::Reject).escalation, None);
    }
}
