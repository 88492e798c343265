//! What is measured of webhooks. Names and labels are what dashboards are built on, so they stay.

use crate::comment::EndpointId;
use metrics::{counter, gauge, histogram};
use std::time::Duration;

/// Counter: attempts by what came of them; labels `endpoint`, `outcome` (`delivered`, `failed`, `dead`: failed for the last time, `gone`).
pub const DELIVERIES: &str = "ombud_webhook_deliveries_total";
/// Histogram: how long an attempt took, in seconds; label `endpoint`.
pub const DELIVERY_SECONDS: &str = "ombud_webhook_delivery_seconds";
/// Gauge: deliveries taken in and not settled; label `endpoint`. Of the replica that holds the lease.
pub const WAITING: &str = "ombud_webhook_waiting";
/// Gauge: the age of the oldest of these, in seconds; label `endpoint`.
pub const LAG_SECONDS: &str = "ombud_webhook_lag_seconds";
/// Gauge: 1 while an endpoint is paused or disabled, else 0; label `endpoint`.
pub const PAUSED: &str = "ombud_webhook_paused";

/// An attempt is over.
pub(super) fn attempted(endpoint: &EndpointId, outcome: &'static str, took: Duration) {
    counter!(DELIVERIES, "endpoint" => endpoint.to_string(), "outcome" => outcome).increment(1);
    histogram!(DELIVERY_SECONDS, "endpoint" => endpoint.to_string()).record(took.as_secs_f64());
}

/// How an endpoint stands.
#[expect(clippy::cast_precision_loss, reason = "a gauge")]
pub(super) fn standing(endpoint: &EndpointId, waiting: u64, lag: Duration, paused: bool) {
    gauge!(WAITING, "endpoint" => endpoint.to_string()).set(waiting as f64);
    gauge!(LAG_SECONDS, "endpoint" => endpoint.to_string()).set(lag.as_secs_f64());
    gauge!(PAUSED, "endpoint" => endpoint.to_string()).set(if paused { 1.0 } else { 0.0 });
}
