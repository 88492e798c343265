//! `POST /v1/moderations`, as clients of OpenAI's moderation API call it.
//!
//! Only the site's models are asked: no article, no author, nothing stored. [`category`] says which scores stand
//! behind which category, and which categories no score can speak for.

mod category;
mod fault;
#[cfg(fuzzing)]
pub mod fuzzing;
mod input;

use crate::comment::Scope;
use crate::http::authority::{authorise, bearer};
use crate::http::json;
use crate::policy::Thresholds;
use crate::service::{Analyst, Around, Ombud};
use crate::text::detect;
use actix_web::{HttpRequest, HttpResponse, web};
use category::Category;
use fault::Fault;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Names the categories that are false whatever is sent.
const UNJUDGED: &str = "x-ombud-unjudged-categories";

/// The one call.
pub fn configure(config: &mut web::ServiceConfig) {
    let address = web::resource("/v1/moderations");
    let otherwise = web::to(|request: HttpRequest| async move { Fault::method(&request) });
    config.service(address.route(web::post().to(create)).default_service(otherwise));
}

async fn create(request: HttpRequest, payload: web::Payload, ombud: web::Data<Ombud>) -> Result<HttpResponse, Fault> {
    let caller = authorise(&request, bearer(&request).as_deref(), Scope::Submit).await?;
    let body = json::body(&request, payload.into_inner()).await?;
    let texts = input::texts(&json::parse::<Value>(&body)?)?;
    let analyst = ombud.analyst(&caller.site).await;
    let policy = ombud.policy();
    let results: Vec<Value> = texts.iter().map(|text| result(&analyst, policy.thresholds(None), text)).collect();
    let answer = json!({
        "id": format!("modr-{}", Uuid::new_v4().simple()),
        "model": format!("ombud-{}", analyst.classifier().revision()),
        "results": results,
    });
    let unjudged: Vec<&str> = Category::ALL.iter().filter(|c| !c.is_judged()).map(|c| c.name()).collect();
    Ok(HttpResponse::Ok().insert_header((UNJUDGED, unjudged.join(", "))).json(answer))
}

/// What is said of one text. A category that no score speaks for is false, 0, and applied to no kind of input.
fn result(analyst: &Analyst, thresholds: &Thresholds, text: &str) -> Value {
    let scores = analyst.scores(text, detect(text), &Around::default());
    let (mut flags, mut numbers, mut kinds) = (Map::new(), Map::new(), Map::new());
    let mut flagged = false;
    for category in Category::ALL {
        let rating = category.rate(&scores, thresholds);
        let holds = rating.is_some_and(|rating| rating.flagged);
        flagged |= holds;
        flags.insert(category.name().to_owned(), json!(holds));
        numbers.insert(category.name().to_owned(), json!(rating.map_or(0.0, |rating| rating.score)));
        kinds.insert(category.name().to_owned(), rating.map_or_else(|| json!([]), |_| json!(["text"])));
    }
    json!({
        "flagged": flagged,
        "categories": flags,
        "category_scores": numbers,
        "category_applied_input_types": kinds,
    })
}
