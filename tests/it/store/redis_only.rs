//! What only Redis does: replicas, crashes between two keys, a server that goes away.

use super::queue::wanted;
use super::search::found;
use super::{Handle, admitted, taken};
use crate::support::redis::{Persistence, RedisServer, fresh_prefix, open_with};
use crate::support::sample::{article_id, at, author_id, comment_id, decided, erased, sample, site, whole_site};
use ombud::comment::{Action, KeyHash, QueueOrder};
use ombud::policy::AuthorRecord;
use ombud::store::redis::RedisSettings;
use ombud::store::{Admission, ClaimFilter, FactsQuery, SearchQuery, StoreError};
use std::time::{Duration, Instant};

async fn open(server: &RedisServer, prefix: &str) -> Handle {
    crate::support::redis::open(&server.url(), prefix).await
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
async fn what_a_replica_held_that_is_gone_another_tells() {
    let prefix = fresh_prefix();
    let (one, two) = (open(RedisServer::shared(), &prefix).await, open(RedisServer::shared(), &prefix).await);
    one.put_site(&whole_site()).await.unwrap();
    let told = async || two.events(&site(), None, 9).await.unwrap().events.len();
    let comment = admitted(&one, sample("c1", 0).pending(&["r"]).admit()).await;
    assert_eq!(two.release_due(at(5), 9).await.unwrap(), None);
    let reject = decided(&comment, Action::Reject, "anna", at(10)).told_at(at(15));
    let rejected = taken(&one, reject).await;
    drop(one);
    // It asks all partitions now and then, and until then only those it knows of.
    assert_eq!(two.release_due(at(16), 9).await.unwrap(), None);
    assert_eq!(told().await, 1);
    two.release_due(at(35), 9).await.unwrap();
    assert_eq!(told().await, 2);

    // One that starts tells at once what is due.
    taken(&two, decided(&rejected, Action::Publish, "anna", at(36)).told_at(at(41))).await;
    let three = open(RedisServer::shared(), &prefix).await;
    assert_eq!(three.release_due(at(40), 9).await.unwrap(), Some(at(41)));
    three.release_due(at(41), 9).await.unwrap();
    assert_eq!(told().await, 3);
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

    // An admission that was under way all the time comes too late.
    raw(server, &["SET", &format!("{prefix}ombud:1:daily:where:c1"), "1 a1"]).await;
    let late = store.admit(&sample("c1", 0).article("a1").admit()).await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    assert_eq!(store.thread(&site(), &article_id("a1"), None, 9).await.unwrap().comments, []);

    // An article that lost an id once can win it again.
    raw(server, &["SET", &format!("{prefix}ombud:1:daily:where:c2"), "4 a2"]).await;
    admitted(&store, sample("c2", 0).article("a1").admit()).await;
}

/// The keys that match a pattern, below a prefix.
async fn keys(server: &RedisServer, prefix: &str, pattern: &str) -> Vec<String> {
    redis::from_redis_value(raw(server, &["KEYS", &format!("{prefix}{pattern}")]).await).unwrap()
}

#[tokio::test]
async fn a_record_that_lags_behind_catches_up() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let store = open(server, &prefix).await;
    let change = sample("c1", 0).exact(7).admit();
    let comment = admitted(&store, change.clone()).await;
    let query = FactsQuery {
        site: site(),
        comment: comment_id("new"),
        article: article_id("a1"),
        parent: None,
        author: comment.author().expect("an author").id.clone(),
        fingerprint: comment.fingerprint,
        created_at: at(9),
        near: None,
    };
    let known = store.facts(&query).await.unwrap();
    assert_eq!((known.author.published, known.author.submissions.len(), known.same_text), (1, 1, 1));

    // As a crash leaves it that came between the step and the records: the platform sends again.
    for key in [keys(server, &prefix, "*{daily:a:*").await, keys(server, &prefix, "*{daily:t:*").await].concat() {
        raw(server, &["DEL", &key]).await;
    }
    assert_eq!(store.facts(&query).await.unwrap().author, AuthorRecord::default());
    assert!(matches!(store.admit(&change).await.unwrap(), Admission::Exists(_)));
    assert_eq!(store.facts(&query).await.unwrap(), known);

    // As when a later step's note was faster than this one's.
    for versions in keys(server, &prefix, "*:versions").await {
        raw(server, &["HSET", &versions, "c1", "9"]).await;
    }
    taken(&store, decided(&comment, Action::Reject, "anna", at(5))).await;
    assert_eq!(store.facts(&query).await.unwrap().author, known.author);
}

#[tokio::test]
async fn another_layout_is_refused() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    raw(server, &["SET", &format!("{prefix}ombud:layout"), "999 16"]).await;
    let answer = open_with(&server.url(), &RedisSettings::default(), &prefix).await.err();
    assert!(matches!(answer, Some(StoreError::Layout(_))), "{answer:?}");
    let answer = open_with(&server.url(), &RedisSettings::default(), "{x}").await.err();
    assert!(matches!(answer, Some(StoreError::Layout(_))), "{answer:?}");
}

#[tokio::test]
async fn a_damaged_comment_is_called_corrupt_and_not_quoted() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let store = open(server, &prefix).await;
    admitted(&store, sample("c1", 0).admit()).await;
    let keys = keys(server, &prefix, "*:comment:c1").await;
    raw(server, &["HSET", &keys[0], "doc", "{\"id\": \"secret words\"}"]).await;
    match store.comment(&site(), &comment_id("c1")).await {
        Err(StoreError::Corrupt(text)) => assert!(!text.contains("secret"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_hides_its_settings_promises_nothing() {
    let server = RedisServer::shared();
    raw(server, &["ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", "-config"]).await;
    let url = format!("{}?user=limited&pass=secret", server.url());
    let store = crate::support::redis::open(&url, &fresh_prefix()).await;
    let durability = store.durability().await.unwrap();
    assert!(!durability.fsync && durability.statement.contains("unknown"), "{durability:?}");
    raw(server, &["ACL", "SETUSER", "limited", "-set"]).await;
    assert!(matches!(store.durability().await, Err(StoreError::Unavailable(_))), "it takes no writes");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let answer = open_with("redis+unix:///nowhere/at/all", &RedisSettings::default(), "").await.err();
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

/// The entries of an author's comments.
fn entries(prefix: &str, author: &str) -> String {
    format!("{prefix}ombud:1:{{daily:a:{}}}:comments", KeyHash::of(author).as_str())
}

#[tokio::test]
async fn an_admission_under_way_does_not_survive_an_erasure() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let store = open(server, &prefix).await;
    let (late, author) = (sample("c1", 0).author("mallory").admit(), author_id("mallory"));
    let received = late.comment.received_at.as_millisecond().to_string();
    let (locator, entries) = (format!("{prefix}ombud:1:daily:where:c1"), entries(&prefix, "mallory"));
    // As an admission leaves it between the locator and the comment.
    raw(server, &["SET", &locator, "1 a1"]).await;
    raw(server, &["ZADD", &entries, &received, "c1"]).await;
    let until = store.begin_erasure(&site(), &author, at(10)).await.unwrap();
    assert_eq!(store.authored(&site(), &author, until, 10).await.unwrap(), []);
    assert_eq!(keys(server, &prefix, "*a:*:comments").await, [""; 0]);
    assert_eq!(store.admit(&late).await.unwrap(), Admission::Erased);
    // The id is not lost: who sends it anew is somebody new.
    admitted(&store, sample("c1", 20).author("mallory").admit()).await;

    // Between entry and locator, where they lie on different servers: the erasure says that it isn't done.
    raw(server, &["ZADD", &entries, &received, "c2"]).await;
    let until = store.begin_erasure(&site(), &author, at(30)).await.unwrap();
    let found = store.authored(&site(), &author, until, 10).await.unwrap();
    taken(&store, erased(&found[0], at(30))).await;
    let unsettled = store.authored(&site(), &author, until, 10).await;
    assert!(matches!(unsettled, Err(StoreError::Unavailable(_))), "{unsettled:?}");
    // What ended there long ago is none.
    let until = store.begin_erasure(&site(), &author, at(1_000)).await.unwrap();
    assert_eq!(store.authored(&site(), &author, until, 10).await.unwrap(), []);
    assert_eq!(keys(server, &prefix, "*a:*:comments").await, [""; 0]);
}

#[tokio::test]
async fn a_dropped_comment_that_is_still_entered_is_taken_out() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let store = open(server, &prefix).await;
    let comment = admitted(&store, sample("c1", 0).author("mallory").admit()).await;
    taken(&store, erased(&comment, at(10))).await;
    // As a crash leaves it that came between the step and the author's record.
    raw(server, &["ZADD", &entries(&prefix, "mallory"), "1", "c1"]).await;
    let until = store.begin_erasure(&site(), &author_id("mallory"), at(20)).await.unwrap();
    assert_eq!(store.authored(&site(), &author_id("mallory"), until, 10).await.unwrap(), []);
    assert_eq!(keys(server, &prefix, "*a:*:comments").await, [""; 0]);
}

#[tokio::test]
async fn of_very_many_comments_of_an_author_each_is_found_once() {
    let store = open(RedisServer::shared(), &fresh_prefix()).await;
    for run in 0..41 {
        let some = (0..25).map(|n| {
            let number = run * 25 + n;
            let new = sample(&format!("c{number:04}"), number).article(&format!("a{}", number % 7)).admit();
            admitted(&store, new)
        });
        futures_util::future::join_all(some).await;
    }
    // The oldest are a window of their own, before which the rest is told.
    let query = SearchQuery { author: Some(author_id("u1")), ..SearchQuery::of(site(), 100) };
    let numbers: Vec<String> = (0..1_025).rev().map(|number| format!("c{number:04}")).collect();
    for limit in [100, 400] {
        let found = found(&store, &query, limit).await;
        assert_eq!(found.iter().map(|c| c.id.to_string()).collect::<Vec<_>>(), numbers, "{limit} a page");
    }
    let few = SearchQuery { article: Some(article_id("a3")), ..query };
    assert_eq!(found(&store, &few, 10).await.len(), 146);
    // Under an article, a call reads a bounded part of its partition.
    let under = SearchQuery { author: None, ..few };
    assert_eq!(found(&store, &under, 10).await.len(), 146);
}
