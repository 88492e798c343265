//! The readers' side: a page for every article's discussion, to be shown within the publisher's own.
//!
//! Plain pages and forms: everything can be done without a script, and without a cookie, which a browser would not keep
//! for a page within another's anyway. What a reader may do, she may do by what she holds: a form that was given out,
//! a token of the platform's, a private link. `docs/embed.md` is for whoever embeds them.

mod conversation;
mod faq;
mod follow;
mod look;
mod page;
mod refusal;
mod report;
mod sender;
mod setting;
mod thread;
mod why;
mod write;

pub use setting::{EmbedSettings, EmbedSite, InvalidOrigin, NOTICE, Origin};

use super::problem::Problem;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use actix_web::{HttpRequest, HttpResponse, Resource, web};

/// The script that a publisher's page names, which puts the frame there.
const SCRIPT: &str = include_str!("../../../assets/embed/embed.js");

/// Registers the pages.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(read("/embed.js").route(web::get().to(script)))
        .service(read("/embed/look.css").route(web::get().to(look::sheet)))
        .service(read("/embed/{site}/faq").route(web::get().to(faq::get)))
        .service(read("/embed/{site}/articles/{id}").route(web::get().to(thread::get)))
        .service(sent("/embed/{site}/articles/{id}/comments").route(web::post().to(write::post)))
        .service(read("/embed/{site}/comments/{id}/report").route(web::get().to(report::get)))
        .service(sent("/embed/{site}/comments/{id}/reports").route(web::post().to(report::post)))
        .service(read("/embed/{site}/comments/{id}/follow/{link}").route(web::get().to(follow::get)))
        .service(sent("/embed/{site}/comments/{id}/follow/{link}/appeal").route(web::post().to(follow::appeal)))
        .service(sent("/embed/{site}/comments/{id}/follow/{link}/withdraw").route(web::post().to(follow::withdraw)));
}

fn read(address: &str) -> Resource {
    super::page(address)
}

fn sent(address: &str) -> Resource {
    let otherwise = |request: HttpRequest| async move { Problem::method_not_allowed(request.method(), "POST") };
    web::resource(address.to_owned()).default_service(web::to(otherwise))
}

/// `GET /embed.js`: under a name of its own, as it stands in pages that nobody edits again.
async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
        .body(SCRIPT)
}
