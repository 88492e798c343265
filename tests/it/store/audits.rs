//! Decisions of the machine's that were drawn to be judged by people.

use super::{Handle, admitted};
use crate::support::sample::{at, comment_id, sample, site};
use ombud::comment::{Action, Attribute, Audit, AuditId, AuditOutcome, SiteId};
use ombud::store::{AuditClaim, AuditSettled, AuditTerm, StoreError};
use std::sync::Arc;

/// An audit of a comment that came in `seconds` after the beginning.
fn drawn(id: &str, draw: u32, seconds: i64) -> Audit {
    let change = sample(id, seconds - 1).section("Politics").rejected().admit();
    let audit = Audit::of(&change.comment, draw, 0.01).expect("the machine decided");
    Audit { attributes: vec![Attribute::Insult], ..audit }
}

async fn kept(store: &Handle, id: &str, draw: u32, seconds: i64) -> Audit {
    let audit = drawn(id, draw, seconds);
    store.put_audit(&site(), &audit).await.expect("kept");
    audit
}

fn judged(by: &str) -> AuditOutcome {
    AuditOutcome::Judged {
        by: by.to_owned(),
        at: at(90),
        action: Action::Reject,
        reason: Some("abuse".to_owned()),
        attribute: Some(Attribute::Toxicity),
    }
}

/// What a moderator is handed at a moment, of decisions up to it; for a minute.
async fn claimed(store: &Handle, holder: &str, now: i64) -> Option<String> {
    let claim =
        AuditClaim { site: site(), holder: holder.to_owned(), until: at(now), now: at(now), expires_at: at(now + 60) };
    store.claim_audit(&claim).await.expect("an answer").map(|audit| audit.id().to_string())
}

async fn settled(store: &Handle, audit: &Audit, outcome: &AuditOutcome) -> AuditSettled {
    store.settle_audit(&site(), &audit.id(), outcome).await.expect("an answer")
}

/// All audits from a moment on, read in pages of two.
async fn all(store: &Handle, from: i64) -> Vec<Audit> {
    let (mut audits, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.audits(&site(), at(from), after.as_deref(), 2).await.expect("a page");
        audits.extend(page.audits);
        after = page.next;
        if after.is_none() {
            return audits;
        }
    }
}

pub async fn an_audit_is_kept_whole_and_once(store: &Handle) {
    admitted(store, sample("c1", 9).admit()).await;
    let audit = kept(store, "c1", 7, 10).await;
    store.put_audit(&site(), &Audit { draw: 9, ..audit.clone() }).await.expect("left alone");
    assert_eq!(store.audit_named(&site(), &audit.id()).await.unwrap().as_ref(), Some(&audit));
    assert_eq!(all(store, 0).await, std::slice::from_ref(&audit));
    assert_eq!(store.audits_waiting(&site()).await.unwrap(), 1);
    let other = AuditId { comment: comment_id("c1"), version: 2 };
    assert_eq!(store.audit_named(&site(), &other).await.unwrap(), None);
    let gazette = SiteId::parse("gazette").unwrap();
    assert_eq!(store.audit_named(&gazette, &audit.id()).await.unwrap(), None);
    assert_eq!(store.audits_waiting(&gazette).await.unwrap(), 0);
}

pub async fn the_lowest_number_is_handed_out_first(store: &Handle) {
    for (id, draw, seconds) in [("c1", 30, 10), ("c2", 10, 11), ("c3", u32::MAX, 12), ("c4", 0, 50), ("c5", 20, 13)] {
        kept(store, id, draw, seconds).await;
    }
    // What is not old enough waits on.
    assert_eq!(claimed(store, "anna", 40).await.as_deref(), Some("c2@1"));
    assert_eq!(claimed(store, "anna", 41).await.as_deref(), Some("c2@1"), "she holds it");
    assert_eq!(claimed(store, "bea", 42).await.as_deref(), Some("c5@1"));
    assert_eq!(claimed(store, "cleo", 50).await.as_deref(), Some("c4@1"));
    assert_eq!(claimed(store, "dora", 50).await.as_deref(), Some("c1@1"));
    assert_eq!(claimed(store, "emma", 50).await.as_deref(), Some("c3@1"));
    assert_eq!(claimed(store, "fay", 50).await, None);
    // Her lease ran out.
    assert_eq!(claimed(store, "fay", 101).await.as_deref(), Some("c2@1"));
    assert_eq!(store.audits_waiting(&site()).await.unwrap(), 5, "a lease settles nothing");
}

pub async fn no_audit_is_handed_out_twice(store: &Handle) {
    for n in 0..5 {
        kept(store, &format!("c{n}"), n * 7 % 5, 10).await;
    }
    let racers = (0..8).map(|n| {
        let store = Arc::clone(store);
        tokio::spawn(async move { claimed(&store, &format!("racer {n}"), 20).await })
    });
    let mut handed = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        handed.extend(racer.await.unwrap());
    }
    handed.sort();
    assert_eq!(handed, ["c0@1", "c1@1", "c2@1", "c3@1", "c4@1"]);
}

pub async fn an_audit_passed_over_goes_to_others(store: &Handle) {
    let audit = kept(store, "c1", 1, 10).await;
    kept(store, "c2", 2, 10).await;
    assert_eq!(claimed(store, "anna", 20).await.as_deref(), Some("c1@1"));
    store.pass_audit(&site(), &audit.id(), "anna", at(100), at(21)).await.unwrap();
    assert_eq!(claimed(store, "anna", 22).await.as_deref(), Some("c2@1"));
    assert_eq!(claimed(store, "bea", 22).await.as_deref(), Some("c1@1"));
    // Who does not hold it takes it from nobody.
    store.pass_audit(&site(), &audit.id(), "cleo", at(100), at(23)).await.unwrap();
    assert_eq!(claimed(store, "cleo", 24).await, None);
    assert_eq!(claimed(store, "anna", 101).await.as_deref(), Some("c1@1"), "it is hers again");
}

pub async fn an_audit_is_judged_once(store: &Handle) {
    let (one, two) = (kept(store, "c1", 1, 10).await, kept(store, "c2", 2, 10).await);
    assert_eq!(settled(store, &one, &judged("anna")).await, AuditSettled::Done);
    assert_eq!(settled(store, &one, &judged("anna")).await, AuditSettled::Done, "the same again");
    assert_eq!(settled(store, &one, &judged("bea")).await, AuditSettled::Before(judged("anna")));
    let void = AuditOutcome::Void { at: at(91) };
    assert_eq!(settled(store, &one, &void).await, AuditSettled::Before(judged("anna")));
    assert_eq!(settled(store, &two, &void).await, AuditSettled::Done);
    assert_eq!(settled(store, &drawn("c3", 1, 1), &void).await, AuditSettled::Unknown);
    assert_eq!(claimed(store, "anna", 20).await, None);
    assert_eq!(store.audits_waiting(&site()).await.unwrap(), 0);
    let outcomes: Vec<_> = all(store, 0).await.into_iter().map(|audit| audit.outcome).collect();
    assert_eq!(outcomes, [Some(judged("anna")), Some(void)]);
    // Written again, it stays settled.
    store.put_audit(&site(), &one).await.unwrap();
    assert_eq!(store.audits_waiting(&site()).await.unwrap(), 0);
}

pub async fn racing_judgements_have_one_winner(store: &Handle) {
    let audit = kept(store, "c1", 1, 10).await;
    let racers = (0..6).map(|n| {
        let (store, audit) = (Arc::clone(store), audit.clone());
        tokio::spawn(async move { (n, settled(&store, &audit, &judged(&format!("racer {n}"))).await) })
    });
    let (mut winners, mut told) = (Vec::new(), Vec::new());
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            (n, AuditSettled::Done) => winners.push(judged(&format!("racer {n}"))),
            (_, AuditSettled::Before(outcome)) => told.push(outcome),
            (_, AuditSettled::Unknown) => panic!("it is kept"),
        }
    }
    assert_eq!((winners.len(), told.len()), (1, 5));
    assert!(told.iter().all(|outcome| *outcome == winners[0]));
}

pub async fn audits_are_paged_by_time_each_once(store: &Handle) {
    let mut audits = Vec::new();
    for (n, seconds) in [10, 10, 10, 12, 14].into_iter().enumerate() {
        audits.push(kept(store, &format!("c{n}"), 9, seconds).await);
    }
    assert_eq!(all(store, 0).await, audits);
    assert_eq!(all(store, 11).await, audits[3..]);
    assert_eq!(all(store, 15).await, []);
    for cursor in ["x", "12", "", "0000000000012 nothing"] {
        let answer = store.audits(&site(), at(0), Some(cursor), 2).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{cursor:?}: {answer:?}");
    }
}

pub async fn what_waits_of_an_erased_comment_goes(store: &Handle) {
    let first = kept(store, "c1", 1, 10).await;
    let second = Audit { version: 2, ..drawn("c1", 2, 20) };
    let third = Audit { version: 3, ..drawn("c1", 3, 30) };
    for audit in [&second, &third] {
        store.put_audit(&site(), audit).await.unwrap();
    }
    let other = kept(store, "c11", 4, 11).await;
    settled(store, &first, &judged("anna")).await;
    assert_eq!(store.forget_audits(&site(), &comment_id("c1"), 2).await.unwrap(), 1);
    assert_eq!(all(store, 0).await.iter().map(Audit::id).collect::<Vec<_>>(), [first.id(), other.id(), third.id()]);
    assert_eq!(store.forget_audits(&site(), &comment_id("c1"), 9).await.unwrap(), 1);
    assert_eq!(store.forget_audits(&site(), &comment_id("c1"), 9).await.unwrap(), 0);
    assert_eq!(store.audits_waiting(&site()).await.unwrap(), 1);
}

pub async fn what_was_kept_long_enough_goes(store: &Handle) {
    for (n, seconds) in (0..6).zip([10, 20, 30, 40, 50, 60]) {
        let audit = kept(store, &format!("c{n}"), n, seconds).await;
        if n != 2 {
            settled(store, &audit, &judged("anna")).await;
        }
    }
    let term =
        |before, waiting_before, keep| AuditTerm { before: at(before), waiting_before: at(waiting_before), keep };
    let trimmed = async |term: AuditTerm, limit| store.trim_audits(&site(), &term, limit).await.unwrap();
    assert_eq!(trimmed(term(0, 30, 6), 9).await, 0);
    assert_eq!(trimmed(term(20, 0, 6), 9).await, 1, "the first");
    assert_eq!(trimmed(term(0, 31, 6), 9).await, 1, "what waits");
    assert_eq!(store.audits_waiting(&site()).await.unwrap(), 0);
    assert_eq!(trimmed(term(0, 0, 1), 2).await, 2, "so many at a time");
    assert_eq!(trimmed(term(0, 0, 1), 2).await, 1);
    assert_eq!(all(store, 0).await.iter().map(|audit| audit.id().to_string()).collect::<Vec<_>>(), ["c5@1"]);
}
