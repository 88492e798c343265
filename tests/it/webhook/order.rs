//! What arrives, and in which order.

use super::{Scene, on_every_store, versions};
use crate::support::model::until;
use crate::support::receiver::Reply;
use crate::support::sample::{at, decided, edited, sample, site, undone, withdrawn};
use ombud::comment::Action;
use ombud::delivery::webhook::{Endpoint, message_id};
use serde_json::json;
use std::collections::BTreeSet;

on_every_store!(
    every_step_arrives_as_the_log_has_it,
    what_comes_after_a_failure_waits_behind_it_and_no_other,
    of_one_comment_one_message_is_under_way,
    no_more_are_under_way_than_allowed,
    a_slow_endpoint_keeps_no_other_waiting,
    an_endpoint_hears_of_what_it_asked_for,
    many_events_arrive_once_each,
);

async fn every_step_arrives_as_the_log_has_it(scene: Scene) {
    let replica = scene.delivering();
    let pending = sample("p", 0).pending(&["threshold.TOXICITY"]).admit();
    scene.store.admit(&pending).await.unwrap();
    let published = scene.admit("c").await;
    let decision = scene.step(decided(&pending.comment, Action::Publish, "anna", at(2))).await;
    scene.step(undone(&decision.comment, at(3))).await;
    let edit = scene.step(edited(&published.comment, 7, Action::Reject, &["words.banned"], at(4))).await;
    scene.step(withdrawn(&edit.comment, at(5))).await;
    scene.taken(&["p@1", "p@2", "p@3", "c@1", "c@2", "c@3"]).await;
    let messages = scene.receiver.messages();
    assert_eq!((versions(&messages, "p"), versions(&messages, "c")), (vec![1, 2, 3], vec![1, 2, 3]));
    for (_, event) in scene.store.events(&site(), None, 10).await.unwrap().events {
        let message = messages.iter().find(|m| m.event() == event.id).expect("it arrived");
        let told = json!({"type": event.kind, "timestamp": event.at, "data": event});
        assert_eq!(message.json(), told);
        assert_eq!(message.body, told.to_string(), "the very bytes");
        assert_eq!(message.header("webhook-id"), message_id(&site(), &event.id));
        assert_eq!(message.header("webhook-timestamp"), scene.now().as_second().to_string());
        assert!(message.header("webhook-signature").starts_with("v1,"));
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(message.header("user-agent"), format!("ombud/{}", env!("CARGO_PKG_VERSION")));
        assert_eq!(message.path, "/cms");
        for secret in ["The text of", "A. Reader", "u1"] {
            assert!(!message.body.contains(secret), "{secret}: {}", message.body);
        }
    }
    let kinds: Vec<_> = messages.iter().map(|m| m.json()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), 4, "{kinds:?}");
    replica.stop().await;
}

async fn what_comes_after_a_failure_waits_behind_it_and_no_other(scene: Scene) {
    scene.receiver.answer(|m| Reply::Status(if m.event() == "a@1" { 500 } else { 200 }));
    let replica = scene.delivering();
    let a = scene.admit("a").await;
    scene.step(decided(&a.comment, Action::Reject, "anna", at(2))).await;
    scene.admit("b").await;
    scene.taken(&["b@1"]).await;
    until(async || scene.last_outcome().await.as_deref() == Some("500")).await;
    scene.seconds(4);
    scene.admit("c").await;
    scene.taken(&["b@1", "c@1"]).await;
    assert_eq!(versions(&scene.receiver.messages(), "a"), [1], "not yet due, and what follows waits");
    scene.receiver.answer(|_| Reply::Status(200));
    scene.seconds(2);
    scene.taken(&["b@1", "c@1", "a@1", "a@2"]).await;
    assert_eq!(versions(&scene.receiver.messages(), "a"), [1, 1, 2]);
    let ids: BTreeSet<_> = scene.receiver.messages().iter().map(|m| m.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 4, "the same id on each attempt");
    replica.stop().await;
}

async fn of_one_comment_one_message_is_under_way(scene: Scene) {
    scene.receiver.answer(|m| if m.comment() == "a" { Reply::Hold } else { Reply::Status(200) });
    let replica = scene.delivering();
    let a = scene.admit("a").await;
    until(async || scene.receiver.events() == ["a@1"]).await;
    scene.step(decided(&a.comment, Action::Reject, "anna", at(2))).await;
    scene.admit("b").await;
    scene.taken(&["b@1"]).await;
    assert_eq!(versions(&scene.receiver.messages(), "a"), [1]);
    scene.receiver.release();
    scene.taken(&["b@1", "a@1", "a@2"]).await;
    replica.stop().await;
}

async fn no_more_are_under_way_than_allowed(scene: Scene) {
    scene.receiver.answer(|_| Reply::Hold);
    let replica = scene.replica(vec![Endpoint { concurrency: 2, ..scene.endpoint("cms") }]);
    for id in ["a", "b", "c", "d"] {
        scene.admit(id).await;
    }
    until(async || scene.receiver.events().len() == 2 && scene.outbox("cms").await.waiting == 4).await;
    // Whatever it hears meanwhile.
    scene.admit("e").await;
    until(async || scene.outbox("cms").await.waiting == 5).await;
    assert_eq!(scene.receiver.events().len(), 2);
    scene.receiver.release();
    scene.taken(&["a@1", "b@1", "c@1", "d@1", "e@1"]).await;
    replica.stop().await;
}

async fn a_slow_endpoint_keeps_no_other_waiting(scene: Scene) {
    scene.receiver.answer(|m| if m.path == "/slow" { Reply::Hold } else { Reply::Status(200) });
    let slow = Endpoint { concurrency: 1, ..scene.endpoint("slow") };
    let replica = scene.replica(vec![slow, scene.endpoint("fast")]);
    for id in ["a", "b", "c"] {
        scene.admit(id).await;
    }
    scene.taken(&["a@1", "b@1", "c@1"]).await;
    scene.settled("fast").await;
    until(async || scene.outbox("slow").await.waiting == 3).await;
    scene.receiver.release();
    scene.settled("slow").await;
    replica.stop().await;
}

async fn an_endpoint_hears_of_what_it_asked_for(scene: Scene) {
    let events = Some(["comment.pending".to_owned()].into());
    let replica = scene.replica(vec![Endpoint { events, ..scene.endpoint("cms") }]);
    scene.admit("a").await;
    scene.store.admit(&sample("p", 0).pending(&["threshold.TOXICITY"]).admit()).await.unwrap();
    scene.admit("b").await;
    scene.taken(&["p@1"]).await;
    let latest = scene.store.latest_cursor(&site()).await.unwrap();
    until(async || scene.outbox("cms").await.cursor.as_ref() == Some(&latest)).await;
    assert_eq!(scene.receiver.events(), ["p@1"]);
    replica.stop().await;
}

async fn many_events_arrive_once_each(scene: Scene) {
    for n in 0..230 {
        scene.store.admit(&sample(&format!("c{n}"), n).article(&format!("a{}", n % 7)).admit()).await.unwrap();
    }
    let replica = scene.delivering();
    until(async || scene.receiver.taken().len() >= 230).await;
    scene.settled("cms").await;
    assert_eq!(scene.receiver.events().iter().collect::<BTreeSet<_>>().len(), 230);
    assert_eq!(scene.receiver.events().len(), 230, "none twice");
    replica.stop().await;
}
