//! Comments and steps to test with, made through the public transitions.

use ombud::comment::{
    Action, Actor, AppealText, ArticleId, Attribute, Author, AuthorId, Change, Comment, CommentId, CommentText,
    ContentHash, DecidedBy, Decision, Draft, Escalation, Fingerprint, ModelId, Priority, Reason, Role, Scores,
    Shadowed, Site, SiteId, Timestamp, Verdict,
};

/// A moment, in seconds after the tests' own beginning of time.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds).expect("in range")
}

pub fn site() -> SiteId {
    SiteId::parse("daily").expect("a site id")
}

pub fn comment_id(id: &str) -> CommentId {
    CommentId::parse(id).expect("a comment id")
}

pub fn article_id(id: &str) -> ArticleId {
    ArticleId::parse(id).expect("an article id")
}

pub fn author_id(id: &str) -> AuthorId {
    AuthorId::parse(id).expect("an author id")
}

/// A fingerprint for an exact text.
pub fn print(exact: u64) -> Fingerprint {
    Fingerprint { exact, near: !exact, words: 9 }
}

/// A comment to be sent in. Unless told otherwise: published, at the top of article `a1`.
#[derive(Clone)]
pub struct Sample {
    pub id: String,
    site: SiteId,
    article: String,
    section: Option<String>,
    author: String,
    parent: Option<Comment>,
    created_at: Timestamp,
    exact: u64,
    action: Action,
    reasons: Vec<String>,
    priority: Priority,
    shadowed: Option<Shadowed>,
    toxicity: f64,
    language: Option<String>,
}

/// A sample of this id, written `seconds` after the beginning.
pub fn sample(id: &str, seconds: i64) -> Sample {
    Sample {
        id: id.to_owned(),
        site: site(),
        article: "a1".to_owned(),
        section: None,
        author: "u1".to_owned(),
        parent: None,
        created_at: at(seconds),
        exact: id.bytes().fold(7, |sum, b| sum * 31 % 1_000_003 + u64::from(b)),
        action: Action::Publish,
        reasons: Vec::new(),
        priority: Priority::default(),
        shadowed: None,
        toxicity: 0.1234,
        language: None,
    }
}

impl Sample {
    pub fn site(self, id: &str) -> Self {
        Self { site: SiteId::parse(id).expect("a site id"), ..self }
    }

    pub fn article(self, id: &str) -> Self {
        Self { article: id.to_owned(), ..self }
    }

    pub fn section(self, name: &str) -> Self {
        Self { section: Some(name.to_owned()), ..self }
    }

    pub fn author(self, id: &str) -> Self {
        Self { author: id.to_owned(), ..self }
    }

    pub fn exact(self, exact: u64) -> Self {
        Self { exact, ..self }
    }

    /// In answer to another, under the same article.
    pub fn under(self, parent: &Comment) -> Self {
        Self { parent: Some(parent.clone()), article: parent.article_id.to_string(), ..self }
    }

    /// To the queue, for these reasons.
    pub fn pending(self, reasons: &[&str]) -> Self {
        Self { action: Action::Review, reasons: reasons.iter().map(|r| (*r).to_owned()).collect(), ..self }
    }

    pub fn rejected(self) -> Self {
        Self { action: Action::Reject, reasons: vec!["words.banned".to_owned()], ..self }
    }

    pub fn priority(self, uncertain: f64, harmful: f64) -> Self {
        Self { priority: Priority { uncertain, harmful }, ..self }
    }

    pub fn toxicity(self, toxicity: f64) -> Self {
        Self { toxicity, ..self }
    }

    pub fn language(self, code: &str) -> Self {
        Self { language: Some(code.to_owned()), ..self }
    }

    /// Judged by a model in shadow too.
    pub fn shadowed(self, model: &ModelId, shadow: Action) -> Self {
        Self { shadowed: Some(Shadowed { model: model.clone(), live: self.action, shadow }), ..self }
    }

    /// The step that brings it in, one second after it was written.
    pub fn admit(&self) -> Change {
        let text = format!("The text of {}, with an ü and a \"quote\".", self.id);
        let draft = Draft {
            site: self.site.clone(),
            id: comment_id(&self.id),
            article_id: article_id(&self.article),
            section: self.section.clone(),
            author: Author::new(author_id(&self.author), Some("A. Reader".to_owned())).expect("an author"),
            content_hash: ContentHash::of(&[Some(&self.id), Some(&text)]),
            text: CommentText::parse(text).expect("a text"),
            created_at: self.created_at,
            fingerprint: print(self.exact),
            parent: self.parent.clone(),
        };
        let (shadowed, language) = (self.shadowed.clone(), self.language.clone());
        let mut verdict = Verdict { shadowed, language, ..verdict(self.action, &self.reasons, self.priority) };
        verdict.scores.set(Attribute::Toxicity, Some(self.toxicity));
        let now = self.created_at + jiff::SignedDuration::from_secs(1);
        draft.admit(verdict, Actor::Policy, now)
    }
}

fn verdict(action: Action, reasons: &[String], priority: Priority) -> Verdict {
    let reason = |code: &String| Reason::rule(code.as_str(), action, "Held for a look.");
    let decision = Decision {
        action,
        by: DecidedBy::Policy,
        policy_revision: "p1".to_owned(),
        model_revision: "m1".to_owned(),
        reasons: reasons.iter().map(reason).collect(),
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    };
    let scores: Scores = [(Attribute::Toxicity, Some(0.1234)), (Attribute::OffTopic, None)].into_iter().collect();
    Verdict { scores, decision, priority, shadowed: None, basis: None, language: None }
}

/// A moderator's decision, as a step.
pub fn decided(comment: &Comment, action: Action, moderator: &str, now: Timestamp) -> Change {
    comment.decide(by_hand(action, moderator), by(moderator), now).expect("a decision")
}

fn by_hand(action: Action, moderator: &str) -> Decision {
    Decision {
        action,
        by: DecidedBy::Moderator,
        policy_revision: "p1".to_owned(),
        model_revision: "m1".to_owned(),
        reasons: vec![Reason::rule("moderator.choice", action, "Decided by hand.")],
        moderator: Some(moderator.to_owned()),
        note: None,
        to_author: None,
        times: None,
    }
}

/// The last decision taken back.
pub fn undone(comment: &Comment, now: Timestamp) -> Change {
    comment.undo(by("anna"), now).expect("something to undo")
}

/// Another text, judged anew.
pub fn edited(comment: &Comment, exact: u64, action: Action, reasons: &[&str], now: Timestamp) -> Change {
    let reasons: Vec<String> = reasons.iter().map(|r| (*r).to_owned()).collect();
    let text = CommentText::parse(format!("Edited to {exact}.")).expect("a text");
    comment.edit(text, print(exact), verdict(action, &reasons, Priority::default()), by("anna"), now).expect("an edit")
}

pub fn withdrawn(comment: &Comment, now: Timestamp) -> Change {
    comment.withdraw(by("anna"), now).expect("a withdrawal")
}

/// Without its body, after its time of retention.
pub fn dropped(comment: &Comment, now: Timestamp) -> Change {
    comment.drop_body(now).expect("a body")
}

/// Without its body, as its author is erased.
pub fn erased(comment: &Comment, now: Timestamp) -> Change {
    comment.erase(by("anna"), now).expect("a body")
}

fn by(moderator: &str) -> Actor {
    Actor::Moderator { name: moderator.to_owned() }
}

/// An opinion on a comment on which `needed` have to agree, as a step.
pub fn opined(comment: &Comment, action: Action, needed: u8, moderator: &str, now: Timestamp) -> Change {
    comment.opine(by_hand(action, moderator), needed, by(moderator), now).expect("an opinion")
}

/// Handed on to a role.
pub fn escalated(comment: &Comment, role: &str, now: Timestamp) -> Change {
    let role = Role::parse(role).expect("a role");
    let escalation = Escalation { role, by: "anna".to_owned(), at: now, note: None };
    comment.escalate(escalation, by("anna"), now).expect("an escalation")
}

/// Appealed by its author, to those who have a role.
pub fn appealed(comment: &Comment, role: &str, now: Timestamp) -> Change {
    let role = Role::parse(role).expect("a role");
    let text = AppealText::parse("These words are the minister's.").expect("an appeal");
    comment.appeal(text, Some(role), Actor::Author, now).expect("a rejected comment")
}

/// Sent back to the queue by readers.
pub fn reported(comment: &Comment, now: Timestamp) -> Change {
    comment.reported(3, now).expect("a published comment")
}

/// The site that the samples are of.
pub fn whole_site() -> Site {
    Site { id: site(), name: "Daily".to_owned(), created_at: at(0), revoked_at: None }
}
