//! `submit-spam` and `submit-ham`: a person says that the answer was wrong, and the site's models learn from it.

use super::refusal::Refusal;
use super::{Received, word};
use crate::comment::{Attribute, CorrectionLabels};
use crate::http::problem::{Code, Problem};
use crate::service::{NewCorrection, Ombud};
use actix_web::{HttpRequest, HttpResponse, web};

/// What clients compare.
const THANKS: &str = "Thanks for making the web a better place.";

/// It was spam: an advertisement. That says nothing of abuse, as advertisements may be polite.
pub(super) async fn spam(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    keep(&request, payload, &ombud, &[(Attribute::Spam, 1.0)]).await
}

/// It was held back and should not have been, for whatever reason that was. As with a moderator who publishes: no
/// attribute holds.
pub(super) async fn ham(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    keep(&request, payload, &ombud, &Attribute::ABUSE.map(|attribute| (attribute, 0.0))).await
}

async fn keep(
    request: &HttpRequest,
    payload: web::Payload,
    ombud: &Ombud,
    labels: &[(Attribute, f64)],
) -> Result<HttpResponse, Refusal> {
    let received = Received::of(request, payload, &["api_key"]).await?;
    let labels = CorrectionLabels::parse(labels.iter().copied().collect());
    let labels = labels.map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
    let (text, _) = received.text()?;
    let correction = NewCorrection { text, labels, article: received.article() };
    // A trial is checked like any other, and nothing is learned from it.
    if !received.form.says_yes("is_test") {
        let kept = ombud.correct(&received.caller.site, correction, &received.caller.key).await;
        kept.map_err(Problem::from)?;
    }
    Ok(word(THANKS))
}
