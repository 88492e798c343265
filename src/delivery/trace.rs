//! What every outgoing request carries, so that a trace goes on where it leads.

use crate::telemetry::{Request, TraceParent};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// W3C Trace Context for a request that goes out now: of the span that sends it if spans are exported; else as it came
/// in with the request that this is done for, as a part that records nothing passes it on. None of either: empty.
#[must_use]
pub fn headers() -> HeaderMap {
    let came = Request::current();
    parent_of_span().as_ref().or_else(|| came.as_deref()?.trace()).map(written).unwrap_or_default()
}

fn written(parent: &TraceParent) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let named = [("traceparent", Some(parent.header())), ("tracestate", parent.state().map(str::to_owned))];
    for (name, value) in named {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

#[cfg(feature = "otlp")]
use crate::telemetry::otlp::parent_of_span;

/// No span is exported by this build.
#[cfg(not(feature = "otlp"))]
const fn parent_of_span() -> Option<TraceParent> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_trace_goes_on_as_it_came() {
        assert!(headers().is_empty());
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let request = Arc::new(Request::new(None, TraceParent::parse(header, Some("vendor=1"))));
        let sent = request.scope(async { headers() }).await;
        assert_eq!(
            (&sent["traceparent"], &sent["tracestate"]),
            (&HeaderValue::from_static(header), &HeaderValue::from_static("vendor=1"))
        );
    }
}
