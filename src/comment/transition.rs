//! The steps of a comment, as pure functions: from a comment to a [`Change`] for the store.
//!
//! Every step makes a new version, an audit entry and an event; the store writes all three or none.

use super::appeal;
use super::{
    Action, Actor, Appeal, AuditEntry, Author, AuthorId, Basis, Body, Comment, CommentId, CommentText, ContentHash,
    DecidedBy, Decision, Event, Fingerprint, Priority, Reason, Scores, Shadowed, SiteId, State, Step, Timestamp,
};

/// Why a step can't be taken from where the comment stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    #[error("the comment was withdrawn")]
    Withdrawn,
    #[error("the comment is {0} already")]
    Already(State),
    #[error("the comment is {0}, and only one that waits can be handed on")]
    NotPending(State),
    #[error("the comment waits for that role already")]
    AlreadyEscalated,
    #[error("as many opinions are needed already")]
    OpinionsAsked,
    #[error("the comment's text and author were dropped")]
    BodyDropped,
    #[error("the comment is {0}, and only a rejection can be appealed against")]
    NotRejected(State),
    #[error("an appeal against the rejection is open already")]
    AppealOpen,
    #[error("an appeal was declined, which is final")]
    AppealDeclined,
    #[error("the last step was not a moderator's decision, so there is nothing to undo")]
    NothingToUndo,
}

/// One step: the comment after it, and what is written with it in the same atomic step.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Version the store must find; 0 for a comment that must not exist yet.
    pub expected_version: u64,
    pub comment: Comment,
    pub audit: AuditEntry,
    pub event: Event,
    /// Until when the event is held back: until then an undo takes both back, and nobody else hears of either.
    /// `None` to tell it at once.
    pub event_due: Option<Timestamp>,
    /// Whose comment this was until this step dropped its body: nothing is to be known of it among this author's any
    /// longer.
    pub forgets: Option<AuthorId>,
    /// Whose decision this takes back.
    pub undoes: Option<String>,
}

impl Change {
    /// The same step, whose event is held back until then.
    #[must_use]
    pub fn told_at(self, due: Timestamp) -> Self {
        Self { event_due: Some(due), ..self }
    }

    /// Whether this takes a decision back, and with it the decision's event if nobody has heard of it.
    #[must_use]
    pub fn takes_back(&self) -> bool {
        self.event.step == Step::Undone
    }

    /// Who decides on the comment by this step, or says what she thinks, and when; or whose decision it takes back, and
    /// when she had decided before, if that is what stands again.
    #[must_use]
    pub fn decided_by(&self) -> Option<(&str, Option<Timestamp>)> {
        match (self.event.step, &self.audit.actor) {
            (Step::Decided | Step::Opinion, Actor::Moderator { name }) => Some((name, Some(self.audit.at))),
            (Step::Undone, _) => {
                let name = self.undoes.as_deref()?;
                let again = Some(&self.comment.decision).filter(|again| again.moderator.as_deref() == Some(name));
                Some((name, again.map(|again| again.times.map_or(self.audit.at, |times| times.decided_at))))
            }
            _ => None,
        }
    }
}

/// A comment as submitted, with its place in the conversation found.
#[derive(Debug, Clone)]
pub struct Draft {
    pub site: SiteId,
    pub id: CommentId,
    pub article_id: super::ArticleId,
    pub section: Option<String>,
    pub author: Author,
    pub text: CommentText,
    pub created_at: Timestamp,
    pub content_hash: ContentHash,
    pub fingerprint: Fingerprint,
    /// The comment it answers, if any.
    pub parent: Option<Comment>,
}

/// What a text was judged to be: by the policy when it arrives and whenever it is edited.
pub struct Verdict {
    pub scores: Scores,
    pub decision: Decision,
    pub priority: Priority,
    /// What a model in shadow would have made of it.
    pub shadowed: Option<Shadowed>,
    /// What the decision rested on; `None` where nobody is to take it again.
    pub basis: Option<Basis>,
    /// ISO 639-3 code of the text's language; `None` where it can't be told.
    pub language: Option<String>,
}

pub(super) const fn state_for(action: Action) -> State {
    match action {
        Action::Publish => State::Published,
        Action::Review => State::Pending,
        Action::Reject => State::Rejected,
    }
}

impl Draft {
    /// The first step: the comment enters with the policy's decision.
    #[must_use]
    pub fn admit(self, verdict: Verdict, actor: Actor, now: Timestamp) -> Change {
        let state = state_for(verdict.decision.action);
        let (root_id, root_created_at, depth) = match &self.parent {
            Some(parent) => (parent.root_id.clone(), parent.root_created_at, parent.depth + 1),
            None => (self.id.clone(), self.created_at, 0),
        };
        let comment = Comment {
            site: self.site,
            id: self.id,
            article_id: self.article_id,
            parent_id: self.parent.map(|p| p.id),
            root_id,
            root_created_at,
            depth,
            section: self.section,
            body: Body::Kept { author: self.author, text: self.text, earlier: Vec::new() },
            created_at: self.created_at,
            received_at: now,
            updated_at: now,
            edited_at: None,
            content_hash: self.content_hash,
            fingerprint: self.fingerprint,
            state,
            version: 0,
            scores: verdict.scores,
            decision: verdict.decision,
            priority: verdict.priority,
            queued_at: None,
            undo: None,
            shadowed: verdict.shadowed,
            basis: verdict.basis.map(Box::new),
            language: verdict.language,
            votes: Vec::new(),
            opinions_asked: None,
            escalation: None,
            appeal: None,
        };
        comment.step(None, state, Step::Admitted, actor, now)
    }
}

impl Comment {
    /// The author changed the text, and it was judged anew.
    ///
    /// What a moderator rejected or handed on, or what waits for one because of readers' reports, an edit can't
    /// publish by itself: it goes to a moderator at the mildest. Opinions were of the text before, and count no
    /// longer. While an appeal is open it stays with whoever is to read that.
    ///
    /// # Errors
    /// Fails on a withdrawn comment, and on one whose body was dropped.
    pub fn edit(
        &self,
        text: CommentText,
        fingerprint: Fingerprint,
        mut verdict: Verdict,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change, TransitionError> {
        self.changeable()?;
        let reported = self.state == State::Pending && self.decision.reasons.iter().any(|r| r.code == REPORTED);
        let refused = self.state == State::Rejected && self.decision.by == DecidedBy::Moderator;
        let escalated = self.state == State::Pending && self.escalation.is_some();
        if verdict.decision.action == Action::Publish && (reported || refused || escalated) {
            verdict.decision.action = Action::Review;
            let why = match (refused, escalated) {
                (true, _) => "a moderator had rejected it",
                (false, true) => "a moderator had handed it on",
                (false, false) => "readers had reported it",
            };
            let sentence = format!("Held: the author edited it after {why}.");
            verdict.decision.reasons.insert(0, Reason::rule(EDITED_AFTER_REVIEW, Action::Review, sentence));
        }
        if self.is_appealed() {
            // Whoever reads the appeal decides, on what it says now.
            verdict.decision.action = Action::Review;
            verdict.decision.reasons.insert(0, appeal::reason());
        }
        let state = state_for(verdict.decision.action);
        let after = Self {
            body: self.body.clone().edited(text, now),
            fingerprint,
            scores: verdict.scores,
            decision: verdict.decision,
            priority: verdict.priority,
            language: verdict.language,
            edited_at: Some(now),
            undo: None,
            shadowed: verdict.shadowed,
            basis: verdict.basis.map(Box::new),
            votes: Vec::new(),
            ..self.clone()
        };
        let after = if state == State::Pending { after } else { after.settled() };
        Ok(after.step(Some(self.state), state, Step::Edited, actor, now))
    }

    /// Readers' reports send a published comment back to the queue.
    ///
    /// # Errors
    /// Fails if the comment is not published, or its body was dropped.
    pub fn reported(&self, reports: u32, now: Timestamp) -> Result<Change, TransitionError> {
        self.changeable()?;
        if self.state != State::Published {
            return Err(TransitionError::Already(self.state));
        }
        let sentence = format!("Held: {reports} readers reported it.");
        let mut decision = self.decision.clone();
        decision.action = Action::Review;
        decision.by = DecidedBy::Policy;
        decision.moderator = None;
        decision.note = None;
        decision.times = None;
        decision.reasons.retain(|r| r.code != REPORTED);
        decision.reasons.insert(0, Reason::rule(REPORTED, Action::Review, sentence));
        let after = Self { decision, undo: None, ..self.clone() };
        Ok(after.step(Some(self.state), State::Pending, Step::Reported, Actor::Readers, now))
    }

    /// The author or the platform takes it back.
    ///
    /// # Errors
    /// Fails if it was withdrawn before.
    pub fn withdraw(&self, actor: Actor, now: Timestamp) -> Result<Change, TransitionError> {
        self.not_withdrawn()?;
        let appeal = self.appeal.clone().map(Appeal::withdrawn);
        let after = Self { undo: None, appeal, ..self.clone() }.settled();
        Ok(after.step(Some(self.state), State::Withdrawn, Step::Withdrawn, actor, now))
    }

    pub(super) fn not_withdrawn(&self) -> Result<(), TransitionError> {
        match self.state {
            State::Withdrawn => Err(TransitionError::Withdrawn),
            State::Published | State::Pending | State::Rejected => Ok(()),
        }
    }

    /// The author of a comment that is neither withdrawn nor without its body.
    ///
    /// # Errors
    /// [`TransitionError::Withdrawn`] or [`TransitionError::BodyDropped`].
    pub fn changeable(&self) -> Result<&Author, TransitionError> {
        self.not_withdrawn()?;
        self.author().ok_or(TransitionError::BodyDropped)
    }

    /// Finishes a step: the new state, the next version, the time in the queue, the audit entry, the event.
    pub(super) fn step(mut self, from: Option<State>, to: State, step: Step, actor: Actor, now: Timestamp) -> Change {
        let expected_version = self.version;
        self.version += 1;
        self.state = to;
        self.updated_at = now;
        self.queued_at = (to == State::Pending).then(|| self.queued_at.unwrap_or(now));
        let audit = AuditEntry {
            at: now,
            comment_id: self.id.clone(),
            version: self.version,
            step,
            actor,
            from,
            to,
            action: self.decision.action,
            reasons: self.decision.reasons.iter().map(|r| r.code.clone()).collect(),
            policy_revision: self.decision.policy_revision.clone(),
            model_revision: self.decision.model_revision.clone(),
            text_sha256: self.text_sha256(),
            role: self.escalation.as_ref().map(|e| e.role.clone()),
            times: None,
        };
        let event = Event {
            id: format!("{}@{}", self.id, self.version),
            kind: format!("comment.{to}"),
            step,
            at: now,
            site: self.site.clone(),
            comment_id: self.id.clone(),
            article_id: self.article_id.clone(),
            state: to,
            previous_state: from,
            version: self.version,
            decision: self.decision.without_words(),
        };
        Change { expected_version, comment: self, audit, event, event_due: None, forgets: None, undoes: None }
    }
}

/// The code of the reason that readers' reports add.
pub const REPORTED: &str = "reports.limit";

/// The code of the reason that holds an edited comment after people had spoken.
pub const EDITED_AFTER_REVIEW: &str = "edit.after_review";
