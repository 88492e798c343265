//! A listener to the event stream that loses its connection all the time, and goes on from its last cursor.

use super::caller::Caller;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use reqwest::Method;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long it waits for a connection and for what comes next.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a listener heard: ids of events, as they came.
pub type Heard = Arc<Mutex<Vec<String>>>;

pub struct Listener {
    caller: Caller,
    cursor: String,
    rng: Xoshiro256PlusPlus,
    heard: Heard,
}

impl Listener {
    /// Listens from the beginning of the log on.
    pub async fn new(caller: Caller, seed: u64) -> Self {
        let platform = caller.house.keys.platform.clone();
        let (_, page) = caller.insist(&platform, &Method::GET, "/v1/events?limit=1", None).await;
        let cursor = page["next"].as_str().expect("a cursor").to_owned();
        Self { caller, cursor, rng: Xoshiro256PlusPlus::seed_from_u64(seed), heard: Heard::default() }
    }

    pub fn heard(&self) -> Heard {
        Arc::clone(&self.heard)
    }

    pub async fn run(mut self, stop: CancellationToken) {
        while stop.run_until_cancelled(self.connect()).await.is_some_and(|goes_on| goes_on) {
            if stop.run_until_cancelled(super::pause(Duration::from_millis(50))).await.is_none() {
                return;
            }
        }
    }

    /// Listens for a while at one replica. Says whether there is any use in trying again.
    async fn connect(&mut self) -> bool {
        let replica = self.rng.random_range(0..self.caller.house.count());
        let platform = self.caller.house.keys.platform.client.at(&self.caller.house.base(replica));
        let request = platform.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
        let Ok(Ok(mut response)) = timeout(PATIENCE, request.header("last-event-id", &self.cursor).send()).await else {
            return true;
        };
        if response.status() == 400 {
            self.caller.ledger.violation("events", format!("the cursor {} is no longer one", self.cursor));
            return false;
        }
        if response.status() != 200 {
            return true;
        }
        let enough = self.rng.random_range(1..80);
        let (mut text, mut events) = (Vec::new(), 0);
        while let Ok(Ok(Some(chunk))) = timeout(PATIENCE, response.chunk()).await {
            text.extend_from_slice(&chunk);
            while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                let frame: Vec<u8> = text.drain(..end + 2).collect();
                events += usize::from(self.hear(&String::from_utf8_lossy(&frame)));
                if events >= enough {
                    return true;
                }
            }
        }
        true
    }

    /// Takes a frame; says whether it was an event.
    fn hear(&mut self, frame: &str) -> bool {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
        let (Some(cursor), Some(data)) = (field("id: "), field("data: ")) else { return false };
        let event: Value = serde_json::from_str(data).expect("an event");
        cursor.clone_into(&mut self.cursor);
        self.heard.lock().expect("nobody panicked").push(event["id"].as_str().expect("an id").to_owned());
        true
    }
}
