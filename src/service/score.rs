//! Scoring without storing.

use super::judge::{Reading, Surroundings};
use super::submit::stands_under;
use super::{Ombud, ServiceError};
use crate::classifier::Judgement;
use crate::comment::{Article, ArticleId, AuthorId, CommentId, CommentText, SiteId, Timestamp, Verdict};
use crate::policy::{Facts, Nearness};
use crate::store::FactsQuery;

/// A text to score and decide on, with as much context as the caller has.
#[derive(Debug, Clone)]
pub struct ScoreRequest {
    pub site: SiteId,
    pub text: CommentText,
    /// A registered article.
    pub article_id: Option<ArticleId>,
    /// An article sent along; wins over `article_id`.
    pub article: Option<Article>,
    /// A comment that is in the store.
    pub parent_id: Option<CommentId>,
    /// The text it answers, where the store does not know the comment.
    pub parent_text: Option<String>,
    /// Texts of the thread so far, newest first, where the store does not know the thread.
    pub thread: Vec<String>,
    pub author: Option<AuthorId>,
}

/// Scores, their evidence, and what the policy would decide.
pub struct Scored {
    pub verdict: Verdict,
    pub judgement: Judgement,
}

impl Ombud {
    /// Scores and decides as [`Ombud::submit`] would, and stores nothing.
    ///
    /// # Errors
    /// Fails on an unknown article or parent, or if the store does.
    pub async fn score(&self, request: &ScoreRequest) -> Result<Scored, ServiceError> {
        let now = self.clock.now();
        let policy = self.policy();
        let reading = Reading::of(request.text.as_str());
        let mut facts = self.context_of(request, &reading, policy.nearness(), now).await?;
        if let Some(article) = &request.article {
            facts.article = Some(article.clone().checked()?);
        }
        let texts = Surroundings {
            parent: request.parent_text.as_deref(),
            thread: request.thread.iter().map(String::as_str).collect(),
            unknown_article: None,
        };
        let models = self.models.of(&request.site).await;
        let (verdict, judgement) = self.judge(&models, &policy, &reading, &facts, &texts, now);
        Ok(Scored { verdict, judgement })
    }

    async fn context_of(
        &self,
        request: &ScoreRequest,
        reading: &Reading<'_>,
        near: Option<Nearness>,
        now: Timestamp,
    ) -> Result<Facts, ServiceError> {
        let parent = match &request.parent_id {
            Some(id) => Some(self.comment(&request.site, id).await?),
            None => None,
        };
        let article = request.article_id.clone().or_else(|| parent.as_ref().map(|p| p.article_id.clone()));
        let Some(article) = article else { return Ok(Facts::default()) };
        if let Some(parent) = &parent {
            stands_under(parent, &article)?;
        }
        let query = FactsQuery {
            site: request.site.clone(),
            comment: scratch_id()?,
            article: article.clone(),
            parent: request.parent_id.clone(),
            author: request.author.clone().map_or_else(scratch_author, Ok)?,
            fingerprint: reading.fingerprint,
            created_at: now,
            near,
        };
        let facts = self.store.facts(&query).await?;
        if facts.article.is_none() && request.article.is_none() {
            return Err(ServiceError::UnknownArticle(article));
        }
        Ok(facts)
    }
}

/// An id for a comment that is never stored.
fn scratch_id() -> Result<CommentId, ServiceError> {
    CommentId::parse("ombud:score").map_err(|e| ServiceError::Internal(e.to_string()))
}

/// An author without a record.
fn scratch_author() -> Result<AuthorId, ServiceError> {
    AuthorId::parse("ombud:nobody").map_err(|e| ServiceError::Internal(e.to_string()))
}
