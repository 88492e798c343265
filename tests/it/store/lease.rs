//! Leases: one moderator, one comment.

use super::queue::wanted;
use super::{Handle, admitted, taken};
use crate::support::sample::{at, comment_id, decided, edited, sample, site, withdrawn};
use ombud::comment::{Action, Claim, ClaimId, Comment, QueueOrder};
use ombud::store::{ClaimFilter, ClaimRequest, Conflict, Lease, LeaseError};
use std::collections::HashSet;
use std::sync::Arc;

/// `holder` claims one comment at `seconds`, for a minute.
async fn claim(store: &Handle, holder: &str, seconds: i64) -> Option<(Claim, Comment)> {
    let request =
        ClaimRequest { holder: holder.to_owned(), ..wanted(1, QueueOrder::Oldest, ClaimFilter::default(), seconds) };
    store.claim(&request).await.unwrap().pop()
}

fn held(holder: &str, claim: Option<&Claim>) -> Lease {
    Lease::Held { holder: holder.to_owned(), claim: claim.map(|c| c.id.clone()) }
}

pub async fn no_comment_is_handed_out_twice(store: &Handle) {
    for n in 0..60 {
        admitted(store, sample(&format!("c{n}"), n).article(&format!("a{}", n % 7)).pending(&["r"]).admit()).await;
    }
    let moderators = (0..8).map(|n| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let order = [QueueOrder::Oldest, QueueOrder::Uncertain][n % 2];
                let request =
                    ClaimRequest { holder: format!("moderator {n}"), ..wanted(3, order, ClaimFilter::default(), 100) };
                let claims = store.claim(&request).await.unwrap();
                if claims.is_empty() {
                    return mine;
                }
                for (claim, comment) in claims {
                    assert_eq!(claim.holder, request.holder);
                    assert_eq!(claim.id.comment(), &comment.id);
                    mine.push(comment.id);
                }
            }
        })
    });
    let mut handed_out = Vec::new();
    for moderator in moderators.collect::<Vec<_>>() {
        handed_out.extend(moderator.await.unwrap());
    }
    assert_eq!(handed_out.iter().collect::<HashSet<_>>().len(), handed_out.len());
    // A claim gives up when others are always faster; what it left is still there.
    let left = store.claim(&wanted(60, QueueOrder::Oldest, ClaimFilter::default(), 101)).await.unwrap();
    assert_eq!(handed_out.len() + left.len(), 60);
    assert_eq!(store.queue(&site(), at(102)).await.unwrap().claimed, 60);
}

pub async fn a_lease_expires(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let (first, handed) = claim(store, "anna", 100).await.unwrap();
    assert_eq!(handed, comment);
    assert_eq!((first.holder.as_str(), first.claimed_at, first.expires_at), ("anna", at(100), at(160)));
    assert_eq!(claim(store, "bea", 159).await, None);
    let (second, _) = claim(store, "bea", 160).await.expect("expired exactly then");
    assert_ne!(first.id, second.id);

    // The old claim is nobody's now.
    let answer = store.heartbeat(&site(), &first.id, at(300), at(161)).await.unwrap();
    assert_eq!(answer, Err(LeaseError::Unknown));
    store.release(&site(), &first.id).await.unwrap();
    assert_eq!(claim(store, "anna", 170).await, None);
}

pub async fn a_heartbeat_extends_a_live_lease(store: &Handle) {
    admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let (first, _) = claim(store, "anna", 100).await.unwrap();
    let extended = Claim { expires_at: at(200), ..first.clone() };
    assert_eq!(store.heartbeat(&site(), &first.id, at(200), at(159)).await.unwrap(), Ok(extended));
    assert_eq!(claim(store, "bea", 199).await, None);
    assert_eq!(store.heartbeat(&site(), &first.id, at(300), at(200)).await.unwrap(), Err(LeaseError::Expired));
    assert!(claim(store, "bea", 200).await.is_some());
    let unheard = ClaimId::new(uuid::Uuid::now_v7(), comment_id("nobody"));
    assert_eq!(store.heartbeat(&site(), &unheard, at(300), at(200)).await.unwrap(), Err(LeaseError::Unknown));
}

pub async fn a_released_comment_is_free(store: &Handle) {
    admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let (first, _) = claim(store, "anna", 100).await.unwrap();
    for _ in 0..2 {
        store.release(&site(), &first.id).await.unwrap();
    }
    assert_eq!(store.queue(&site(), at(101)).await.unwrap().claimed, 0);
    let (second, _) = claim(store, "bea", 101).await.unwrap();
    store.release(&site(), &first.id).await.unwrap();
    assert_eq!(claim(store, "anna", 102).await, None, "another's claim does not release it");
    store.release(&site(), &ClaimId::new(uuid::Uuid::now_v7(), comment_id("nobody"))).await.unwrap();
    store.release(&site(), &second.id).await.unwrap();
    assert!(claim(store, "anna", 103).await.is_some());
}

pub async fn a_decision_needs_its_claim_alive(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let (annas, _) = claim(store, "anna", 100).await.unwrap();
    let late = decided(&comment, Action::Publish, "anna", at(160));
    let answer = store.advance(&late, &held("anna", Some(&annas)), at(160)).await.unwrap();
    assert_eq!(answer, Err(Conflict::Lease(LeaseError::Expired)));

    let (beas, _) = claim(store, "bea", 161).await.unwrap();
    let answer = store.advance(&late, &held("anna", Some(&annas)), at(162)).await.unwrap();
    assert_eq!(answer, Err(Conflict::Lease(LeaseError::Unknown)));
    assert_eq!(store.comment(&site(), &comment.id).await.unwrap().as_ref(), Some(&comment));

    let in_time = decided(&comment, Action::Publish, "bea", at(163));
    assert_eq!(store.advance(&in_time, &held("bea", Some(&beas)), at(163)).await.unwrap(), Ok(()));
    // Whoever asks with an old version hears of the new one before she hears of her lease.
    let answer = store.advance(&in_time, &held("bea", Some(&beas)), at(164)).await.unwrap();
    assert_eq!(answer, Err(Conflict::Stale(Box::new(in_time.comment))));
}

pub async fn a_step_without_a_claim_respects_others(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let (annas, _) = claim(store, "anna", 100).await.unwrap();
    let beas = decided(&comment, Action::Reject, "bea", at(110));
    let answer = store.advance(&beas, &held("bea", None), at(110)).await.unwrap();
    assert_eq!(answer, Err(Conflict::Held(annas)));
    // Her own lease does not stop her, nor does an expired one of another.
    let annas = decided(&comment, Action::Publish, "anna", at(120));
    assert_eq!(store.advance(&annas, &held("anna", None), at(120)).await.unwrap(), Ok(()));

    let other = admitted(store, sample("c2", 0).pending(&["r"]).admit()).await;
    claim(store, "anna", 200).await.unwrap();
    let beas = decided(&other, Action::Reject, "bea", at(260));
    assert_eq!(store.advance(&beas, &held("bea", None), at(260)).await.unwrap(), Ok(()));
}

pub async fn every_step_ends_the_lease(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let (annas, _) = claim(store, "anna", 100).await.unwrap();
    let edited = taken(store, edited(&comment, 5, Action::Review, &["r"], at(101))).await;
    assert_eq!(store.queue(&site(), at(102)).await.unwrap().claimed, 0);
    let answer = store.heartbeat(&site(), &annas.id, at(300), at(102)).await.unwrap();
    assert_eq!(answer, Err(LeaseError::Unknown));
    let (_, handed) = claim(store, "bea", 103).await.unwrap();
    assert_eq!(handed, edited);
    taken(store, withdrawn(&edited, at(104))).await;
    assert_eq!(claim(store, "anna", 105).await, None);
    assert_eq!(store.queue(&site(), at(105)).await.unwrap().claimed, 0);
}
