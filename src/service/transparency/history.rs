//! Histories of comments for the tests of what is counted: made by the steps themselves, a minute apart.

use crate::comment::{
    Action, Actor, AppealText, ArticleId, AuditEntry, Author, AuthorId, Change, Comment, CommentId, CommentText,
    ContentHash, DecidedBy, Decision, DecisionTimes, Draft, Fingerprint, Priority, Reason, Scores, SiteId, Timestamp,
    Verdict,
};
use crate::store::ArchivedComment;
use std::time::Duration;

/// Reasons of the machine for what it decides.
pub const MACHINE: &[&str] = &["threshold.TOXICITY", "links.too_many"];
/// Another.
pub const PERSON: &[&str] = &["words.banned"];

/// A comment with its audit trail, as a store has them.
#[derive(Debug, Clone)]
pub struct History {
    pub comment: Option<Comment>,
    pub audit: Vec<AuditEntry>,
    id: String,
    section: Option<String>,
    pub now: Timestamp,
}

impl History {
    /// A comment to be, on the first of October.
    pub fn new(id: &str) -> Self {
        let now = "2026-10-01T12:00:00Z".parse().unwrap();
        Self { comment: None, audit: Vec::new(), id: id.to_owned(), section: None, now }
    }

    pub fn within(self, section: Option<&str>) -> Self {
        Self { section: section.map(str::to_owned), ..self }
    }

    /// The next step is taken so much later.
    pub fn later(mut self, seconds: u64) -> Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn take(mut self, change: Change) -> Self {
        self.audit.push(change.audit);
        self.comment = Some(change.comment);
        self.later(60)
    }

    fn here(&self) -> &Comment {
        self.comment.as_ref().unwrap()
    }

    /// The comment comes in or is edited, and the machine judges it so.
    pub fn judged(self, reasons: &[&str], action: Action) -> Self {
        let reason = |code: &&str| Reason::rule(*code, action, "secret sentence");
        let verdict = Verdict {
            scores: Scores::default(),
            decision: decision(action, DecidedBy::Policy, reasons.iter().map(reason).collect()),
            priority: Priority::default(),
            shadowed: None,
            basis: None,
            language: Some("eng".to_owned()),
        };
        let text = CommentText::parse(format!("secret text {}", self.audit.len())).unwrap();
        let platform = Actor::Policy;
        let change = if let Some(comment) = &self.comment {
            comment.edit(text, Fingerprint::default(), verdict, platform, self.now).unwrap()
        } else {
            let draft = Draft {
                site: SiteId::parse("daily").unwrap(),
                id: CommentId::parse(&self.id).unwrap(),
                article_id: ArticleId::parse("a1").unwrap(),
                section: self.section.clone(),
                author: Author::new(AuthorId::parse("secret-author").unwrap(), None).unwrap(),
                text,
                created_at: self.now,
                content_hash: ContentHash::of(&[]),
                fingerprint: Fingerprint::default(),
                parent: None,
            };
            draft.admit(verdict, platform, self.now)
        };
        self.take(change)
    }

    /// A person decides, who claimed it ten seconds before.
    pub fn decided(self, action: Action) -> Self {
        self.decided_for("abuse", action)
    }

    pub fn decided_for(self, code: &str, action: Action) -> Self {
        let reason = Reason::rule(format!("moderator.{code}"), action, "secret sentence");
        let times = DecisionTimes {
            queued_at: self.here().queued_at,
            claimed_at: Some(self.now - Duration::from_secs(10)),
            decided_at: self.now,
        };
        let decision = Decision {
            times: Some(times),
            note: Some("secret note".to_owned()),
            moderator: Some("Secret Moderator".to_owned()),
            ..decision(action, DecidedBy::Moderator, vec![reason])
        };
        let change = self.here().decide(decision, moderator(), self.now).unwrap();
        self.take(change)
    }

    /// The last decision is taken back, so many seconds after it.
    pub fn undone(mut self, seconds: u64) -> Self {
        self.now = self.audit.last().unwrap().at + Duration::from_secs(seconds);
        let change = self.here().undo(moderator(), self.now).unwrap();
        self.take(change)
    }

    pub fn appealed(self) -> Self {
        let words = AppealText::parse("secret words").unwrap();
        let change = self.here().appeal(words, None, Actor::Author, self.now).unwrap();
        self.take(change)
    }

    pub fn reported(self) -> Self {
        let change = self.here().reported(3, self.now).unwrap();
        self.take(change)
    }

    pub fn withdrawn(self) -> Self {
        let change = self.here().withdraw(Actor::Author, self.now).unwrap();
        self.take(change)
    }

    pub fn erased(self) -> Self {
        let change = self.here().erase(Actor::Operator, self.now).unwrap();
        self.take(change)
    }

    /// The time of retention is over.
    pub fn dropped(self) -> Self {
        let change = self.here().drop_body(self.now).unwrap();
        self.take(change)
    }

    pub fn archived(self) -> ArchivedComment {
        let comment = self.comment.unwrap();
        ArchivedComment { comment, audit: self.audit, reports: Vec::new(), reported: false, held: None }
    }
}

fn moderator() -> Actor {
    Actor::Moderator { name: "Secret Moderator".to_owned() }
}

fn decision(action: Action, by: DecidedBy, reasons: Vec<Reason>) -> Decision {
    Decision {
        action,
        by,
        policy_revision: "p1".to_owned(),
        model_revision: "m1".to_owned(),
        reasons,
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    }
}
