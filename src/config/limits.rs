//! `[limits]` of `ombud.toml`.

use crate::http::Limits;
use anyhow::ensure;
use serde::Deserialize;
use std::num::NonZeroU32;
use std::time::Duration;

/// `[limits]` as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsFile {
    body_bytes: usize,
    batch_line_bytes: usize,
    head_seconds: u16,
    body_seconds: u16,
    connections: usize,
    /// 0 is no limit.
    requests_per_second: u32,
    /// 0 is no limit.
    comments_per_minute: u32,
    /// 0 is no limit.
    reader_posts_per_minute: u32,
    streams_per_key: usize,
    streams: usize,
}

impl Default for LimitsFile {
    fn default() -> Self {
        let limits = Limits::default();
        let seconds = |time: Duration| u16::try_from(time.as_secs()).unwrap_or(u16::MAX);
        Self {
            body_bytes: limits.body_bytes,
            batch_line_bytes: limits.batch_line_bytes,
            head_seconds: seconds(limits.head_time),
            body_seconds: seconds(limits.body_time),
            connections: limits.connections,
            requests_per_second: limits.requests_per_second.map_or(0, NonZeroU32::get),
            comments_per_minute: limits.comments_per_minute.map_or(0, NonZeroU32::get),
            reader_posts_per_minute: limits.reader_posts_per_minute.map_or(0, NonZeroU32::get),
            streams_per_key: limits.streams_per_key,
            streams: limits.streams,
        }
    }
}

impl LimitsFile {
    /// # Errors
    /// Names the limit that lets nothing in.
    pub(super) fn checked(&self) -> anyhow::Result<Limits> {
        let smallest = self.body_bytes.min(self.batch_line_bytes);
        ensure!(smallest >= 1024, "limits under 1024 bytes let nothing in");
        let Self { head_seconds, body_seconds, connections, .. } = *self;
        ensure!(head_seconds > 0 && body_seconds > 0, "a limit of 0 seconds lets nothing in");
        ensure!(connections > 0, "`limits.connections` is 0, which lets nobody in");
        Ok(Limits {
            body_bytes: self.body_bytes,
            batch_line_bytes: self.batch_line_bytes,
            head_time: Duration::from_secs(head_seconds.into()),
            body_time: Duration::from_secs(body_seconds.into()),
            connections,
            requests_per_second: NonZeroU32::new(self.requests_per_second),
            comments_per_minute: NonZeroU32::new(self.comments_per_minute),
            reader_posts_per_minute: NonZeroU32::new(self.reader_posts_per_minute),
            streams_per_key: self.streams_per_key,
            streams: self.streams,
        })
    }
}
