//! What only Redis does: replicas, crashes between two keys, a server that goes away.

use super::queue::wanted;
use super::{Handle, admitted, taken};
use crate::support::redis::{Persistence, RedisServer, fresh_prefix};
use crate::support::sample::{article_id, at, comment_id, decided, sample, site};
use ombud::comment::{Action, QueueOrder};
use ombud::store::redis::RedisStore;
use ombud::store::{Admission, ClaimFilter, StoreError};
use std::time::{Duration, Instant};

async fn open(server: &RedisServer, prefix: &str) -> Handle {
    RedisStore::connect(&server.url(), Some(prefix)).await.expect("a store")
}

async fn raw(server: &RedisServer, command: &[&str]) -> redis::Value {
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd(command[0]).arg(&command[1..]).query_async(&mut connection).await.unwrap()
}

#[tokio::test]
async fn replicas_share_one_queue() {
    let prefix = fresh_prefix();
    let (one, two) = (open(RedisServer::shared(), &prefix).await, open(RedisServer::shared(), &prefix).await);
    let mut news = two.news();
    let comment = admitted(&one, sample("c1", 0).pending(&["r"]).admit()).await;
    admitted(&two, sample("c2", 1).article("a2").pending(&["r"]).admit()).await;
    tokio::time::timeout(Duration::from_secs(20), news.changed()).await.expect("news in time").unwrap();

    let claims = one.claim(&wanted(1, QueueOrder::Oldest, ClaimFilter::default(), 10)).await.unwrap();
    assert_eq!(claims[0].1, comment);
    let claims = two.claim(&wanted(5, QueueOrder::Oldest, ClaimFilter::default(), 10)).await.unwrap();
    assert_eq!(claims.len(), 1);
    let decided = taken(&two, decided(&comment, Action::Publish, "anna", at(11))).await;
    assert_eq!(one.comment(&site(), &comment.id).await.unwrap(), Some(decided));
}

#[tokio::test]
async fn a_locator_that_leads_nowhere_gives_way() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let store = open(server, &prefix).await;
    // As a crash leaves it that came between the locator and the comment.
    raw(server, &["SET", &format!("{prefix}ombud:1:daily:where:c1"), "1 a1"]).await;
    assert_eq!(store.comment(&site(), &comment_id("c1")).await.unwrap(), None);

    let kept = admitted(&store, sample("c1", 0).article("a2").admit()).await;
    let exists = Admission::Exists(Box::new(kept.clone()));
    assert_eq!(store.comment(&site(), &kept.id).await.unwrap(), Some(kept));
    assert_eq!(store.admit(&sample("c1", 0).article("a1").admit()).await.unwrap(), exists);
    assert_eq!(store.thread(&site(), &article_id("a1"), None, 9).await.unwrap().comments, []);

    // An article that lost an id once can win it again.
    raw(server, &["SET", &format!("{prefix}ombud:1:daily:where:c2"), "4 a2"]).await;
    admitted(&store, sample("c2", 0).article("a1").admit()).await;
}

#[tokio::test]
async fn another_layout_is_refused() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    raw(server, &["SET", &format!("{prefix}ombud:layout"), "999 16"]).await;
    let answer = RedisStore::connect(&server.url(), Some(&prefix)).await.err();
    assert!(matches!(answer, Some(StoreError::Layout(_))), "{answer:?}");
    let answer = RedisStore::connect(&server.url(), Some("{x}")).await.err();
    assert!(matches!(answer, Some(StoreError::Layout(_))), "{answer:?}");
}

#[tokio::test]
async fn a_damaged_comment_is_called_corrupt_and_not_quoted() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let store = open(server, &prefix).await;
    admitted(&store, sample("c1", 0).admit()).await;
    let keys: Vec<String> =
        redis::from_redis_value(raw(server, &["KEYS", &format!("{prefix}*:comment:c1")]).await).unwrap();
    raw(server, &["HSET", &keys[0], "doc", "{\"id\": \"secret words\"}"]).await;
    match store.comment(&site(), &comment_id("c1")).await {
        Err(StoreError::Corrupt(text)) => assert!(!text.contains("secret"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let answer = RedisStore::connect("redis+unix:///nowhere/at/all", None).await.err();
    assert!(matches!(answer, Some(StoreError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn a_killed_server_loses_nothing_acknowledged_and_is_found_again() {
    let mut server = RedisServer::start(Persistence::AppendOnly);
    let store = open(&server, "").await;
    assert!(store.durability().await.unwrap().fsync);
    let before = admitted(&store, sample("c1", 0).pending(&["r"]).admit()).await;
    let cursor = store.latest_cursor(&site()).await.unwrap();
    let mut news = store.news();

    server.kill();
    for _ in 0..3 {
        let answer = store.admit(&sample("c2", 1).admit()).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        assert!(matches!(store.durability().await, Err(StoreError::Unavailable(_))));
    }
    server.start_again();
    // A call that the dead connection fails is what makes the store connect anew.
    let patience = Instant::now();
    while let Err(error) = store.comment(&site(), &before.id).await {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(patience.elapsed() < Duration::from_secs(20), "not found again: {error}");
    }
    assert_eq!(store.comment(&site(), &before.id).await.unwrap(), Some(before.clone()));
    assert_eq!(store.queue(&site(), at(9)).await.unwrap().depth, 1);
    // The server has forgotten the scripts, not the data.
    taken(&store, decided(&before, Action::Publish, "anna", at(9))).await;
    assert_eq!(store.events(&site(), Some(&cursor), 9).await.unwrap().events.len(), 1);
    tokio::time::timeout(Duration::from_secs(20), news.changed()).await.expect("news in time").unwrap();
}
