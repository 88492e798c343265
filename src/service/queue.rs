//! Working the queue: what waits, who reads what, and for how long.

use super::decide::require;
use super::{Caller, Ombud, ServiceError};
use crate::comment::{Article, ArticleId, Claim, ClaimId, Comment, QueueOrder, SiteId};
use crate::store::{ClaimFilter, ClaimRequest, QueueOverview};
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// A moderator asks for comments to read.
#[derive(Debug, Clone, Default)]
pub struct ClaimQuery {
    /// How many at most.
    pub limit: usize,
    pub order: QueueOrder,
    pub filter: ClaimFilter,
}

/// A claimed comment, with what a fair decision needs around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub claim: Claim,
    pub comment: Comment,
    /// `None` only if the article was never sent.
    pub article: Option<Article>,
    pub parent: Option<Comment>,
}

impl Ombud {
    /// How much waits, since when, and why; and the time this was asked, for ages.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn queue(&self, site: &SiteId) -> Result<(QueueOverview, crate::comment::Timestamp), ServiceError> {
        let now = self.clock.now();
        Ok((self.store.queue(site, now).await?, now))
    }

    /// Hands out comments under a lease: until it expires, nobody else is handed the same.
    ///
    /// # Errors
    /// [`ServiceError::UnknownRole`] for a role that the policy doesn't name, [`ServiceError::RoleMissing`] for one that
    /// the caller lacks.
    pub async fn claim(&self, caller: &Caller, query: ClaimQuery) -> Result<Vec<Claimed>, ServiceError> {
        self.may_ask_for(caller, &query.filter)?;
        let site = &caller.site;
        let now = self.clock.now();
        let request = ClaimRequest {
            site: site.clone(),
            holder: caller.name().to_owned(),
            tokens: (0..query.limit).map(|_| Uuid::new_v7(token_time(now))).collect(),
            limit: query.limit,
            order: query.order,
            filter: query.filter,
            now,
            expires_at: self.lease_end(now),
        };
        let claims = self.store.claim(&request).await?;
        self.with_context(site, claims).await
    }

    /// Whether she may be handed what a filter asks for.
    pub(super) fn may_ask_for(&self, caller: &Caller, filter: &ClaimFilter) -> Result<(), ServiceError> {
        let Some(role) = &filter.role else { return Ok(()) };
        self.knows_role(role)?;
        require(caller, Some(role))
    }

    /// Claimed comments with their articles and what they answer.
    pub(super) async fn with_context(
        &self,
        site: &SiteId,
        claims: Vec<(Claim, Comment)>,
    ) -> Result<Vec<Claimed>, ServiceError> {
        let parents: Vec<_> = claims.iter().filter_map(|(_, c)| c.parent_id.clone()).collect();
        let parents = self.store.comments(site, &parents).await?;
        let mut articles: HashMap<ArticleId, Option<Article>> = HashMap::new();
        let mut claimed = Vec::with_capacity(claims.len());
        for (claim, comment) in claims {
            if !articles.contains_key(&comment.article_id) {
                let article = self.store.article(site, &comment.article_id).await?;
                articles.insert(comment.article_id.clone(), article);
            }
            let article = articles.get(&comment.article_id).cloned().flatten();
            let parent = parents.iter().find(|p| Some(&p.id) == comment.parent_id.as_ref()).cloned();
            claimed.push(Claimed { claim, comment, article, parent });
        }
        Ok(claimed)
    }

    /// Extends a lease: she is still reading.
    ///
    /// # Errors
    /// [`ServiceError::Lease`] if the claim is over.
    pub async fn heartbeat(&self, site: &SiteId, claim: &ClaimId) -> Result<Claim, ServiceError> {
        let now = self.clock.now();
        Ok(self.store.heartbeat(site, claim, self.lease_end(now), now).await??)
    }

    /// Gives a comment back to the queue. Twice is no error.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn release(&self, site: &SiteId, claim: &ClaimId) -> Result<(), ServiceError> {
        Ok(self.store.release(site, claim).await?)
    }

    fn lease_end(&self, now: crate::comment::Timestamp) -> crate::comment::Timestamp {
        let lease = Duration::from_secs(self.policy().lease_seconds().into());
        now.saturating_add(lease).unwrap_or(now)
    }
}

/// A time as a claim's token begins with it.
fn token_time(now: crate::comment::Timestamp) -> uuid::Timestamp {
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    uuid::Timestamp::from_unix(uuid::NoContext, u64::try_from(now.as_second()).unwrap_or(0), nanoseconds)
}
