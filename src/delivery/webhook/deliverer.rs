//! One endpoint's deliverer: holds its lease, takes in what is new, sends what is due, and writes what came of it.

use super::endpoint::{Endpoint, Rules};
use super::intake::{Taken, take_in};
use super::message::message_id;
use super::metric;
use super::sender::{Answer, Sender};
use super::settling::Settling;
use crate::comment::{CommentId, Timestamp};
use crate::delivery::Time;
use crate::store::{Delivery, OutboxLease, OutboxStanding, OutboxState, OutboxStatus, Store, StoreError};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use jiff::SignedDuration;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a lease lasts that is not extended.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often it is extended, and the log looked at should its news have been lost.
const HEARTBEAT: SignedDuration = SignedDuration::from_secs(20);
/// How long to wait when the store fails.
const RETRY: Duration = Duration::from_secs(5);
/// How long news gather before they are looked at: a busy store tells of hundreds a second.
const GATHER: Duration = Duration::from_millis(20);
/// How long what is under way may take to finish when ombud stops.
const FINISH: Duration = Duration::from_secs(5);

/// What one endpoint needs.
pub(super) struct Deliverer {
    pub(super) store: Arc<dyn Store>,
    pub(super) time: Arc<dyn Time>,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) rules: Rules,
    pub(super) sender: Sender,
}

/// An attempt that is over.
struct Landed {
    delivery: Delivery,
    answer: Answer,
    took: Duration,
}

/// Attempts under way, no two of one comment.
#[derive(Default)]
struct Flight {
    attempts: FuturesUnordered<BoxFuture<'static, Landed>>,
    comments: HashSet<CommentId>,
}

impl Flight {
    /// Waits for an attempt to end, and answers all that have; never where there is none.
    async fn landed(&mut self) -> Vec<Landed> {
        let Some(first) = self.attempts.next().await else { return std::future::pending().await };
        let mut landed = vec![first];
        while let Some(Some(another)) = self.attempts.next().now_or_never() {
            landed.push(another);
        }
        for Landed { delivery, .. } in &landed {
            self.comments.remove(&delivery.comment);
        }
        landed
    }
}

impl Deliverer {
    /// Delivers until `end`, whenever this replica holds the lease.
    pub(super) async fn run(&self, end: &CancellationToken) {
        while !end.is_cancelled() {
            // Of this turn alone: what an earlier one left on its way to the store can't be taken for this one's.
            let lease = OutboxLease { outbox: self.endpoint.outbox(), token: Uuid::now_v7() };
            match self.turn(&lease, end).await {
                Ok(None) => {}
                Ok(Some(until)) => {
                    // Looked at before, too: whoever holds it may stop in order.
                    let until = until.min(later(self.time.now(), HEARTBEAT));
                    end.run_until_cancelled(self.time.sleep_until(until)).await;
                }
                Err(error) => {
                    tracing::warn!(endpoint = %self.endpoint.id, %error, "webhooks wait for the store");
                    // As it fails, this may, too; then the lease expires.
                    let _ = self.store.leave_outbox(&lease).await;
                    end.run_until_cancelled(tokio::time::sleep(RETRY)).await;
                }
            }
        }
    }

    /// Takes the lease and works until it is lost or all is to end; answers until when another replica holds it.
    async fn turn(&self, lease: &OutboxLease, end: &CancellationToken) -> Result<Option<Timestamp>, StoreError> {
        let now = self.time.now();
        if let Err(until) = self.store.take_outbox(lease, later(now, LEASE), now).await? {
            return Ok(Some(until));
        }
        let mut flight = Flight::default();
        let mut news = self.store.news();
        let mut renew_at = later(now, HEARTBEAT);
        loop {
            // Marked as seen before reading: news that comes meanwhile wakes the wait below at once.
            news.borrow_and_update();
            let now = self.time.now();
            if now >= renew_at {
                if !self.store.keep_outbox(lease, later(now, LEASE)).await? {
                    return Ok(None);
                }
                renew_at = later(now, HEARTBEAT);
            }
            let state = self.store.outbox(&lease.outbox).await?;
            self.measure(&state, now);
            let idle = flight.attempts.is_empty() && state.standing.rest_until <= Some(now);
            let taken = take_in(self.store.as_ref(), &self.endpoint, lease, &state, now, idle).await?;
            if taken == Taken::Lost {
                return Ok(None);
            }
            let next = self.launch(&mut flight, &state.standing, now).await?;
            let wake_at = next.map_or(renew_at, |next| next.min(renew_at));
            tokio::select! {
                biased;
                () = end.cancelled() => return self.finish(lease, flight, &state.standing).await.map(|()| None),
                landed = flight.landed() => {
                    if !self.settle(lease, landed, &state.standing).await? {
                        return Ok(None);
                    }
                }
                () = std::future::ready(()), if taken == Taken::More => {}
                changed = news.changed() => match changed {
                    Ok(()) => tokio::time::sleep(GATHER).await,
                    Err(_) => return Err(StoreError::Unavailable("the store is gone".to_owned())),
                },
                () = self.time.sleep_until(wake_at) => {}
            }
        }
    }

    /// Sends what is due, as far as there is room. Answers when more will be, if that is a matter of time.
    async fn launch(
        &self,
        flight: &mut Flight,
        standing: &OutboxStanding,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (most, opens_at) = match &standing.status {
            OutboxStatus::Active => (self.endpoint.concurrency, standing.rest_until),
            OutboxStatus::Paused { probe_at, .. } => (1, standing.rest_until.max(Some(*probe_at))),
            OutboxStatus::Disabled { .. } => return Ok(None),
        };
        if let Some(opens_at) = opens_at.filter(|opens_at| *opens_at > now) {
            return Ok(Some(opens_at));
        }
        let mut free = most.saturating_sub(flight.attempts.len());
        if free == 0 {
            return Ok(None);
        }
        // What is under way is due, too.
        let due = self.store.due(&self.endpoint.outbox(), now, free + flight.attempts.len()).await?;
        for delivery in due.deliveries {
            if free > 0 && flight.comments.insert(delivery.comment.clone()) {
                flight.attempts.push(self.attempt(delivery));
                free -= 1;
            }
        }
        Ok(due.next)
    }

    fn attempt(&self, delivery: Delivery) -> BoxFuture<'static, Landed> {
        let (sender, time, site) = (self.sender.clone(), Arc::clone(&self.time), self.endpoint.site.clone());
        async move {
            let began = tokio::time::Instant::now();
            let answer = sender.send(&message_id(&site, &delivery.event_id), &delivery.body, time.now()).await;
            Landed { delivery, answer, took: began.elapsed() }
        }
        .boxed()
    }

    /// Writes what came of attempts; answers whether the lease still is this one.
    async fn settle(
        &self,
        lease: &OutboxLease,
        landed: Vec<Landed>,
        before: &OutboxStanding,
    ) -> Result<bool, StoreError> {
        let mut settling = Settling::new(&self.endpoint.site, self.rules, before, self.time.now());
        let mut outcomes = Vec::new();
        for Landed { delivery, answer, took } in landed {
            outcomes.push((settling.account(delivery, &answer), answer.said, took));
        }
        let (settlement, after) = settling.finish();
        if !self.store.settle(lease, &settlement).await? {
            return Ok(false);
        }
        for (outcome, said, took) in outcomes {
            metric::attempted(&self.endpoint.id, outcome, took);
            if outcome != "delivered" {
                tracing::info!(endpoint = %self.endpoint.id, outcome, said, "a webhook was not taken");
            }
        }
        for letter in &settlement.dead {
            let (endpoint, event) = (&self.endpoint.id, &letter.delivery.event_id);
            tracing::warn!(%endpoint, event, "a webhook was given up; `ombud webhook dead` lists it");
        }
        self.tell(&before.status, &after.status);
        Ok(true)
    }

    /// Lets what is under way finish briefly, and gives the lease back.
    async fn finish(&self, lease: &OutboxLease, flight: Flight, before: &OutboxStanding) -> Result<(), StoreError> {
        let mut landed = Vec::new();
        let mut attempts = flight.attempts;
        let finishing = async {
            while let Some(one) = attempts.next().await {
                landed.push(one);
            }
        };
        // What does not make it goes out again.
        let _ = tokio::time::timeout(FINISH, finishing).await;
        if !landed.is_empty() {
            self.settle(lease, landed, before).await?;
        }
        self.store.leave_outbox(lease).await
    }

    fn measure(&self, state: &OutboxState, now: Timestamp) {
        let lag = state.oldest_waiting.map(|oldest| now.duration_since(oldest)).unwrap_or_default();
        let paused = state.standing.status != OutboxStatus::Active;
        metric::standing(&self.endpoint.id, state.waiting, Duration::try_from(lag).unwrap_or_default(), paused);
    }

    fn tell(&self, before: &OutboxStatus, after: &OutboxStatus) {
        let endpoint = &self.endpoint.id;
        match (before, after) {
            (OutboxStatus::Paused { .. }, OutboxStatus::Active) => {
                tracing::info!(%endpoint, "a webhook endpoint is back; what waited goes out");
            }
            (OutboxStatus::Active, OutboxStatus::Paused { why, .. }) => {
                tracing::warn!(%endpoint, why, "a webhook endpoint keeps failing and is paused; nothing is lost");
            }
            (OutboxStatus::Active | OutboxStatus::Paused { .. }, OutboxStatus::Disabled { .. }) => {
                tracing::warn!(%endpoint, "a webhook endpoint is gone (410); `ombud webhook enable` takes it up again");
            }
            _ => {}
        }
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}
