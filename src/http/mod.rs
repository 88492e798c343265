//! The faces of ombud: HTTP in, use-cases called, HTTP out. Knows the service, never a store.

mod authority;
mod docs;
mod health;
mod json;
mod limit;
mod problem;
pub mod v1;

pub use docs::{ApiDescription, description};
pub use limit::Limits;
pub use problem::{Code, Problem};

use actix_web::dev::HttpServiceFactory;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

/// What a request for an address that does not exist is answered.
pub async fn not_found(request: HttpRequest) -> Problem {
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
