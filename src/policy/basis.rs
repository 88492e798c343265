//! What a decision rests on, kept and taken up again: judging a comment later by any policy.

use super::rules::links;
use super::setting::UnknownArticle;
use super::tuning::{Label, Row};
use super::{AuthorRecord, Context, Facts, Policy, Submission, ThreadEntry, decide};
use crate::classifier::Judgement;
use crate::comment::{
    Article, ArticleBasis, Basis, Comment, CommentId, Decision, Fingerprint, Likeness, ParentBasis, SentBasis,
    ThreadBasis, Timestamp,
};
use crate::text::{Language, Normalised, combine, detect, normalise, stable_hash};
use jiff::SignedDuration;

/// The longest times that a policy can ask about: `rules.rate.seconds`, `rules.repeats.window_hours` and `rules.history.days`.
const LONGEST_RATE: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_REPEAT: SignedDuration = SignedDuration::from_hours(720);
const LONGEST_HISTORY: SignedDuration = SignedDuration::from_hours(24 * 3650);
/// The most bits in which `rules.repeats.near_bits` lets near texts differ.
const MOST_NEAR_BITS: u32 = 20;

/// What the decision rests on that is taken in this context. `thread`: those that the comment was scored among.
/// `unknown_article`: what the platform asked for in place of the policy; `sent_along`: whether it sent texts around it.
#[must_use]
pub fn basis(
    context: &Context<'_>,
    thread: &[ThreadEntry],
    unknown_article: Option<UnknownArticle>,
    sent_along: bool,
) -> Basis {
    let Facts { article, parent, author, same_text, near_text, missing, .. } = context.facts;
    let at = context.created_at;
    Basis {
        article: article.as_ref().map(|article| ArticleBasis {
            updated_ms: article.updated_at.as_millisecond(),
            closed: !article.comments_open,
            host: links::home(article.url.as_deref()).filter(|_| links::any(context.text)),
        }),
        parent: parent.as_ref().map(|p| ParentBasis { state: p.state, exact: p.fingerprint.exact }),
        thread: ThreadBasis::of(thread.iter().map(|entry| thread_hash(&entry.comment_id, entry.fingerprint))),
        drift: context.judgement.drift,
        published: author.published,
        rejections: {
            let ages = author.rejections.iter().map(|rejected| at.duration_since(*rejected));
            ages.filter(|age| *age <= LONGEST_HISTORY).map(milliseconds).collect()
        },
        sent: author.submissions.iter().filter_map(|sent| sent_before(sent, context.fingerprint, at)).collect(),
        same_text: *same_text,
        near_text: *near_text,
        missing: missing.iter().map(|what| what.clone().into_owned()).collect(),
        sent_along,
        unknown_article_judged: unknown_article.map(|asked| asked == UnknownArticle::Judge),
    }
}

/// Names a comment of a thread as it then read.
#[must_use]
pub fn thread_hash(id: &CommentId, print: Fingerprint) -> u32 {
    let [a, b, c, d, ..] = combine(stable_hash(id.as_str().as_bytes()), print.exact).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// An earlier submission, if any policy could ask about it.
fn sent_before(sent: &Submission, own: Fingerprint, at: Timestamp) -> Option<SentBasis> {
    let age = at.duration_since(sent.created_at);
    let like = Likeness {
        same: sent.fingerprint.exact == own.exact,
        bits: (sent.fingerprint.near ^ own.near).count_ones(),
        words: sent.fingerprint.words,
    };
    let alike = (like.same || like.bits <= MOST_NEAR_BITS) && age.abs() <= LONGEST_REPEAT;
    let recent = !age.is_negative() && age < LONGEST_RATE;
    (alike || recent).then(|| SentBasis { ms: milliseconds(age), like: alike.then_some(like) })
}

fn milliseconds(age: SignedDuration) -> i64 {
    i64::try_from(age.as_millis()).unwrap_or(i64::MAX)
}

/// A stored comment with all that ombud's own decision rested on, read to be judged again. Its scores are those of then.
pub struct Reread<'a> {
    comment: &'a Comment,
    basis: &'a Basis,
    text: &'a str,
    normalised: Normalised,
    language: Language,
    judgement: Judgement,
    facts: Facts,
}

impl<'a> Reread<'a> {
    /// `None` where the text is no longer kept, or the comment came in before ombud kept what decisions rest on.
    #[must_use]
    pub fn of(comment: &'a Comment) -> Option<Self> {
        let (text, basis) = (comment.text()?.as_str(), comment.basis.as_deref()?);
        let judgement = Judgement { scores: comment.scores.clone(), drift: basis.drift, ..Judgement::default() };
        Some(Self {
            text,
            basis,
            normalised: normalise(text),
            language: detect(text),
            judgement,
            facts: facts(basis, comment),
            comment,
        })
    }

    /// What a policy decides on it. Reasons that rest on scores come without the words that made these.
    #[must_use]
    pub fn judge(&self, policy: &Policy) -> Decision {
        self.judge_as(policy, &self.judgement, &self.comment.decision.model_revision)
    }

    /// What a policy decides, where the text was scored anew.
    #[must_use]
    pub fn judge_as(&self, policy: &Policy, judgement: &Judgement, model_revision: &str) -> Decision {
        decide(policy, &self.context(policy, judgement), model_revision).0
    }

    /// The comment as evidence for thresholds, with what a person would do with it.
    #[must_use]
    pub fn row(&self, policy: &Policy, label: Label) -> Row {
        Row::judged(policy, &self.context(policy, &self.judgement), label)
    }

    /// What the text reads like.
    #[must_use]
    pub const fn normalised(&self) -> &Normalised {
        &self.normalised
    }

    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    fn context<'b>(&'b self, policy: &Policy, judgement: &'b Judgement) -> Context<'b> {
        let unknown_article = match self.basis.unknown_article_judged {
            None => policy.unknown_article(),
            Some(true) => UnknownArticle::Judge,
            Some(false) => UnknownArticle::Review,
        };
        Context {
            section: self.comment.section.as_deref(),
            text: self.text,
            normalised: &self.normalised,
            language: self.language,
            fingerprint: self.comment.fingerprint,
            created_at: self.comment.created_at,
            judgement,
            facts: &self.facts,
            parent: self.basis.parent.as_ref().map(|parent| parent.state),
            unknown_article,
        }
    }
}

/// Facts of which every rule says what it said of those that the basis was made of.
fn facts(basis: &Basis, comment: &Comment) -> Facts {
    let before = |ms: i64| comment.created_at.checked_sub(SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MIN);
    let article = basis.article.as_ref().map(|article| Article {
        site: comment.site.clone(),
        id: comment.article_id.clone(),
        title: String::new(),
        url: article.host.as_ref().map(|host| format!("https://{host}/")),
        section: comment.section.clone(),
        body: None,
        comments_open: !article.closed,
        updated_at: before(0),
    });
    let submission = |sent: &SentBasis| Submission {
        comment_id: comment.id.clone(),
        created_at: before(sent.ms),
        fingerprint: like(comment.fingerprint, sent.like),
    };
    Facts {
        article,
        parent: None,
        thread: Vec::new(),
        author: AuthorRecord {
            published: basis.published,
            rejected: 0,
            rejections: basis.rejections.iter().map(|ms| before(*ms)).collect(),
            submissions: basis.sent.iter().map(submission).collect(),
        },
        same_text: basis.same_text,
        near_text: basis.near_text,
        missing: basis.missing.iter().map(|what| what.clone().into()).collect(),
    }
}

/// A fingerprint that is to `own` as another was; one that is like nothing, where that is not known.
fn like(own: Fingerprint, likeness: Option<Likeness>) -> Fingerprint {
    let Likeness { same, bits, words } = likeness.unwrap_or(Likeness { same: false, bits: u64::BITS, words: 0 });
    let differing = 1_u64.checked_shl(bits).map_or(u64::MAX, |power| power - 1);
    Fingerprint { exact: if same { own.exact } else { !own.exact }, near: own.near ^ differing, words }
}

#[cfg(test)]
mod tests;
