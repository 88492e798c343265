//! What runs in shadow and decides nothing: a candidate for the policy, or a model, beside what is in force.

use super::candidate::named;
use super::effect::{Effect, Span};
use crate::http::console::authority::{Editors, Entered, SignedIn};
use crate::http::console::refusal::Refusal;
use crate::http::console::shell::{Room, Shell};
use crate::http::console::{page, words};
use crate::service::{CandidateError, Ombud, PolicyReplay, ServiceError};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "console/tune/shadow.html")]
struct Page {
    shell: Shell,
    /// What runs in shadow.
    title: String,
    /// Since when; `None` where nothing does.
    since: Option<words::When>,
    /// What it is and does, in a sentence or two.
    said: &'static str,
    /// Where to go back to, and what that is called.
    back: (String, &'static str),
    /// Why nothing is shown; empty where something is.
    refused: &'static str,
    effect: Option<Effect>,
}

/// Said where another replay is under way.
const BUSY: &str =
    "Somebody else has comments judged again just now, and one does at a time. Open the page again in a moment.";

/// `GET /console/{site}/policy/candidates/{id}/shadow`
pub async fn candidate(
    signed_in: SignedIn<Editors>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (candidate, files) = named(&signed_in, &ombud, &request).await?;
    let shell = signed_in.shell(Room::Policy);
    let mut page = Page {
        title: format!("A change by {}, in shadow", candidate.by),
        since: Some(words::When::of(candidate.at, ombud.now())),
        said: "It decides nothing. Here is what it would have done with the comments that have come in since it was written, which its writer had not seen, beside the policy in force.",
        back: (shell.to(&format!("/policy/candidates/{}", candidate.id)), "The change"),
        refused: "",
        effect: None,
        shell,
    };
    match ombud.shadow_of_candidate(&candidate, &files).await {
        Ok(replay) => page.answer(&signed_in, &ombud, &replay).await,
        Err(CandidateError::Replaying) => Ok(page.busy()),
        Err(error) => Err(super::refusal(error)),
    }
}

/// `GET /console/{site}/policy/shadow`
pub async fn model(signed_in: SignedIn<Editors>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let shell = signed_in.shell(Room::Policy);
    let mut page = Page {
        title: "No model in shadow".to_owned(),
        since: None,
        said: "A model that was learned from moderators' decisions can be put in shadow, by ombud learn or ombud model shadow: it scores every comment that comes in, and decides nothing.",
        back: (shell.to("/policy#models"), "The models"),
        refused: "",
        effect: None,
        shell,
    };
    match ombud.shadow_of_model(&signed_in.site.id).await {
        Ok(None) => Ok(page::answer(StatusCode::OK, &page)),
        Ok(Some((shadow, replay))) => {
            page.title = format!("The model {}, in shadow", shadow.model.short());
            page.since = Some(words::When::of(shadow.since, ombud.now()));
            page.said = "It scores every comment that comes in, beside the model in force, and decides nothing. Here is what the policy would have made of its scores.";
            page.answer(&signed_in, &ombud, &replay).await
        }
        Err(ServiceError::Replaying) => Ok(page.busy()),
        Err(error) => Err(error.into()),
    }
}

impl Page {
    async fn answer(
        mut self,
        entered: &Entered,
        ombud: &Ombud,
        replay: &PolicyReplay,
    ) -> Result<HttpResponse, Refusal> {
        self.effect = Some(Effect::shown(entered, ombud, &self.shell, replay, Span::Since).await?);
        Ok(page::answer(StatusCode::OK, &self))
    }

    fn busy(&mut self) -> HttpResponse {
        self.refused = BUSY;
        page::answer(StatusCode::SERVICE_UNAVAILABLE, self)
    }
}
