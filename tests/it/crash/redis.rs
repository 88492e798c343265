//! The same on a Redis that answers after its append-only file is on disk.

use super::{ACKNOWLEDGEMENTS, ROUNDS, Witness, survives_kills_of_ombud};
use crate::support::program::Program;
use crate::support::redis::{Persistence, RedisServer};
use std::time::Duration;

#[tokio::test]
async fn redis_keeps_what_was_acknowledged_when_ombud_is_killed() {
    let redis = RedisServer::start(Persistence::AppendOnly);
    survives_kills_of_ombud(&["--store", &redis.url()]).await;
}

#[tokio::test]
async fn redis_keeps_what_was_acknowledged_when_it_is_killed_itself() {
    let mut redis = RedisServer::start(Persistence::AppendOnly);
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::serve(folder.path(), &["--store", &redis.url()]).await;
    let mut witness = Witness::of(&program);
    for _ in 0..ROUNDS {
        let first = witness.sent;
        // The same address, the same files; ombud runs all the while, and the batch goes on.
        let blow = || {
            redis.kill();
            redis.start_again();
        };
        witness.send_until(blow).await;
        assert!(witness.sent > first + ACKNOWLEDGEMENTS, "the blow falls in the middle of the batch");
        expect_ready(&witness).await;
        witness.expect_nothing_lost_or_made_up().await;
    }
    witness.expect_the_same_again_to_change_nothing().await;
}

/// Waits until the store is back. It can only be asked: ombud tells nobody.
async fn expect_ready(witness: &Witness) {
    let ready = async {
        while witness.platform.get("/readyz").await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), ready).await.expect("it finds its store again");
}
