//! Coral's requests, read as the phase reads them.

use super::request::PhaseRequest;
use super::{BodyFormat, CoralSite, Secrets};
use crate::comment::SiteId;
use crate::http::json;

pub fn body(body: &[u8]) {
    let (Ok(site), Ok(secrets)) = (SiteId::parse("post"), Secrets::parse(&"f".repeat(64))) else { return };
    for format in [BodyFormat::Html, BodyFormat::PlainText] {
        let coral = CoralSite { format, ..CoralSite::new(secrets.clone()) };
        let _ = json::parse::<PhaseRequest>(body).map(|request| request.read(&site, &coral));
    }
}
