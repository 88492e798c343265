//! Readers' reports.

use super::{Handle, admitted, taken};
use crate::support::sample::{article_id, at, author_id, comment_id, decided, dropped, edited, erased, sample, site};
use ombud::comment::{Action, Comment, SiteId, State, Step};
use ombud::store::{ArchivedComment, Conflict, Lease, Report, ReportOutcome};
use std::sync::Arc;

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

/// How many comments of an author were reported, without this one.
async fn of(store: &Handle, author: &str, but: &str) -> u64 {
    store.reported_of(&site(), &author_id(author), &comment_id(but)).await.unwrap()
}

pub async fn an_author_is_known_by_what_was_reported(store: &Handle) {
    let one = admitted(store, sample("c1", 0).admit()).await;
    let two = admitted(store, sample("c2", 0).article("a2").admit()).await;
    let other = admitted(store, sample("o1", 0).author("u2").admit()).await;
    assert_eq!(of(store, "u1", "new").await, 0);
    // Each comment once, however many reported it.
    for reader in ["r1", "r2", "r1"] {
        reported(store, reader, &one).await.unwrap();
    }
    assert_eq!((of(store, "u1", "new").await, of(store, "u1", "c1").await, of(store, "u2", "new").await), (1, 0, 0));
    reported(store, "r1", &two).await.unwrap();
    reported(store, "r1", &other).await.unwrap();
    assert_eq!((of(store, "u1", "new").await, of(store, "u1", "c2").await, of(store, "u2", "new").await), (2, 1, 1));
    let elsewhere = SiteId::parse("weekly").unwrap();
    assert_eq!(store.reported_of(&elsewhere, &author_id("u1"), &comment_id("new")).await.unwrap(), 0);
    // It stays so after the limit, a decision, an edit, and when the reader is forgotten.
    reported(store, "r3", &one).await.unwrap();
    let held = one.reported(3, at(50)).unwrap().comment;
    let cleared = taken(store, decided(&held, Action::Publish, "anna", at(60))).await;
    taken(store, edited(&cleared, 5, Action::Publish, &[], at(61))).await;
    store.forget_reporter(&site(), "r1").await.unwrap();
    assert_eq!(of(store, "u1", "new").await, 2);
    // What was dropped is nobody's.
    taken(store, dropped(&two, at(70))).await;
    assert_eq!((of(store, "u1", "new").await, of(store, "u1", "c1").await), (1, 0));
    taken(store, erased(&other, at(71))).await;
    assert_eq!(of(store, "u2", "new").await, 0);
}

pub async fn a_restored_comment_was_reported_too(store: &Handle) {
    let written = |id: &str| {
        let change = sample(id, 0).admit();
        ArchivedComment {
            comment: change.comment,
            audit: vec![change.audit],
            reports: vec![],
            reported: false,
            held: None,
        }
    };
    let marked = ArchivedComment { reported: true, ..written("c1") };
    // By files from before there was a mark.
    let mut step = written("c2").audit.remove(0);
    step.step = Step::Reported;
    let stepped = ArchivedComment { audit: vec![step], ..written("c2") };
    for archived in [&marked, &stepped, &written("c3")] {
        store.restore_comment(archived).await.unwrap();
    }
    assert_eq!(of(store, "u1", "new").await, 2);
    let found = store.archived(&site(), None, 9).await.unwrap();
    assert_eq!(found.iter().map(|archived| archived.reported).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(found[0], marked);
}

pub async fn reports_that_race_with_an_erasure_leave_nothing(store: &Handle) {
    for n in 0..30 {
        let comment = Arc::new(admitted(store, sample(&format!("c{n}"), n).author("mallory").admit()).await);
        let reports: Vec<_> = (0..3)
            .map(|reader| {
                let (store, comment) = (Arc::clone(store), Arc::clone(&comment));
                // Whichever is first: what is not there any more as it was can't be reported.
                tokio::spawn(async move { reported(&store, &format!("r{reader}"), &comment).await.is_ok() })
            })
            .collect();
        let mut gone = erased(&comment, at(100));
        while let Err(Conflict::Stale(standing)) = store.advance(&gone, &Lease::Free, at(100)).await.unwrap() {
            gone = erased(&standing, at(100));
        }
        for report in reports {
            report.await.unwrap();
        }
        assert_eq!(of(store, "mallory", "new").await, 0, "c{n}");
    }
}
