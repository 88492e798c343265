//! Several replicas, and those that die.

use super::{Scene, on_every_store, versions};
use crate::support::model::until;
use crate::support::receiver::Reply;
use crate::support::sample::{at, decided};
use ombud::comment::Action;
use ombud::service::{Clock, ManualClock};

on_every_store!(
    a_crash_before_settling_sends_again_and_loses_nothing,
    of_two_replicas_one_delivers_and_the_other_takes_over,
    a_replica_that_stops_in_order_leaves_nothing_to_wait_for,
    what_happened_while_nobody_delivered_arrives,
    a_replica_that_slept_through_its_lease_settles_nothing,
);

async fn a_crash_before_settling_sends_again_and_loses_nothing(scene: Scene) {
    scene.receiver.answer(|_| Reply::Hold);
    let first = scene.delivering();
    let a = scene.admit("a").await;
    scene.step(decided(&a.comment, Action::Reject, "anna", at(2))).await;
    scene.admit("b").await;
    until(async || scene.receiver.events().len() == 2).await;
    first.kill().await;
    scene.receiver.release();
    scene.receiver.answer(|_| Reply::Status(200));
    let second = scene.delivering();
    // The lease of the dead one has to expire first.
    until(async || scene.outbox("cms").await.leased_until > Some(scene.now())).await;
    assert_eq!(scene.receiver.events().len(), 2);
    scene.seconds(61);
    scene.settled("cms").await;
    assert_eq!(versions(&scene.receiver.messages(), "a"), [1, 1, 2]);
    assert_eq!(versions(&scene.receiver.messages(), "b"), [1, 1]);
    second.stop().await;
}

async fn of_two_replicas_one_delivers_and_the_other_takes_over(scene: Scene) {
    let replicas = [scene.delivering(), scene.delivering()];
    for id in ["a", "b", "c"] {
        scene.admit(id).await;
    }
    scene.settled("cms").await;
    scene.taken(&["a@1", "b@1", "c@1"]).await;
    assert_eq!(scene.receiver.events().len(), 3, "each once");
    let [one, two] = replicas;
    // Whichever holds the lease: after both were killed, one after the other, nothing is lost.
    one.kill().await;
    scene.admit("d").await;
    scene.seconds(61);
    scene.taken(&["a@1", "b@1", "c@1", "d@1"]).await;
    two.kill().await;
    let third = scene.delivering();
    scene.admit("e").await;
    scene.seconds(61);
    until(async || scene.receiver.taken().contains(&"e@1".to_owned())).await;
    third.stop().await;
}

async fn a_replica_that_stops_in_order_leaves_nothing_to_wait_for(scene: Scene) {
    let first = scene.delivering();
    scene.admit("a").await;
    scene.taken(&["a@1"]).await;
    first.stop().await;
    assert_eq!(scene.outbox("cms").await.leased_until, None);
    let second = scene.delivering();
    scene.admit("b").await;
    scene.taken(&["a@1", "b@1"]).await;
    second.stop().await;
}

async fn what_happened_while_nobody_delivered_arrives(scene: Scene) {
    let first = scene.delivering();
    scene.admit("a").await;
    scene.settled("cms").await;
    first.stop().await;
    scene.admit("b").await;
    let second = scene.delivering();
    scene.settled("cms").await;
    scene.taken(&["a@1", "b@1"]).await;
    second.stop().await;
}

/// One whose process was stopped, as by SIGSTOP: its time stands still, and the other's goes on.
async fn a_replica_that_slept_through_its_lease_settles_nothing(scene: Scene) {
    scene.receiver.answer(|_| Reply::HoldThen(500));
    let asleep = scene.replica_at(vec![scene.endpoint("cms")], Clock::Manual(ManualClock::at(scene.now())));
    scene.admit("a").await;
    until(async || scene.receiver.events() == ["a@1"]).await;
    scene.seconds(61);
    scene.receiver.answer(|_| Reply::Status(200));
    let awake = scene.delivering();
    scene.admit("b").await;
    scene.taken(&["a@1", "b@1"]).await;
    scene.settled("cms").await;
    let before = scene.outbox("cms").await;
    // Now the first one's attempt fails. That it was delivered since, it does not know.
    scene.receiver.release();
    until(async || scene.receiver.messages()[0].status == 500).await;
    asleep.stop().await;
    assert_eq!(scene.outbox("cms").await, before, "neither a delivery nor a failure nor the lease");
    awake.stop().await;
}
