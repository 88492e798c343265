//! Where an endpoint begins, and the whole way through the application.

use super::{Scene, on_every_store};
use crate::support::app::{Setup, TestApp};
use crate::support::model::until;
use ombud::comment::SiteId;
use ombud::delivery::webhook::{Beginning, Endpoint, Rules, Webhooks};
use std::sync::Arc;

on_every_store!(a_new_endpoint_begins_now_or_at_the_first_event);

async fn a_new_endpoint_begins_now_or_at_the_first_event(scene: Scene) {
    scene.admit("a").await;
    let now = || Endpoint { beginning: Beginning::Now, ..scene.endpoint("now") };
    let replica = scene.replica(vec![now(), scene.endpoint("all")]);
    until(async || scene.outbox("now").await.cursor.is_some()).await;
    scene.settled("all").await;
    replica.stop().await;
    // Seen once, it goes on from there.
    scene.admit("b").await;
    let replica = scene.replica(vec![now(), scene.endpoint("all")]);
    scene.taken(&["a@1", "b@1", "b@1"]).await;
    let to_now: Vec<_> = scene.receiver.messages().into_iter().filter(|m| m.path == "/now").collect();
    assert_eq!(to_now.len(), 1);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_sent_in_is_told() {
    let scene = Scene::sqlite().await;
    let endpoint = Endpoint { site: SiteId::parse("post").unwrap(), ..scene.endpoint("cms") };
    let webhooks = Webhooks { endpoints: vec![Arc::new(endpoint)], rules: Rules::default() };
    let app = TestApp::with(Setup { webhooks, ..Setup::default() }).await;
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    app.pending("p1", "a1").await;
    scene.taken(&["c1@1", "p1@1"]).await;
    let ready = app.anonymous.get("/readyz").await.expect_status(200);
    assert_eq!(ready.body["alerts"], serde_json::json!([]));
    app.stop().await;
}
