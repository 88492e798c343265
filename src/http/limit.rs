//! How much of anything one request may be, and how many one key may send.

use super::problem::{Code, Problem};
use crate::comment::KeyId;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// Limits on requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest body of one request, in bytes.
    pub body_bytes: usize,
    /// Longest line of a batch, in bytes.
    pub batch_line_bytes: usize,
    /// Requests a second of one key, bursts of as many included; `None` for no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// Event streams of one key, open at once.
    pub streams_per_key: usize,
    /// Event streams of all keys, open at once in this process.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let (body_bytes, batch_line_bytes) = (256 * 1024, 256 * 1024);
        Self { body_bytes, batch_line_bytes, requests_per_second: None, streams_per_key: 16, streams: 1_000 }
    }
}

/// Counts the requests of each key.
pub struct Rate {
    limiter: Option<DefaultKeyedRateLimiter<KeyId>>,
    clock: DefaultClock,
}

impl Rate {
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let limiter = limits.requests_per_second.map(|n| RateLimiter::keyed(Quota::per_second(n)));
        Self { limiter, clock: DefaultClock::default() }
    }

    /// Counts a request of this key.
    pub(super) fn check(&self, key: &KeyId) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now()).as_secs() + 1;
            Problem::new(Code::RateLimited, format!("this key sends too fast; try again in {wait} s")).retry_after(wait)
        })
    }
}
