//! A check: a decision of the machine's, to be judged by somebody who isn't told what was decided.
//!
//! The card has nothing that came of the decision: no state, scores, reasons or evidence, no history, and of the
//! discussion only what was there before. Checks come between comments that wait, at most one in ten; and where nothing waits, one after
//! the other to whoever asks for them.

use super::card::Desk;
use super::sheet::Sheet;
use super::{CHECK, VOID};
use crate::comment::{AuditId, CommentText};
use crate::http::console::conflict::Conflict;
use crate::http::console::words::When;
use crate::service::{Claimed, Judgement, Ombud, ServiceError, Surrounding, ToJudge};
use askama::Template;

/// Of so many comments on a desk, at most one is a check.
const ONE_IN: u64 = 10;

#[derive(Template)]
#[template(path = "console/queue/check.html")]
pub(super) struct Check {
    sheet: Sheet,
    /// How it begins, for the list of what comes next.
    line: String,
}

impl Check {
    pub(super) async fn of(desk: &Desk<'_>, drawn: ToJudge, mut around: Surrounding) -> Self {
        let ToJudge { id, comment, article } = drawn;
        // What came later, answers above all, would tell that it was published.
        around.discussion.retain(|said| said.id != comment.id && said.created_at <= comment.created_at);
        let text = comment.text().map(CommentText::as_str).unwrap_or_default();
        let pieces = desk.reading.beside(&comment, text).await;
        let sheet = Sheet::of(desk, &comment, article.as_ref(), &around, pieces).await;
        Self { line: sheet.line(), sheet: Sheet { version: id.version, ..sheet } }
    }
}

/// Whether a check comes with these comments, which are new on her desk. Each brings one by chance, as often as makes those
/// that wait last as long as the queue. The chance lies in the claim: the same page again is the same.
pub(super) async fn is_due(ombud: &Ombud, claimed: &[Claimed]) -> Result<bool, ServiceError> {
    let Some(site) = claimed.first().map(|claimed| &claimed.comment.site) else { return Ok(false) };
    let waiting = ombud.audits_waiting(site).await?;
    if waiting == 0 {
        return Ok(false);
    }
    let backlog = ombud.backlog().await;
    let depth = backlog.queues.iter().find(|queue| queue.site == *site).map_or(0, |queue| queue.depth);
    let one_in = one_in(depth, waiting);
    Ok(claimed.iter().any(|claimed| drawn(claimed.claim.id.token(), one_in)))
}

fn one_in(depth: u64, waiting: u64) -> u64 {
    (depth / waiting.max(1)).max(ONE_IN)
}

/// A claim's token ends in random digits.
fn drawn(token: &str, one_in: u64) -> bool {
    let digits = token.get(token.len().saturating_sub(12)..).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    digits.is_some_and(|digits| digits.is_multiple_of(one_in))
}

/// What she is told after a check: the word for it, or why it does not count.
pub(super) fn outcome(
    id: &AuditId,
    judgement: Judgement,
    now: crate::comment::Timestamp,
) -> Result<&'static str, Conflict> {
    match judgement {
        // The same word for all, so that nobody learns what the machine does.
        Judgement::Noted | Judgement::Decided(_) => Ok(CHECK),
        Judgement::Void => Ok(VOID),
        Judgement::Before { by, at } => Err(Conflict {
            title: format!("{by} judged this {}.", When::of(at, now).ago),
            detail: "A check counts once: yours changed nothing.".to_owned(),
            version: id.version,
            overrule: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_last_as_long_as_the_queue_and_are_never_more_than_one_in_ten() {
        assert_eq!(one_in(0, 5), 10);
        assert_eq!(one_in(90, 50), 10);
        assert_eq!(one_in(1_000, 20), 50);
        assert!(drawn("0190000000007000800000000000000a", 10) && !drawn("0190000000007000800000000000000b", 10));
        assert!(!drawn("", 10) && !drawn("none", 10));
    }
}
