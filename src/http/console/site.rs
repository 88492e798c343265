//! The way in: which site's console.

use super::page;
use super::refusal::Refusal;
use crate::comment::SiteId;
use crate::http::json::Query;
use crate::service::Ombud;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "console/site.html")]
struct Page {
    /// What was typed and is the name of no site; empty if nothing was.
    unknown: String,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    site: String,
}

/// `GET /console`: to the only site there is, or asks for which. Which there are is not told.
pub async fn choose(asked: Query<Asked>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let mut sites = ombud.sites().await?;
    sites.retain(|site| site.revoked_at.is_none());
    let typed = asked.0.site.trim().to_lowercase();
    let wanted = SiteId::parse(typed.as_str()).ok();
    let found = match sites.as_slice() {
        [only] if typed.is_empty() => Some(only),
        sites => sites.iter().find(|site| Some(&site.id) == wanted.as_ref()),
    };
    if let Some(site) = found {
        return Ok(page::see(&format!("/console/{}", site.id)));
    }
    let status = if typed.is_empty() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok(page::answer(status, &Page { unknown: typed }))
}
