//! A site with articles and comments from a file: the demo, and a way to try a policy on known ground.

use super::{Ombud, ServiceError, Submission};
use crate::comment::{Actor, Article, ArticleId, Author, AuthorId, CommentId, CommentText, SiteId, State};
use serde::Deserialize;
use std::time::Duration;

/// Why seeds can't be sown.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error("the seed file does not parse: {0}")]
    File(#[from] toml::de::Error),
    #[error("the seed file is wrong: {0}")]
    Value(String),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedFile {
    site: SeedSite,
    articles: Vec<SeedArticle>,
    #[serde(default)]
    comments: Vec<SeedComment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedSite {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedArticle {
    id: String,
    title: String,
    url: Option<String>,
    section: Option<String>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedComment {
    id: String,
    article_id: String,
    parent_id: Option<String>,
    author: SeedAuthor,
    minutes_ago: u64,
    text: String,
    /// A hint to whoever reads the file; nothing depends on it.
    #[serde(default, rename = "expect")]
    _expect: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedAuthor {
    id: String,
    name: Option<String>,
}

/// What was sown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sown {
    pub site: SiteId,
    /// The first article.
    pub article: ArticleId,
    /// How many comments stand in each state, those from an earlier sowing included.
    pub states: Vec<(State, usize)>,
}

fn value(error: impl std::fmt::Display) -> SeedError {
    SeedError::Value(error.to_string())
}

impl Ombud {
    /// Sows a seed file. Every comment is submitted as a platform would, so the decisions are real. What is
    /// there already is left as it is.
    ///
    /// # Errors
    /// [`SeedError`] says what in the file is wrong, or what the service refused.
    pub async fn sow(&self, file: &str) -> Result<Sown, SeedError> {
        let file: SeedFile = toml::from_str(file)?;
        let site = SiteId::parse(file.site.id).map_err(value)?;
        if self.store.site(&site).await.map_err(ServiceError::from)?.is_none() {
            self.add_site(&site, &file.site.name).await?;
        }
        let mut first = None;
        for article in file.articles {
            let article = self.sow_article(&site, article).await?;
            first.get_or_insert(article);
        }
        let article = first.ok_or_else(|| value("there is no article"))?;
        let mut states: Vec<(State, usize)> = State::ALL.map(|s| (s, 0)).to_vec();
        for comment in file.comments {
            let stands = self.sow_comment(&site, comment).await?;
            states.iter_mut().filter(|(state, _)| *state == stands).for_each(|(_, count)| *count += 1);
        }
        Ok(Sown { site, article, states })
    }

    async fn sow_article(&self, site: &SiteId, seed: SeedArticle) -> Result<ArticleId, SeedError> {
        let id = ArticleId::parse(seed.id).map_err(value)?;
        let article = Article {
            site: site.clone(),
            id: id.clone(),
            title: seed.title,
            url: seed.url,
            section: seed.section,
            body: seed.body,
            comments_open: true,
            updated_at: self.now(),
        };
        self.put_article(article).await?;
        Ok(id)
    }

    async fn sow_comment(&self, site: &SiteId, seed: SeedComment) -> Result<State, SeedError> {
        let id = CommentId::parse(seed.id).map_err(value)?;
        match self.comment(site, &id).await {
            Ok(found) => return Ok(found.state),
            Err(ServiceError::UnknownComment(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let age = Duration::from_secs(seed.minutes_ago.saturating_mul(60));
        let author_id = AuthorId::parse(seed.author.id).map_err(value)?;
        let submission = Submission {
            site: site.clone(),
            id: Some(id),
            idempotency_key: None,
            article_id: ArticleId::parse(seed.article_id).map_err(value)?,
            parent_id: seed.parent_id.map(CommentId::parse).transpose().map_err(value)?,
            author: Author::new(author_id, seed.author.name).map_err(value)?,
            text: CommentText::parse(seed.text).map_err(value)?,
            created_at: Some(self.now().saturating_sub(age).map_err(value)?),
            article: None,
        };
        match self.submit(submission, Actor::Policy).await {
            Ok(submitted) => Ok(submitted.comment.state),
            // Another replica sows the same seeds at this moment, a little earlier by its clock.
            Err(ServiceError::ContentDiffers(found)) => Ok(found.state),
            Err(error) => Err(error.into()),
        }
    }
}
