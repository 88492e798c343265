//! A platform says what a text's scores should have been.

use super::{Ombud, ServiceError};
use crate::comment::{ArticleId, CommentText, Correction, CorrectionId, CorrectionLabels, KeyId, SiteId};

/// How many corrections a site keeps. Learning reads no more decisions than this at once, so more would never teach;
/// with texts of 300 characters they are some 60 MB.
pub(super) const KEEP: u32 = 100_000;

/// A correction as a platform sends it, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCorrection {
    /// What was scored. It need not be a comment that ombud knows.
    pub text: CommentText,
    /// What the scores should have been.
    pub labels: CorrectionLabels,
    /// The article it stood under, if the platform tells. It need not be one that ombud knows: it keeps texts of one
    /// article together when some are held out.
    pub article: Option<ArticleId>,
}

impl Ombud {
    /// Keeps what a key says that a text's scores should have been, to be learned from. The same key's last word
    /// counts, attribute by attribute. No comment changes: a moderator's decision about the same text is a voice of
    /// its own, and where both speak of an attribute the decision is learned from.
    ///
    /// # Errors
    /// Fails if the store does; then nothing was kept, and the call may be repeated.
    pub async fn correct(&self, site: &SiteId, new: NewCorrection, by: &KeyId) -> Result<CorrectionId, ServiceError> {
        let NewCorrection { text, labels, article } = new;
        let correction = Correction::new(site, by.clone(), text, labels, article, self.clock.now());
        self.store.put_correction(site, &correction, KEEP).await?;
        Ok(correction.id)
    }
}
