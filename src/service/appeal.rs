//! An author appeals against a rejection.

use super::edit::{ATTEMPTS, busy};
use super::{Ombud, ServiceError};
use crate::comment::{Actor, AppealText, Comment, CommentId, SiteId};

impl Ombud {
    /// Brings a rejected comment back to the queue, for those whom the policy names. The same appeal again, while it
    /// is open, changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::AppealsClosed`] if the policy takes none; [`ServiceError::Transition`] unless the comment is
    /// rejected, while another appeal is open, and after one was declined; [`ServiceError::Stale`] if
    /// `expected_version` is given and passed.
    pub async fn appeal(
        &self,
        site: &SiteId,
        id: &CommentId,
        text: AppealText,
        expected_version: Option<u64>,
        actor: Actor,
    ) -> Result<Comment, ServiceError> {
        let policy = self.policy();
        if !policy.takes_appeals() {
            return Err(ServiceError::AppealsClosed);
        }
        for _ in 0..ATTEMPTS {
            let comment = self.comment(site, id).await?;
            let said = comment.appeal.as_ref().and_then(|appeal| appeal.text.as_ref());
            if comment.is_appealed() && said == Some(&text) {
                return Ok(comment);
            }
            if expected_version.is_some_and(|version| version != comment.version) {
                return Err(ServiceError::Stale(Box::new(comment)));
            }
            let role = policy.appeal_role().cloned();
            let change = comment.appeal(text.clone(), role, actor.clone(), self.clock.now())?;
            if let Some(done) = self.try_step(change, expected_version).await? {
                self.measures.appealed();
                return Ok(done);
            }
        }
        Err(busy())
    }
}
