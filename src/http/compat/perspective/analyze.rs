//! `comments:analyze`: scores a comment, and stores nothing.

use super::attribute::Asked;
use super::error::GoogleError;
use super::language::Languages;
use super::request::{AnalyzeRequest, AttributeParameters};
use super::span::Span;
use crate::service::{Analyst, Around, Caller, Ombud};
use crate::text::Language;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Score {
    /// In single precision, as Google sends it.
    value: f32,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Score {
    #[expect(clippy::cast_possible_truncation, reason = "scores are good to four decimals")]
    const fn of(value: f64) -> Self {
        Self { value: value as f32, kind: "PROBABILITY" }
    }
}

#[derive(Serialize)]
struct SpanScore {
    begin: usize,
    end: usize,
    score: Score,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttributeScores {
    span_scores: Vec<SpanScore>,
    summary_score: Score,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnalyzeResponse {
    /// By name, in the names' order.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_object")]
    attribute_scores: Vec<(String, AttributeScores)>,
    languages: Vec<String>,
    detected_languages: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    client_token: Option<String>,
}

fn as_object<S: Serializer>(scores: &[(String, AttributeScores)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(scores.iter().map(|(name, scores)| (name, scores)))
}

/// An attribute asked for, by the name that it was asked by.
type Wanted = (String, Asked, AttributeParameters);

pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, GoogleError> {
    let (caller, asked) = super::read::<AnalyzeRequest>(&request, payload).await?;
    Ok(HttpResponse::Ok().json(answer(&ombud, &caller, asked).await?))
}

/// Scores a comment.
pub(super) async fn answer(
    ombud: &Ombud,
    caller: &Caller,
    asked: AnalyzeRequest,
) -> Result<AnalyzeResponse, GoogleError> {
    let text = asked.comment.comment()?;
    let wanted = wanted(asked.requested_attributes)?;
    let around = asked.context.around()?;
    let languages = Languages::of(asked.languages, text)?;
    let attribute_scores = match languages.scored() {
        Some(language) => {
            let analyst = ombud.analyst(&caller.site).await;
            score(&analyst, text, language, &around, wanted, asked.span_annotations)?
        }
        None if asked.drop_unsupported_attributes => Vec::new(),
        None => return Err(languages.unsupported(&wanted[0].0)),
    };
    Ok(AnalyzeResponse {
        attribute_scores,
        languages: languages.named(),
        detected_languages: languages.detected(),
        client_token: asked.client_token,
    })
}

/// The attributes asked for, at least one, in the order of their names.
fn wanted(requested: BTreeMap<String, Option<AttributeParameters>>) -> Result<Vec<Wanted>, GoogleError> {
    if requested.is_empty() {
        return Err(GoogleError::no_requested_attributes());
    }
    let check = |(name, parameters): (String, Option<AttributeParameters>)| {
        let asked = Asked::parse(&name).ok_or_else(|| GoogleError::unknown_attribute(&name))?;
        let parameters = parameters.unwrap_or_default();
        parameters.check(&name)?;
        Ok((name, asked, parameters))
    };
    requested.into_iter().map(check).collect()
}

fn score(
    analyst: &Analyst,
    text: &str,
    language: Language,
    around: &Around<'_>,
    wanted: Vec<Wanted>,
    by_sentence: bool,
) -> Result<Vec<(String, AttributeScores)>, GoogleError> {
    let whole = analyst.scores(text, language, around);
    if whole.iter().all(|(_, score)| score.is_none()) {
        // No word to go by. A score would be a guess, and none at all what few clients are ready for.
        return Err(GoogleError::language_detection_failed());
    }
    // A sentence by itself is not asked whether it is about the article.
    let sentences: Vec<_> = by_sentence
        .then(|| Span::sentences(text).map(|span| (span, analyst.scores(span.text, language, &Around::default()))))
        .into_iter()
        .flatten()
        .collect();
    let (classifier, all) = (analyst.classifier(), Span::whole(text));
    let scored = wanted.into_iter().filter_map(|(name, asked, parameters)| {
        let value = asked.score(classifier, &whole)?;
        if parameters.score_threshold.is_some_and(|threshold| value < threshold) {
            return None;
        }
        let of =
            |(span, value): (&Span<'_>, f64)| SpanScore { begin: span.begin, end: span.end, score: Score::of(value) };
        let mut span_scores: Vec<SpanScore> =
            sentences.iter().filter_map(|(span, scores)| Some(of((span, asked.score(classifier, scores)?)))).collect();
        if span_scores.is_empty() {
            span_scores.push(of((&all, value)));
        }
        Some((name, AttributeScores { span_scores, summary_score: Score::of(value) }))
    });
    Ok(scored.collect())
}
