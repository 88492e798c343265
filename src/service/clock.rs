//! The one place that asks what time it is.

use crate::comment::Timestamp;
use crate::delivery::Time;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long to sleep before looking at the clock again.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Where `now` comes from.
#[derive(Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// A clock that a test sets.
    Manual(ManualClock),
}

impl Clock {
    /// Now, cut to the millisecond: what is kept and what is compared are the same.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the clock is where the time is asked")]
            Self::System => to_millisecond(Timestamp::now()),
            Self::Manual(clock) => clock.now(),
        }
    }
}

#[async_trait]
impl Time for Clock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    async fn sleep_until(&self, time: Timestamp) {
        match self {
            // Looked at again: a clock that is set meanwhile is not slept through.
            Self::System => {
                while let Ok(left) = Duration::try_from(time.duration_since(self.now()))
                    && !left.is_zero()
                {
                    tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
                }
            }
            Self::Manual(clock) => clock.comes_to(time).await,
        }
    }
}

/// Cuts a time to the millisecond.
#[must_use]
pub fn to_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct ManualClock(Arc<watch::Sender<i64>>);

impl ManualClock {
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(watch::Sender::new(time.as_millisecond())))
    }

    /// Moves on, and wakes whoever waits for that.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.send_modify(|now| *now = now.saturating_add(ms));
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(*self.0.borrow()).unwrap_or(Timestamp::MAX)
    }

    async fn comes_to(&self, time: Timestamp) {
        // It can't be gone: this is one of its handles.
        let _ = self.0.subscribe().wait_for(|now| *now >= time.as_millisecond()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn whoever_waits_for_a_time_wakes_when_it_comes() {
        let start: Timestamp = "2026-11-03T20:00:00Z".parse().unwrap();
        let manual = ManualClock::at(start);
        let clock = Clock::Manual(manual.clone());
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(start + jiff::SignedDuration::from_secs(60)).await }
        });
        manual.advance(Duration::from_secs(59));
        assert!(!waiting.is_finished());
        manual.advance(Duration::from_secs(1));
        waiting.await.unwrap();
        for past in [start, clock.now()] {
            assert_eq!(clock.sleep_until(past).now_or_never(), Some(()));
            assert_eq!(Clock::System.sleep_until(past.min(Clock::System.now())).now_or_never(), Some(()));
        }
    }
}
