//! Readers report a published comment.

use super::edit::busy;
use super::{Ombud, ServiceError};
use crate::comment::{CommentId, KeyHash, SiteId};
use crate::store::{Conflict, Report, ReportOutcome};

impl Ombud {
    /// Counts a reader's report. The policy says how many distinct readers send a comment to the queue;
    /// the same reader counts once until a moderator decides.
    ///
    /// # Errors
    /// [`ServiceError::Transition`] if the comment is not published.
    pub async fn report(
        &self,
        site: &SiteId,
        id: &CommentId,
        reporter: &str,
        reason: Option<String>,
    ) -> Result<ReportOutcome, ServiceError> {
        let limit = self.policy().report_limit();
        // A reader's id is personal data, and only ever compared: its hash will do.
        let reporter = hashed(site, reporter);
        for _ in 0..5 {
            let now = self.clock.now();
            let comment = self.comment(site, id).await?;
            let escalation = comment.reported(limit, now)?;
            let report = Report {
                site: site.clone(),
                comment: id.clone(),
                reporter: reporter.clone(),
                reason: reason.clone(),
                at: now,
            };
            match self.store.report(&report, limit, &escalation).await? {
                Ok(outcome) => return Ok(outcome),
                Err(Conflict::Stale(_)) => {}
                Err(conflict) => return Err(ServiceError::conflict(conflict, id)),
            }
        }
        Err(busy())
    }
}

/// A reader as reports name her.
pub(super) fn hashed(site: &SiteId, reporter: &str) -> String {
    KeyHash::of(&format!("{site}\n{reporter}")).as_str().to_owned()
}
