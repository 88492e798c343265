//! Where moderators who ask for the same at the same moment are served together.
//!
//! Each for herself they would all be shown the same comments, and all but one lose every one of them: the more ask, the
//! less each gets. So while a round is under way, those who come wait for the next, and that one deals what it finds out
//! among them, in order. Replicas know nothing of each other's rounds; who loses to another replica takes part in the next.

use super::claim::{Wish, round};
use super::connection::Connection;
use super::key::Keys;
use crate::store::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// A wish after a round, and whether the round found any comment.
type Served = Result<(Wish, bool), StoreError>;

struct Waiter {
    wish: Wish,
    tell: oneshot::Sender<Served>,
}

/// Those who wait for the next round, by what they ask for. An entry stands while a round is under way.
type Waiting = HashMap<String, Vec<Waiter>>;

#[derive(Default)]
pub(super) struct Desk(Arc<Mutex<Waiting>>);

impl Desk {
    /// Takes part in the next round of those who want the same. It goes on to its end if the one who asked is gone,
    /// because others are in it.
    pub(super) async fn served(&self, connection: &Connection, keys: &Keys, wish: Wish) -> Served {
        let kind = wish.kind()?;
        let (tell, told) = oneshot::channel();
        let waiter = Waiter { wish, tell };
        let first = {
            let mut waiting = locked(&self.0);
            if let Some(others) = waiting.get_mut(&kind) {
                others.push(waiter);
                None
            } else {
                waiting.insert(kind.clone(), Vec::new());
                Some(waiter)
            }
        };
        if let Some(first) = first {
            let rounds = Rounds { waiting: Arc::clone(&self.0), kind };
            tokio::spawn(rounds.held(connection.clone(), keys.clone(), first));
        }
        told.await.unwrap_or_else(|_| Err(StoreError::Unavailable("a claim was given up".to_owned())))
    }
}

/// The rounds for those who want the same, as long as somebody does.
struct Rounds {
    waiting: Arc<Mutex<Waiting>>,
    kind: String,
}

impl Rounds {
    async fn held(self, connection: Connection, keys: Keys, first: Waiter) {
        let mut waiters = vec![first];
        loop {
            // Who is gone is handed nothing.
            waiters.retain(|waiter| !waiter.tell.is_closed());
            let (mut wishes, tells): (Vec<Wish>, Vec<_>) = waiters.into_iter().map(|w| (w.wish, w.tell)).unzip();
            let found = round(&connection, &keys, &mut wishes).await;
            for (wish, tell) in wishes.into_iter().zip(tells) {
                // Leases of one who left meanwhile stand until they expire.
                let _ = tell.send(found.clone().map(|found| (wish, found)));
            }
            let mut waiting = locked(&self.waiting);
            waiters = waiting.get_mut(&self.kind).map(std::mem::take).unwrap_or_default();
            if waiters.is_empty() {
                waiting.remove(&self.kind);
                return;
            }
        }
    }
}

impl Drop for Rounds {
    /// After a panic nobody waits for a round that is never held.
    fn drop(&mut self) {
        if std::thread::panicking() {
            locked(&self.waiting).remove(&self.kind);
        }
    }
}

fn locked(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
