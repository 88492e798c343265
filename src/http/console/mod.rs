//! The moderators' console: pages for people, as the API is for programs.
//!
//! Written whole on the server; nothing needs a script. A page's handler names by its argument the duty that it is for
//! (`authority::SignedIn`), and a form's that it was sent from a page of this session (`form::Posted`). What is
//! refused is a page too (`refusal`).

mod again;
mod authority;
mod conflict;
mod cookie;
mod error_rates;
mod evidence;
mod form;
mod histogram;
mod history;
mod history_page;
mod home;
mod listed;
mod me;
mod mine;
mod page;
mod people;
mod policy;
mod queue;
mod reading;
mod refusal;
mod revision;
mod scale;
mod search;
mod settings;
mod shell;
mod sign_in;
mod site;
mod today;
mod trail;
mod tune;
mod words;

pub use settings::ConsoleSettings;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::DefaultHeaders;
use actix_web::{Resource, web};

/// What pages may load and where forms may go: this server alone, and nothing that stands inline. Nobody frames them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every page, below `/console`.
pub fn pages() -> impl HttpServiceFactory {
    let private = DefaultHeaders::new()
        .add(("cache-control", "no-store"))
        .add(("content-security-policy", CONTENT_SECURITY_POLICY))
        // Forms go with their origin, which is how they are told from those of other sites.
        .add(("referrer-policy", "same-origin"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("cross-origin-resource-policy", "same-origin"))
        .add(("x-frame-options", "DENY"))
        .add(("permissions-policy", "camera=(), geolocation=(), microphone=()"));
    let scope = web::scope("/console")
        .service(at("").route(web::get().to(site::choose)))
        .service(at("/{site}").route(web::get().to(home::get)))
        .service(at("/{site}/sign-in").route(web::get().to(sign_in::get)).route(web::post().to(sign_in::post)))
        .service(at("/{site}/sign-out").route(web::post().to(sign_in::out)))
        .service(at("/{site}/password").route(web::get().to(me::password)).route(web::post().to(me::choose_password)))
        .service(at("/{site}/me").route(web::get().to(me::get)))
        .service(at("/{site}/me/look").route(web::post().to(me::choose_look)))
        .service(at("/{site}/me/session").route(web::post().to(me::end_session)))
        .service(at("/{site}/search").route(web::get().to(search::get)))
        .service(at("/{site}/mine").route(web::get().to(mine::get)))
        .service(at("/{site}/comments/{id}").route(web::get().to(history::get)))
        .service(at("/{site}/comments/{id}/decision").route(web::post().to(history::decide)))
        .service(at("/{site}/comments/{id}/undo").route(web::post().to(history::undo)))
        .service(at("/{site}/today").route(web::get().to(today::get)))
        .service(at("/{site}/policy").route(web::get().to(policy::get)))
        .service(at("/{site}/policy/try").route(web::get().to(tune::get)).route(web::post().to(tune::post)))
        .service(at("/{site}/policy/candidates/{id}").route(web::get().to(tune::candidate::get)))
        .service(at("/{site}/policy/candidates/{id}/replay").route(web::post().to(tune::candidate::replay)))
        .service(at("/{site}/policy/candidates/{id}/approve").route(web::post().to(tune::candidate::approve)))
        .service(at("/{site}/policy/candidates/{id}/withdraw").route(web::post().to(tune::candidate::withdraw)))
        .service(at("/{site}/policy/candidates/{id}/shadow").route(web::get().to(tune::shadow::candidate)))
        .service(at("/{site}/policy/shadow").route(web::get().to(tune::shadow::model)))
        .service(at("/{site}/policy/{number}").route(web::get().to(revision::get)))
        .service(at("/{site}/people").route(web::get().to(people::get)).route(web::post().to(people::add)))
        .service(at("/{site}/people/role").route(web::post().to(people::give_role)))
        .service(at("/{site}/people/password").route(web::post().to(people::give_password)))
        .service(at("/{site}/people/shut").route(web::post().to(people::shut)))
        .service(at("/{site}/people/restore").route(web::post().to(people::restore)));
    queue::pages(scope).default_service(web::to(refusal::nothing_here)).wrap(private)
}

/// An address within, and what answers whatever it does not take.
fn at(address: &str) -> Resource {
    web::resource(address.to_owned()).default_service(web::to(refusal::not_so))
}
