//! Conversations as they are read: one comment after the other, four levels deep, then flat.

use super::page::{Place, Visit};
use super::sender::is_guest;
use crate::comment::{Author, Comment, CommentId, CommentText, Timestamp};
use crate::http::foreign::legible;
use crate::service::{Entry, Thread};
use std::collections::HashMap;

/// Replies are set in up to this level, and no further.
const DEEPEST: usize = 3;
/// Comments on a page.
pub(super) const A_PAGE: usize = 100;

/// A comment in its place.
pub(super) struct Shown {
    pub id: String,
    /// 0 to [`DEEPEST`].
    pub level: usize,
    /// The name of whom it answers.
    pub answers: Option<Answered>,
    /// `None` where only the place is shown.
    pub said: Option<Said>,
}

/// The comment that another answers.
pub(super) struct Answered {
    pub id: String,
    pub name: String,
    /// Whether the page has to say so, since the indentation doesn't.
    pub visibly: bool,
}

/// What a comment says, and what can be done about it.
pub(super) struct Said {
    pub name: String,
    pub guest: bool,
    pub text: String,
    pub time: Moment,
    pub edited: Option<Moment>,
    /// Where to answer it; `None` where nobody can.
    pub reply: Option<String>,
    pub report: String,
}

/// A time, for machines and for people.
pub(super) struct Moment {
    pub machine: String,
    pub people: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { machine: at.to_string(), people: at.strftime("%-d %B %Y, %H:%M UTC").to_string() }
    }
}

/// One page of a discussion, and where the next begins.
pub(super) struct Conversations {
    pub shown: Vec<Shown>,
    pub next: Option<Place>,
}

/// The name that readers see.
pub(super) fn name(author: Option<&Author>) -> String {
    let name = legible(author.and_then(Author::name).unwrap_or_default());
    if name.trim().is_empty() { "A reader".to_owned() } else { name.trim().to_owned() }
}

impl Conversations {
    /// The page of a thread at a place. `open`: whether comments can be answered.
    pub(super) fn of(visit: &Visit, place: &Place, thread: Thread, open: bool) -> Self {
        let Thread { entries, next } = thread;
        let mut names = HashMap::new();
        let mut lines = Vec::new();
        for entry in entries {
            lay_out(entry, 0, &mut names, &mut lines);
        }
        let left = lines.len().saturating_sub(place.skip.saturating_add(A_PAGE));
        let next = if left > 0 {
            Some(Place { skip: place.skip + A_PAGE, ..place.clone() })
        } else {
            next.map(|after| Place { sort: place.sort, after: Some(after), skip: 0 })
        };
        let shown = lines.into_iter().skip(place.skip).take(A_PAGE).enumerate();
        let shown = shown.map(|(line, laid)| {
            let above = |parent: &CommentId| names.get(parent).cloned().unwrap_or_default();
            let answers = laid.parent.as_ref().map(|parent| Answered {
                id: parent.as_str().to_owned(),
                name: above(parent),
                // The first on a page has lost what stood above it.
                visibly: laid.depth > DEEPEST || line == 0,
            });
            let said = laid.comment.as_ref().map(|comment| said(visit, place, comment, open));
            Shown { id: laid.id.into(), level: laid.depth.min(DEEPEST), answers, said }
        });
        Self { shown: shown.collect(), next }
    }
}

struct Laid {
    id: CommentId,
    parent: Option<CommentId>,
    depth: usize,
    comment: Option<Comment>,
}

/// Notes who wrote what, and puts the entry and all below it in a line.
fn lay_out(entry: Entry, depth: usize, names: &mut HashMap<CommentId, String>, lines: &mut Vec<Laid>) {
    let Entry { id, parent_id: parent, comment, replies } = entry;
    let name = comment.as_ref().map_or_else(|| "a comment that is not shown".to_owned(), |c| name(c.author()));
    names.insert(id.clone(), name);
    lines.push(Laid { id, parent, depth, comment });
    // No deeper than the service nests, which is bounded.
    for reply in replies {
        lay_out(reply, depth + 1, names, lines);
    }
}

fn said(visit: &Visit, place: &Place, comment: &Comment, open: bool) -> Said {
    let reply = open.then(|| visit.thread(&comment.article_id, place, Some(&comment.id)) + "#write");
    Said {
        name: name(comment.author()),
        guest: comment.author().is_some_and(is_guest),
        text: legible(comment.text().map(CommentText::as_str).unwrap_or_default()),
        time: comment.created_at.into(),
        edited: comment.edited_at.map(Into::into),
        reply,
        report: visit.of_comment(&comment.id, "report"),
    }
}
