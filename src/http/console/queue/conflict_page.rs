//! A conflict as a page, for browsers without scripts.

use crate::http::console::authority::Entered;
use crate::http::console::conflict::Conflict;
use crate::http::console::page;
use crate::http::console::shell::{Room, Shell};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

/// What was to be done, so that it can be done after all.
pub(super) struct Order {
    /// As the form said it.
    pub asked: String,
    pub comment: String,
    pub note: String,
    pub to_author: String,
}

#[derive(Template)]
#[template(path = "console/queue/conflict.html")]
struct Page<'a> {
    shell: Shell,
    base: &'a str,
    query: &'a str,
    order: Order,
    conflict: &'a Conflict,
}

pub(super) fn page(entered: &Entered, base: &str, query: &str, order: Order, conflict: &Conflict) -> HttpResponse {
    let page = Page { shell: entered.shell(Room::Queue), base, query, order, conflict };
    page::answer(StatusCode::CONFLICT, &page)
}
