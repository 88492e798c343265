//! What an operator says about Coral, checked.

use super::signature::Secrets;
use crate::comment::SiteId;
use crate::policy::UnknownArticle;
use std::collections::BTreeMap;
use std::time::Duration;

/// How the phase answers, and for which sites.
#[derive(Debug, Clone)]
pub struct CoralSettings {
    /// How long Coral is kept waiting at most; less than the phase's timeout in Coral.
    pub answer_within: Duration,
    /// A site that is not here answers nobody.
    pub sites: BTreeMap<SiteId, CoralSite>,
}

impl Default for CoralSettings {
    fn default() -> Self {
        Self { answer_within: Duration::from_millis(150), sites: BTreeMap::new() }
    }
}

/// One site of ombud, behind one moderation phase of Coral.
#[derive(Debug, Clone)]
pub struct CoralSite {
    /// What Coral signs with.
    pub secrets: Secrets,
    pub format: BodyFormat,
    /// Whether what the policy publishes is approved, past Coral's own pre-moderation.
    pub approve: bool,
    /// What happens to comments under stories that ombud does not know.
    pub unknown_story: UnknownArticle,
}

impl CoralSite {
    /// A site as it is by default.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, format: BodyFormat::default(), approve: false, unknown_story: UnknownArticle::Judge }
    }
}

/// What Coral sends as a comment's body: the phase's "comment body format" in Coral.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    #[default]
    Html,
    PlainText,
}
