//! Erasing an author: everything of the author's, in whatever state, in every place.

use super::edit::busy;
use super::report::hashed;
use super::{Ombud, ServiceError};
use crate::comment::{Actor, ApiKey, AuthorId, Comment, CommentText, CorrectionId, SiteId, TransitionError};
use crate::store::{Conflict, Lease};

/// Comments asked for at a time.
const PAGE: usize = 100;
/// How often a comment's erasure is tried again when other steps come between.
const ATTEMPTS: usize = 20;

/// What an erasure found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erasure {
    /// Comments of which text and author were dropped.
    pub comments: u64,
    /// Reports of others' comments that were taken back.
    pub reports: u64,
    /// Corrections of the comments' texts that were dropped.
    pub corrections: u64,
}

impl Ombud {
    /// Erases an author: every comment is withdrawn and its body dropped, each with an audit entry and an event. An
    /// author who is unknown, or erased already, is no error. What comes of the author later is new. If it fails,
    /// what was erased stays so, and the same call goes on.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] if the store can't do all of it now.
    pub async fn erase_author(&self, site: &SiteId, author: &AuthorId, actor: &Actor) -> Result<Erasure, ServiceError> {
        let until = self.store.begin_erasure(site, author, self.clock.now()).await?;
        let keys = self.store.keys(site).await?;
        let mut erasure = Erasure::default();
        loop {
            let found = self.store.authored(site, author, until, PAGE).await?;
            if found.is_empty() {
                break;
            }
            for comment in found {
                for text in comment.text().into_iter().chain(comment.earlier().iter().map(|earlier| &earlier.text)) {
                    erasure.corrections += self.forget_text(site, &keys, text).await?;
                }
                self.store.forget_audits(site, &comment.id, comment.version).await?;
                erasure.comments += u64::from(self.erase_comment(comment, actor).await?);
            }
        }
        erasure.reports = self.store.forget_reporter(site, &hashed(site, author.as_str())).await?;
        self.store.scrub().await?;
        tracing::info!(%site, comments = erasure.comments, reports = erasure.reports, "an author was erased");
        Ok(erasure)
    }

    /// Drops what is kept of a text beside its comment; answers how many corrections that were.
    async fn forget_text(&self, site: &SiteId, keys: &[ApiKey], text: &CommentText) -> Result<u64, ServiceError> {
        self.passages.forget(text.as_str());
        let ids: Vec<CorrectionId> = keys.iter().map(|key| CorrectionId::of(site, &key.id, text)).collect();
        Ok(self.store.forget_corrections(site, &ids).await?)
    }

    /// Erases one comment, whatever other steps it takes meanwhile; answers whether this did it.
    async fn erase_comment(&self, mut comment: Comment, actor: &Actor) -> Result<bool, ServiceError> {
        for _ in 0..ATTEMPTS {
            let change = match comment.erase(actor.clone(), self.clock.now()) {
                Ok(change) => change,
                Err(TransitionError::BodyDropped) => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            match self.store.advance(&change, &Lease::Free, change.audit.at).await? {
                Ok(()) => return Ok(true),
                Err(Conflict::Stale(standing)) => comment = *standing,
                Err(conflict) => return Err(ServiceError::conflict(conflict, &change.comment.id)),
            }
        }
        Err(busy())
    }
}
