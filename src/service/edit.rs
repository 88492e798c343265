//! Reading a comment, editing it, taking it back.

use super::judge::{Reading, Surroundings};
use super::{Ombud, ServiceError};
use crate::comment::{Actor, AuditEntry, Change, Comment, CommentId, CommentText, SiteId, TransitionError};
use crate::store::{Conflict, FactsQuery, Lease};

/// How often a step without an expected version is tried again when another step came between.
pub(super) const ATTEMPTS: usize = 5;

impl Ombud {
    /// A comment in whatever state.
    ///
    /// # Errors
    /// [`ServiceError::UnknownComment`] if there is none on this site.
    pub async fn comment(&self, site: &SiteId, id: &CommentId) -> Result<Comment, ServiceError> {
        self.store.comment(site, id).await?.ok_or_else(|| ServiceError::UnknownComment(id.clone()))
    }

    /// A comment's audit trail, oldest first.
    ///
    /// # Errors
    /// [`ServiceError::UnknownComment`] if there is no such comment.
    pub async fn audit(&self, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, ServiceError> {
        self.comment(site, id).await?;
        Ok(self.store.audit(site, id).await?)
    }

    /// The author's new text, judged anew. The same text again changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::Stale`] if `expected_version` is given and passed.
    pub async fn edit(
        &self,
        site: &SiteId,
        id: &CommentId,
        text: CommentText,
        expected_version: Option<u64>,
        actor: Actor,
    ) -> Result<Comment, ServiceError> {
        self.edit_among(&Surroundings::default(), site, id, text, expected_version, actor).await
    }

    /// Edits a comment whose platform says something of what is around it.
    pub(super) async fn edit_among(
        &self,
        sent: &Surroundings<'_>,
        site: &SiteId,
        id: &CommentId,
        text: CommentText,
        expected_version: Option<u64>,
        actor: Actor,
    ) -> Result<Comment, ServiceError> {
        let policy = self.policy();
        let models = self.models.of(site).await;
        let reading = Reading::of(text.as_str());
        for _ in 0..ATTEMPTS {
            let comment = self.at_version(site, id, expected_version).await?;
            if comment.text() == Some(&text) {
                return Ok(comment);
            }
            let author = comment.changeable()?.id.clone();
            let query = FactsQuery {
                site: site.clone(),
                comment: id.clone(),
                article: comment.article_id.clone(),
                parent: comment.parent_id.clone(),
                author,
                fingerprint: reading.fingerprint,
                created_at: comment.created_at,
                near: policy.nearness(),
            };
            let facts = self.facts(&query, &policy).await?;
            let (verdict, _) = self.judge(&models, &policy, &reading, &facts, sent, comment.created_at);
            let change = comment.edit(text.clone(), reading.fingerprint, verdict, actor.clone(), self.clock.now())?;
            if let Some(done) = self.try_step(change, expected_version).await? {
                self.measures.edited(&done);
                self.draw(&done, &policy).await;
                return Ok(done);
            }
        }
        Err(busy())
    }

    /// The author or the platform takes a comment back. Withdrawing twice is no error.
    ///
    /// # Errors
    /// [`ServiceError::UnknownComment`] if there is none.
    pub async fn withdraw(&self, site: &SiteId, id: &CommentId, actor: Actor) -> Result<Comment, ServiceError> {
        for _ in 0..ATTEMPTS {
            let comment = self.comment(site, id).await?;
            let change = match comment.withdraw(actor.clone(), self.clock.now()) {
                Ok(change) => change,
                Err(TransitionError::Withdrawn) => return Ok(comment),
                Err(error) => return Err(error.into()),
            };
            if let Some(done) = self.try_step(change, None).await? {
                return Ok(done);
            }
        }
        Err(busy())
    }

    /// The comment, if it is at the version the caller has seen.
    pub(super) async fn at_version(
        &self,
        site: &SiteId,
        id: &CommentId,
        expected: Option<u64>,
    ) -> Result<Comment, ServiceError> {
        let comment = self.comment(site, id).await?;
        match expected {
            Some(version) if version != comment.version => Err(ServiceError::Stale(Box::new(comment))),
            _ => Ok(comment),
        }
    }

    /// Takes a step that needs no lease; `None` if another came between and the caller named no version.
    pub(super) async fn try_step(
        &self,
        change: Change,
        expected_version: Option<u64>,
    ) -> Result<Option<Comment>, ServiceError> {
        match self.store.advance(&change, &Lease::Free, change.audit.at).await? {
            Ok(()) => Ok(Some(change.comment)),
            Err(Conflict::Stale(_)) if expected_version.is_none() => Ok(None),
            Err(conflict) => Err(ServiceError::conflict(conflict, &change.comment.id)),
        }
    }
}

pub(super) fn busy() -> ServiceError {
    ServiceError::Unavailable("the comment changes faster than this step can be taken".to_owned())
}
