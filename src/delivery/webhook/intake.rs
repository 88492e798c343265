//! Takes in events from the log: what an endpoint hears of becomes a delivery, in the step that moves its cursor.

use super::endpoint::{Beginning, Endpoint};
use super::message::body;
use crate::comment::{Event, Timestamp};
use crate::store::{Delivery, OutboxLease, OutboxState, OutboxStatus, Settlement, Store, StoreError};

/// How many events are read at a time.
const PAGE: usize = 100;
/// How many deliveries may wait before the log waits instead.
const BACKLOG: u64 = 1_000;

/// What taking in led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// There is more, to be read at once.
    More,
    /// There is no more to be read for now.
    All,
    /// The lease is somebody else's.
    Lost,
}

/// Takes in what may be: nothing while an endpoint is disabled, and while it is paused one event for each probe, so that
/// the probes are not for ever of the same few. `idle`: nothing is under way, so a probe may go out.
pub(super) async fn take_in(
    store: &dyn Store,
    endpoint: &Endpoint,
    lease: &OutboxLease,
    state: &OutboxState,
    now: Timestamp,
    idle: bool,
) -> Result<Taken, StoreError> {
    let room = usize::try_from(BACKLOG.saturating_sub(state.waiting)).unwrap_or(0);
    let limit = match &state.standing.status {
        OutboxStatus::Active => room.min(PAGE),
        OutboxStatus::Paused { probe_at, .. } if idle && *probe_at <= now => room.min(1),
        OutboxStatus::Paused { .. } | OutboxStatus::Disabled { .. } => 0,
    };
    if state.cursor.is_none() && endpoint.beginning == Beginning::Now {
        let cursor = Some(store.latest_cursor(&endpoint.site).await?);
        let settled = store.settle(lease, &Settlement { cursor, ..Settlement::default() }).await?;
        return Ok(if settled { Taken::More } else { Taken::Lost });
    }
    if limit == 0 {
        return Ok(Taken::All);
    }
    let page = match store.events(&endpoint.site, state.cursor.as_deref(), limit).await {
        // The log is trimmed for no endpoint that is in the file; this one was not for a long time.
        Err(StoreError::CursorExpired) => {
            tracing::warn!(endpoint = %endpoint.id, "events are no longer kept that a webhook endpoint had not been told");
            store.events(&endpoint.site, None, limit).await?
        }
        page => page?,
    };
    if page.events.is_empty() {
        return Ok(Taken::All);
    }
    let heard = page.events.iter().map(|(_, event)| event).filter(|event| endpoint.hears(&event.kind));
    let waiting = heard.map(|event| delivery(event, now)).collect();
    let settlement = Settlement { cursor: Some(page.next), waiting, ..Settlement::default() };
    if !store.settle(lease, &settlement).await? {
        return Ok(Taken::Lost);
    }
    Ok(if page.more && limit > 1 { Taken::More } else { Taken::All })
}

fn delivery(event: &Event, now: Timestamp) -> Delivery {
    Delivery {
        event_id: event.id.clone(),
        comment: event.comment_id.clone(),
        version: event.version,
        body: body(event),
        happened_at: event.at,
        due_at: now,
        attempts: 0,
        step: 0,
        first_tried_at: None,
        last_outcome: None,
    }
}
