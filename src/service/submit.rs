//! A reader's comment comes in.

use super::clock::to_millisecond;
use super::judge::{Reading, Surroundings};
use super::{Ombud, ServiceError};
use crate::comment::{
    Actor, Article, ArticleId, Author, Comment, CommentId, CommentText, ContentHash, Draft, KeyHash, SiteId, Timestamp,
};
use crate::policy::{Facts, OnError, Policy, UnknownArticle};
use crate::store::{Admission, FactsQuery, StoreError};
use std::time::Duration;

/// How far ahead of ours a platform's clock may be.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// How long the facts may take before a decision does without them.
const FACTS_PATIENCE: Duration = Duration::from_secs(2);

/// A comment as the platform sends it, parsed.
#[derive(Debug, Clone)]
pub struct Submission {
    pub site: SiteId,
    pub id: Option<CommentId>,
    /// The request's Idempotency-Key, for platforms without ids of their own.
    pub idempotency_key: Option<String>,
    pub article_id: ArticleId,
    pub parent_id: Option<CommentId>,
    pub author: Author,
    pub text: CommentText,
    pub created_at: Option<Timestamp>,
    /// The article, sent along.
    pub article: Option<Article>,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    pub comment: Comment,
    /// Whether this call brought it in, or it was there already.
    pub new: bool,
}

impl Ombud {
    /// Takes in a comment: scores it, decides, and stores both in one step. The same comment again is
    /// answered as it stands, and nothing happens twice.
    ///
    /// # Errors
    /// Every refusal has a variant of its own, and leaves nothing behind but an article sent inline and the
    /// tie of an Idempotency-Key to its comment's id.
    pub async fn submit(&self, submission: Submission, actor: Actor) -> Result<Submitted, ServiceError> {
        self.submit_among(&Surroundings::default(), submission, actor).await
    }

    /// Takes in a comment whose platform says something of what is around it.
    pub(super) async fn submit_among(
        &self,
        sent: &Surroundings<'_>,
        submission: Submission,
        actor: Actor,
    ) -> Result<Submitted, ServiceError> {
        let now = self.clock.now();
        let id = self.identify(&submission, now).await?;
        let created_at = creation_time(submission.created_at, now)?;
        if submission.parent_id.as_ref() == Some(&id) {
            return Err(ServiceError::ParentCycle);
        }
        let policy = self.policy();
        let reading = Reading::of(submission.text.as_str());
        let query = FactsQuery {
            site: submission.site.clone(),
            comment: id.clone(),
            article: submission.article_id.clone(),
            parent: submission.parent_id.clone(),
            author: submission.author.id.clone(),
            fingerprint: reading.fingerprint,
            created_at,
            near: policy.nearness(),
        };
        let mut facts = self.facts(&query, &policy).await?;
        self.take_inline_article(&submission, &mut facts).await?;
        check_context(&submission, &facts, sent.unknown_article.unwrap_or(policy.unknown_article()))?;
        let models = self.models.of(&submission.site).await;
        let (verdict, _) = self.judge(&models, &policy, &reading, &facts, sent, created_at);
        let content_hash = content_hash(&submission);
        let draft = Draft {
            site: submission.site.clone(),
            id,
            article_id: submission.article_id.clone(),
            section: facts.article.and_then(|a| a.section),
            author: submission.author.clone(),
            text: submission.text.clone(),
            created_at,
            content_hash: content_hash.clone(),
            fingerprint: reading.fingerprint,
            parent: facts.parent,
        };
        let change = draft.admit(verdict, actor, now);
        match self.store.admit(&change).await? {
            Admission::New => {
                self.measures.submitted(&change.comment);
                self.draw(&change.comment, &policy).await;
                Ok(Submitted { comment: change.comment, new: true })
            }
            Admission::Erased => Err(ServiceError::AuthorErased),
            Admission::Exists(found) if found.content_hash == content_hash => {
                Ok(Submitted { comment: *found, new: false })
            }
            Admission::Exists(found) if submission.id.is_some() => Err(ServiceError::ContentDiffers(found)),
            Admission::Exists(_) => Err(ServiceError::IdempotencyKeyReused),
        }
    }

    /// The comment's id: the platform's, or one made from the Idempotency-Key, so that the same key always
    /// means the same comment.
    async fn identify(&self, submission: &Submission, now: Timestamp) -> Result<CommentId, ServiceError> {
        let id = match (&submission.id, &submission.idempotency_key) {
            (Some(id), _) => id.clone(),
            (None, Some(key)) => {
                let hash = KeyHash::of(&format!("{}\n{key}", submission.site));
                CommentId::parse(format!("k-{}", &hash.as_str()[..32]))
                    .map_err(|e| ServiceError::Internal(e.to_string()))?
            }
            (None, None) => return Err(ServiceError::IdMissing),
        };
        if let Some(key) = &submission.idempotency_key {
            let binding = self.store.bind(&submission.site, key, &id, now).await?;
            if binding.comment != id {
                return Err(ServiceError::IdempotencyKeyReused);
            }
        }
        Ok(id)
    }

    /// Gathers the facts. If they can't be had, the policy's `on_error` says whether to refuse or to
    /// decide without them, which then leans to review. A reply needs its parent either way.
    pub(super) async fn facts(&self, query: &FactsQuery, policy: &Policy) -> Result<Facts, ServiceError> {
        let late = || StoreError::Unavailable("the facts did not come in time".to_owned());
        let gathered = tokio::time::timeout(FACTS_PATIENCE, self.store.facts(query)).await;
        let gathered = gathered.unwrap_or_else(|_| Err(late()));
        if let Err(error) = &gathered {
            tracing::warn!(site = %query.site, %error, "the facts for a decision are missing");
        }
        or_without(gathered, policy.on_error(), query.parent.is_some())
    }

    async fn take_inline_article(&self, submission: &Submission, facts: &mut Facts) -> Result<(), ServiceError> {
        let Some(article) = submission.article.clone() else { return Ok(()) };
        if article.id != submission.article_id {
            return Err(ServiceError::ArticleIdDiffers(article.id));
        }
        let known = facts.article.as_ref().is_some_and(|found| found.same_content(&article));
        if !known {
            facts.article = Some(self.put_article(article).await?.0);
        }
        Ok(())
    }
}

/// The facts, or a decision's leave to do without them.
fn or_without(gathered: Result<Facts, StoreError>, on_error: OnError, is_reply: bool) -> Result<Facts, ServiceError> {
    match (gathered, on_error) {
        (Ok(facts), _) => Ok(facts),
        (Err(StoreError::Unavailable(_)), OnError::Review) if !is_reply => Ok(Facts::unread()),
        (Err(error), _) => Err(error.into()),
    }
}

fn creation_time(sent: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, ServiceError> {
    match sent.map(to_millisecond) {
        None => Ok(now),
        Some(at) if at > now.saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX) => Err(ServiceError::CreatedInFuture),
        Some(at) => Ok(at),
    }
}

/// The article must be known, unless unknown ones are not refused here, and the parent must stand under it.
fn check_context(submission: &Submission, facts: &Facts, unknown: UnknownArticle) -> Result<(), ServiceError> {
    if facts.article_is_unknown() && unknown == UnknownArticle::Refuse {
        return Err(ServiceError::UnknownArticle(submission.article_id.clone()));
    }
    match (&submission.parent_id, &facts.parent) {
        (Some(id), None) => Err(ServiceError::UnknownParent(id.clone())),
        (_, Some(parent)) => stands_under(parent, &submission.article_id),
        (None, None) => Ok(()),
    }
}

/// A reply stands under the article of the comment it answers.
pub(super) fn stands_under(parent: &Comment, article: &ArticleId) -> Result<(), ServiceError> {
    if parent.article_id == *article {
        return Ok(());
    }
    Err(ServiceError::ParentOfOtherArticle { parent: parent.id.clone(), article: parent.article_id.clone() })
}

pub(super) fn content_hash(submission: &Submission) -> ContentHash {
    let created_at = submission.created_at.map(|at| to_millisecond(at).to_string());
    ContentHash::of(&[
        Some(submission.article_id.as_str()),
        submission.parent_id.as_ref().map(CommentId::as_str),
        Some(submission.author.id.as_str()),
        submission.author.name(),
        Some(submission.text.as_str()),
        created_at.as_deref(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_does_without_facts_only_where_the_editors_say_so() {
        let down = || Err(StoreError::Unavailable("down".to_owned()));
        let unread = or_without(down(), OnError::Review, false).expect("a decision without facts");
        assert!(!unread.missing.is_empty() && !unread.article_is_unknown());
        assert!(matches!(or_without(down(), OnError::Refuse, false), Err(ServiceError::Unavailable(_))));
        // A reply stands under its parent, which nobody could look up.
        assert!(matches!(or_without(down(), OnError::Review, true), Err(ServiceError::Unavailable(_))));
        let corrupt = Err(StoreError::Corrupt("a document".to_owned()));
        assert!(matches!(or_without(corrupt, OnError::Review, false), Err(ServiceError::Internal(_))));
    }
}
