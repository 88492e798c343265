//! Which methods an address takes, for `Allow` (RFC 9110, section 10.2.1).

use actix_web::dev::ResourceDef;
use serde_json::Value;

/// The addresses of the document, and the pages beside it.
#[derive(Clone)]
pub struct Allowed(Vec<(ResourceDef, String)>);

/// Pages that are not part of the described API.
const PAGES: [&str; 3] = ["/", "/docs", "/openapi.json"];

impl Allowed {
    pub(super) fn by(document: &Value) -> Self {
        let described = document["paths"].as_object().into_iter().flatten().map(|(path, calls)| {
            let methods = calls.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            (ResourceDef::new(path.as_str()), methods.collect::<Vec<_>>().join(", "))
        });
        let pages = PAGES.map(|path| (ResourceDef::new(path), "GET".to_owned()));
        Self(described.chain(pages).collect())
    }

    /// The methods that this path takes; `None` if nothing is served there.
    pub(in crate::http) fn at(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(address, _)| address.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}
