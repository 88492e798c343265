//! The faces of ombud: HTTP in, use-cases called, HTTP out. Knows the service, never a store.

mod authority;
pub mod compat;
mod docs;
mod health;
mod json;
mod limit;
mod metrics;
mod observe;
mod problem;
mod span;
pub mod v1;

pub use docs::{ApiDescription, description};
pub use limit::{Limits, Rate};
pub use metrics::{Scrape, scrape};
pub use observe::observe;
pub use problem::{Code, Problem};
pub use span::Span;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the described API: every call of version 1, and the probes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    v1::configure(config);
    config.service(health::live).service(health::ready);
}

/// What a request is answered that no call takes: the address is wrong, or the method.
pub async fn not_found(request: HttpRequest) -> Problem {
    if request.resource_map().has_resource(request.path()) {
        return Problem::new(Code::MethodNotAllowed, format!("this address does not take {}", request.method()));
    }
    Problem::new(Code::NoSuchAddress, format!("nothing is served at {}", request.path()))
}

/// The pages and probes that need no key and are not part of the described API.
pub fn open_pages() -> impl HttpServiceFactory {
    (
        web::resource("/openapi.json").route(web::get().to(docs::openapi)),
        web::resource("/docs").route(web::get().to(docs::page)),
        web::resource("/").route(web::get().to(home)),
    )
}

async fn home() -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER).insert_header(("location", "/docs")).finish()
}
