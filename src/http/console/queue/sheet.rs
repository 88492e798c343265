//! What a moderator reads of a comment, whatever brought it on her desk: text, article, conversation, author, and what she may do.

use super::card::Desk;
use crate::comment::{Article, Comment, State};
use crate::http::console::evidence::{self, Piece};
use crate::http::console::words::{self, When};
use crate::policy::RejectReason;
use crate::service::Surrounding;
use crate::text::legible;

/// How many characters of a comment stand in the list of what comes next.
const LINE: usize = 80;

/// A comment that stands around the one in focus.
pub struct Said {
    pub name: String,
    pub when: When,
    /// `None` where its body was dropped.
    pub text: Option<Vec<Piece>>,
    /// Its state, if readers don't see it.
    pub unseen: Option<&'static str>,
}

/// A reason for which she may reject, and the digit that picks it.
pub struct RejectChoice {
    pub code: String,
    pub text: String,
    pub digit: Option<usize>,
}

/// A comment, as it lies before her.
pub struct Sheet {
    pub id: String,
    /// The version that she decides on.
    pub version: u64,
    /// Where a decision is sent.
    pub action: String,
    pub form_token: String,
    pub title: String,
    /// Where readers find the article.
    pub url: Option<String>,
    pub section: Option<String>,
    pub above: Vec<Said>,
    pub more_above: bool,
    pub discussion: Vec<Said>,
    pub name: String,
    pub author_id: String,
    pub record: String,
    pub same_text: String,
    pub written: When,
    pub pieces: Vec<Piece>,
    /// Whether something on the card is covered.
    pub covers: bool,
    /// Unless it is English.
    pub language: Option<String>,
    pub reject: Vec<RejectChoice>,
}

impl Sheet {
    /// `pieces`: the text, as it is to be shown.
    pub(super) async fn of(
        desk: &Desk<'_>,
        comment: &Comment,
        article: Option<&Article>,
        around: &Surrounding,
        pieces: Vec<Piece>,
    ) -> Self {
        let (above, discussion) = (said(desk, &around.above).await, said(desk, &around.discussion).await);
        let around_it = above.iter().chain(&discussion).filter_map(|said| said.text.as_ref());
        let covers = [&pieces].into_iter().chain(around_it).any(|text| evidence::covered(text));
        Self {
            id: comment.id.clone().into(),
            version: comment.version,
            action: format!("{}/decide{}", desk.base, desk.query),
            form_token: desk.form_token.clone(),
            title: article.map_or_else(|| "Article unknown".to_owned(), |article| legible(&article.title)),
            url: article.and_then(|article| article.web_address().map(str::to_owned)),
            section: comment.section.clone(),
            above,
            more_above: around.more_above,
            discussion,
            name: words::name(comment.author()),
            author_id: comment.author().map(|author| legible(author.id.as_str())).unwrap_or_default(),
            record: record(around),
            same_text: same_text(around.same_text),
            written: When::of(comment.created_at, desk.now),
            pieces,
            covers,
            language: comment.language.as_deref().filter(|code| *code != "eng").map(words::language),
            reject: desk.policy.reject_reasons().iter().enumerate().map(|(n, reason)| choice(n, reason)).collect(),
        }
    }

    /// How its text begins, on one line.
    pub(super) fn line(&self) -> String {
        evidence::opening(&self.pieces, LINE).iter().map(Piece::seen).collect()
    }
}

/// The comments that stand around the one in focus.
async fn said(desk: &Desk<'_>, comments: &[Comment]) -> Vec<Said> {
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

fn record(around: &Surrounding) -> String {
    let counts = [around.published, around.rejected, around.reported];
    if counts == [0; 3] {
        return "first comment here".to_owned();
    }
    let [published, rejected, reported] = counts.map(words::number);
    format!("{published} published, {rejected} rejected, {reported} reported here")
}

fn same_text(count: u64) -> String {
    match count {
        0 => String::new(),
        1 => "One other comment says exactly this, of the day before it.".to_owned(),
        count => format!("{} other comments say exactly this, of the day before it.", words::number(count)),
    }
}

fn choice(place: usize, reason: &RejectReason) -> RejectChoice {
    let digit = Some(place + 1).filter(|digit| *digit <= 9);
    RejectChoice { code: reason.code.clone(), text: reason.text.clone(), digit }
}
