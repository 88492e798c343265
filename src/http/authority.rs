//! Who calls, and whether the key's scopes allow it. A handler names the scope it needs by its argument.

use super::problem::{Code, Problem};
use super::rate::Rate;
use crate::comment::Scope;
use crate::service::{KeyHolder, Ombud};
use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use std::future::Future;
use std::pin::Pin;

/// Who holds a secret, if its key may do this and is not sent too often.
///
/// # Errors
/// `key_missing`, `key_invalid`, `rate_limited`, `scope_missing`, or what the store has to say.
pub(super) async fn authorise(request: &HttpRequest, secret: Option<&str>, scope: Scope) -> Result<KeyHolder, Problem> {
    let secret = secret.ok_or_else(|| Problem::new(Code::KeyMissing, "send `Authorization: Bearer KEY`"))?;
    let ombud = request.app_data::<web::Data<Ombud>>().ok_or_else(|| Problem::new(Code::Internal, "no service"))?;
    let caller = ombud.authenticate(secret).await?;
    let caller = caller.ok_or_else(|| Problem::new(Code::KeyInvalid, "the key is unknown or revoked"))?;
    if let Some(rate) = request.app_data::<web::Data<Rate>>() {
        rate.check_key(request, &caller.key)?;
    }
    if caller.may(scope) {
        Ok(caller)
    } else {
        Err(Problem::new(Code::ScopeMissing, format!("this needs a key with the scope `{}`", scope.name())))
    }
}

/// The secret in `Authorization: Bearer`.
pub(super) fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

macro_rules! scoped {
    ($($(#[$doc:meta])* $name:ident => $scope:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name(KeyHolder);

        impl std::ops::Deref for $name {
            type Target = KeyHolder;
            fn deref(&self) -> &KeyHolder {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { authorise(&request, bearer(&request).as_deref(), $scope).await.map(Self) })
            }
        }
    )*};
}

scoped! {
    /// A caller that may submit.
    Submitter => Scope::Submit;
    /// A caller that may read.
    Reader => Scope::Read;
    /// A caller that may work the queue.
    Reviewer => Scope::Review;
    /// A caller that may see the policy and the audit log.
    Administrator => Scope::Admin;
}
