//! The policy in force.

use crate::comment::Timestamp;
use crate::http::authority::{Administrator, Reviewer};
use crate::http::json::Json;
use crate::http::problem::{Code, Problem};
use crate::policy::{EXAMPLES, PolicyFiles};
use crate::service::{Ombud, ReplayScope, ReplaySummary};
use actix_web::{HttpResponse, Responder, get, post, web};
use serde::{Deserialize, Serialize};
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

/// The most comments that one request has judged again, and how many where it does not say.
const MOST_REPLAYED: u64 = 100_000;
const REPLAYED: u64 = 10_000;

/// A policy to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayBody {
    /// The text of a policy.toml.
    policy: String,
    /// The text of a words.toml; the lists in force if left out.
    words: Option<String>,
    /// Only comments that came in then or later.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The newest so many comments: 1 to 100,000; default 10,000.
    limit: Option<u64>,
}

/// Judge the site's comments by another policy, on what decisions on them rested on when they came in, and count what would
/// change. Nothing is changed by it. One at a time for each ombud.
#[utoipa::path(tag = "policy", request_body = ReplayBody, responses(
    (status = 200, description = "What would change", body = ReplaySummary),
    (status = 422, description = "`policy_invalid`, with file, line and column, and the codes of a wrong body"),
    (status = 503, description = "`unavailable`: another replay is running, or the store can't be reached"),
))]
#[post("/v1/policy/replay")]
pub async fn replay(
    caller: Administrator,
    body: Json<ReplayBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let ReplayBody { policy, words, since, limit } = body.0;
    let most = limit.unwrap_or(REPLAYED);
    if !(1..=MOST_REPLAYED).contains(&most) {
        return Err(Problem::new(Code::WrongType, format!("a number from 1 to {MOST_REPLAYED}")).at("limit"));
    }
    let words = if let Some(words) = words {
        words
    } else {
        let in_force = ombud.policy_files(ombud.policy().revision()).await?;
        in_force.map_or_else(|| PolicyFiles::shipped().words, |files| files.words)
    };
    let candidate = PolicyFiles { policy, words }.parse();
    let candidate = candidate.map_err(|e| Problem::new(Code::PolicyInvalid, e.to_string()))?;
    let scope = ReplayScope { since, most };
    let replayed = ombud.replay_policy(&caller.site, candidate, scope, &mut |_| {}).await?;
    Ok(HttpResponse::Ok().json(replayed.summary(EXAMPLES)))
}
