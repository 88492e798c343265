//! From what was sent to what the service takes.

use crate::comment::{Article, ArticleId, Author, AuthorId, CommentId, CommentText, SiteId, Timestamp};
use crate::http::problem::{Code, Problem};
use crate::service::Submission;
use serde::Deserialize;
use utoipa::ToSchema;

/// An article, as sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleBody {
    pub title: String,
    pub url: Option<String>,
    /// Names a part of the paper; the policy may set thresholds for it.
    pub section: Option<String>,
    pub body: Option<String>,
    /// Whether readers may comment; default true.
    pub comments_open: Option<bool>,
}

impl ArticleBody {
    pub fn into_article(self, site: &SiteId, id: ArticleId, now: Timestamp) -> Article {
        Article {
            site: site.clone(),
            id,
            title: self.title,
            url: self.url,
            section: self.section,
            body: self.body,
            comments_open: self.comments_open.unwrap_or(true),
            updated_at: now,
        }
    }
}

/// An article sent along with a comment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InlineArticle {
    /// If given, the same as `article_id`.
    pub id: Option<String>,
    pub title: String,
    pub url: Option<String>,
    pub section: Option<String>,
    pub body: Option<String>,
    pub comments_open: Option<bool>,
}

impl InlineArticle {
    pub fn into_article(self, site: &SiteId, id: Option<&ArticleId>, now: Timestamp) -> Result<Article, Problem> {
        let id = match (self.id, id) {
            (Some(own), _) => ArticleId::parse(own).map_err(|e| Problem::from(e).at("article.id"))?,
            (None, Some(id)) => id.clone(),
            (None, None) => ArticleId::parse("inline")?,
        };
        let body = ArticleBody {
            title: self.title,
            url: self.url,
            section: self.section,
            body: self.body,
            comments_open: self.comments_open,
        };
        Ok(body.into_article(site, id, now))
    }
}

/// An author, as sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorBody {
    pub id: String,
    pub name: Option<String>,
}

impl AuthorBody {
    pub fn parse(self) -> Result<Author, Problem> {
        let id = AuthorId::parse(self.id).map_err(|e| Problem::from(e).at("author.id"))?;
        Ok(Author::new(id, self.name)?)
    }
}

/// A comment, as sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    /// The platform's own id. May be left out if the request carries an Idempotency-Key.
    pub id: Option<String>,
    pub article_id: String,
    pub parent_id: Option<String>,
    pub author: AuthorBody,
    /// Plain text: HTML in it is text.
    pub text: String,
    /// When the reader wrote it; default now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// The article, if it was not registered before.
    pub article: Option<InlineArticle>,
}

impl CommentBody {
    pub fn parse(self, site: &SiteId, idempotency_key: Option<String>, now: Timestamp) -> Result<Submission, Problem> {
        let article_id = ArticleId::parse(self.article_id).map_err(|e| Problem::from(e).at("article_id"))?;
        let article = self.article.map(|a| a.into_article(site, Some(&article_id), now)).transpose()?;
        Ok(Submission {
            site: site.clone(),
            id: comment_id(self.id, "id")?,
            idempotency_key,
            article_id,
            parent_id: comment_id(self.parent_id, "parent_id")?,
            author: self.author.parse()?,
            text: CommentText::parse(self.text)?,
            created_at: self.created_at,
            article,
        })
    }
}

/// An optional comment id, blamed on the member it came from.
pub fn comment_id(id: Option<String>, pointer: &str) -> Result<Option<CommentId>, Problem> {
    id.map(|id| CommentId::parse(id).map_err(|e| Problem::from(e).at(pointer))).transpose()
}

/// The Idempotency-Key header: 1 to 255 characters.
pub fn idempotency_key(request: &actix_web::HttpRequest) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    match value.to_str().map(str::trim) {
        Ok(key) if !key.is_empty() && key.len() <= 255 => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(Code::InvalidIdentifier, "an Idempotency-Key is 1 to 255 visible ASCII characters")
            .at("Idempotency-Key")),
    }
}

/// A page size between 1 and `most`, with a default.
pub fn page_size(asked: Option<usize>, default: usize, most: usize) -> Result<usize, Problem> {
    match asked {
        None => Ok(default),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::new(Code::InvalidQuery, format!("`limit` is 1 to {most}")).at("limit")),
    }
}
