//! Spans to a collector, by OTLP over HTTP. Only in builds with the feature `otlp`.

use super::trace_parent::TraceParent;
use crate::config::TraceSettings;
use async_trait::async_trait;
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::str::FromStr as _;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::{Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;

/// How long a collector may take for one request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends spans as they end.
pub struct Exporter {
    provider: SdkTracerProvider,
}

impl Exporter {
    /// Starts on the runtime that is entered, which has to outlive it. `tls`: whom to trust.
    ///
    /// # Errors
    /// Says why spans can't be sent.
    pub fn start(settings: &TraceSettings, tls: rustls::ClientConfig) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(PATIENCE).build()?;
        let endpoint = format!("{}/v1/traces", settings.endpoint.as_str().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client { http, runtime: Handle::current() })
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()?;
        let resource = Resource::builder_empty()
            .with_service_name("ombud")
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(resource)
            .build();
        Ok(Self { provider })
    }

    /// Hears ombud's own spans, and no events: they are for the log.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let own = |metadata: &Metadata<'_>| {
            metadata.is_span() && *metadata.level() <= tracing::Level::DEBUG && metadata.target().starts_with("ombud")
        };
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer("ombud"));
        // Where in the sources and on which thread says nothing to whoever reads a trace.
        let layer = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
        layer.with_filter(FilterFn::new(own))
    }

    /// Sends what waits, and ends. The runtime must be running.
    pub async fn stop(self) {
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last spans could not be sent");
        }
    }
}

/// Whether a span is among those that are exported, sampled or not.
#[must_use]
pub fn is_exported(span: &Span) -> bool {
    span.context().span().span_context().is_valid()
}

/// Makes a span part of the trace that a request says it belongs to.
pub fn adopt(span: &Span, parent: &TraceParent) {
    let state = parent.state().and_then(|state| TraceState::from_str(state).ok()).unwrap_or_default();
    let flags = if parent.sampled() { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let (trace, span_id) = (TraceId::from(parent.trace_id()), SpanId::from(parent.parent_id()));
    let remote = SpanContext::new(trace, span_id, flags, true, state);
    // Where nobody exports spans there is nothing to do.
    let _ = span.set_parent(Context::new().with_remote_span_context(remote));
}

/// The span that is entered, as the parent of what it asks for; `None` where spans are not exported.
#[must_use]
pub fn parent_of_span() -> Option<TraceParent> {
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    let state = Some(span.trace_state().header()).filter(|state| !state.is_empty());
    span.is_valid().then(|| {
        let (trace, id) =
            (u128::from_be_bytes(span.trace_id().to_bytes()), u64::from_be_bytes(span.span_id().to_bytes()));
        TraceParent::of_span(trace, id, span.is_sampled(), state)
    })
}

/// Our HTTP client, for the exporter, which works on a thread without a runtime.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let http = self.http.clone();
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        });
        let (status, body) = sent.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt as _;

    #[test]
    fn what_goes_out_names_the_span_that_sends_it() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("ombud"));
        let _listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        assert_eq!(parent_of_span(), None);
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let came = TraceParent::parse(header, Some("vendor=1")).expect("a parent");
        let span = tracing::debug_span!("request");
        adopt(&span, &came);
        let sent = span.in_scope(parent_of_span).expect("a span");
        assert_eq!((sent.trace_id(), sent.sampled(), sent.state()), (came.trace_id(), true, Some("vendor=1")));
        assert_ne!(sent.parent_id(), came.parent_id());
    }
}
