//! Where what is counted is kept: one place for the whole process, as crates that count expect.

use super::metric::{ALL, EVENT_LISTENERS, Kind, LEASES_EXPIRED};
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often samples of histograms are put in their buckets. Until then each takes 16 bytes or so.
const UPKEEP: Duration = Duration::from_secs(1);

static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// Begins to keep what is counted from now on; before, it is not counted. Again, it answers the same place.
///
/// # Errors
/// Fails if another crate keeps metrics in this process.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let mut builder = PrometheusBuilder::new();
    for metric in ALL {
        if let Kind::Histogram(bounds) = metric.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)?;
        }
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|e| anyhow::anyhow!("{e}")).context("metrics")?;
    for metric in ALL {
        match metric.kind {
            Kind::Counter => metrics::describe_counter!(metric.name, metric.meaning),
            Kind::Gauge => metrics::describe_gauge!(metric.name, metric.meaning),
            Kind::Histogram(_) => metrics::describe_histogram!(metric.name, metric.meaning),
        }
    }
    // Counted where it happens, which may be never: 0 is an answer too.
    LEASES_EXPIRED.counter(&[]).increment(0);
    EVENT_LISTENERS.gauge(&[]).increment(0.0);
    *installed = Some(handle.clone());
    Ok(handle)
}

/// Puts samples in their buckets, for good.
pub async fn keep_up(handle: PrometheusHandle) {
    let mut turns = tokio::time::interval(UPKEEP);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        handle.run_upkeep();
    }
}
