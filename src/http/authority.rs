//! Who calls, and whether the key's scopes allow it. A handler names the scope it needs by its argument.

use super::problem::{Code, Problem};
use crate::comment::{Actor, KeyId, Scope, SiteId};
use crate::service::{Caller, Ombud};
use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use std::future::Future;
use std::pin::Pin;

async fn authorise(secret: Option<String>, ombud: Option<web::Data<Ombud>>, scope: Scope) -> Result<Caller, Problem> {
    let secret = secret.ok_or_else(|| Problem::new(Code::KeyMissing, "send `Authorization: Bearer KEY`"))?;
    let ombud = ombud.ok_or_else(|| Problem::new(Code::Internal, "no service"))?;
    let caller = ombud.authenticate(&secret).await?;
    let caller = caller.ok_or_else(|| Problem::new(Code::KeyInvalid, "the key is unknown or revoked"))?;
    if caller.may(scope) {
        Ok(caller)
    } else {
        Err(Problem::new(Code::ScopeMissing, format!("this needs a key with the scope `{}`", scope.name())))
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

macro_rules! scoped {
    ($($(#[$doc:meta])* $name:ident => $scope:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name(pub Caller);

        impl $name {
            pub fn site(&self) -> &SiteId {
                &self.0.site
            }
            pub fn key(&self) -> &KeyId {
                &self.0.key
            }
            /// The caller as the one who takes a step.
            pub fn actor(&self) -> Actor {
                Actor::Platform { key: self.0.key.clone() }
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let (secret, ombud) = (bearer(request), request.app_data::<web::Data<Ombud>>().cloned());
                Box::pin(async move { authorise(secret, ombud, $scope).await.map(Self) })
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
