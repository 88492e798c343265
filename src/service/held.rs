//! Telling the events that were held back, once they can't be undone any more.

use super::Ombud;
use std::time::Duration;

/// How often held events are looked at if none is known to be due before: others hold some too.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long is waited at least, so that a clock that stands still keeps nobody busy.
const PAUSE: Duration = Duration::from_millis(5);
/// How many events are told in one step of the store.
const AT_ONCE: usize = 256;

impl Ombud {
    /// Tells held events as they come due, for ever. Every replica does: what one holds that is gone, another tells.
    /// Whether an event is due is the clock's word; the waiting in between only decides when it is asked.
    pub async fn keep_telling(&self) {
        loop {
            let wait = match self.store.release_due(self.clock.now(), AT_ONCE).await {
                Ok(Some(due)) => Duration::try_from(due.duration_since(self.clock.now())).unwrap_or_default(),
                Ok(None) => LOOK_EVERY,
                Err(error) => {
                    tracing::warn!(%error, "held events can't be told now");
                    LOOK_EVERY
                }
            };
            // A decision of this replica may be due sooner than what was known.
            let sooner = self.held.notified();
            let _ = tokio::time::timeout(wait.clamp(PAUSE, LOOK_EVERY), sooner).await;
        }
    }
}
