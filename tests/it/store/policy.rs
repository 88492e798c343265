//! Policies published, and what replicas say of them.

use super::Handle;
use crate::support::sample::at;
use ombud::policy::{Origin, PolicyFiles, PublishedPolicy, ReplicaPolicy};
use std::sync::Arc;

fn files(name: &str) -> PolicyFiles {
    PolicyFiles { policy: format!("# {name}\n[thresholds]\n"), words: PolicyFiles::shipped().words }
}

fn published(number: u64, by: &str) -> PublishedPolicy {
    let revision = files(by).revision();
    PublishedPolicy {
        number,
        revision,
        at: at(1),
        by: by.to_owned(),
        approved_by: None,
        origin: Origin::Command,
        note: None,
    }
}

pub async fn racing_publishers_agree_on_one(store: &Handle) {
    assert_eq!(store.policy_in_force().await.unwrap(), None);
    assert!(!store.publish_policy(&published(2, "early"), &files("early")).await.unwrap(), "there is no first");
    let racers: Vec<_> = (0..6)
        .map(|n| {
            let (store, by) = (Arc::clone(store), format!("racer {n}"));
            let policy = published(1, &by);
            tokio::spawn(async move { (store.publish_policy(&policy, &files(&by)).await.unwrap(), policy) })
        })
        .collect();
    let mut winners = Vec::new();
    for racer in racers {
        let (won, policy) = racer.await.unwrap();
        winners.extend(won.then_some(policy));
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(store.policy_in_force().await.unwrap().as_ref(), Some(&winners[0]));
    assert!(store.publish_policy(&winners[0], &files(&winners[0].by)).await.unwrap(), "the same again is done already");
    let kept = store.policy_files(&winners[0].revision).await.unwrap();
    assert_eq!(kept, Some(files(&winners[0].by)));
    assert_eq!(store.policy_files("none").await.unwrap(), None);
}

pub async fn policies_are_listed_newest_first(store: &Handle) {
    for number in 1..=5 {
        let by = if number == 4 { "anna" } else { "bea" };
        assert!(store.publish_policy(&published(number, by), &files(by)).await.unwrap());
    }
    let numbers = async |before, limit| -> Vec<u64> {
        let found = store.published_policies(before, limit).await.unwrap();
        found.into_iter().map(|policy| policy.number).collect()
    };
    assert_eq!(numbers(None, 3).await, [5, 4, 3]);
    assert_eq!(numbers(Some(3), 3).await, [2, 1]);
    assert_eq!(numbers(Some(1), 3).await, [0_u64; 0]);
    assert_eq!(numbers(Some(99), 100).await, [5, 4, 3, 2, 1]);
    assert_eq!(store.policy_in_force().await.unwrap(), Some(published(5, "bea")));
    assert!(!store.publish_policy(&published(4, "bea"), &files("bea")).await.unwrap(), "that number is taken");
    assert!(!store.publish_policy(&published(7, "bea"), &files("bea")).await.unwrap(), "one is left out");
}

pub async fn replicas_are_forgotten_unless_they_speak(store: &Handle) {
    let said = |name: &str, second: i64| ReplicaPolicy {
        replica: name.to_owned(),
        revision: "r1".to_owned(),
        files: (name == "b").then(|| "r2".to_owned()),
        at: at(second),
    };
    store.put_replica(&said("b", 0), at(20)).await.unwrap();
    store.put_replica(&said("a", 5), at(25)).await.unwrap();
    assert_eq!(store.replicas(at(10)).await.unwrap(), [said("a", 5), said("b", 0)]);
    assert_eq!(store.replicas(at(20)).await.unwrap(), [said("a", 5)]);
    store.put_replica(&said("a", 21), at(41)).await.unwrap();
    assert_eq!(store.replicas(at(22)).await.unwrap(), [said("a", 21)]);
    assert_eq!(store.replicas(at(0)).await.unwrap(), [said("a", 21)], "what was forgotten is gone");
}
