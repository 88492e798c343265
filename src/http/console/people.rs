//! Who works here: for admins.

use super::authority::{Entered, People, SignedIn};
use super::form::Posted;
use super::me::{refusal, sentence};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::{AccountEntry, AccountStep, Actor, Moderator, ModeratorName, ModeratorRole, Timestamp};
use crate::http::json::Query;
use crate::service::{Ombud, Password, PeopleError};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// An account, as it is listed.
struct Person {
    name: String,
    role: ModeratorRole,
    role_word: &'static str,
    active: bool,
    /// Whether she has not yet chosen a password of her own.
    newcomer: bool,
    /// Whether it is the one who looks.
    me: bool,
    /// What happened to the account, newest first.
    steps: Vec<(String, words::When)>,
}

/// A role that can be given.
struct Choice {
    name: &'static str,
    word: &'static str,
    does: &'static str,
}

/// A password just made: the only moment it is shown.
struct Made {
    name: String,
    password: String,
    /// Whether the account is new.
    new: bool,
}

#[derive(Template)]
#[template(path = "console/people.html")]
struct Page {
    shell: Shell,
    people: Vec<Person>,
    shut: Vec<Person>,
    roles: Vec<Choice>,
    made: Option<Made>,
    done: String,
    refused: String,
    /// What was typed, where it was refused.
    typed: String,
    typed_role: ModeratorRole,
}

impl Page {
    async fn of(entered: &Entered, ombud: &Ombud) -> Result<Self, Refusal> {
        let now = ombud.now();
        let found = ombud.moderators(&entered.site.id).await?;
        let me = entered.moderator().name.key();
        let listed = found.into_iter().map(|moderator| Person::of(&moderator, &me, now));
        let (people, shut) = listed.partition(|person: &Person| person.active);
        let choice = |role: ModeratorRole| Choice { name: role.name(), word: words::role(role), does: role.describe() };
        Ok(Self {
            shell: entered.shell(Room::People),
            people,
            shut,
            roles: ModeratorRole::ALL.map(choice).into(),
            made: None,
            done: String::new(),
            refused: String::new(),
            typed: String::new(),
            typed_role: ModeratorRole::Moderator,
        })
    }
}

impl Person {
    fn of(moderator: &Moderator, me: &str, now: Timestamp) -> Self {
        let step = |entry: &AccountEntry| (told(entry), words::When::of(entry.at, now));
        Self {
            name: moderator.name.to_string(),
            role: moderator.role,
            role_word: words::role(moderator.role),
            active: moderator.is_active(),
            newcomer: moderator.password_given,
            me: moderator.name.key() == me,
            steps: moderator.steps.iter().rev().map(step).collect(),
        }
    }
}

/// A step, in a few words.
fn told(entry: &AccountEntry) -> String {
    let by = match &entry.by {
        Actor::Operator => "on the command line".to_owned(),
        by => format!("by {}", by.label()),
    };
    match entry.step {
        AccountStep::Added { role } => format!("Added as {role} {by}"),
        AccountStep::RoleGiven { role } => format!("Made {role} {by}"),
        AccountStep::PasswordGiven => format!("New password {by}"),
        AccountStep::PasswordChosen => "Chose a password".to_owned(),
        AccountStep::Revoked => format!("Account shut {by}"),
        AccountStep::Restored => format!("Let in again {by}"),
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    name: String,
}

/// `GET /console/{site}/people`
pub async fn get(
    signed_in: SignedIn<People>,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let mut page = Page::of(&signed_in, &ombud).await?;
    let Asked { done, name } = asked.0;
    // Said of people who are here, and nothing else that stands in an address.
    let known = page.people.iter().chain(&page.shut).find(|person| person.name == name);
    if let Some(person) = known {
        page.done = match done.as_str() {
            "role" => format!("{name} is {} now.", person.role),
            "shut" => format!("The account of {name} is shut. Whatever was open is signed out."),
            "restored" => format!("{name} may sign in again, with the password there was."),
            _ => String::new(),
        };
    }
    Ok(page::answer(StatusCode::OK, &page))
}

/// `POST /console/{site}/people`
pub async fn add(posted: Posted<People>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let typed = posted.fields.line("name");
    let role = role(&posted)?;
    let password = Password::generate()?;
    let added = match ModeratorName::parse(typed) {
        Ok(name) => ombud.add_moderator(&posted.site.id, &name, role, &password, posted.actor()).await,
        Err(error) => return refused(&posted, &ombud, &error.to_string(), role).await,
    };
    match added {
        Ok(moderator) => made(&posted, &ombud, &moderator, &password, true).await,
        Err(PeopleError::Service(error)) => Err(error.into()),
        Err(error) => refused(&posted, &ombud, &error.to_string(), role).await,
    }
}

/// `POST /console/{site}/people/role`
pub async fn give_role(posted: Posted<People>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let (name, role) = (name(&posted)?, role(&posted)?);
    let given = ombud.give_role(&posted.site.id, &name, role, posted.actor()).await;
    finished(&posted, &ombud, given, "role").await
}

/// `POST /console/{site}/people/password`
pub async fn give_password(posted: Posted<People>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let (name, password) = (name(&posted)?, Password::generate()?);
    // It would sign her out, and the page with the new one might not get there.
    if name.key() == posted.moderator().name.key() {
        return Err(Refusal::unreadable("Change your own password on your own page."));
    }
    match ombud.give_password(&posted.site.id, &name, &password, posted.actor()).await {
        Ok(moderator) => made(&posted, &ombud, &moderator, &password, false).await,
        Err(error) => Err(refusal(error)),
    }
}

/// `POST /console/{site}/people/shut`
pub async fn shut(posted: Posted<People>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let shut = ombud.revoke_moderator(&posted.site.id, &name(&posted)?, posted.actor()).await;
    finished(&posted, &ombud, shut, "shut").await
}

/// `POST /console/{site}/people/restore`
pub async fn restore(posted: Posted<People>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let restored = ombud.restore_moderator(&posted.site.id, &name(&posted)?, posted.actor()).await;
    finished(&posted, &ombud, restored, "restored").await
}

/// Back to the list, which says what was done; or the list with why it was not.
async fn finished(
    posted: &Posted<People>,
    ombud: &Ombud,
    outcome: Result<Moderator, PeopleError>,
    done: &str,
) -> Result<HttpResponse, Refusal> {
    match outcome {
        Ok(moderator) => {
            let name: String = url::form_urlencoded::byte_serialize(moderator.name.as_str().as_bytes()).collect();
            Ok(page::see(&format!("/console/{}/people?done={done}&name={name}", posted.site.id)))
        }
        Err(error @ (PeopleError::LastAdmin(_) | PeopleError::Unknown(_))) => {
            let refused = sentence(&error.to_string());
            let page = Page { refused, ..Page::of(posted, ombud).await? };
            Ok(page::answer(StatusCode::CONFLICT, &page))
        }
        Err(error) => Err(refusal(error)),
    }
}

/// The list with a password that was made, which is shown this once.
async fn made(
    posted: &Posted<People>,
    ombud: &Ombud,
    moderator: &Moderator,
    password: &Password,
    new: bool,
) -> Result<HttpResponse, Refusal> {
    let made = Made { name: moderator.name.to_string(), password: password.reveal().to_owned(), new };
    let page = Page { made: Some(made), ..Page::of(posted, ombud).await? };
    Ok(page::answer(StatusCode::OK, &page))
}

/// The list, with what was typed and why nobody was added.
async fn refused(
    posted: &Posted<People>,
    ombud: &Ombud,
    why: &str,
    role: ModeratorRole,
) -> Result<HttpResponse, Refusal> {
    let typed = posted.fields.line("name").chars().take(100).collect();
    let page = Page { refused: sentence(why), typed, typed_role: role, ..Page::of(posted, ombud).await? };
    Ok(page::answer(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

fn name(posted: &Posted<People>) -> Result<ModeratorName, Refusal> {
    ModeratorName::parse(posted.fields.line("name")).map_err(|error| Refusal::unreadable(&sentence(&error.to_string())))
}

fn role(posted: &Posted<People>) -> Result<ModeratorRole, Refusal> {
    let role = posted.fields.line("role").parse();
    role.map_err(|_| Refusal::unreadable("There is no such role: the roles are moderator, senior, editor and admin."))
}
