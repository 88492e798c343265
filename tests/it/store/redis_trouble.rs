//! Troubles that pass, and those that an administrator has to end: what callers see of them.

use super::article::sample_article;
use super::queue::wanted;
use super::{Handle, admitted, taken};
use crate::support::redis::cluster::RedisCluster;
use crate::support::redis::process::call;
use crate::support::redis::{Persistence, RedisServer, fresh_prefix, open, open_with};
use crate::support::sample::{article_id, at, comment_id, decided, sample, site};
use ombud::comment::{Action, QueueOrder};
use ombud::store::redis::RedisSettings;
use ombud::store::{Admission, ClaimFilter, StoreError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long a store may take to be found again.
const LIMIT: Duration = Duration::from_secs(30);
const COMMENTS: usize = 150;
/// After how many steps trouble is made again.
const EVERY: usize = 20;

/// Takes comments in and decides them, all at a time, and makes a call at the server after every few that were
/// taken. Every step has to succeed, and none be taken twice.
async fn expect_no_trouble_to_show(server: &RedisServer, trouble: &[&str]) {
    let store = open(&server.url(), "").await;
    let (progress, mut seen) = watch::channel(0);
    let lives = (0..COMMENTS).map(|n| {
        let (store, progress) = (Arc::clone(&store), progress.clone());
        tokio::spawn(async move {
            let change = sample(&format!("c{n}"), 0).article(&format!("a{}", n % 20)).pending(&["r"]).admit();
            let comment = admitted(&store, change).await;
            progress.send_modify(|steps| *steps += 1);
            taken(&store, decided(&comment, Action::Publish, "anna", at(5))).await;
            progress.send_modify(|steps| *steps += 1);
        })
    });
    let lives: Vec<_> = lives.collect();
    let troubles = async {
        for reached in (EVERY..2 * COMMENTS).step_by(EVERY) {
            seen.wait_for(|steps| *steps >= reached).await.expect("progress");
            server.call::<()>(trouble);
        }
    };
    // Ends with the first life that fails.
    let lives = async { futures_util::future::try_join_all(lives).await.expect("a comment's life") };
    tokio::join!(async { tokio::time::timeout(LIMIT, troubles).await.expect("progress") }, lives);
    for n in 0..COMMENTS {
        let steps = store.audit(&site(), &comment_id(&format!("c{n}"))).await.expect("an audit trail");
        assert_eq!(steps.len(), 2, "c{n}");
    }
    assert_eq!(store.events(&site(), None, 1000).await.expect("events").events.len(), 2 * COMMENTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_that_the_server_forgets_are_told_again() {
    let server = RedisServer::start(Persistence::None);
    expect_no_trouble_to_show(&server, &["SCRIPT", "FLUSH"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_under_load_show_nowhere() {
    let server = RedisServer::start(Persistence::None);
    expect_no_trouble_to_show(&server, &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
}

/// Waits until the store takes this comment, which is refused until then.
async fn until_taken(store: &Handle, id: &str) {
    let begun = Instant::now();
    while let Err(error) = store.admit(&sample(id, 0).admit()).await {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(begun.elapsed() < LIMIT, "not found again: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_becomes_a_replica_is_refused_and_found_again() {
    let server = RedisServer::start(Persistence::None);
    let store = open(&server.url(), "").await;
    server.call::<()>(&["REPLICAOF", "127.0.0.1", "1"]);
    let answer = store.admit(&sample("c1", 0).admit()).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    // Once it has been away for a while, nobody waits for it: far more are refused than could have waited.
    let begun = Instant::now();
    let mut refused = 0;
    while begun.elapsed() < Duration::from_secs(3) {
        let answer = store.admit(&sample("c1", 0).admit()).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        refused += 1;
    }
    assert!(refused > 50, "only {refused} answers");
    server.call::<()>(&["REPLICAOF", "NO", "ONE"]);
    until_taken(&store, "c1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_server_is_said_to_be_full_and_used_again_when_there_is_room() {
    let server = RedisServer::start(Persistence::None);
    let store = open(&server.url(), "").await;
    let kept = admitted(&store, sample("c1", 0).admit()).await;
    server.call::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    for _ in 0..2 {
        match store.admit(&sample("c2", 1).admit()).await {
            Err(StoreError::Unavailable(why)) => assert!(why.contains("OOM"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(store.durability().await.is_err(), "not ready");
    assert_eq!(store.comment(&site(), &kept.id).await.expect("an answer"), Some(kept));
    server.call::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    admitted(&store, sample("c2", 1).admit()).await;
    assert_eq!(store.events(&site(), None, 9).await.expect("events").events.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_slot_moves_single_keys_are_found_and_no_step_is_half_taken() {
    let cluster = RedisCluster::start(Persistence::None);
    let settings = RedisSettings { partitions: 1, ..RedisSettings::default() };
    let store = open_with(&cluster.url(), &settings, "").await.expect("a store");
    let article = sample_article("a1", "Moved");
    store.put_article(&article).await.expect("kept");
    let kept = admitted(&store, sample("c1", 0).pending(&["r"]).admit()).await;

    let (masters, ids) = (cluster.masters(), cluster.ids());
    let slot: u16 = call(masters[0], &["CLUSTER", "KEYSLOT", "{daily:p00}"]).expect("a slot");
    let held =
        |port: &u16| call::<u32>(*port, &["CLUSTER", "COUNTKEYSINSLOT", &slot.to_string()]).expect("a count") > 0;
    let from = masters.iter().position(held).expect("a master that holds it");
    let to = (from + 1) % masters.len();
    let set = |at: usize, state: &str, node: usize| {
        call::<()>(masters[at], &["CLUSTER", "SETSLOT", &slot.to_string(), state, ids[node]]).expect("a change");
    };
    let move_key = |key: &str| {
        let port = masters[to].to_string();
        call::<()>(masters[from], &["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]).expect("moved");
    };
    set(to, "IMPORTING", from);
    set(from, "MIGRATING", to);
    // The article alone goes first: it is found over there, and all that stands in indexes is still here.
    move_key("ombud:1:{daily:p00}:article:a1");
    assert_eq!(store.article(&site(), &article_id("a1")).await.expect("found"), Some(article));
    let step = decided(&kept, Action::Publish, "anna", at(5));
    let answer = store.advance(&step, &ombud::store::Lease::Free, at(5)).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert_eq!(store.audit(&site(), &kept.id).await.expect("an audit trail").len(), 1);

    let keys: Vec<String> =
        call(masters[from], &["CLUSTER", "GETKEYSINSLOT", &slot.to_string(), "1000"]).expect("keys");
    assert!(!keys.is_empty());
    for key in &keys {
        move_key(key);
    }
    for at in [to, from, (to + 1) % masters.len()] {
        set(at, "NODE", to);
    }
    let comment = taken(&store, step).await;
    assert_eq!(store.thread(&site(), &article_id("a1"), None, 9).await.expect("a thread").comments, [comment]);
    assert_eq!(store.queue(&site(), at(9)).await.expect("a queue").depth, 0);
    assert_eq!(store.events(&site(), None, 9).await.expect("events").events.len(), 2);
}

/// Claims everything, `limit` at a time, and answers the ids in the order handed out.
async fn claim_all(store: &Handle, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let request = wanted(limit, QueueOrder::Oldest, ClaimFilter::default(), 1_000);
        let claims = store.claim(&request).await.expect("claims");
        if claims.is_empty() {
            return ids;
        }
        ids.extend(claims.into_iter().map(|(_, comment)| comment.id.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_over_many_partitions_come_in_the_order_asked() {
    let settings = RedisSettings { partitions: 64, ..RedisSettings::default() };
    let store = open_with(&RedisCluster::shared().url(), &settings, &fresh_prefix()).await.expect("a store");
    let fill = async |from: usize| {
        for n in from..from + 60 {
            let second = i64::try_from(n).expect("small");
            let change = sample(&format!("c{n:03}"), second).article(&format!("a{}", n * 7 % 60)).pending(&["r"]);
            assert_eq!(store.admit(&change.admit()).await.expect("an answer"), Admission::New);
        }
    };
    fill(0).await;
    let alone = claim_all(&store, 7).await;
    assert_eq!(alone, (0..60).map(|n| format!("c{n:03}")).collect::<Vec<_>>());

    // Racing, each is handed its own in order, and nothing is handed out twice or forgotten.
    fill(100).await;
    let racers = (0..4).map(|_| claim_all(&store, 3));
    let handed = futures_util::future::join_all(racers).await;
    assert!(handed.iter().all(|ids| ids.is_sorted()), "{handed:?}");
    let mut all: Vec<String> = handed.into_iter().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (100..160).map(|n| format!("c{n}")).collect::<Vec<_>>());
}
