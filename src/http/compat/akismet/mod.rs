//! The Akismet API, versions 1.1 and 1.2, as blogs and forums call it.
//!
//! `check` judges by the site's policy and stores nothing; `submit` keeps what a person said of a comment as labels to
//! learn from; `account` answers what clients ask of their account. Answers are words of plain text, mostly with
//! status 200 even where something is wrong: clients compare the words.

mod account;
mod check;
mod form;
#[cfg(fuzzing)]
pub mod fuzzing;
mod key;
mod refusal;
mod submit;

pub use key::host_label;

use super::text;
use crate::comment::{ArticleId, Scope};
use crate::http::authority::authorise;
use crate::http::json;
use crate::service::KeyHolder;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use form::Form;
use refusal::Refusal;

/// Every call.
pub fn configure(config: &mut web::ServiceConfig) {
    let taking = |path, route| -> Resource {
        web::resource(path).route(route).default_service(web::to(|| async { Refusal::not_post() }))
    };
    let reading = |path, route| -> Resource {
        web::resource(path).route(route).default_service(web::to(|| async { Refusal::not_get() }))
    };
    config
        .service(
            web::scope("/1.1")
                .service(taking("/verify-key", web::post().to(account::verify_key)))
                .service(taking("/get-subscription", web::post().to(account::subscription)))
                .service(taking("/comment-check", web::post().to(check::check)))
                .service(taking("/submit-spam", web::post().to(submit::spam)))
                .service(taking("/submit-ham", web::post().to(submit::ham)))
                .service(reading("/test", web::get().to(account::connection)))
                .default_service(web::to(|| async { Refusal::address() })),
        )
        .service(
            web::scope("/1.2")
                .service(reading("/usage-limit", web::get().to(account::usage_limit)))
                .service(reading("/key-sites", web::get().to(account::key_sites)))
                .default_service(web::to(|| async { Refusal::address() })),
        );
}

/// A request whose key is good.
struct Received {
    caller: KeyHolder,
    form: Form,
}

impl Received {
    /// Reads a form and checks its key, in one of `fields` or the host's name, and the address of the site.
    async fn of(request: &HttpRequest, payload: web::Payload, fields: &[&str]) -> Result<Self, Refusal> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if media_type.starts_with("multipart/") || media_type.starts_with("application/json") {
            return Err(Refusal::media_type());
        }
        let body = json::body(request, payload.into_inner()).await?;
        let form = Form::parse(&body, form::charset(request).as_deref());
        let secret = key::secret(request, &form, fields);
        let caller = authorise(request, secret.as_deref(), Scope::Submit).await?;
        match form.get("blog") {
            None => Err(Refusal::invalid("Empty \"blog\" value")),
            Some(address) if !is_address(address) => {
                Err(Refusal::invalid("\"blog\" is no full URI: begin it with http"))
            }
            Some(_) => Ok(Self { caller, form }),
        }
    }

    /// What was commented, as a reader sees it, and whether it was too long to be read to its end.
    fn text(&self) -> Result<text::Read, Refusal> {
        let sent = self.form.get("comment_content");
        let text = sent.and_then(text::of_html);
        text.ok_or_else(|| Refusal::unclear("Missing required field: comment_content."))
    }

    /// What it was commented on, should that be an article of the site. WordPress counts its posts from 1.
    fn article(&self) -> Option<ArticleId> {
        let id = self.form.get("comment_post_ID").filter(|id| *id != "0")?;
        ArticleId::parse(id).ok()
    }
}

fn is_address(value: &str) -> bool {
    let after = |scheme: &str| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    after("http://") || after("https://")
}

/// A word that clients compare.
fn word(word: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(word)
}
