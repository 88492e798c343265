//! The one place that asks what time it is.

use crate::comment::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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

/// Cuts a time to the millisecond.
#[must_use]
pub fn to_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(time.as_millisecond())))
    }

    /// Moves on.
    pub fn advance(&self, by: std::time::Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}
