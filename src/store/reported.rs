//! What readers have reported of an author, for whoever decides on the next comment.

use super::StoreError;
use crate::comment::{AuthorId, CommentId, SiteId};
use async_trait::async_trait;

/// Knows which comments readers ever reported. As with [`super::Store::facts`], an adapter may come to know right after the report.
#[async_trait]
pub trait Reported: Send + Sync {
    /// How many comments of an author readers have reported on this site, without `but`: each once, however many did, and
    /// whatever a moderator decided since. What was dropped is nobody's.
    async fn reported_of(&self, site: &SiteId, author: &AuthorId, but: &CommentId) -> Result<u64, StoreError>;
}
