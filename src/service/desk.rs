//! A moderator's desk: what lies on it, and what a fair decision on it needs.

use super::decide::require;
use super::queue::{ClaimQuery, Claimed};
use super::{Caller, Ombud, ServiceError};
use crate::comment::{Article, Attribute, Comment, CommentId, State};
use crate::store::{ClaimFilter, FactsQuery, WaitingQuery};
use tokio::sync::watch;

/// How many comments above an answer are shown with it.
const ABOVE: usize = 4;
/// How many pending comments are looked at for their scores, at most.
const LOOKED_AT: usize = 5_000;
/// How many are read at once.
const PAGE: usize = 500;

/// What stands around a comment, for whoever decides on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surrounding {
    /// What it answers, and what that answers, the first of the conversation first; four at most, in whatever state.
    pub above: Vec<Comment>,
    /// Whether there are more above these.
    pub more_above: bool,
    /// The latest published comments under the article, the oldest first; 20 at most, without those above.
    pub discussion: Vec<Comment>,
    /// How many other comments of the author stand published on this site.
    pub published: u64,
    /// How many stand rejected.
    pub rejected: u64,
    /// How many readers have reported, whatever became of them.
    pub reported: u64,
    /// How many other comments with the same text came in during the day before it.
    pub same_text: u64,
}

/// The scores of comments that wait.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PendingScores {
    /// Those that have one, in the order in which they wait.
    pub scores: Vec<f64>,
    /// How many have none: there was too little to tell.
    pub unscored: usize,
    /// Whether these are all; the first 5,000 are looked at.
    pub complete: bool,
}

impl Ombud {
    /// What lies on her desk: what she holds already and asks for still, then more from the queue, `limit` in all.
    /// What she holds and doesn't ask for any longer is given back. Holding goes on from now.
    ///
    /// # Errors
    /// As [`Ombud::claim`].
    pub async fn desk(&self, caller: &Caller, query: ClaimQuery) -> Result<Vec<Claimed>, ServiceError> {
        self.may_ask_for(caller, &query.filter)?;
        let site = &caller.site;
        let mut kept = Vec::new();
        for (claim, comment) in self.store.claims_of(site, caller.name(), self.clock.now()).await? {
            if kept.len() < query.limit && query.filter.lets_through(&comment) {
                // One that ran out at this moment may be somebody else's already.
                if let Ok(claim) = self.heartbeat(site, &claim.id).await {
                    kept.push((claim, comment));
                }
            } else {
                self.release(site, &claim.id).await?;
            }
        }
        let mut desk = self.with_context(site, kept).await?;
        if desk.len() < query.limit {
            let limit = query.limit - desk.len();
            desk.extend(self.claim(caller, ClaimQuery { limit, ..query }).await?);
        }
        Ok(desk)
    }

    /// A comment out of its turn, such as one whose decision she took back, with its article: it waits, and for her.
    /// No lease comes with it, so it may be handed to somebody else meanwhile, and the first decision on it counts.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn out_of_turn(
        &self,
        caller: &Caller,
        id: &CommentId,
    ) -> Result<Option<(Comment, Option<Article>)>, ServiceError> {
        let found = self.store.comment(&caller.site, id).await?;
        let hers = |comment: &Comment| {
            let role = comment.escalation.as_ref().map(|to| &to.role);
            comment.state == State::Pending && comment.changeable().is_ok() && require(caller, role).is_ok()
        };
        let Some(comment) = found.filter(hers) else { return Ok(None) };
        let article = self.store.article(&caller.site, &comment.article_id).await?;
        Ok(Some((comment, article)))
    }

    /// What stands around a comment.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn surrounding(&self, comment: &Comment) -> Result<Surrounding, ServiceError> {
        let site = &comment.site;
        let above = self.above(comment).await?;
        let more_above = above.first().is_some_and(|first| first.parent_id.is_some());
        let Some(author) = comment.author() else {
            return Ok(Surrounding { above, more_above, ..Surrounding::default() });
        };
        let query = FactsQuery {
            site: site.clone(),
            comment: comment.id.clone(),
            article: comment.article_id.clone(),
            parent: None,
            author: author.id.clone(),
            fingerprint: comment.fingerprint,
            created_at: comment.created_at,
            near: None,
        };
        let (facts, reported) =
            tokio::try_join!(self.store.facts(&query), self.store.reported_of(site, &author.id, &comment.id))?;
        let ids: Vec<CommentId> = facts.thread.into_iter().map(|entry| entry.comment_id).collect();
        let mut discussion = self.store.comments(site, &ids).await?;
        discussion.retain(|said| said.is_shown() && above.iter().all(|shown| shown.id != said.id));
        discussion.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        let (published, rejected) = (facts.author.published, facts.author.rejected);
        Ok(Surrounding { above, more_above, discussion, published, rejected, reported, same_text: facts.same_text })
    }

    /// The comments that one answers, from the one furthest up.
    async fn above(&self, comment: &Comment) -> Result<Vec<Comment>, ServiceError> {
        let mut above = Vec::new();
        let mut next = comment.parent_id.clone();
        while above.len() < ABOVE
            && let Some(id) = next.take()
        {
            let Some(parent) = self.store.comment(&comment.site, &id).await? else { break };
            next.clone_from(&parent.parent_id);
            above.push(parent);
        }
        above.reverse();
        Ok(above)
    }

    /// An attribute's scores of the comments that wait and pass a filter.
    ///
    /// # Errors
    /// As [`Ombud::claim`].
    pub async fn pending_scores(
        &self,
        caller: &Caller,
        filter: &ClaimFilter,
        attribute: Attribute,
    ) -> Result<PendingScores, ServiceError> {
        self.may_ask_for(caller, filter)?;
        let mut found = PendingScores { complete: true, ..PendingScores::default() };
        let (mut after, mut looked_at) = (None, 0);
        loop {
            let (site, filter, now) = (caller.site.clone(), filter.clone(), self.clock.now());
            let page = self.store.waiting(&WaitingQuery { site, filter, after, limit: PAGE, now }).await?;
            looked_at += page.waiting.len();
            for waiting in page.waiting {
                match waiting.comment.scores.get(attribute) {
                    Some(score) => found.scores.push(score),
                    None => found.unscored += 1,
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(found);
            }
            if looked_at >= LOOKED_AT {
                found.complete = false;
                return Ok(found);
            }
        }
    }

    /// Changes whenever something happened, on any site and replica: when to look again.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.store.news()
    }
}
