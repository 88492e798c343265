//! Receivers that are away, for a while or for good.

use super::{Scene, on_every_store, versions};
use crate::support::model::until;
use crate::support::receiver::Reply;
use crate::support::sample::{at, decided};
use ombud::comment::{Action, EndpointId};
use ombud::delivery::webhook::Rules;
use ombud::service::Replay;
use ombud::store::OutboxStatus;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

on_every_store!(
    after_an_hour_away_all_is_delivered_in_order,
    a_paused_endpoint_is_probed_and_the_log_waits,
    one_bad_event_does_not_keep_an_endpoint_paused,
    what_is_given_up_is_listed_and_goes_out_again,
);

async fn after_an_hour_away_all_is_delivered_in_order(scene: Scene) {
    let scene = Scene { rules: Rules { pause_after: 5, ..scene.rules }, ..scene };
    let away = Arc::new(AtomicBool::new(true));
    let is_away = Arc::clone(&away);
    scene.receiver.answer(move |_| Reply::Status(if is_away.load(Ordering::SeqCst) { 500 } else { 200 }));
    let replica = scene.delivering();
    let mut expected = Vec::new();
    for minute in 0..60 {
        if minute % 4 == 0 {
            let id = format!("c{minute}");
            let comment = scene.admit(&id).await.comment;
            scene.step(decided(&comment, Action::Reject, "anna", at(minute + 2))).await;
            expected.extend([format!("{id}@1"), format!("{id}@2")]);
        }
        scene.seconds(60);
        until(async || scene.outbox("cms").await.leased_until > Some(scene.now())).await;
    }
    until(async || matches!(scene.outbox("cms").await.standing.status, OutboxStatus::Paused { .. })).await;
    assert_eq!(scene.receiver.taken(), [] as [&str; 0]);
    away.store(false, Ordering::SeqCst);
    // As long as the schedule takes from there.
    until(async || {
        scene.seconds(1);
        scene.receiver.taken().len() >= expected.len()
    })
    .await;
    scene.settled("cms").await;
    let taken: Vec<_> = scene.receiver.messages().into_iter().filter(|m| m.status == 200).collect();
    assert_eq!(taken.len(), expected.len(), "each once");
    assert_eq!(scene.receiver.taken().into_iter().collect::<BTreeSet<_>>(), expected.into_iter().collect());
    for minute in (0..60).step_by(4) {
        assert_eq!(versions(&taken, &format!("c{minute}")), [1, 2]);
    }
    assert_eq!(scene.outbox("cms").await.standing.status, OutboxStatus::Active);
    replica.stop().await;
}

async fn a_paused_endpoint_is_probed_and_the_log_waits(scene: Scene) {
    let scene = Scene { rules: Rules { pause_after: 2, ..scene.rules }, ..scene };
    scene.receiver.answer(|_| Reply::Status(502));
    let replica = scene.delivering();
    scene.admit("a").await;
    scene.admit("b").await;
    until(async || matches!(scene.outbox("cms").await.standing.status, OutboxStatus::Paused { .. })).await;
    let alert = replica.ombud.readiness().await.expect("ready").alerts.pop().expect("an alert");
    assert_eq!((alert.code, alert.endpoint.as_str()), ("webhook_paused", "cms"));
    let sent = scene.receiver.events().len();
    assert_eq!(sent, 2);
    for id in ["c", "d", "e"] {
        scene.admit(id).await;
    }
    // Due by the schedule, but not sent: the first probe comes after 15 seconds.
    scene.seconds(14);
    until(async || {
        scene.store.due(&scene.endpoint("cms").outbox(), scene.now(), 9).await.unwrap().deliveries.len() == 2
    })
    .await;
    assert_eq!((scene.receiver.events().len(), scene.outbox("cms").await.waiting), (sent, 2), "the log waits");
    scene.seconds(1);
    until(async || scene.receiver.events().len() == sent + 1).await;
    until(async || scene.outbox("cms").await.standing.failures == 3).await;
    assert_eq!(scene.outbox("cms").await.waiting, 3, "one more was taken in, for the next probe");
    scene.receiver.answer(|_| Reply::Status(200));
    scene.seconds(300);
    scene.settled("cms").await;
    scene.taken(&["a@1", "b@1", "c@1", "d@1", "e@1"]).await;
    assert_eq!(scene.outbox("cms").await.standing.status, OutboxStatus::Active);
    replica.stop().await;
}

async fn one_bad_event_does_not_keep_an_endpoint_paused(scene: Scene) {
    let scene = Scene { rules: Rules { pause_after: 1, ..scene.rules }, ..scene };
    scene.receiver.answer(|m| Reply::Status(if m.comment() == "bad" { 500 } else { 200 }));
    let replica = scene.delivering();
    scene.admit("bad").await;
    until(async || matches!(scene.outbox("cms").await.standing.status, OutboxStatus::Paused { .. })).await;
    scene.admit("good").await;
    scene.seconds(300);
    until(async || {
        // Whichever of the two is the first probe, the other is the second.
        scene.seconds(20);
        scene.receiver.taken() == ["good@1"]
    })
    .await;
    replica.stop().await;
}

async fn what_is_given_up_is_listed_and_goes_out_again(scene: Scene) {
    scene.receiver.answer(|m| Reply::Status(if m.event() == "a@1" { 500 } else { 200 }));
    let replica = scene.delivering();
    let a = scene.admit("a").await;
    scene.step(decided(&a.comment, Action::Reject, "anna", at(2))).await;
    until(async || {
        scene.seconds(600);
        scene.outbox("cms").await.dead == 1
    })
    .await;
    scene.taken(&["a@2"]).await;
    assert_eq!(versions(&scene.receiver.messages(), "a"), [&[1; 14][..], &[2]].concat());
    let cms = EndpointId::parse("cms").unwrap();
    let page = replica.ombud.dead_letters(&cms, None, 9).await.expect("a page");
    let letter = &page.dead[0];
    assert_eq!((letter.delivery.event_id.as_str(), letter.delivery.attempts), ("a@1", 14));
    assert_eq!(letter.delivery.last_outcome.as_deref(), Some("500"));
    scene.receiver.answer(|_| Reply::Status(200));
    assert_eq!(replica.ombud.replay(&cms, &Replay::One("a@1".to_owned())).await.expect("replayed"), 1);
    scene.taken(&["a@2", "a@1"]).await;
    scene.settled("cms").await;
    assert_eq!(scene.outbox("cms").await.dead, 0);
    let last = scene.receiver.messages().pop().expect("a message");
    let first = &scene.receiver.messages()[0];
    assert_eq!((last.header("webhook-id"), &last.body), (first.header("webhook-id"), &first.body));
    assert!(replica.ombud.replay(&EndpointId::parse("none").unwrap(), &Replay::All).await.is_err());
    replica.stop().await;
}
