//! What is measured of webhooks. Names and labels are what dashboards are built on, so they stay.

use crate::comment::EndpointId;
use crate::telemetry::metric::{WEBHOOK_DELIVERIES, WEBHOOK_DELIVERY, WEBHOOK_LAG, WEBHOOK_PAUSED, WEBHOOK_WAITING};
use metrics::{counter, gauge, histogram};
use std::time::Duration;

/// An attempt is over.
pub(super) fn attempted(endpoint: &EndpointId, outcome: &'static str, took: Duration) {
    counter!(WEBHOOK_DELIVERIES.name, "endpoint" => endpoint.to_string(), "outcome" => outcome).increment(1);
    histogram!(WEBHOOK_DELIVERY.name, "endpoint" => endpoint.to_string()).record(took.as_secs_f64());
}

/// How an endpoint stands.
#[expect(clippy::cast_precision_loss, reason = "a gauge")]
pub(super) fn standing(endpoint: &EndpointId, waiting: u64, lag: Duration, paused: bool) {
    gauge!(WEBHOOK_WAITING.name, "endpoint" => endpoint.to_string()).set(waiting as f64);
    gauge!(WEBHOOK_LAG.name, "endpoint" => endpoint.to_string()).set(lag.as_secs_f64());
    gauge!(WEBHOOK_PAUSED.name, "endpoint" => endpoint.to_string()).set(if paused { 1.0 } else { 0.0 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::{Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder};
    use metrics::{SharedString, Unit};
    use std::sync::{Arc, Mutex};

    /// What was recorded, as `NAME{LABELS} VALUE`.
    #[derive(Default)]
    struct Notes(Arc<Mutex<Vec<String>>>);

    struct Note(Arc<Mutex<Vec<String>>>, String);

    impl Note {
        fn write(&self, value: impl std::fmt::Display) {
            self.0.lock().unwrap().push(format!("{} {value}", self.1));
        }
    }

    impl CounterFn for Note {
        fn increment(&self, value: u64) {
            self.write(value);
        }
        fn absolute(&self, _: u64) {}
    }

    impl GaugeFn for Note {
        fn increment(&self, _: f64) {}
        fn decrement(&self, _: f64) {}
        fn set(&self, value: f64) {
            self.write(value);
        }
    }

    impl HistogramFn for Note {
        fn record(&self, value: f64) {
            self.write(value);
        }
    }

    impl Notes {
        fn note(&self, key: &Key) -> Arc<Note> {
            let labels: Vec<String> = key.labels().map(|l| format!("{}={}", l.key(), l.value())).collect();
            Arc::new(Note(Arc::clone(&self.0), format!("{}{{{}}}", key.name(), labels.join(","))))
        }
    }

    impl Recorder for Notes {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(self.note(key))
        }
        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::from_arc(self.note(key))
        }
        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(self.note(key))
        }
    }

    #[test]
    fn names_and_labels_are_what_dashboards_know() {
        let (notes, cms) = (Notes::default(), EndpointId::parse("cms").unwrap());
        metrics::with_local_recorder(&notes, || {
            attempted(&cms, "delivered", Duration::from_millis(250));
            standing(&cms, 3, Duration::from_secs(61), true);
        });
        let expected = [
            "ombud_webhook_deliveries_total{endpoint=cms,outcome=delivered} 1",
            "ombud_webhook_delivery_seconds{endpoint=cms} 0.25",
            "ombud_webhook_waiting{endpoint=cms} 3",
            "ombud_webhook_lag_seconds{endpoint=cms} 61",
            "ombud_webhook_paused{endpoint=cms} 1",
        ];
        assert_eq!(*notes.0.lock().unwrap(), expected);
    }
}
