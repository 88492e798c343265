//! The faces of ombud: HTTP in, use-cases called, HTTP out. Knows the service, never a store.

mod asset;
mod authority;
pub mod compat;
pub mod console;
mod docs;
pub mod embed;
mod foreign;
#[cfg(fuzzing)]
pub mod fuzzing;
mod health;
mod json;
mod limit;
mod metrics;
mod observe;
mod problem;
mod proxy;
mod rate;
mod span;
pub mod v1;

pub use asset::address as asset_address;
pub use docs::{ApiDescription, description};
pub use limit::Limits;
pub use metrics::{Scrape, scrape};
pub use observe::observe;
pub use problem::{Code, Problem};
pub use proxy::Proxy;
pub use rate::{Rate, headers as rate_headers};
pub use span::Span;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the described API: every call of version 1, and the probes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    v1::configure(config);
    config.service(health::live).service(health::ready);
}

/// What a request is answered that no call takes: the address is wrong, or the method.
pub async fn not_found(request: HttpRequest, description: web::Data<ApiDescription>) -> Problem {
    if let Some(methods) = description.allowed.at(request.path()) {
        return Problem::method_not_allowed(request.method(), methods);
    }
    Problem::new(Code::NoSuchAddress, format!("nothing is served at {}", request.path()))
}

/// The pages and probes that need no key and are not part of the described API.
pub fn open_pages() -> impl HttpServiceFactory {
    (
        page("/openapi.json").route(web::get().to(docs::openapi)),
        page("/docs").route(web::get().to(docs::page)),
        page("/assets/{path:.+}").route(web::get().to(asset::file)).route(web::head().to(asset::file)),
        page("/").route(web::get().to(home)),
    )
}

/// An address that takes GET alone (and HEAD where that is added); what answers is for the caller to add.
#[must_use]
pub fn page(address: &str) -> Resource {
    let otherwise = |request: HttpRequest| async move { Problem::method_not_allowed(request.method(), "GET") };
    web::resource(address.to_owned()).default_service(web::to(otherwise))
}

async fn home() -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER).insert_header(("location", "/docs")).finish()
}
