//! Webhooks: events sent to endpoints, as Standard Webhooks has it (<https://www.standardwebhooks.com>).
//!
//! At least once, and in order per comment. The log of events is the outbox: an endpoint's deliverer (`deliverer.rs`) takes
//! in what is new from its cursor on (`intake.rs`), sends what is due (`sender.rs`), and writes what came of it
//! (`settling.rs`), each in one step of the store and under a lease, so that any replica can go on where another stopped.
//! An event that fails waits by the schedule (`schedule.rs`), and what comes after it of the same comment waits behind it.

mod deliverer;
mod endpoint;
mod intake;
mod message;
pub mod metric;
mod schedule;
mod secret;
mod secret_file;
mod sender;
mod settling;

pub use endpoint::{Beginning, Endpoint, Rules, Webhooks};
pub use message::{message_id, test_body};
pub use secret::{InvalidSecrets, Secrets, new_secret};
pub use secret_file::{SecretFile, SecretFileError};
pub use sender::{Answer, Outcome, Sender};

use super::Time;
use crate::store::Store;
use deliverer::Deliverer;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Delivers to all endpoints, each on its own: a slow one keeps no other waiting.
pub struct Deliveries(Vec<Deliverer>);

impl Deliveries {
    /// # Errors
    /// Says why there can be no HTTP client.
    pub fn new(store: &Arc<dyn Store>, time: &Arc<dyn Time>, webhooks: &Webhooks) -> Result<Self, String> {
        let deliverer = |endpoint: &Arc<Endpoint>| {
            let sender = Sender::new(Arc::clone(endpoint))?;
            let (endpoint, rules) = (Arc::clone(endpoint), webhooks.rules);
            Ok(Deliverer { store: Arc::clone(store), time: Arc::clone(time), endpoint, rules, sender })
        };
        Ok(Self(webhooks.endpoints.iter().map(deliverer).collect::<Result<_, String>>()?))
    }

    /// Delivers until `end`, and then lets what is under way finish briefly.
    pub async fn run(self, end: CancellationToken) {
        let mut tasks = JoinSet::new();
        for deliverer in self.0 {
            let end = end.clone();
            tasks.spawn(async move { deliverer.run(&end).await });
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a webhook deliverer failed; another replica takes its place, or the next start");
            }
        }
    }
}
