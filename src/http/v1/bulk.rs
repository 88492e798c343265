//! One decision on many pending comments.

use super::decision::{VerbBody, verb};
use super::filter::FilterBody;
use crate::comment::{Comment, Scores};
use crate::http::authority::Reviewer;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::service::{BulkDecision, BulkOutcome, BulkPreview, LeftAlone, Ombud};
use actix_web::{HttpResponse, Responder, post, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is to be done with which comments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    #[serde(default)]
    filter: FilterBody,
    action: VerbBody,
    /// As of a single decision; a rejection needs one.
    reason_code: Option<String>,
}

/// The same, as it was seen in a preview.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    #[serde(default)]
    filter: FilterBody,
    action: VerbBody,
    /// As of a single decision; a rejection needs one.
    reason_code: Option<String>,
    /// The preview's `selection`, or that of the answer before.
    selection: String,
}

fn parse(filter: FilterBody, action: VerbBody, reason_code: Option<String>) -> Result<BulkDecision, Problem> {
    let verb = verb(action, reason_code.as_deref())?;
    Ok(BulkDecision { filter: filter.parse("filter.")?, verb, reason_code })
}

/// Comments that match and are left alone, by why.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftAloneView {
    /// Somebody holds them.
    claimed: u64,
    /// More than one moderator has to agree on them.
    opinions: u64,
    /// They were handed on to a role that the filter doesn't name; counted by the preview.
    role: u64,
    /// They came, or changed, after the preview.
    changed: u64,
}

impl From<LeftAlone> for LeftAloneView {
    fn from(left: LeftAlone) -> Self {
        Self { claimed: left.claimed, opinions: left.opinions, role: left.role, changed: left.changed }
    }
}

/// A comment as a preview shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleView {
    id: String,
    version: u64,
    text: Option<String>,
    scores: Scores,
}

/// What the decision would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// How many comments would be decided on.
    count: u64,
    /// Of those, by reason code; a comment with two reasons counts under both.
    by_reason: BTreeMap<String, u64>,
    by_section: BTreeMap<String, u64>,
    /// The 20 of them that have waited longest.
    sample: Vec<SampleView>,
    left_alone: LeftAloneView,
    /// Whether all that match were counted; the first 10,000 are.
    complete: bool,
    /// Send it along with the decision.
    selection: String,
}

fn text_of(comment: &Comment) -> Option<String> {
    comment.text().map(|text| text.as_str().to_owned())
}

impl From<BulkPreview> for PreviewView {
    fn from(seen: BulkPreview) -> Self {
        let sample = seen.sample.into_iter().map(|comment| SampleView {
            text: text_of(&comment),
            id: comment.id.into(),
            version: comment.version,
            scores: comment.scores,
        });
        Self {
            count: seen.count,
            by_reason: seen.by_reason,
            by_section: seen.by_section,
            sample: sample.collect(),
            left_alone: seen.left_alone.into(),
            complete: seen.complete,
            selection: seen.selection,
        }
    }
}

/// What the decision led to.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkView {
    decided: u64,
    left_alone: LeftAloneView,
    /// Whether some were not looked at: send the same again with this `selection`.
    more: bool,
    selection: String,
}

impl From<BulkOutcome> for BulkView {
    fn from(outcome: BulkOutcome) -> Self {
        let BulkOutcome { decided, left_alone, more, selection } = outcome;
        Self { decided, left_alone: left_alone.into(), more, selection }
    }
}

/// See what one decision on many pending comments would do. Nothing is written.
#[utoipa::path(tag = "queue", request_body = PreviewBody,
    responses((status = 200, description = "What it would do now", body = PreviewView),
              (status = 403, description = "`role_missing`"), (status = 422, description = "`unknown_role`")))]
#[post("/v1/queue/decisions:preview")]
pub async fn preview(
    caller: Reviewer,
    body: Json<PreviewBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let bulk = parse(body.0.filter, body.0.action, body.0.reason_code)?;
    Ok(HttpResponse::Ok().json(PreviewView::from(ombud.preview_decisions(&caller, &bulk).await?)))
}

/// Decide on up to 1,000 of the comments that a preview counted, as they were then, each by a step of its own.
#[utoipa::path(tag = "queue", request_body = BulkBody,
    responses((status = 200, description = "What was done", body = BulkView),
              (status = 403, description = "`role_missing`"),
              (status = 422, description = "`selection_mismatch`: the selection is for another filter or decision; `unknown_role`")))]
#[post("/v1/queue/decisions")]
pub async fn decide(
    caller: Reviewer,
    body: Json<BulkBody>,
    ombud: web::Data<Ombud>,
) -> Result<impl Responder, Problem> {
    let bulk = parse(body.0.filter, body.0.action, body.0.reason_code)?;
    let outcome = ombud.decide_many(&caller, &bulk, &body.0.selection).await?;
    Ok(HttpResponse::Ok().json(BulkView::from(outcome)))
}
