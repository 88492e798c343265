//! What webhook endpoints have been told, and what they wait for.

use super::Handle;
use crate::support::sample::{at, comment_id, site};
use ombud::comment::{EndpointId, Timestamp};
use ombud::store::{
    DeadLetter, Delivery, OutboxId, OutboxLease, OutboxStanding, OutboxState, OutboxStatus, Replay, Settlement,
    StoreError,
};
use std::sync::Arc;
use uuid::Uuid;

fn outbox(endpoint: &str) -> OutboxId {
    OutboxId { site: site(), endpoint: EndpointId::parse(endpoint).expect("an endpoint id") }
}

fn lease(endpoint: &str, number: u128) -> OutboxLease {
    OutboxLease { outbox: outbox(endpoint), token: Uuid::from_u128(number) }
}

/// The event of a comment's version, which happened at this second and is due then.
fn delivery(comment: &str, version: u64, seconds: i64) -> Delivery {
    Delivery {
        event_id: format!("{comment}@{version}"),
        comment: comment_id(comment),
        version,
        body: format!("{{\"of\": \"{comment}\", \"ü\": [\"\\\"\", {version}.0]}}\n"),
        happened_at: at(seconds),
        due_at: at(seconds),
        attempts: 0,
        step: 0,
        first_tried_at: None,
        last_outcome: None,
    }
}

fn dead(delivery: Delivery, seconds: i64) -> DeadLetter {
    DeadLetter { delivery, died_at: at(seconds) }
}

/// Nothing of the dead makes way.
fn nothing() -> Settlement {
    Settlement { keep_dead: (100, Timestamp::MIN), ..Settlement::default() }
}

async fn held(store: &Handle, endpoint: &str) -> OutboxLease {
    let lease = lease(endpoint, 1);
    store.take_outbox(&lease, at(60), at(0)).await.unwrap().expect("nobody holds it");
    lease
}

async fn settled(store: &Handle, lease: &OutboxLease, settlement: Settlement) {
    assert!(store.settle(lease, &settlement).await.unwrap(), "the lease stands");
}

async fn due(store: &Handle, seconds: i64) -> Vec<String> {
    let page = store.due(&outbox("cms"), at(seconds), 10).await.unwrap();
    page.deliveries.into_iter().map(|d| d.event_id).collect()
}

async fn letters(store: &Handle, page: usize) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None::<String>);
    loop {
        let found = store.dead_letters(&outbox("cms"), after.as_deref(), page).await.unwrap();
        ids.extend(found.dead.into_iter().map(|letter| letter.delivery.event_id));
        match found.next {
            Some(next) => after = Some(next),
            None => return ids,
        }
    }
}

pub async fn one_replica_holds_an_outbox_until_its_lease_expires(store: &Handle) {
    let (one, two) = (lease("cms", 1), lease("cms", 2));
    assert_eq!(store.take_outbox(&one, at(60), at(0)).await.unwrap(), Ok(()));
    assert_eq!(store.take_outbox(&two, at(70), at(10)).await.unwrap(), Err(at(60)));
    // The same again, as when an answer was lost.
    assert_eq!(store.take_outbox(&one, at(60), at(10)).await.unwrap(), Ok(()));
    assert!(store.keep_outbox(&one, at(90)).await.unwrap());
    assert_eq!(store.take_outbox(&two, at(120), at(60)).await.unwrap(), Err(at(90)));
    assert_eq!(store.outbox(&one.outbox).await.unwrap().leased_until, Some(at(90)));
    // Expired, and still nobody else's.
    assert!(store.keep_outbox(&one, at(100)).await.unwrap());
    assert_eq!(store.take_outbox(&two, at(160), at(100)).await.unwrap(), Ok(()));
    assert!(!store.keep_outbox(&one, at(200)).await.unwrap());
    store.leave_outbox(&one).await.unwrap();
    assert_eq!(store.take_outbox(&one, at(200), at(110)).await.unwrap(), Err(at(160)), "it left nothing of its own");
    store.leave_outbox(&two).await.unwrap();
    assert_eq!(store.take_outbox(&one, at(200), at(110)).await.unwrap(), Ok(()));
    // Another endpoint of the site is another matter.
    assert_eq!(store.take_outbox(&lease("search", 9), at(200), at(110)).await.unwrap(), Ok(()));
}

pub async fn racing_replicas_take_an_outbox_once(store: &Handle) {
    let racers = (1..=8).map(|number| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.take_outbox(&lease("cms", number), at(60), at(0)).await.unwrap() })
    });
    let mut taken = 0;
    for racer in racers.collect::<Vec<_>>() {
        taken += u32::from(racer.await.unwrap().is_ok());
    }
    assert_eq!(taken, 1);
}

pub async fn a_holder_of_the_past_writes_nothing(store: &Handle) {
    let one = held(store, "cms").await;
    settled(store, &one, Settlement { cursor: Some("7".to_owned()), waiting: vec![delivery("a", 1, 0)], ..nothing() })
        .await;
    let two = lease("cms", 2);
    store.take_outbox(&two, at(160), at(60)).await.unwrap().expect("it has expired");
    let stale = Settlement {
        cursor: Some("9".to_owned()),
        waiting: vec![delivery("b", 1, 0)],
        delivered: vec![delivery("a", 1, 0)],
        dead: vec![dead(delivery("c", 1, 0), 1)],
        standing: Some(OutboxStanding { revision: 1, failures: 3, ..OutboxStanding::default() }),
        ..nothing()
    };
    let before = store.outbox(&two.outbox).await.unwrap();
    assert!(!store.settle(&one, &stale).await.unwrap());
    assert_eq!(store.outbox(&two.outbox).await.unwrap(), before);
    assert_eq!((before.cursor.as_deref(), before.waiting, before.dead), (Some("7"), 1, 0));
    assert_eq!(due(store, 9).await, ["a@1"]);
    // An outbox that nobody ever took is nobody's.
    assert!(!store.settle(&lease("search", 1), &stale).await.unwrap());
    assert_eq!(store.outbox(&outbox("search")).await.unwrap(), OutboxState::default());
}

pub async fn what_waits_is_due_by_comment_in_order(store: &Handle) {
    let lease = held(store, "cms").await;
    let waiting =
        vec![delivery("a", 10, 4), delivery("a", 9, 2), delivery("b", 1, 3), delivery("c", 1, 20), delivery("c", 2, 1)];
    settled(store, &lease, Settlement { waiting: waiting.clone(), ..nothing() }).await;
    assert_eq!(due(store, 9).await, ["a@9", "b@1"], "a@10 stands behind a@9, and c@2 behind c@1");
    let page = store.due(&lease.outbox, at(9), 1).await.unwrap();
    assert_eq!((page.deliveries, page.next), (vec![waiting[1].clone()], Some(at(20))), "whole, byte for byte");
    // Tried in vain, and due again later: what stands behind it waits too.
    let tried = Delivery {
        attempts: 1,
        step: 1,
        due_at: at(30),
        first_tried_at: Some(at(9)),
        last_outcome: Some("500".to_owned()),
        ..delivery("a", 9, 2)
    };
    settled(store, &lease, Settlement { waiting: vec![tried.clone()], ..nothing() }).await;
    assert_eq!(due(store, 9).await, ["b@1"]);
    let state = store.outbox(&lease.outbox).await.unwrap();
    assert_eq!((state.waiting, state.oldest_waiting), (5, Some(at(1))));
    settled(store, &lease, Settlement { delivered: vec![tried, delivery("c", 1, 20)], ..nothing() }).await;
    assert_eq!(due(store, 9).await, ["c@2", "b@1", "a@10"]);
    let rest = vec![delivery("c", 2, 1), delivery("b", 1, 3), delivery("a", 10, 4)];
    settled(store, &lease, Settlement { delivered: rest, ..nothing() }).await;
    let page = store.due(&lease.outbox, at(99), 10).await.unwrap();
    assert_eq!((page.deliveries.len(), page.next), (0, None));
    let state = store.outbox(&lease.outbox).await.unwrap();
    assert_eq!((state.waiting, state.oldest_waiting), (0, None));
}

pub async fn a_dead_letter_is_kept_and_goes_out_again(store: &Handle) {
    let lease = held(store, "cms").await;
    let tried = Delivery {
        attempts: 14,
        step: 14,
        first_tried_at: Some(at(1)),
        last_outcome: Some("timeout".to_owned()),
        ..delivery("a", 1, 0)
    };
    let all = [dead(tried.clone(), 50), dead(delivery("b", 1, 0), 50), dead(delivery("c", 1, 0), 40)];
    let waiting = vec![delivery("a", 1, 0), delivery("a", 2, 1)];
    settled(store, &lease, Settlement { waiting, ..nothing() }).await;
    settled(store, &lease, Settlement { dead: all.to_vec(), ..nothing() }).await;
    assert_eq!(due(store, 60).await, ["a@2"], "what stood behind it goes on");
    assert_eq!(letters(store, 1).await, ["c@1", "a@1", "b@1"]);
    assert_eq!(letters(store, 10).await, ["c@1", "a@1", "b@1"]);
    let page = store.dead_letters(&lease.outbox, None, 2).await.unwrap();
    assert_eq!(page.dead[1], all[0], "whole");
    assert!(matches!(store.dead_letters(&lease.outbox, Some("x"), 2).await, Err(StoreError::UnknownCursor)));
    let one = |id: &str| Replay::One(id.to_owned());
    assert_eq!(store.replay(&lease.outbox, &one("a@1"), at(70)).await.unwrap(), 1);
    assert_eq!(store.replay(&lease.outbox, &one("a@1"), at(70)).await.unwrap(), 0);
    assert_eq!(store.replay(&lease.outbox, &one("x@1"), at(70)).await.unwrap(), 0);
    let page = store.due(&lease.outbox, at(70), 1).await.unwrap();
    let again = Delivery { due_at: at(70), attempts: 0, step: 0, first_tried_at: None, ..tried };
    assert_eq!(page.deliveries, [again], "before what came later");
    assert_eq!(store.replay(&lease.outbox, &Replay::All, at(71)).await.unwrap(), 2);
    let state = store.outbox(&lease.outbox).await.unwrap();
    assert_eq!((state.waiting, state.dead), (4, 0));
}

pub async fn of_many_dead_letters_the_oldest_make_way(store: &Handle) {
    let lease = held(store, "cms").await;
    let all = |range: std::ops::Range<i64>| range.map(|n| dead(delivery(&format!("c{n}"), 1, n), n)).collect();
    settled(store, &lease, Settlement { dead: all(0..6), keep_dead: (4, at(0)), ..nothing() }).await;
    assert_eq!(letters(store, 9).await, ["c2@1", "c3@1", "c4@1", "c5@1"]);
    settled(store, &lease, Settlement { dead: all(6..7), keep_dead: (9, at(5)), ..nothing() }).await;
    assert_eq!(letters(store, 9).await, ["c5@1", "c6@1"]);
    assert_eq!(store.outbox(&lease.outbox).await.unwrap().dead, 2);
}

pub async fn a_standing_follows_the_one_before(store: &Handle) {
    let lease = held(store, "cms").await;
    let paused = OutboxStatus::Paused { since: at(1), why: "500".to_owned(), probe_at: at(300) };
    let first = OutboxStanding { revision: 1, status: paused, failures: 20, ..OutboxStanding::default() };
    settled(store, &lease, Settlement { standing: Some(first.clone()), ..nothing() }).await;
    assert_eq!(store.outbox(&lease.outbox).await.unwrap().standing, first);
    let enabled = OutboxStanding { revision: 2, delivered_at: Some(at(2)), ..OutboxStanding::default() };
    let news = store.news();
    assert!(store.put_outbox_standing(&lease.outbox, &enabled).await.unwrap());
    assert!(!store.put_outbox_standing(&lease.outbox, &enabled).await.unwrap());
    crate::support::model::until(async || news.has_changed().unwrap()).await;
    // A deliverer that did not see it: all but its standing is written.
    let late = Settlement {
        standing: Some(OutboxStanding { revision: 2, ..first }),
        waiting: vec![delivery("a", 1, 0)],
        ..nothing()
    };
    settled(store, &lease, late).await;
    let state = store.outbox(&lease.outbox).await.unwrap();
    assert_eq!((state.standing, state.waiting), (enabled, 1));
    // One that was never taken can be written to as well.
    let disabled = OutboxStatus::Disabled { since: at(5) };
    let standing = OutboxStanding { revision: 1, status: disabled, ..OutboxStanding::default() };
    assert!(store.put_outbox_standing(&outbox("search"), &standing).await.unwrap());
    assert_eq!(store.outbox(&outbox("search")).await.unwrap().standing, standing);
}
