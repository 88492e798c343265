//! Events that are held back.

use super::{Handle, admitted, taken};
use crate::support::sample::{at, decided, sample, site, undone, withdrawn};
use ombud::comment::{Action, Comment};
use std::sync::Arc;

/// The ids of all events in the log.
async fn told(store: &Handle) -> Vec<String> {
    store.events(&site(), None, 1_000).await.unwrap().events.into_iter().map(|(_, event)| event.id).collect()
}

/// A rejection at `seconds` whose event is held for five seconds.
async fn rejected(store: &Handle, comment: &Comment, seconds: i64) -> Comment {
    taken(store, decided(comment, Action::Reject, "anna", at(seconds)).told_at(at(seconds + 5))).await
}

async fn pending(store: &Handle, id: &str) -> Comment {
    admitted(store, sample(id, 0).article(&format!("of-{id}")).pending(&["x"]).admit()).await
}

pub async fn a_held_event_is_told_when_it_is_due(store: &Handle) {
    store.put_site(&crate::support::sample::whole_site()).await.unwrap();
    let comment = pending(store, "c1").await;
    let other = pending(store, "c2").await;
    rejected(store, &comment, 10).await;
    rejected(store, &other, 12).await;
    assert_eq!(store.release_due(at(14), 9).await.unwrap(), Some(at(15)));
    assert_eq!(told(store).await.len(), 2);
    let mut news = store.news();
    news.mark_unchanged();
    assert_eq!(store.release_due(at(15), 9).await.unwrap(), Some(at(17)));
    news.changed().await.unwrap();
    assert_eq!(told(store).await[2..], ["c1@2"]);
    assert_eq!(store.release_due(at(20), 9).await.unwrap(), None);
    assert_eq!(store.release_due(at(21), 9).await.unwrap(), None);
    let mut told = told(store).await;
    // Of several comments none goes before the other.
    told.sort();
    assert_eq!(told, ["c1@1", "c1@2", "c2@1", "c2@2"]);
}

pub async fn an_undone_decision_is_never_told(store: &Handle) {
    store.put_site(&crate::support::sample::whole_site()).await.unwrap();
    let comment = pending(store, "c1").await;
    let once = rejected(store, &comment, 10).await;
    let back = taken(store, undone(&once, at(12))).await;
    assert_eq!(store.release_due(at(60), 9).await.unwrap(), None);
    assert_eq!(told(store).await, ["c1@1"]);
    // The trail has both.
    let steps = store.audit(&site(), &comment.id).await.unwrap();
    assert_eq!(steps.iter().map(|e| e.version).collect::<Vec<_>>(), [1, 2, 3]);
    // What was told can't be taken back unheard.
    let again = rejected(store, &back, 70).await;
    store.release_due(at(75), 9).await.unwrap();
    taken(store, undone(&again, at(76))).await;
    assert_eq!(told(store).await, ["c1@1", "c1@4", "c1@5"]);
}

pub async fn the_next_step_tells_what_was_held(store: &Handle) {
    store.put_site(&crate::support::sample::whole_site()).await.unwrap();
    let comment = pending(store, "c1").await;
    let once = rejected(store, &comment, 10).await;
    let twice = taken(store, decided(&once, Action::Publish, "bea", at(11)).told_at(at(16))).await;
    assert_eq!(told(store).await, ["c1@1", "c1@2"]);
    // The undo takes back what nobody heard of, and no more.
    taken(store, undone(&twice, at(12))).await;
    assert_eq!(store.release_due(at(60), 9).await.unwrap(), None);
    assert_eq!(told(store).await, ["c1@1", "c1@2"]);
}

pub async fn a_withdrawal_tells_the_decision_first(store: &Handle) {
    store.put_site(&crate::support::sample::whole_site()).await.unwrap();
    let comment = pending(store, "c1").await;
    let once = rejected(store, &comment, 10).await;
    taken(store, withdrawn(&once, at(11))).await;
    assert_eq!(told(store).await, ["c1@1", "c1@2", "c1@3"]);
    assert_eq!(store.release_due(at(60), 9).await.unwrap(), None);
    assert_eq!(told(store).await.len(), 3);
}

pub async fn a_clock_that_went_back_holds_nothing_for_long(store: &Handle) {
    store.put_site(&crate::support::sample::whole_site()).await.unwrap();
    let comment = pending(store, "c1").await;
    rejected(store, &comment, 10_000).await;
    store.release_due(at(10_001), 9).await.unwrap();
    assert_eq!(told(store).await, ["c1@1"]);
    store.release_due(at(10_001 - 3_600), 9).await.unwrap();
    assert_eq!(told(store).await, ["c1@1", "c1@2"]);
}

pub async fn many_tell_each_event_once(store: &Handle) {
    store.put_site(&crate::support::sample::whole_site()).await.unwrap();
    for n in 0..40 {
        let comment = pending(store, &format!("c{n}")).await;
        rejected(store, &comment, 10).await;
    }
    let tellers = (0..4).map(|_| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            for seconds in 15..40 {
                store.release_due(at(seconds), 3).await.unwrap();
            }
        })
    });
    for teller in tellers.collect::<Vec<_>>() {
        teller.await.unwrap();
    }
    let mut told = told(store).await;
    assert_eq!(told.len(), 80);
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 80, "none twice");
}
