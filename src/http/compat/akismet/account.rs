//! What clients ask about their account. ombud counts no calls and sells no plans, and says so.

use super::form::Form;
use super::refusal::Refusal;
use super::{Received, key, word};
use crate::comment::Scope;
use crate::http::authority::authorise;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

/// The documented name of the key here, and the one that newer clients use.
const KEY_FIELDS: [&str; 2] = ["key", "api_key"];

/// Whether a key is good for this interface.
pub(super) async fn verify_key(request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    Received::of(&request, payload, &KEY_FIELDS).await?;
    Ok(word("valid"))
}

/// What the settings page of the WordPress plugin asks first: whether anybody is there.
pub(super) async fn connection() -> HttpResponse {
    word("connected")
}

/// What the settings page of the WordPress plugin shows, and takes a key for wrong if it can't be had.
pub(super) async fn subscription(request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    Received::of(&request, payload, &KEY_FIELDS).await?;
    Ok(HttpResponse::Ok().json(json!({
        "account_id": false,
        "account_name": "ombud",
        "account_type": "ombud",
        "status": "active",
        "next_billing_date": false,
        "limit_reached": false,
    })))
}

/// There is no limit, and nothing is counted.
pub(super) async fn usage_limit(request: HttpRequest) -> Result<HttpResponse, Refusal> {
    checked(&request).await?;
    Ok(HttpResponse::Ok().json(json!({"limit": "none", "usage": 0, "percentage": "0.00", "throttled": false})))
}

/// Nothing is counted, so there is nothing to list.
pub(super) async fn key_sites(request: HttpRequest) -> Result<HttpResponse, Refusal> {
    checked(&request).await?;
    Err(Refusal::absent("ombud keeps no statistics of calls."))
}

async fn checked(request: &HttpRequest) -> Result<(), Refusal> {
    let form = Form::parse(request.query_string().as_bytes(), None);
    let secret = key::secret(request, &form, &["api_key"]);
    authorise(request, secret.as_deref(), Scope::Submit).await?;
    Ok(())
}
