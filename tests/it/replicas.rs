//! Several ombuds on one Redis: one queue, one thread, one decision.

use crate::support::app::{CLEAN, Setup, TestApp, comment};
use crate::support::client::Client;
use crate::support::model::{another, until};
use crate::support::redis::cluster::RedisCluster;
use crate::support::redis::{Persistence, RedisServer};
use ombud::comment::SiteId;
use ombud::service::ManualClock;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

/// Two replicas that share a server and the time.
async fn two_replicas(server: &RedisServer) -> (TestApp, TestApp) {
    two_replicas_on(&server.url()).await
}

/// The same on any store.
async fn two_replicas_on(url: &str) -> (TestApp, TestApp) {
    let clock = Setup::default().clock;
    let replica = async |clock: ManualClock| {
        let store = Some(url.parse().expect("a store"));
        TestApp::with(Setup { store, clock, ..Setup::default() }).await
    };
    (replica(clock.clone()).await, replica(clock).await)
}

async fn claims(client: &Client, limit: usize) -> Vec<Value> {
    let answer = client.post("/v1/queue/claims", &json!({"limit": limit})).await.expect_status(201);
    answer.body["claims"].as_array().cloned().expect("claims")
}

#[tokio::test]
async fn no_comment_is_handed_to_two_moderators_at_two_replicas() {
    let server = RedisServer::start(Persistence::None);
    hand_out_everything_once(two_replicas(&server).await).await;
}

#[tokio::test]
async fn no_comment_of_a_cluster_is_handed_to_two_moderators_at_two_replicas() {
    let cluster = RedisCluster::start(Persistence::None);
    hand_out_everything_once(two_replicas_on(&cluster.url()).await).await;
}

async fn hand_out_everything_once((one, two): (TestApp, TestApp)) {
    for article in ["a1", "a2", "a3", "a4", "a5"] {
        one.article(article).await;
        for n in 0..12 {
            one.pending(&format!("{article}-p{n}"), article).await;
        }
    }
    let grabs = (0..16).map(|n| {
        let moderator = if n % 2 == 0 { one.moderator.clone() } else { two.second_moderator.clone() };
        async move {
            let mut mine = Vec::new();
            loop {
                let got = claims(&moderator, 3).await;
                if got.is_empty() {
                    return mine;
                }
                mine.extend(got);
            }
        }
    });
    let all: Vec<Value> = futures_util::future::join_all(grabs).await.into_iter().flatten().collect();
    let distinct: HashSet<&str> = all.iter().filter_map(|c| c["comment"]["id"].as_str()).collect();
    assert_eq!((all.len(), distinct.len()), (60, 60));
    let overview = two.moderator.get("/v1/queue").await.expect_status(200).body;
    assert_eq!((&overview["depth"], &overview["claimed"]), (&json!(60), &json!(60)));
}

#[tokio::test]
async fn what_happens_at_one_replica_is_so_at_the_other() {
    let server = RedisServer::start(Persistence::None);
    let (one, two) = two_replicas(&server).await;
    one.article("a1").await;
    one.published("c1", "a1", None).await;
    one.pending("p1", "a1").await;
    let platform = one.platform.at(&two.base);
    // The same again, at the other: still one comment.
    let text = CLEAN["c1".len() % CLEAN.len()];
    platform.post("/v1/comments", &comment("c1", "a1", None, text)).await.expect_status(200);
    let moderator = one.moderator.at(&two.base);
    let claim = claims(&moderator, 1).await.pop().expect("a claim");
    let decision = json!({"action": "publish", "expected_version": 1, "claim_id": claim["claim_id"]});
    moderator.post("/v1/comments/p1/decision", &decision).await.expect_status(200);
    one.moderator.post("/v1/comments/p1/decision", &decision).await.expect_problem(409, "version_stale");
    let threads = [one.platform.get("/v1/articles/a1/comments").await, platform.get("/v1/articles/a1/comments").await];
    assert_eq!(threads[0].body, threads[1].body);
    assert_eq!(threads[0].body["comments"].as_array().map(Vec::len), Some(2));
    assert_eq!(one.platform.get("/v1/events").await.body, platform.get("/v1/events").await.body);
}

#[tokio::test]
async fn a_redis_that_is_away_is_a_503_and_nothing_is_lost_when_it_is_back() {
    let mut server = RedisServer::start(Persistence::AppendOnly);
    let (one, _two) = two_replicas(&server).await;
    one.article("a1").await;
    one.published("c1", "a1", None).await;
    server.kill();
    let answer = one.platform.post("/v1/comments", &comment("c2", "a1", None, CLEAN[0])).await;
    answer.expect_problem(503, "unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    one.anonymous.get("/readyz").await.expect_problem(503, "unavailable");
    one.anonymous.get("/livez").await.expect_status(200);
    server.start_again();
    // Ready again by itself; how soon is not promised, so this waits for it.
    let ready = async { while one.anonymous.get("/readyz").await.status != 200 {} };
    tokio::time::timeout(Duration::from_mins(1), ready).await.expect("ready again");
    one.platform.post("/v1/comments", &comment("c2", "a1", None, CLEAN[0])).await.expect_status(201);
    one.platform.get("/v1/comments/c1").await.expect_status(200);
}

#[tokio::test]
async fn a_redis_that_is_full_is_a_503_until_there_is_room() {
    let server = RedisServer::start(Persistence::None);
    let (one, _two) = two_replicas(&server).await;
    one.article("a1").await;
    server.call::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    let answer = one.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await;
    answer.expect_problem(503, "unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    one.anonymous.get("/readyz").await.expect_problem(503, "unavailable");
    server.call::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    one.platform.post("/v1/comments", &comment("c1", "a1", None, CLEAN[0])).await.expect_status(201);
    let ready = one.anonymous.get("/readyz").await.expect_status(200).body;
    assert_eq!(ready["store"]["servers"][0]["maxmemory_bytes"], 0);
    assert_eq!(ready["store"]["servers"][0]["append_only"], false);
}

#[tokio::test]
async fn a_model_put_in_force_at_one_replica_scores_at_the_other() {
    let server = RedisServer::start(Persistence::None);
    let (one, two) = two_replicas(&server).await;
    let site = SiteId::parse("post").expect("a site id");
    let revision = async |app: &TestApp| {
        let answer = app.moderator.get("/v1/policy").await.expect_status(200);
        answer.body["model_revision"].as_str().expect("a revision").to_owned()
    };
    let shipped = revision(&two).await;
    let version = one.ombud.add_model(&site, &another("own")).await.expect("kept");
    one.ombud.promote(&site, &version.id, "eve").await.expect("promoted");
    let own = revision(&one).await;
    assert_ne!(own, shipped);
    until(async || revision(&two).await == own).await;
    two.ombud.roll_back(&site, "eve").await.expect("rolled back");
    until(async || revision(&one).await == shipped).await;
}
