//! The event stream: events as they happen, from any cursor on.

use crate::comment::{Event, SiteId};
use crate::store::{Store, StoreError};
use crate::telemetry::metric::EVENT_LISTENERS;
use futures_util::Stream;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// After how long without events a listener hears that all is quiet: connections that hear nothing for
/// long are cut by what stands between. The store is asked again then, should its news have been lost.
const QUIET: Duration = Duration::from_secs(15);

/// Events read from the store at a time; more are read when these are taken, so a slow listener costs
/// no more memory than this.
const READ: usize = 100;

/// How long a listener may take for what it was given. One that takes longer can't keep up, or is gone: it is told to read
/// anew, and cut off.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What a listener hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// An event, and the cursor right after it.
    Event(String, Box<Event>),
    Quiet,
    /// The listener missed events, or would: it has to read anew what it needs, and can go on from this cursor. The
    /// stream ends here.
    Refresh(String),
}

struct Listener {
    store: Arc<dyn Store>,
    site: SiteId,
    cursor: String,
    read: VecDeque<(String, Event)>,
    news: watch::Receiver<u64>,
    end: CancellationToken,
    patience: Duration,
    /// When it was given something last.
    given: Option<Instant>,
    over: bool,
    _open: Open,
}

/// A stream that is counted as long as it is there.
struct Open;

impl Open {
    fn counted() -> Self {
        EVENT_LISTENERS.gauge(&[]).increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        EVENT_LISTENERS.gauge(&[]).decrement(1.0);
    }
}

/// Opens a stream after a cursor, or at now. It ends with `end`, or when the store fails: the listener
/// connects again and goes on from the last cursor.
///
/// # Errors
/// [`StoreError::UnknownCursor`] for a cursor this store never gave out. After one that is no longer kept, all that is
/// heard is [`Heard::Refresh`].
pub async fn open(
    store: Arc<dyn Store>,
    site: SiteId,
    after: Option<String>,
    end: CancellationToken,
    patience: Duration,
) -> Result<impl Stream<Item = Heard> + Unpin, StoreError> {
    let news = store.news();
    let (cursor, read) = match after {
        None => (store.latest_cursor(&site).await?, VecDeque::new()),
        Some(after) => {
            match store.events(&site, Some(&after), READ).await {
                Ok(page) => (page.next, page.events.into()),
                // It is read again, and found out, when the listener first listens.
                Err(StoreError::CursorExpired) => (after, VecDeque::new()),
                Err(error) => return Err(error),
            }
        }
    };
    let listener =
        Listener { store, site, cursor, read, news, end, patience, given: None, over: false, _open: Open::counted() };
    Ok(Box::pin(futures_util::stream::unfold(listener, |mut listener| async move {
        if listener.over {
            return None;
        }
        let heard = if listener.is_late() { listener.refresh().await } else { listener.next().await }?;
        listener.given = Some(Instant::now());
        Some((heard, listener))
    })))
}

impl Listener {
    /// Whether it took too long for what it was given: it is asked for more only once that has left.
    fn is_late(&self) -> bool {
        self.given.is_some_and(|given| given.elapsed() >= self.patience)
    }

    async fn refresh(&mut self) -> Option<Heard> {
        self.over = true;
        let latest = self.store.latest_cursor(&self.site).await;
        latest
            .inspect_err(|error| tracing::warn!(site = %self.site, %error, "an event stream ends"))
            .ok()
            .map(Heard::Refresh)
    }

    async fn next(&mut self) -> Option<Heard> {
        if let Some((cursor, event)) = self.read.pop_front() {
            return Some(Heard::Event(cursor, Box::new(event)));
        }
        loop {
            // Marked as seen before reading: news that comes meanwhile wakes the wait below at once.
            self.news.borrow_and_update();
            match self.store.events(&self.site, Some(&self.cursor), READ).await {
                Ok(page) => {
                    self.cursor = page.next;
                    self.read = page.events.into();
                }
                Err(StoreError::CursorExpired) => return self.refresh().await,
                Err(error) => {
                    tracing::warn!(site = %self.site, %error, "an event stream ends");
                    return None;
                }
            }
            if let Some((cursor, event)) = self.read.pop_front() {
                return Some(Heard::Event(cursor, Box::new(event)));
            }
            tokio::select! {
                () = self.end.cancelled() => return None,
                changed = self.news.changed() => changed.ok()?,
                () = tokio::time::sleep(QUIET) => return Some(Heard::Quiet),
            }
        }
    }
}
