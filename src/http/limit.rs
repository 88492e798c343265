//! How much of anything one request may be, and how long it may take to send.

use std::num::NonZeroU32;
use std::time::Duration;

/// Limits on requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest body of one request, in bytes.
    pub body_bytes: usize,
    /// Longest line of a batch, in bytes.
    pub batch_line_bytes: usize,
    /// How long the head of a request may take to come in.
    pub head_time: Duration,
    /// How long a body may take to come in; of a batch, which has no end that is known, how long it may say nothing.
    pub body_time: Duration,
    /// Connections at a time. More wait to be taken.
    pub connections: usize,
    /// Requests a second of one key, bursts of as many included; `None` for no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// Comments a minute of one author, bursts of as many included; `None` for no limit.
    pub comments_per_minute: Option<NonZeroU32>,
    /// What readers send by ombud's own pages, a minute of one network address, bursts of as many included; `None` for
    /// no limit.
    pub reader_posts_per_minute: Option<NonZeroU32>,
    /// Event streams of one key, open at once.
    pub streams_per_key: usize,
    /// Event streams of all keys, open at once in this process.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            batch_line_bytes: 256 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            connections: 10_000,
            requests_per_second: None,
            comments_per_minute: None,
            reader_posts_per_minute: NonZeroU32::new(10),
            streams_per_key: 16,
            streams: 1_000,
        }
    }
}
