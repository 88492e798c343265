//! What receivers answer.

use super::{Scene, on_every_store};
use crate::support::model::until;
use crate::support::receiver::Reply;
use ombud::delivery::outward::Reach;
use ombud::delivery::webhook::Endpoint;
use ombud::store::OutboxStatus;
use std::time::Duration;

on_every_store!(
    a_receiver_that_hangs_is_left_at_the_timeout,
    a_long_or_endless_answer_is_not_read,
    a_redirect_is_a_failure,
    gone_disables_until_it_is_enabled,
    a_busy_receiver_is_left_alone_as_it_asks,
    a_name_or_number_that_leads_inside_is_not_asked,
);

async fn a_receiver_that_hangs_is_left_at_the_timeout(scene: Scene) {
    scene.receiver.answer(|_| Reply::Hang);
    let timeout = Duration::from_millis(100);
    let replica = scene.replica(vec![Endpoint { timeout, ..scene.endpoint("cms") }]);
    scene.admit("a").await;
    until(async || scene.last_outcome().await.as_deref() == Some("timeout")).await;
    scene.receiver.answer(|_| Reply::Status(200));
    scene.seconds(6);
    scene.taken(&["a@1"]).await;
    replica.stop().await;
}

async fn a_long_or_endless_answer_is_not_read(scene: Scene) {
    scene.receiver.answer(|m| if m.comment() == "a" { Reply::Long(10 << 20) } else { Reply::Endless });
    let replica = scene.delivering();
    scene.admit("a").await;
    scene.admit("b").await;
    // Nobody waits for the minute that the endpoint has for an answer: its clock stands still, and this test's does not.
    scene.settled("cms").await;
    scene.taken(&["a@1", "b@1"]).await;
    replica.stop().await;
}

async fn a_redirect_is_a_failure(scene: Scene) {
    let base = scene.receiver.base.clone();
    for (id, place) in [("a", format!("{base}/elsewhere")), ("b", "http://169.254.169.254/latest/".to_owned())] {
        scene.receiver.answer(move |_| Reply::With(307, "location", place.clone()));
        let replica = scene.delivering();
        scene.admit(id).await;
        until(async || scene.last_outcome().await.as_deref() == Some("307")).await;
        scene.receiver.answer(|_| Reply::Status(200));
        scene.seconds(6);
        scene.settled("cms").await;
        replica.stop().await;
    }
    assert!(scene.receiver.messages().iter().all(|m| m.path == "/cms"));
    assert_eq!(scene.receiver.events(), ["a@1", "a@1", "b@1", "b@1"]);
}

async fn gone_disables_until_it_is_enabled(scene: Scene) {
    scene.receiver.answer(|_| Reply::Status(410));
    let replica = scene.delivering();
    scene.admit("a").await;
    let since = scene.now();
    let disabled = OutboxStatus::Disabled { since };
    until(async || scene.outbox("cms").await.standing.status == disabled).await;
    let alert = replica.ombud.readiness().await.expect("ready").alerts.pop().expect("an alert");
    assert_eq!((alert.code, alert.endpoint.as_str(), alert.since), ("webhook_disabled", "cms", since));
    scene.receiver.answer(|_| Reply::Status(200));
    scene.admit("b").await;
    scene.seconds(24 * 60 * 60);
    // It goes on looking, and sends nothing.
    until(async || scene.outbox("cms").await.leased_until > Some(scene.now())).await;
    assert_eq!(scene.receiver.events(), ["a@1"]);
    replica.ombud.enable_webhook(&scene.endpoint("cms").id).await.expect("enabled");
    scene.taken(&["a@1", "b@1"]).await;
    assert_eq!(replica.ombud.readiness().await.expect("ready").alerts, []);
    replica.stop().await;
}

async fn a_busy_receiver_is_left_alone_as_it_asks(scene: Scene) {
    scene.receiver.answer(|_| Reply::With(503, "retry-after", "120".to_owned()));
    let replica = scene.delivering();
    scene.admit("a").await;
    until(async || scene.last_outcome().await.as_deref() == Some("503")).await;
    scene.receiver.answer(|_| Reply::Status(200));
    scene.admit("b").await;
    until(async || scene.outbox("cms").await.waiting == 2).await;
    scene.seconds(119);
    until(async || scene.outbox("cms").await.leased_until > Some(scene.now())).await;
    assert_eq!(scene.receiver.events(), ["a@1"], "nor the other one: it is the receiver that is busy");
    scene.seconds(1);
    scene.taken(&["a@1", "b@1"]).await;
    replica.stop().await;
}

async fn a_name_or_number_that_leads_inside_is_not_asked(scene: Scene) {
    let port = scene.receiver.base.rsplit(':').next().expect("a port").to_owned();
    let internet = Reach { internet: true, private_networks: Vec::new() };
    let other = Reach { internet: true, private_networks: vec!["10.0.0.0/8".parse().expect("a network")] };
    for (number, (host, reach)) in
        [("localhost", &internet), ("127.0.0.1", &internet), ("[::ffff:127.0.0.1]", &other), ("localhost", &other)]
            .into_iter()
            .enumerate()
    {
        let url = format!("http://{host}:{port}/").parse().expect("an address");
        let endpoint = Endpoint { url, reach: reach.clone(), ..scene.endpoint(&format!("e{number}")) };
        let id = endpoint.id.clone();
        let replica = scene.replica(vec![endpoint]);
        let answer = replica.ombud.test_webhook(&id).await.expect("an answer");
        assert_eq!(answer.said, "no address that may be asked", "{host}");
        replica.stop().await;
    }
    assert_eq!(scene.receiver.events(), [] as [&str; 0]);
}
