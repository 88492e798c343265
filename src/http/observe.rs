//! Around every request: its id, the trace it is part of, and how long it took.

use super::metrics;
use crate::telemetry::{Request, TraceParent};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use std::sync::Arc;
use std::time::Instant;

/// The header with a request's id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a request under its id, and times it up to the head of the answer.
///
/// # Errors
/// Those of what answers it.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let known = Arc::new(identify(request.headers()));
    let method = request.method().clone();
    // The call itself belongs to the request too, not only what it promises: the span begins there.
    let outcome = Arc::clone(&known).scope(async move { next.call(request).await }).await;
    match outcome {
        Ok(mut response) => {
            let route = response.request().match_pattern();
            metrics::answered(route.as_deref(), &method, response.status(), started.elapsed());
            if let Ok(id) = HeaderValue::from_str(known.id()) {
                response.headers_mut().insert(REQUEST_ID, id);
            }
            Ok(response)
        }
        Err(error) => {
            metrics::answered(None, &method, error.as_response_error().status_code(), started.elapsed());
            Err(error)
        }
    }
}

fn identify(headers: &HeaderMap) -> Request {
    let one = |name: &str| {
        let mut values = headers.get_all(name);
        let first = values.next().and_then(|value| value.to_str().ok());
        // Of several, nobody can tell which is meant.
        first.filter(|_| values.next().is_none())
    };
    let trace = one("traceparent").and_then(|parent| TraceParent::parse(parent, one("tracestate")));
    Request::new(one(REQUEST_ID.as_str()), trace)
}
