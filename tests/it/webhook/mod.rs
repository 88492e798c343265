//! Webhooks, from an event in the store to a real receiver; on every store.

mod answer;
mod failure;
mod foreign;
mod order;
mod program;
mod replica;
mod start;
mod tls;

use crate::support::app::{Setup, classifier, policy};
use crate::support::model::until;
use crate::support::receiver::{Message, Receiver, endpoint};
use crate::support::redis::{RedisServer, fresh_prefix, open};
use crate::support::sample::{sample, site};
use ombud::comment::Change;
use ombud::delivery::webhook::{Endpoint, Rules, Webhooks, new_secret};
use ombud::service::{Clock, ManualClock, Ombud};
use ombud::store::sqlite::SqliteStore;
use ombud::store::{Lease, OutboxState, Store};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A store, the time, a receiver and a folder for secrets.
struct Scene {
    store: Arc<dyn Store>,
    clock: ManualClock,
    receiver: Receiver,
    folder: TempDir,
    rules: Rules,
}

/// An ombud that delivers.
struct Replica {
    ombud: Ombud,
    end: CancellationToken,
    task: JoinHandle<()>,
}

impl Scene {
    async fn redis() -> Self {
        let url = RedisServer::shared().url();
        Self::on(open(&url, &fresh_prefix()).await, tempfile::tempdir().unwrap())
    }

    #[expect(clippy::unused_async, reason = "opened as the other is")]
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::on(SqliteStore::open(&folder.path().join("ombud.db")).expect("a store"), folder)
    }

    fn on(store: Arc<dyn Store>, folder: TempDir) -> Self {
        std::fs::write(folder.path().join("secret"), new_secret().expect("a secret")).expect("written");
        // Nothing pauses by itself but where a test is about that.
        let rules = Rules { pause_after: u32::MAX, ..Rules::default() };
        Self { store, clock: Setup::default().clock, receiver: Receiver::open(), folder, rules }
    }

    /// An endpoint at the receiver, which begins with the first event and is patient.
    fn endpoint(&self, id: &str) -> Endpoint {
        endpoint(&self.receiver, self.folder.path(), id, site())
    }

    /// An ombud that delivers to these endpoints.
    fn replica(&self, endpoints: Vec<Endpoint>) -> Replica {
        self.replica_at(endpoints, Clock::Manual(self.clock.clone()))
    }

    fn replica_at(&self, endpoints: Vec<Endpoint>, clock: Clock) -> Replica {
        let webhooks = Webhooks { endpoints: endpoints.into_iter().map(Arc::new).collect(), rules: self.rules };
        let ombud = Ombud::new(Arc::clone(&self.store), classifier(), policy(&[]), clock).announcing(webhooks);
        let end = CancellationToken::new();
        let task = tokio::spawn(ombud.deliveries().expect("a client").run(end.clone()));
        Replica { ombud, end, task }
    }

    /// One that delivers to one endpoint, `cms`.
    fn delivering(&self) -> Replica {
        self.replica(vec![self.endpoint("cms")])
    }

    /// Brings a comment in, published.
    async fn admit(&self, id: &str) -> Change {
        let change = sample(id, 0).admit();
        self.store.admit(&change).await.expect("an answer");
        change
    }

    async fn step(&self, change: Change) -> Change {
        let now = change.comment.updated_at;
        self.store.advance(&change, &Lease::Free, now).await.expect("an answer").expect("no conflict");
        change
    }

    /// Waits until these events were taken, in whatever order, and nothing else.
    async fn taken(&self, events: &[&str]) {
        let mut expected = events.to_vec();
        expected.sort_unstable();
        until(async || self.receiver.taken().len() >= expected.len()).await;
        let mut taken = self.receiver.taken();
        taken.sort_unstable();
        assert_eq!(taken, expected);
    }

    async fn outbox(&self, endpoint: &str) -> OutboxState {
        self.store.outbox(&self.endpoint(endpoint).outbox()).await.expect("an answer")
    }

    /// Waits until the endpoint has taken in all there is, and nothing waits for it.
    async fn settled(&self, endpoint: &str) {
        let settled = async || {
            let state = self.outbox(endpoint).await;
            let newest = self.store.latest_cursor(&site()).await.expect("a cursor");
            state.cursor == Some(newest) && state.waiting == 0
        };
        until(settled).await;
    }

    /// The last outcome of what waits first for `cms`, whenever it is due.
    async fn last_outcome(&self) -> Option<String> {
        let later = self.now() + jiff::SignedDuration::from_hours(100);
        let page = self.store.due(&self.endpoint("cms").outbox(), later, 1).await.expect("an answer");
        page.deliveries.into_iter().next()?.last_outcome
    }

    fn now(&self) -> ombud::comment::Timestamp {
        Clock::Manual(self.clock.clone()).now()
    }

    fn seconds(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Replica {
    /// Ends in order.
    async fn stop(self) {
        self.end.cancel();
        self.task.await.expect("it ends");
    }

    /// Ends as a crash would: nothing that it does now is finished.
    async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.expect_err("it was aborted").is_cancelled());
    }
}

/// The versions that came in of a comment, in order.
fn versions(messages: &[Message], comment: &str) -> Vec<u64> {
    let of = messages.iter().filter(|m| m.comment() == comment);
    of.map(|m| m.json()["data"]["version"].as_u64().expect("a version")).collect()
}

/// Makes a test of each case for every store.
macro_rules! on_every_store {
    ($($case:ident),+ $(,)?) => {
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::webhook::Scene::redis().await).await; })+
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::webhook::Scene::sqlite().await).await; })+
        }
    };
}
use on_every_store;
