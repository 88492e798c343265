//! Forms that were sent from our own pages, by whoever is signed in.

use super::again::Kept;
use super::authority::{Entered, Needs, SignedIn, settings};
use super::refusal::Refusal;
use crate::http::json::body;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

/// The field with what only our own pages of this session know.
pub(super) const TOKEN: &str = "form_token";

/// The fields of a form, in their order.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first field of this name, without the line ends that no field of one line has; empty if there is none.
    #[must_use]
    pub fn line(&self, name: &str) -> &str {
        let line = self.text(name);
        line.split(['\r', '\n']).next().unwrap_or_default()
    }

    /// The first field of this name as it was sent; empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// All fields of this name, in their order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Fields but the token, in their order.
    pub(super) fn written(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| name != TOKEN)
    }
}

/// A form that somebody sent who is signed in and may do what `N` needs. What another site had her browser send never
/// gets here; what she sent from a page of a session that is over is kept in the answer, see [`super::again`].
pub struct Posted<N> {
    signed_in: SignedIn<N>,
    pub fields: Fields,
}

impl<N> std::ops::Deref for Posted<N> {
    type Target = Entered;
    fn deref(&self) -> &Entered {
        &self.signed_in
    }
}

impl<N: Needs> FromRequest for Posted<N> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, fields) = (request.clone(), fields(request, payload));
        Box::pin(async move {
            let fields = fields.await?;
            let signed_in = match SignedIn::<N>::of(&request).await {
                Err(refusal) if refusal.wants_sign_in() => return Err(refusal.keeping(&request, &fields).await),
                signed_in => signed_in?,
            };
            let (sent, expected) = (fields.text(TOKEN).as_bytes(), signed_in.form_token());
            if !bool::from(sent.ct_eq(expected.as_bytes())) {
                return Err(Refusal::other_session(&signed_in, &Kept::of(&request, &fields)));
            }
            Ok(Self { signed_in, fields })
        })
    }
}

/// The fields of a form, if it comes from one of our own pages.
///
/// # Errors
/// Refuses what other sites send, and what is no form.
pub(super) fn fields(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Fields, Refusal>> + use<> {
    let own = settings(request).map(|settings| settings.is_own(request));
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = media_type.split(';').next().is_some_and(|t| t.trim() == "application/x-www-form-urlencoded");
    let body = body(request, payload.take());
    async move {
        if !own? {
            return Err(Refusal::foreign_form());
        }
        if !is_form {
            return Err(Refusal::no_form());
        }
        Ok(Fields::parse(&body.await?))
    }
}

/// A form that nobody has to be signed in for, from one of our own pages.
pub struct Open(pub Fields);

impl FromRequest for Open {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let fields = fields(request, payload);
        Box::pin(async move { fields.await.map(Self) })
    }
}
