//! Which methods an address takes, for `Allow` (RFC 9110, section 10.2.1).

use actix_web::dev::ResourceDef;
use serde_json::Value;

/// The addresses of the document.
#[derive(Clone)]
pub struct Allowed(Vec<(ResourceDef, String)>);

impl Allowed {
    pub(super) fn by(document: &Value) -> Self {
        let described = document["paths"].as_object().into_iter().flatten().map(|(path, calls)| {
            let methods = calls.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            (ResourceDef::new(path.as_str()), methods.collect::<Vec<_>>().join(", "))
        });
        Self(described.collect())
    }

    /// The methods that this path takes; `None` if nothing is served there.
    pub(in crate::http) fn at(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(address, _)| address.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}
