//! Her own page: password, look, and where she is signed in.

use super::authority::{Entered, Newcomer, Review, SignedIn};
use super::form::Posted;
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::{ModeratorRole, SessionHash, Theme};
use crate::http::json::Query;
use crate::service::{MIN_PASSWORD_CHARACTERS, Ombud, PeopleError};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// A browser in which she is signed in.
struct Place {
    hash: String,
    browser: String,
    begun: words::When,
    seen: words::When,
    /// Whether it is the one that asks.
    here: bool,
}

#[derive(Template)]
#[template(path = "console/me.html")]
struct Page {
    shell: Shell,
    does: &'static str,
    themes: Vec<(&'static str, &'static str, bool)>,
    uncovered: bool,
    places: Vec<Place>,
    done: &'static str,
}

/// The page on which a password is chosen: at first, or because she wants another.
#[derive(Template)]
#[template(path = "console/password.html")]
struct PasswordPage {
    shell: Shell,
    /// Whether she has to, before anything else.
    at_first: bool,
    min_characters: usize,
    refused: String,
    /// Which field is wrong.
    wrong: &'static str,
}

impl PasswordPage {
    fn of(entered: &Entered) -> Self {
        Self {
            shell: entered.shell(Room::Me),
            at_first: entered.moderator().password_given,
            min_characters: MIN_PASSWORD_CHARACTERS,
            refused: String::new(),
            wrong: "",
        }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET /console/{site}/me`
pub async fn get(
    signed_in: SignedIn<Review>,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let now = ombud.now();
    let own = &signed_in.person.session.hash;
    let places = ombud.sessions(&signed_in.person).await?.into_iter().map(|session| Place {
        begun: words::When::of(session.begun_at, now),
        seen: words::When::of(session.seen_at, now),
        here: session.hash == *own,
        hash: session.hash.as_str().to_owned(),
        browser: session.browser,
    });
    let chosen = signed_in.moderator().theme;
    let label = |theme| match theme {
        Theme::System => "As the system says",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    };
    let page = Page {
        shell: signed_in.shell(Room::Me),
        does: does(signed_in.moderator().role),
        themes: Theme::ALL.map(|theme| (theme.name(), label(theme), theme == chosen)).to_vec(),
        uncovered: signed_in.moderator().uncovered,
        places: places.collect(),
        done: match asked.0.done.as_str() {
            "look" => "The look is changed.",
            "password" => "The password is changed. Other browsers are signed out.",
            "session" => "That browser is signed out.",
            _ => "",
        },
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// What her role does, said to her.
const fn does(role: ModeratorRole) -> &'static str {
    match role {
        ModeratorRole::Moderator => "You read the queue and decide.",
        ModeratorRole::Senior => "You read the queue and decide, also on what others hand on.",
        ModeratorRole::Editor => {
            "You read the queue, decide on everything in it, and see the policy and how the site does."
        }
        ModeratorRole::Admin => "You may do everything on this site, and say who works here.",
    }
}

/// `POST /console/{site}/me/look`
pub async fn choose_look(posted: Posted<Review>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let wanted = posted.fields.line("theme");
    let theme = Theme::ALL.into_iter().find(|theme| theme.name() == wanted);
    let theme = theme.ok_or_else(|| Refusal::unreadable("There is no such look."))?;
    let uncovered = posted.fields.line("covered") != "yes";
    match ombud.choose_look(&posted.person, theme, uncovered).await {
        Ok(()) => Ok(page::see(&format!("/console/{}/me?done=look", posted.site.id))),
        Err(error) => Err(refusal(error)),
    }
}

/// `POST /console/{site}/me/session`
pub async fn end_session(posted: Posted<Review>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    ombud.end_session(&posted.person, &SessionHash::new(posted.fields.line("session"))).await?;
    // One that is over already is as she wants it.
    Ok(page::see(&format!("/console/{}/me?done=session", posted.site.id)))
}

/// `GET /console/{site}/password`
pub async fn password(signed_in: SignedIn<Newcomer>) -> HttpResponse {
    page::answer(StatusCode::OK, &PasswordPage::of(&signed_in))
}

/// `POST /console/{site}/password`
pub async fn choose_password(posted: Posted<Newcomer>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let [present, new, again] = ["password_now", "password_new", "password_again"].map(|f| posted.fields.text(f));
    let outcome =
        if new == again { ombud.choose_password(&posted.person, present, new).await.map_err(Some) } else { Err(None) };
    let (refused, wrong) = match outcome {
        Ok(()) if posted.moderator().password_given => return Ok(page::see(&format!("/console/{}", posted.site.id))),
        Ok(()) => return Ok(page::see(&format!("/console/{}/me?done=password", posted.site.id))),
        Err(None) => ("The new password was typed in two ways.".to_owned(), "password_again"),
        Err(Some(PeopleError::WrongPassword)) => ("The present password is not this.".to_owned(), "password_now"),
        Err(Some(PeopleError::WaitUntil(until))) => {
            let wait = words::duration(words::seconds(ombud.now(), until) + 1);
            (format!("Too many attempts. Try again in {wait}."), "password_now")
        }
        Err(Some(PeopleError::Weak(why))) => (sentence(&why.to_string()), "password_new"),
        Err(Some(PeopleError::SamePassword)) => {
            ("The new password is the present one; choose another.".to_owned(), "password_new")
        }
        Err(Some(error)) => return Err(refusal(error)),
    };
    let page = PasswordPage { refused, wrong, ..PasswordPage::of(&posted) };
    Ok(page::answer(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Words of an error as a sentence of its own.
pub(super) fn sentence(words: &str) -> String {
    format!("{}.", words::capitalised(words))
}

/// What went wrong where no field is to blame.
pub(super) fn refusal(error: PeopleError) -> Refusal {
    match error {
        PeopleError::Service(error) => error.into(),
        other => Refusal::unreadable(&sentence(&other.to_string())),
    }
}
