//! One comment on the desk, with what a fair decision needs.

use super::sheet::Sheet;
use crate::comment::{Action, AppealText, Article, ClaimId, Comment, CommentText, Reason, Role, Timestamp};
use crate::http::console::evidence::{self, Phrase, Piece};
use crate::http::console::reading::Reading;
use crate::http::console::scale::{self, Bar};
use crate::http::console::words::{self, When};
use crate::http::foreign::segment;
use crate::policy::Policy;
use crate::service::Surrounding;
use crate::text::legible;
use askama::Template;

/// One reason, with what it rests on.
pub struct Why {
    /// For the style sheet: what this reason alone would have led to.
    pub action: &'static str,
    pub text: String,
    pub phrases: Vec<Phrase>,
    pub context: Vec<String>,
}

/// A comment that lies on a desk.
pub(super) struct Laid {
    /// `None` for one that came back out of its turn.
    pub claim: Option<ClaimId>,
    pub comment: Comment,
    pub article: Option<Article>,
}

/// What is the same for every card on a page.
pub(super) struct Desk<'a> {
    /// The console's address.
    pub home: String,
    /// The queue's address, and what stands behind it.
    pub base: String,
    pub query: String,
    pub form_token: String,
    pub reading: Reading<'a>,
    pub policy: &'a Policy,
    pub now: Timestamp,
}

#[derive(Template)]
#[template(path = "console/queue/card.html")]
pub struct Card {
    sheet: Sheet,
    /// Empty without one.
    claim: String,
    /// Where the queue of this article alone is.
    only_article: String,
    closed: bool,
    edited: Option<When>,
    /// What it said before edits, newest first, and until when.
    earlier: Vec<(Vec<Piece>, When)>,
    /// Where all that happened to it is told.
    history: String,
    waits: When,
    why: Vec<Why>,
    bars: Vec<Bar>,
    appeal: Option<Vec<Piece>>,
    escalated: Option<(String, When, Option<String>)>,
    opinions: Option<String>,
    roles: Vec<(String, String)>,
    model: String,
    policy: String,
    /// Why it waits and how it begins, for the list of what comes next.
    line: (String, String),
}

impl Card {
    pub(super) async fn of(desk: &Desk<'_>, laid: Laid, around: &Surrounding) -> Self {
        let Laid { claim, comment, article } = laid;
        let text = comment.text().map(CommentText::as_str).unwrap_or_default();
        let reasons = &comment.decision.reasons;
        let pieces = desk.reading.marked(&comment).await.unwrap_or_default();
        let mut sheet = Sheet::of(desk, &comment, article.as_ref(), around, pieces).await;
        let (earlier, appeal) = (earlier(desk, &comment).await, appeal(desk, &comment).await);
        let beside = earlier.iter().map(|(text, _)| text).chain(&appeal);
        sheet.covers |= beside.into_iter().any(|text| evidence::covered(text));
        let only = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("article", comment.article_id.as_str())
            .finish();
        let opinions = comment.opinions(desk.policy.opinions(comment.section.as_deref()));
        let roles =
            desk.policy.roles().iter().filter(|role| comment.escalation.as_ref().is_none_or(|e| e.role != **role));
        Self {
            claim: claim.map(|claim| claim.to_string()).unwrap_or_default(),
            only_article: format!("{}?{only}", desk.base),
            closed: article.is_some_and(|article| !article.comments_open),
            edited: comment.edited_at.map(|at| When::of(at, desk.now)),
            earlier,
            history: format!("{}/comments/{}", desk.home, segment(comment.id.as_str())),
            waits: When::of(comment.queued_at.unwrap_or(comment.received_at), desk.now),
            line: (waits_for(&comment), sheet.line()),
            why: reasons.iter().map(|reason| why(text, reason, desk.reading.covering)).collect(),
            bars: scale::bars(&comment.scores, desk.policy.thresholds(comment.section.as_deref())),
            appeal,
            escalated: comment
                .escalation
                .as_ref()
                .map(|escalation| (escalation.by.clone(), When::of(escalation.at, desk.now), escalation.note.clone())),
            opinions: opinions.map(|opinions| {
                format!("{} have to agree here; {} said what they think.", opinions.needed, opinions.given)
            }),
            roles: roles.map(role).collect(),
            model: comment.decision.model_revision.clone(),
            policy: comment.decision.policy_revision.clone(),
            sheet,
        }
    }
}

/// What it said before edits, newest first.
async fn earlier(desk: &Desk<'_>, comment: &Comment) -> Vec<(Vec<Piece>, When)> {
    let mut all = Vec::new();
    for earlier in comment.earlier().iter().rev() {
        let text = desk.reading.beside(comment, earlier.text.as_str()).await;
        all.push((text, When::of(earlier.until, desk.now)));
    }
    all
}

/// What the author says in an appeal that is open.
async fn appeal(desk: &Desk<'_>, comment: &Comment) -> Option<Vec<Piece>> {
    let appeal = comment.appeal.as_ref().filter(|_| comment.is_appealed())?;
    let text = appeal.text.as_ref().map_or("", AppealText::as_str);
    Some(desk.reading.beside(comment, text).await)
}

fn why(text: &str, reason: &Reason, covering: bool) -> Why {
    Why {
        action: reason.action.name(),
        text: reason.text.clone(),
        phrases: evidence::phrases(text, reason, covering),
        context: reason.context.iter().map(|sentence| legible(sentence)).collect(),
    }
}

fn role(role: &Role) -> (String, String) {
    (role.to_string(), role.as_str().replace('_', " "))
}

/// Its strictest reason, in a few words.
fn waits_for(comment: &Comment) -> String {
    let asks = comment.decision.reasons.iter().find(|reason| reason.action >= Action::Review);
    asks.map(|reason| words::reason(&reason.code)).unwrap_or_default()
}
