//! One span a request: method, route, status, time. Never the query, a header or an id of what is asked for.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpRequest};
use tracing::field::Empty;
use tracing_actix_web::RootSpanBuilder;

/// Builds the span of a request.
pub struct Span;

impl RootSpanBuilder for Span {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        // At `info` nobody sees it, and then it costs nothing: to write the fields down takes as long as to find a key.
        // Log lines have the request's id all the same (`telemetry/line.rs`).
        let span = tracing::debug_span!(
            "request",
            method = %request.method(),
            route = route(request.request()),
            otel.kind = Empty,
            otel.status_code = Empty,
            status = Empty,
            request_id = Empty,
        );
        #[cfg(feature = "otlp")]
        exported::begin(&span);
        span
    }

    fn on_request_end<B: MessageBody>(span: tracing::Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let _entered = span.enter();
        let status_code = status.as_u16();
        #[cfg(feature = "otlp")]
        exported::end(&span, status);
        match outcome {
            Ok(response) if status.is_server_error() => {
                let request = response.request();
                tracing::error!(method = %request.method(), route = route(request), status = status_code, "failed");
            }
            Err(_) if status.is_server_error() => tracing::error!(status = status_code, "failed"),
            _ => tracing::debug!(status = status_code, "answered"),
        }
    }
}

/// The pattern, not the path: paths hold ids, which the platform may have made of names.
fn route(request: &HttpRequest) -> String {
    request.match_pattern().unwrap_or_else(|| "none".to_owned())
}

/// What a span says beside where spans are exported; the log says it elsewhere.
#[cfg(feature = "otlp")]
mod exported {
    use crate::telemetry::{Request, otlp};
    use actix_web::http::StatusCode;
    use tracing::Span;

    pub(super) fn begin(span: &Span) {
        let Some(request) = Request::current() else { return };
        // Before anything is asked of the span: its trace is chosen then, for good.
        if let Some(trace) = request.trace() {
            otlp::adopt(span, trace);
        }
        if otlp::is_exported(span) {
            span.record("otel.kind", "server").record("request_id", request.id());
        }
    }

    pub(super) fn end(span: &Span, status: StatusCode) {
        if otlp::is_exported(span) {
            span.record("status", status.as_u16());
            if status.is_server_error() {
                span.record("otel.status_code", "ERROR");
            }
        }
    }
}
