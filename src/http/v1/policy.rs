//! The policy in force.

use crate::comment::Timestamp;
use crate::http::authority::Reviewer;
use crate::http::problem::Problem;
use crate::service::Ombud;
use actix_web::{HttpResponse, Responder, get, web};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The policy in force, as far as whoever decides needs it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyView {
    /// Hash of the policy and its word lists; every decision carries it.
    revision: String,
    /// Which of the policies published it is, counted from 1.
    number: Option<u64>,
    /// When it was published.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    model_revision: String,
    /// How long a claim lasts without a heartbeat, in seconds.
    lease_seconds: u32,
    /// How long a comment that a moderator skips is not handed to her again, in minutes.
    skip_minutes: u32,
    /// How long the event of a decision is held back, in seconds: undone by then, nobody hears of either.
    undo_seconds: u32,
    /// How many moderators have to agree on a comment; sections may ask for more or fewer.
    opinions: u8,
    /// The roles that a comment can be handed on to.
    roles: Vec<String>,
    /// Distinct readers whose reports send a comment to the queue.
    report_limit: u32,
    /// Reasons for rejecting, by code, in words.
    reject_reasons: BTreeMap<String, String>,
}

/// The policy in force.
#[utoipa::path(tag = "policy", responses((status = 200, description = "The policy", body = PolicyView)))]
#[get("/v1/policy")]
pub async fn get(reviewer: Reviewer, ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    let (policy, published) = (ombud.policy(), ombud.policy_published());
    Ok(HttpResponse::Ok().json(PolicyView {
        revision: policy.revision().to_owned(),
        number: published.as_ref().map(|published| published.number),
        published_at: published.map(|published| published.at),
        model_revision: ombud.model_revision(&reviewer.site).await,
        lease_seconds: policy.lease_seconds(),
        skip_minutes: policy.skip_minutes(),
        undo_seconds: policy.undo_seconds(),
        opinions: policy.opinions(None),
        roles: policy.roles().iter().map(ToString::to_string).collect(),
        report_limit: policy.report_limit(),
        reject_reasons: policy.reject_reasons().iter().map(|r| (r.code.clone(), r.text.clone())).collect(),
    }))
}
