//! What a store does with an appeal: nothing that it doesn't do with every step.

use super::queue::claimed;
use super::{Handle, admitted, ids, taken};
use crate::support::sample::{appealed, at, decided, dropped, sample, site, undone};
use ombud::comment::{Action, Actor, AppealState, AppealText, QueueOrder, Role, State, Step};
use ombud::store::{ClaimFilter, Conflict, Lease};
use std::sync::Arc;

fn of_role(role: Option<&str>) -> ClaimFilter {
    ClaimFilter { role: role.map(|role| Role::parse(role).unwrap()), ..ClaimFilter::default() }
}

pub async fn an_appealed_comment_waits_for_its_role(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).rejected().admit()).await;
    let open = taken(store, appealed(&comment, "senior", at(5))).await;
    assert_eq!((open.state, open.queued_at), (State::Pending, Some(at(5))));
    assert_eq!(store.comment(&site(), &open.id).await.unwrap().as_ref(), Some(&open));
    let queue = store.queue(&site(), at(6)).await.unwrap();
    let reasons: Vec<_> = queue.by_reason.iter().map(|(code, n)| (code.as_str(), *n)).collect();
    assert_eq!((queue.depth, reasons), (1, vec![("appeal", 1), ("words.banned", 1)]));
    assert!(claimed(store, 5, QueueOrder::Oldest, of_role(None), 6).await.is_empty(), "it is not for anybody");
    assert_eq!(claimed(store, 5, QueueOrder::Oldest, of_role(Some("senior")), 6).await, ["c1"]);
    let published = taken(store, decided(&open, Action::Publish, "sue", at(9))).await;
    assert_eq!(published.appeal.as_ref().map(|appeal| appeal.state), Some(AppealState::Upheld));
    let thread = store.thread(&site(), &published.article_id, None, 5).await.unwrap();
    assert_eq!(ids(&thread.comments), ["c1"]);
    let steps: Vec<Step> = store.audit(&site(), &open.id).await.unwrap().iter().map(|entry| entry.step).collect();
    assert_eq!(steps, [Step::Admitted, Step::Appealed, Step::Decided]);
    let events = store.events(&site(), None, 9).await.unwrap().events;
    assert_eq!(events.iter().map(|(_, event)| event.step).collect::<Vec<_>>(), steps);
}

pub async fn racing_appeals_are_one(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).rejected().admit()).await;
    let racers: Vec<_> = (0..6)
        .map(|n| {
            let store = Arc::clone(store);
            let text = AppealText::parse(format!("appeal {n}")).unwrap();
            let step = comment.appeal(text, None, Actor::Author, at(5)).unwrap();
            tokio::spawn(async move { store.advance(&step, &Lease::Free, at(5)).await.unwrap() })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(()) => won += 1,
            Err(Conflict::Stale(standing)) => assert!(standing.is_appealed()),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won, store.audit(&site(), &comment.id).await.unwrap().len()), (1, 2));
}

pub async fn an_appeal_goes_with_its_body(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).rejected().admit()).await;
    let open = taken(store, appealed(&comment, "senior", at(5))).await;
    let declined = taken(store, decided(&open, Action::Reject, "sue", at(9))).await;
    taken(store, dropped(&declined, at(60))).await;
    let left = store.comment(&site(), &comment.id).await.unwrap().unwrap().appeal.unwrap();
    assert_eq!((left.state, left.text), (AppealState::Declined, None));
}

pub async fn undoing_a_decision_opens_the_appeal_again(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).rejected().admit()).await;
    let open = taken(store, appealed(&comment, "senior", at(5))).await;
    let declined = taken(store, decided(&open, Action::Reject, "sue", at(9))).await;
    let back = taken(store, undone(&declined, at(10))).await;
    assert!(back.is_appealed());
    assert_eq!(claimed(store, 5, QueueOrder::Oldest, of_role(Some("senior")), 11).await, ["c1"]);
}
