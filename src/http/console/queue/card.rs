//! One comment on the desk, with what a fair decision needs.

use crate::comment::{Action, AppealText, Article, ClaimId, Comment, CommentText, Reason, Role, State, Timestamp};
use crate::http::console::evidence::{self, Phrase, Piece};
use crate::http::console::reading::Reading;
use crate::http::console::scale::{self, Bar};
use crate::http::console::words::{self, When};
use crate::http::foreign::segment;
use crate::policy::{Policy, RejectReason};
use crate::service::Surrounding;
use crate::text::legible;
use askama::Template;

/// How many characters of a comment stand in the list of what comes next.
pub(super) const LINE: usize = 80;

/// A comment that stands around the one in focus.
pub struct Said {
    pub name: String,
    pub when: When,
    /// `None` where its body was dropped.
    pub text: Option<Vec<Piece>>,
    /// Its state, if readers don't see it.
    pub unseen: Option<&'static str>,
}

/// One reason, with what it rests on.
pub struct Why {
    /// For the style sheet: what this reason alone would have led to.
    pub action: &'static str,
    pub text: String,
    pub phrases: Vec<Phrase>,
    pub context: Vec<String>,
}

/// A reason for which she may reject, and the digit that picks it.
pub struct RejectChoice {
    pub code: String,
    pub text: String,
    pub digit: Option<usize>,
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
    pub id: String,
    version: u64,
    /// Empty without one.
    claim: String,
    /// Where a decision is sent.
    action: String,
    form_token: String,
    title: String,
    /// Where readers find the article.
    url: Option<String>,
    section: Option<String>,
    /// Where the queue of this article alone is.
    only_article: String,
    closed: bool,
    above: Vec<Said>,
    more_above: bool,
    discussion: Vec<Said>,
    name: String,
    author_id: String,
    record: String,
    same_text: String,
    written: When,
    edited: Option<When>,
    /// What it said before edits, newest first, and until when.
    earlier: Vec<(Vec<Piece>, When)>,
    /// Where all that happened to it is told.
    history: String,
    waits: When,
    pieces: Vec<Piece>,
    /// Whether something on the card is covered.
    covers: bool,
    language: Option<String>,
    why: Vec<Why>,
    bars: Vec<Bar>,
    appeal: Option<Vec<Piece>>,
    escalated: Option<(String, When, Option<String>)>,
    opinions: Option<String>,
    reject: Vec<RejectChoice>,
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
        let (above, discussion) = (said(desk, &around.above).await, said(desk, &around.discussion).await);
        let (earlier, appeal) = (earlier(desk, &comment).await, appeal(desk, &comment).await);
        let around_it = above.iter().chain(&discussion).filter_map(|said| said.text.as_ref());
        let beside = earlier.iter().map(|(text, _)| text).chain(&appeal);
        let covers = [&pieces].into_iter().chain(around_it).chain(beside).any(|text| evidence::covered(text));
        let url = article.as_ref().and_then(|article| article.web_address().map(str::to_owned));
        let title = article.as_ref().map_or_else(|| "Article unknown".to_owned(), |a| legible(&a.title));
        let only = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("article", comment.article_id.as_str())
            .finish();
        let opinions = comment.opinions(desk.policy.opinions(comment.section.as_deref()));
        let roles =
            desk.policy.roles().iter().filter(|role| comment.escalation.as_ref().is_none_or(|e| e.role != **role));
        Self {
            version: comment.version,
            claim: claim.map(|claim| claim.to_string()).unwrap_or_default(),
            action: format!("{}/decide{}", desk.base, desk.query),
            form_token: desk.form_token.clone(),
            title,
            url,
            section: comment.section.clone(),
            only_article: format!("{}?{only}", desk.base),
            closed: article.is_some_and(|article| !article.comments_open),
            above,
            more_above: around.more_above,
            discussion,
            name: words::name(comment.author()),
            author_id: comment.author().map(|author| legible(author.id.as_str())).unwrap_or_default(),
            record: record(around),
            same_text: same_text(around.same_text),
            written: When::of(comment.created_at, desk.now),
            edited: comment.edited_at.map(|at| When::of(at, desk.now)),
            earlier,
            history: format!("{}/comments/{}", desk.home, segment(comment.id.as_str())),
            waits: When::of(comment.queued_at.unwrap_or(comment.received_at), desk.now),
            covers,
            line: (waits_for(&comment), line(&pieces)),
            pieces,
            language: comment.language.as_deref().filter(|code| *code != "eng").map(words::language),
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
            reject: desk.policy.reject_reasons().iter().enumerate().map(|(n, reason)| choice(n, reason)).collect(),
            roles: roles.map(role).collect(),
            model: comment.decision.model_revision.clone(),
            policy: comment.decision.policy_revision.clone(),
            id: comment.id.into(),
        }
    }
}

/// The comments that stand around the one in focus.
pub(super) async fn said(desk: &Desk<'_>, comments: &[Comment]) -> Vec<Said> {
    let mut all = Vec::with_capacity(comments.len());
    for comment in comments {
        let (unseen, shown) = match comment.state {
            State::Published => (None, true),
            State::Pending => (Some("waits"), true),
            State::Rejected => (Some("rejected"), true),
            State::Withdrawn => (Some("withdrawn"), false),
        };
        all.push(Said {
            name: words::name(comment.author()),
            when: When::of(comment.created_at, desk.now),
            text: if shown { desk.reading.plain(comment).await } else { None },
            unseen,
        });
    }
    all
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

pub(super) fn record(around: &Surrounding) -> String {
    let counts = [around.published, around.rejected, around.reported];
    if counts == [0; 3] {
        return "first comment here".to_owned();
    }
    let [published, rejected, reported] = counts.map(words::number);
    format!("{published} published, {rejected} rejected, {reported} reported here")
}

pub(super) fn same_text(count: u64) -> String {
    match count {
        0 => String::new(),
        1 => "One other comment says exactly this, of the day before it.".to_owned(),
        count => format!("{} other comments say exactly this, of the day before it.", words::number(count)),
    }
}

fn why(text: &str, reason: &Reason, covering: bool) -> Why {
    Why {
        action: reason.action.name(),
        text: reason.text.clone(),
        phrases: evidence::phrases(text, reason, covering),
        context: reason.context.iter().map(|sentence| legible(sentence)).collect(),
    }
}

pub(super) fn choice(place: usize, reason: &RejectReason) -> RejectChoice {
    let digit = Some(place + 1).filter(|digit| *digit <= 9);
    RejectChoice { code: reason.code.clone(), text: reason.text.clone(), digit }
}

fn role(role: &Role) -> (String, String) {
    (role.to_string(), role.as_str().replace('_', " "))
}

/// Its strictest reason, in a few words.
fn waits_for(comment: &Comment) -> String {
    let asks = comment.decision.reasons.iter().find(|reason| reason.action >= Action::Review);
    asks.map(|reason| words::reason(&reason.code)).unwrap_or_default()
}

/// How a text begins, on one line.
fn line(pieces: &[Piece]) -> String {
    evidence::opening(pieces, LINE).iter().map(Piece::seen).collect()
}
