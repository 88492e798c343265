//! Finding comments, one comment with its whole history, and what a moderator decided.

use super::{Caller, Ombud, ServiceError};
use crate::comment::{
    Article, ArticleId, AuditEntry, AuthorId, Comment, CommentId, CommentText, SiteId, State, Timestamp,
};
use crate::store::{DecidedPage, SearchPage, SearchQuery};
use crate::text::normalise;
use futures_util::{StreamExt as _, stream};
use std::collections::{HashMap, HashSet};

/// How many comments a page has, at least, where there are so many.
const PAGE: usize = 30;
/// How many are read at once to look for words in them.
const READ: usize = 100;
/// How many comments one request looks at, at most.
const LOOKED_AT: usize = 5_000;
/// How many calls of the store one request makes, at most: some answer little.
const CALLS: usize = 100;
/// How many articles are read at once.
const AT_ONCE: usize = 16;

/// What somebody looks for. All that is said has to hold.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Each of these words stands somewhere in the text, as a word or in one; however it is spelled or disguised, as
    /// far as [`normalise`] sees through it. Blank: any text, or none.
    pub words: String,
    pub author: Option<AuthorId>,
    pub article: Option<ArticleId>,
    pub state: Option<State>,
    /// The last step was taken then or later.
    pub from: Option<Timestamp>,
    /// The last step was taken then or before.
    pub to: Option<Timestamp>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// What was found, the latest step first, and how far that is all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    pub comments: Vec<Comment>,
    /// How many comments were looked at for them.
    pub looked_at: usize,
    /// The last step of the last of those.
    pub reached: Option<Timestamp>,
    /// Where to go on; `None` where everything was looked at.
    pub next: Option<String>,
}

/// A comment with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    pub comment: Comment,
    /// `None` only if the article was never sent.
    pub article: Option<Article>,
    pub parent: Option<Comment>,
    /// Oldest first.
    pub trail: Vec<AuditEntry>,
}

impl Ombud {
    /// Looks for comments. One request looks at 5,000 at most and says how far it came; the rest is a request of its
    /// own.
    ///
    /// # Errors
    /// [`ServiceError::UnknownCursor`] if `after` is no `next` of such a search.
    pub async fn search(&self, site: &SiteId, sought: &Sought) -> Result<Findings, ServiceError> {
        let words = normalise(&sought.words);
        let words: Vec<&str> = words.as_str().split_whitespace().collect();
        let mut query = SearchQuery {
            site: site.clone(),
            author: sought.author.clone(),
            article: sought.article.clone(),
            state: sought.state,
            from: sought.from,
            to: sought.to,
            after: sought.after.clone(),
            limit: if words.is_empty() { PAGE } else { READ },
        };
        let mut findings = Findings::default();
        for _ in 0..CALLS {
            let SearchPage { comments, looked_at, reached, next } = self.store.newest(&query).await?;
            findings.comments.extend(comments.into_iter().filter(|comment| holds(comment, &words)));
            findings.looked_at += looked_at;
            findings.reached = reached.or(findings.reached);
            findings.next.clone_from(&next);
            query.after = next;
            if query.after.is_none() || findings.comments.len() >= PAGE || findings.looked_at >= LOOKED_AT {
                break;
            }
            // Reading a hundred texts takes a moment that others may want.
            tokio::task::yield_now().await;
        }
        Ok(findings)
    }

    /// A comment in whatever state, with what is around it and every step that it took.
    ///
    /// # Errors
    /// [`ServiceError::UnknownComment`] if there is none on this site.
    pub async fn history(&self, site: &SiteId, id: &CommentId) -> Result<History, ServiceError> {
        let comment = self.comment(site, id).await?;
        let parent = async {
            match &comment.parent_id {
                Some(parent) => self.store.comment(site, parent).await,
                None => Ok(None),
            }
        };
        let (article, parent, trail) =
            tokio::try_join!(self.store.article(site, &comment.article_id), parent, self.store.audit(site, id))?;
        Ok(History { comment, article, parent, trail })
    }

    /// The articles of these comments, as far as they were sent.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn articles_of(
        &self,
        site: &SiteId,
        comments: impl IntoIterator<Item = &Comment>,
    ) -> Result<HashMap<ArticleId, Article>, ServiceError> {
        let ids: HashSet<ArticleId> = comments.into_iter().map(|comment| comment.article_id.clone()).collect();
        let reading = stream::iter(ids).map(|id| async move { self.store.article(site, &id).await });
        let mut reading = reading.buffer_unordered(AT_ONCE);
        let mut articles = HashMap::new();
        while let Some(article) = reading.next().await {
            articles.extend(article?.map(|article| (article.id.clone(), article)));
        }
        Ok(articles)
    }

    /// Comments that the caller decided on or gave an opinion of, the latest first, `PAGE` a page.
    ///
    /// # Errors
    /// [`ServiceError::UnknownCursor`] if `after` is no `next` of such a page.
    pub async fn decisions_of(&self, caller: &Caller, after: Option<&str>) -> Result<DecidedPage, ServiceError> {
        Ok(self.store.decided_by(&caller.site, caller.name(), after, PAGE).await?)
    }

    /// How many comments the caller decided on since then, or gave an opinion of.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn decided_since(&self, caller: &Caller, since: Timestamp) -> Result<u64, ServiceError> {
        Ok(self.store.decided_count(&caller.site, caller.name(), since).await?)
    }
}

/// Whether every word stands in a comment's text.
fn holds(comment: &Comment, words: &[&str]) -> bool {
    if words.is_empty() {
        return true;
    }
    let Some(text) = comment.text().map(CommentText::as_str) else { return false };
    let text = normalise(text);
    words.iter().all(|word| text.as_str().contains(word))
}
