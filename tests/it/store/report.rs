//! Readers' reports.

use super::{Handle, admitted, taken};
use crate::support::sample::{article_id, at, comment_id, decided, edited, sample, site};
use ombud::comment::{Action, Comment, State};
use ombud::store::{Conflict, Report, ReportOutcome};

fn by(reader: &str, comment: &Comment) -> Report {
    Report {
        site: site(),
        comment: comment.id.clone(),
        reporter: reader.to_owned(),
        reason: Some("rude".to_owned()),
        at: at(50),
    }
}

/// Reports a published comment, with a limit of three readers.
async fn reported(store: &Handle, reader: &str, comment: &Comment) -> Result<ReportOutcome, Conflict> {
    let escalation = comment.reported(3, at(50)).expect("a published comment");
    store.report(&by(reader, comment), 3, &escalation).await.unwrap()
}

const fn recorded(distinct: u32) -> ReportOutcome {
    ReportOutcome { distinct, escalated: false }
}

pub async fn distinct_readers_reach_the_limit(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).admit()).await;
    assert_eq!(reported(store, "r1", &comment).await, Ok(recorded(1)));
    assert_eq!(reported(store, "r1", &comment).await, Ok(recorded(1)));
    assert_eq!(reported(store, "r2", &comment).await, Ok(recorded(2)));
    assert_eq!(store.comment(&site(), &comment.id).await.unwrap(), Some(comment.clone()));

    assert_eq!(reported(store, "r3", &comment).await, Ok(ReportOutcome { distinct: 3, escalated: true }));
    let held = comment.reported(3, at(50)).unwrap().comment;
    assert_eq!(store.comment(&site(), &comment.id).await.unwrap(), Some(held));
    assert_eq!(store.thread(&site(), &article_id("a1"), None, 9).await.unwrap().comments, []);
    let queue = store.queue(&site(), at(51)).await.unwrap();
    assert_eq!((queue.depth, queue.by_reason), (1, vec![("reports.limit".to_owned(), 1)]));
    assert_eq!(store.audit(&site(), &comment.id).await.unwrap().len(), 2);
}

pub async fn a_decision_starts_the_count_anew(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).admit()).await;
    for reader in ["r1", "r2", "r3"] {
        reported(store, reader, &comment).await.unwrap();
    }
    let held = comment.reported(3, at(50)).unwrap().comment;
    let cleared = taken(store, decided(&held, Action::Publish, "anna", at(60))).await;
    assert_eq!(reported(store, "r1", &cleared).await, Ok(recorded(1)));
    // An edit by the author does not.
    let edited = taken(store, edited(&cleared, 5, Action::Publish, &[], at(61))).await;
    assert_eq!(edited.state, State::Published);
    assert_eq!(reported(store, "r4", &edited).await, Ok(recorded(2)));
}

pub async fn a_report_on_another_version_records_nothing(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).admit()).await;
    let edited = taken(store, edited(&comment, 5, Action::Publish, &[], at(10))).await;
    assert_eq!(reported(store, "r1", &comment).await, Err(Conflict::Stale(Box::new(edited.clone()))));
    assert_eq!(reported(store, "r2", &edited).await, Ok(recorded(1)));

    let never_sent = Comment { id: comment_id("nobody"), ..comment };
    assert_eq!(reported(store, "r1", &never_sent).await, Err(Conflict::Missing));
}
