//! What a fail-over costs: nothing that was acknowledged, where a replica had to have it first.

use super::Handle;
use crate::support::program::signal;
use crate::support::redis::cluster::RedisCluster;
use crate::support::redis::process::{call, process_id};
use crate::support::redis::sentinel::RedisSentinel;
use crate::support::redis::{Persistence, open_with};
use crate::support::sample::{comment_id, sample, site};
use ombud::store::StoreError;
use ombud::store::redis::RedisSettings;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long a store may take to be found again.
const LIMIT: Duration = Duration::from_mins(1);
const WRITERS: usize = 4;

/// Comments that are sent all the while, each again until it is acknowledged.
struct Traffic {
    acknowledged: Arc<AtomicUsize>,
    /// How many are to be acknowledged in all.
    goal: watch::Sender<usize>,
    writers: Vec<tokio::task::JoinHandle<Vec<String>>>,
}

impl Traffic {
    fn start(store: &Handle) -> Self {
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let (goal, wanted) = watch::channel(usize::MAX);
        let writer = |writer: usize| {
            let (store, acknowledged, wanted) = (Arc::clone(store), Arc::clone(&acknowledged), wanted.clone());
            tokio::spawn(async move {
                let mut ids = Vec::new();
                for n in 0_i64.. {
                    if acknowledged.load(Ordering::Relaxed) >= *wanted.borrow() {
                        break;
                    }
                    let id = format!("w{writer}-{n}");
                    let change = sample(&id, n % 1000).article(&format!("a{}", n % 40)).admit();
                    let begun = Instant::now();
                    while let Err(error) = store.admit(&change).await {
                        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
                        assert!(begun.elapsed() < LIMIT, "not found again: {error}");
                    }
                    ids.push(id);
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                ids
            })
        };
        let writers = (0..WRITERS).map(writer).collect();
        Self { acknowledged, goal, writers }
    }

    async fn until_acknowledged(&self, more: usize) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + more;
        let begun = Instant::now();
        while self.acknowledged.load(Ordering::Relaxed) < goal {
            assert!(begun.elapsed() < LIMIT, "nothing more is acknowledged");
            tokio::task::yield_now().await;
        }
    }

    /// Ends it and looks for every comment that was acknowledged, and for its one event.
    async fn expect_nothing_lost_or_made_twice(self, store: &Handle) {
        self.goal.send_replace(0);
        let mut ids = Vec::new();
        for writer in self.writers {
            ids.extend(writer.await.expect("a writer"));
        }
        let named: Vec<_> = ids.iter().map(|id| comment_id(id)).collect();
        let kept = store.comments(&site(), &named).await.expect("comments");
        assert_eq!(kept.len(), ids.len(), "acknowledged and kept");
        let mut told = Vec::new();
        let mut cursor = None;
        loop {
            let page = store.events(&site(), cursor.as_deref(), 500).await.expect("events");
            told.extend(page.events.iter().map(|(_, event)| event.comment_id.to_string()));
            cursor = Some(page.next);
            if !page.more {
                break;
            }
        }
        told.sort_unstable();
        ids.sort_unstable();
        assert_eq!(told, ids, "each told once");
    }
}

fn waiting_for(replicas: u8) -> RedisSettings {
    RedisSettings { replicas, ..RedisSettings::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_master_behind_sentinels_loses_nothing_acknowledged() {
    let mut redis = RedisSentinel::start(Persistence::None);
    let store = open_with(&redis.url(), &waiting_for(1), "").await.expect("a store");
    let before = redis.master();
    let traffic = Traffic::start(&store);
    traffic.until_acknowledged(200).await;
    redis.kill_master();
    traffic.until_acknowledged(200).await;
    assert_ne!(redis.master(), before);
    let mut news = store.news();
    news.mark_unchanged();
    traffic.expect_nothing_lost_or_made_twice(&store).await;
    // The subscription is with the new master.
    let heard = async {
        while !news.has_changed().expect("news") {
            store.admit(&sample("heard", 0).admit()).await.expect("taken in");
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, heard).await.expect("news in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_is_replaced_while_it_runs_loses_nothing_acknowledged() {
    let redis = RedisSentinel::start(Persistence::None);
    // Both: what one has is lost if it still follows the old master while the other becomes the new one.
    let store = open_with(&redis.url(), &waiting_for(2), "").await.expect("a store");
    let before = redis.master();
    let traffic = Traffic::start(&store);
    traffic.until_acknowledged(100).await;
    redis.change_places();
    let begun = Instant::now();
    while redis.master() == before {
        assert!(begun.elapsed() < LIMIT, "they do not change places");
        tokio::task::yield_now().await;
    }
    traffic.until_acknowledged(100).await;
    traffic.expect_nothing_lost_or_made_twice(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_master_of_a_cluster_loses_nothing_acknowledged() {
    let mut redis = RedisCluster::start_with_replicas(Persistence::AppendOnly);
    let store = open_with(&redis.url(), &waiting_for(1), "").await.expect("a store");
    let traffic = Traffic::start(&store);
    traffic.until_acknowledged(200).await;
    redis.kill_first();
    redis.expect_fail_over();
    // The one that took over has no replica of its own until the other is back.
    redis.start_first_again();
    traffic.until_acknowledged(300).await;
    traffic.expect_nothing_lost_or_made_twice(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_fail_over_could_take_back_is_told_to_nobody() {
    let redis = RedisSentinel::start(Persistence::None);
    let store = open_with(&redis.url(), &waiting_for(2), "").await.expect("a store");
    let told = async || store.events(&site(), None, 100).await.map(|page| page.events.len());
    store.admit(&sample("first", 0).admit()).await.expect("taken in");
    let replicas =
        redis.replicas().map(|port| process_id(&call::<String>(port, &["INFO", "server"]).expect("a replica")));
    for replica in replicas {
        signal(replica, "STOP");
    }
    let second = store.admit(&sample("second", 0).admit()).await;
    let (events, latest) = (told().await, store.latest_cursor(&site()).await);
    for replica in replicas {
        signal(replica, "CONT");
    }
    for answer in [second.map(drop), events.map(drop), latest.map(drop)] {
        let why = answer.expect_err("not safe, so not told").to_string();
        assert!(why.contains("too few replicas"), "{why}");
    }
    // Sent again until it is acknowledged, it is told, once. Who is slow to come back may have been replaced meanwhile.
    let begun = Instant::now();
    let told = loop {
        let again = store.admit(&sample("second", 0).admit()).await.map(drop);
        match again.and(told().await) {
            Ok(told) => break told,
            Err(error) => assert!(begun.elapsed() < LIMIT, "the replicas do not come back: {error}"),
        }
    };
    assert_eq!(told, 2);
}
