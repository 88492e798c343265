//! One span a request in the log: method, route, status, time. Never the query, a header or an id.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpRequest};
use tracing_actix_web::RootSpanBuilder;

/// Builds the span of a request.
pub struct Span;

impl RootSpanBuilder for Span {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        // At `info` nobody sees it, and then it costs nothing: to write the fields down takes as long as to find a key.
        tracing::debug_span!("request", method = %request.method(), route = route(request.request()))
    }

    fn on_request_end<B: MessageBody>(span: tracing::Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let _entered = span.enter();
        let status_code = status.as_u16();
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
