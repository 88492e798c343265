//! What a moderator saw before she decided on many comments at once: a token that describes itself.

use super::ServiceError;
use crate::comment::{SiteId, Timestamp};
use crate::store::ClaimFilter;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Which comments a decision on many is about: those that waited, as they were, at the moment of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Selection {
    /// When they were counted.
    pub(super) at: Timestamp,
    /// How far the queue was gone through; the store's own word for it.
    pub(super) after: Option<String>,
}

/// How many bytes of the check sum are kept: it finds mistakes, it keeps nobody out.
const SUM: usize = 16;

impl Selection {
    /// Writes it after a check sum over the site, the filter and what is to be done.
    ///
    /// # Errors
    /// Never for a filter that was parsed.
    pub(super) fn write(&self, site: &SiteId, asked: &Asked<'_>) -> Result<String, ServiceError> {
        let body = json(self)?;
        let mut bytes = sum(site, asked, &body)?;
        bytes.extend(body);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads what [`Selection::write`] wrote for the same.
    ///
    /// # Errors
    /// [`ServiceError::SelectionMismatch`] for anything else.
    pub(super) fn read(token: &str, site: &SiteId, asked: &Asked<'_>) -> Result<Self, ServiceError> {
        let mismatch = || ServiceError::SelectionMismatch;
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| mismatch())?;
        let (found, body) = bytes.split_at_checked(SUM).ok_or_else(mismatch)?;
        if found != sum(site, asked, body)? {
            return Err(mismatch());
        }
        serde_json::from_slice(body).map_err(|_| mismatch())
    }
}

/// What is to be done with which comments.
#[derive(Serialize)]
pub(super) struct Asked<'a> {
    pub(super) filter: &'a ClaimFilter,
    pub(super) action: crate::comment::Action,
    pub(super) reason_code: Option<&'a str>,
}

fn sum(site: &SiteId, asked: &Asked<'_>, body: &[u8]) -> Result<Vec<u8>, ServiceError> {
    let mut hasher = Sha256::new();
    for part in [site.as_str().as_bytes(), &json(asked)?, body] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    Ok(hasher.finalize()[..SUM].to_vec())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, ServiceError> {
    serde_json::to_vec(value).map_err(|e| ServiceError::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Action;

    #[test]
    fn a_selection_reads_back_for_the_same_and_nothing_else() {
        let (site, other) = (SiteId::parse("daily").unwrap(), SiteId::parse("weekly").unwrap());
        let sport = ClaimFilter { section: Some("sport".to_owned()), ..ClaimFilter::default() };
        let all = ClaimFilter::default();
        let asked = |filter, action, reason_code| Asked { filter, action, reason_code };
        let selection = Selection { at: Timestamp::from_millisecond(1_767_225_600_123).unwrap(), after: None };
        let right = asked(&sport, Action::Reject, Some("spam"));
        let token = selection.write(&site, &right).unwrap();
        assert_eq!(Selection::read(&token, &site, &right).unwrap(), selection);
        let mut mangled = token.clone();
        mangled.replace_range(30..31, if mangled[30..].starts_with('A') { "B" } else { "A" });
        for (token, site, asked) in [
            (&token, &other, &right),
            (&token, &site, &asked(&all, Action::Reject, Some("spam"))),
            (&token, &site, &asked(&sport, Action::Publish, Some("spam"))),
            (&token, &site, &asked(&sport, Action::Reject, None)),
            (&mangled, &site, &right),
            (&String::new(), &site, &right),
        ] {
            assert!(matches!(Selection::read(token, site, asked), Err(ServiceError::SelectionMismatch)));
        }
    }
}
