//! Who is signed in, and whether their role allows it. A handler names the duty that it is for by its argument.

use super::cookie;
use super::refusal::Refusal;
use super::settings::ConsoleSettings;
use super::shell::{Room, Shell};
use crate::comment::{Actor, Duty, Moderator, SessionToken, Site, SiteId};
use crate::service::{self, Ombud};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// A duty, as the type of an argument.
pub trait Needs: 'static {
    const DUTY: Duty;
    /// Whether she may before she has chosen a password that nobody else knows.
    const AT_FIRST: bool = false;
    /// Whether asking keeps her signed in: what a page does by itself, while nobody is there, must not.
    const ACTIVE: bool = true;
}

/// For everybody who is signed in.
pub struct Review;
impl Needs for Review {
    const DUTY: Duty = Duty::Review;
}

/// For pages of everybody who is signed in that ask by themselves.
pub struct Watching;
impl Needs for Watching {
    const DUTY: Duty = Duty::Review;
    const ACTIVE: bool = false;
}

/// For those who see the policy and how the site does.
pub struct Editors;
impl Needs for Editors {
    const DUTY: Duty = Duty::Policy;
}

/// For those who say who works here.
pub struct People;
impl Needs for People {
    const DUTY: Duty = Duty::People;
}

/// For everybody, also for those who still have the password that they were given.
pub struct Newcomer;
impl Needs for Newcomer {
    const DUTY: Duty = Duty::Review;
    const AT_FIRST: bool = true;
}

/// Somebody signed in, on which site.
pub struct Entered {
    pub site: Site,
    pub person: service::SignedIn,
    token: SessionToken,
}

impl Entered {
    pub(super) const fn new(site: Site, person: service::SignedIn, token: SessionToken) -> Self {
        Self { site, person, token }
    }

    #[must_use]
    pub fn moderator(&self) -> &Moderator {
        &self.person.moderator
    }

    /// Her, as the one who takes a step.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.person.caller().actor()
    }

    /// What each of her forms carries.
    #[must_use]
    pub fn form_token(&self) -> String {
        self.token.form_token()
    }

    /// What stands around a page of hers.
    #[must_use]
    pub fn shell(&self, here: Room) -> Shell {
        Shell::new(self, here)
    }
}

/// Somebody who is signed in and whose role allows what `N` needs.
pub struct SignedIn<N> {
    entered: Entered,
    needs: PhantomData<N>,
}

impl<N> std::ops::Deref for SignedIn<N> {
    type Target = Entered;
    fn deref(&self) -> &Entered {
        &self.entered
    }
}

impl<N: Needs> SignedIn<N> {
    /// Who asks, if they may.
    pub(super) async fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        let site = site(request).await?;
        let token = cookie::token(request, settings(request)?, &site.id);
        let person = match &token {
            Some(token) if N::ACTIVE => ombud(request)?.signed_in(&site.id, token).await?,
            Some(token) => ombud(request)?.still_signed_in(&site.id, token).await?,
            None => None,
        };
        let Some((person, token)) = person.zip(token) else { return Err(Refusal::sign_in(request, &site)) };
        let entered = Entered::new(site, person, token);
        if !entered.moderator().role.may(N::DUTY) {
            return Err(Refusal::role(&entered, N::DUTY));
        }
        if entered.moderator().password_given && !N::AT_FIRST {
            return Err(Refusal::see(&format!("/console/{}/password", entered.site.id)));
        }
        Ok(Self { entered, needs: PhantomData })
    }
}

impl<N: Needs> FromRequest for SignedIn<N> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

/// The site that an address names, if it answers.
pub(super) async fn site(request: &HttpRequest) -> Result<Site, Refusal> {
    let id = SiteId::parse(request.match_info().query("site")).map_err(|_| Refusal::no_site())?;
    ombud(request)?.site(&id).await?.ok_or_else(Refusal::no_site)
}

pub(super) fn ombud(request: &HttpRequest) -> Result<&Ombud, Refusal> {
    request.app_data::<web::Data<Ombud>>().map(|ombud| &***ombud).ok_or_else(Refusal::incomplete)
}

pub(super) fn settings(request: &HttpRequest) -> Result<&ConsoleSettings, Refusal> {
    request.app_data::<web::Data<ConsoleSettings>>().map(|settings| &***settings).ok_or_else(Refusal::incomplete)
}
