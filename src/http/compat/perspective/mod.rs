//! The Perspective API, `v1alpha1`: what a platform calls today, at the same paths, with the same names, errors and
//! meaning of a score.
//!
//! Google ends the service on 31 December 2026. A platform changes the host name and the key, and goes on. Names and
//! shapes follow the API's discovery document and its public reference; [`discovery`] serves our own.

mod analyze;
mod attribute;
mod batch;
mod discovery;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod language;
mod request;
mod span;
mod suggest;

use crate::comment::Scope;
use crate::http::authority::{authorise, bearer};
use crate::http::json;
use crate::service::KeyHolder;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use error::GoogleError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where clients call that only had their host name changed, and a path of its own beside it.
const ROOTS: [&str; 2] = ["", "/compat/perspective"];

pub(super) fn configure(config: &mut ServiceConfig) {
    for root in ROOTS {
        // What is asked most comes first, and not in a scope, which would be one more table to look through.
        config
            .service(resource(&format!("{root}/v1alpha1/comments:analyze")).route(web::post().to(analyze::post)))
            .service(resource(&format!("{root}/v1alpha1/comments:suggestscore")).route(web::post().to(suggest::post)))
            .service(resource(&format!("{root}/batch")).route(web::post().to(batch::post)))
            .service(resource(&format!("{root}/$discovery/rest")).route(web::get().to(discovery::get)))
            .service(web::scope(&format!("{root}/v1alpha1")).default_service(web::to(nothing)));
    }
}

/// An address that answers in Google's shape to other methods too.
fn resource(path: &str) -> actix_web::Resource {
    web::resource(path.to_owned()).default_service(web::to(nothing))
}

async fn nothing() -> HttpResponse {
    GoogleError::no_such_method().error_response()
}

#[derive(Deserialize)]
struct Query {
    key: Option<String>,
}

/// The key in a query.
fn key_in(query: &str) -> Option<String> {
    web::Query::<Query>::from_query(query).ok().and_then(|query| query.into_inner().key)
}

/// Whose key came along: as `?key=`, in `X-Goog-Api-Key`, or as everywhere else here.
async fn caller(request: &HttpRequest) -> Result<KeyHolder, GoogleError> {
    let header = || Some(request.headers().get("x-goog-api-key")?.to_str().ok()?.to_owned());
    let secret = key_in(request.query_string()).or_else(header).or_else(|| bearer(request));
    Ok(authorise(request, secret.as_deref(), Scope::Submit).await?)
}

/// The caller, and the JSON it sent, whatever type it gave it.
async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(KeyHolder, T), GoogleError> {
    let caller = caller(request).await?;
    let body = json::body(request, payload.into_inner()).await?;
    Ok((caller, json::parse(&body)?))
}
