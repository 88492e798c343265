//! Steps, and who loses when two are taken at once.

use super::{Handle, admitted, taken};
use crate::support::sample::{at, decided, edited, sample, site, undone};
use ombud::comment::{Action, State};
use ombud::store::{Conflict, Lease};
use std::sync::Arc;

pub async fn a_stale_step_changes_nothing(store: &Handle) {
    let first = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let second = taken(store, edited(&first, 5, Action::Review, &["r"], at(5))).await;
    for lease in [Lease::Free, Lease::Held { holder: "anna".to_owned(), claim: None }] {
        let late = decided(&first, Action::Publish, "anna", at(6));
        let answer = store.advance(&late, &lease, at(6)).await.unwrap();
        assert_eq!(answer, Err(Conflict::Stale(Box::new(second.clone()))));
    }
    assert_eq!(store.comment(&site(), &first.id).await.unwrap(), Some(second));
    assert_eq!(store.audit(&site(), &first.id).await.unwrap().len(), 2);
}

pub async fn a_step_needs_its_comment(store: &Handle) {
    let never_sent = sample("c1", 0).pending(&["r"]).admit().comment;
    let step = decided(&never_sent, Action::Publish, "anna", at(6));
    assert_eq!(store.advance(&step, &Lease::Free, at(6)).await.unwrap(), Err(Conflict::Missing));
    assert_eq!(store.comment(&site(), &never_sent.id).await.unwrap(), None);
    assert_eq!(store.events(&site(), None, 10).await.unwrap().events, []);
}

pub async fn racing_decisions_have_one_winner(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let racers = (0..8).map(|n| {
        let store = Arc::clone(store);
        let action = if n % 2 == 0 { Action::Publish } else { Action::Reject };
        let step = decided(&comment, action, &format!("moderator {n}"), at(6));
        tokio::spawn(async move { (store.advance(&step, &Lease::Free, at(6)).await.unwrap(), step.comment) })
    });
    let mut outcomes = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        outcomes.push(racer.await.unwrap());
    }
    let standing = store.comment(&site(), &comment.id).await.unwrap().unwrap();
    let winners = outcomes.iter().filter(|(outcome, _)| outcome.is_ok());
    assert_eq!(winners.map(|(_, after)| after).collect::<Vec<_>>(), [&standing]);
    for (outcome, _) in outcomes.into_iter().filter(|(outcome, _)| outcome.is_err()) {
        assert_eq!(outcome, Err(Conflict::Stale(Box::new(standing.clone()))));
    }
    assert_eq!(store.audit(&site(), &comment.id).await.unwrap().len(), 2);
}

pub async fn undo_brings_the_state_back(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let rejected = taken(store, decided(&comment, Action::Reject, "anna", at(5))).await;
    let back = taken(store, undone(&rejected, at(6))).await;
    assert_eq!((back.state, back.version, back.queued_at), (State::Pending, 3, comment.queued_at));
    assert_eq!(store.comment(&site(), &comment.id).await.unwrap(), Some(back));
    let queue = store.queue(&site(), at(7)).await.unwrap();
    assert_eq!((queue.depth, queue.oldest_queued_at), (1, comment.queued_at));
}
