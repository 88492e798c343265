//! `comments:suggestscore`: what a score should have been, from which the site's own model learns.

use super::super::text;
use super::attribute::Asked;
use super::error::GoogleError;
use super::language::Languages;
use super::request::{AttributeScores, SuggestRequest};
use crate::comment::{Attribute, CorrectionLabels};
use crate::service::{KeyHolder, NewCorrection, Ombud};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SuggestResponse {
    detected_languages: [String; 1],
    requested_languages: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token: Option<String>,
}

pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, GoogleError> {
    let (caller, suggested) = super::read::<SuggestRequest>(&request, payload).await?;
    Ok(HttpResponse::Ok().json(answer(&ombud, &caller, suggested).await?))
}

/// Keeps a suggestion.
pub(super) async fn answer(
    ombud: &Ombud,
    caller: &KeyHolder,
    suggested: SuggestRequest,
) -> Result<SuggestResponse, GoogleError> {
    let text = suggested.comment.comment()?;
    let languages = Languages::of(suggested.languages, text)?;
    let labels = labels(&suggested.attribute_scores)?;
    // Models are learned from English alone: what is in another language is refused, not put aside.
    if languages.scored().is_none() {
        let first = suggested.attribute_scores.keys().next().map_or("", String::as_str);
        return Err(languages.unsupported(first));
    }
    let (text, _) = text::of_plain(text).ok_or_else(GoogleError::comment_empty)?;
    let new = NewCorrection { text, labels, article: None };
    ombud.correct(&caller.site, new, &caller.key).await?;
    Ok(SuggestResponse {
        detected_languages: languages.detected(),
        requested_languages: languages.requested().to_vec(),
        client_token: suggested.client_token,
    })
}

/// What each score should have been. A name that can't be learned is refused, so that nobody teaches in vain.
pub(super) fn labels(suggested: &BTreeMap<String, AttributeScores>) -> Result<CorrectionLabels, GoogleError> {
    if suggested.is_empty() {
        return Err(GoogleError::no_attribute_scores());
    }
    let mut labels: BTreeMap<Attribute, f64> = BTreeMap::new();
    for (name, scores) in suggested {
        let asked = Asked::parse(name).ok_or_else(|| GoogleError::unknown_attribute(name))?;
        let value = scores.summary_score.value.ok_or_else(|| GoogleError::no_summary_score(name))?;
        labels.insert(asked.native(), value);
    }
    CorrectionLabels::parse(labels).map_err(GoogleError::suggestion)
}
