//! Policies that wait for somebody else's word.

use super::Handle;
use crate::support::sample::{at, site};
use ombud::policy::{CandidateId, CandidatePolicy, PolicyFiles, ReplayCounts, ReplayedEffect};
use std::sync::Arc;

/// More than any of these cases writes, but for the one that says so.
const KEEP: u32 = 50;

fn files(name: &str) -> PolicyFiles {
    PolicyFiles { policy: format!("# {name}\n[thresholds]\n"), words: PolicyFiles::shipped().words }
}

fn id(name: &str) -> CandidateId {
    CandidateId::parse(name).expect("an id")
}

fn candidate(name: &str) -> CandidatePolicy {
    CandidatePolicy {
        id: id(name),
        revision: files(name).revision(),
        base: 3,
        // All at the same moment: what counts is which was written first.
        at: at(1),
        by: "Anna Berg".to_owned(),
        site: site(),
        note: None,
        replayed: None,
    }
}

async fn listed(store: &Handle) -> Vec<String> {
    store.candidates().await.unwrap().into_iter().map(|candidate| candidate.id.to_string()).collect()
}

pub async fn a_candidate_is_kept_whole_until_it_is_removed(store: &Handle) {
    assert_eq!(store.candidates().await.unwrap(), []);
    assert_eq!(store.candidate(&id("c1")).await.unwrap(), None);
    let replayed = Some(ReplayedEffect::of(&ReplayCounts::default(), true, at(9)));
    let first = CandidatePolicy { note: Some("For the élection".to_owned()), replayed, ..candidate("c1") };
    store.put_candidate(&first, &files("c1"), KEEP).await.unwrap();
    store.put_candidate(&candidate("c2"), &files("c2"), KEEP).await.unwrap();
    // One that is there stays as it is, in its place.
    store.put_candidate(&candidate("c1"), &files("other"), KEEP).await.unwrap();
    assert_eq!(store.candidate(&id("c1")).await.unwrap(), Some((first.clone(), files("c1"))));
    assert_eq!(store.candidates().await.unwrap(), [candidate("c2"), first]);
    assert!(store.remove_candidate(&id("c1")).await.unwrap());
    assert!(!store.remove_candidate(&id("c1")).await.unwrap(), "it is gone");
    assert_eq!(store.candidate(&id("c1")).await.unwrap(), None);
    assert_eq!(listed(store).await, ["c2"]);
    assert_eq!(store.policy_in_force().await.unwrap(), None, "none of them is in force");
}

pub async fn of_many_candidates_those_written_first_make_way(store: &Handle) {
    for n in 0..5 {
        let name = format!("c{n}");
        store.put_candidate(&candidate(&name), &files(&name), 3).await.unwrap();
    }
    assert_eq!(listed(store).await, ["c4", "c3", "c2"]);
    assert_eq!(store.candidate(&id("c1")).await.unwrap(), None);
    // A place that became free is not another's.
    store.remove_candidate(&id("c4")).await.unwrap();
    store.put_candidate(&candidate("c5"), &files("c5"), 3).await.unwrap();
    assert_eq!(listed(store).await, ["c5", "c3", "c2"]);
    store.put_candidate(&candidate("c6"), &files("c6"), 1).await.unwrap();
    assert_eq!(listed(store).await, ["c6"]);
}

pub async fn racing_candidates_are_all_kept(store: &Handle) {
    let racers = (0..8).map(|n| {
        let (store, name) = (Arc::clone(store), format!("c{n}"));
        tokio::spawn(async move { store.put_candidate(&candidate(&name), &files(&name), KEEP).await.unwrap() })
    });
    for racer in racers.collect::<Vec<_>>() {
        racer.await.unwrap();
    }
    let mut all = listed(store).await;
    all.sort();
    assert_eq!(all, (0..8).map(|n| format!("c{n}")).collect::<Vec<_>>());
    let removals = (0..4).map(|_| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.remove_candidate(&id("c3")).await.unwrap() })
    });
    let mut removed = 0;
    for removal in removals.collect::<Vec<_>>() {
        removed += u32::from(removal.await.unwrap());
    }
    assert_eq!(removed, 1, "one of them removed it");
}
