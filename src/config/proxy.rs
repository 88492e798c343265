//! `[proxy]`: what stands in front of ombud.

use crate::http::Proxy;
use actix_web::http::header::HeaderName;
use anyhow::Context as _;
use serde::Deserialize;

/// The section as it is written.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProxyFile {
    address_header: String,
}

impl ProxyFile {
    /// # Errors
    /// Names the key that is wrong.
    pub(super) fn checked(&self) -> anyhow::Result<Proxy> {
        let name = Some(self.address_header.trim()).filter(|name| !name.is_empty());
        let parse = |name: &str| HeaderName::from_bytes(name.as_bytes());
        let address_header = name.map(parse).transpose().context("`proxy.address_header` is no header's name")?;
        Ok(Proxy { address_header })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_named_in_any_case_or_not_at_all() {
        let checked = |written: &str| toml::from_str::<ProxyFile>(written).expect("a section").checked();
        assert_eq!(checked("").expect("settings"), Proxy::default());
        let header = checked("address_header = \"X-Forwarded-For\"").expect("settings").address_header;
        assert_eq!(header.as_ref().map(HeaderName::as_str), Some("x-forwarded-for"));
        assert!(checked("address_header = \"x forwarded\"").is_err());
    }
}
