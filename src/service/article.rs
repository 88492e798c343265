//! Articles: what comments are about.

use super::{Ombud, ServiceError};
use crate::comment::{Article, ArticleId, SiteId};

impl Ombud {
    /// Registers or updates an article; `true` if it was new. The same content again writes nothing.
    ///
    /// # Errors
    /// [`ServiceError::Article`] names a field over its limit.
    pub async fn put_article(&self, article: Article) -> Result<(Article, bool), ServiceError> {
        let article = article.checked()?;
        let found = self.store.article(&article.site, &article.id).await?;
        let new = found.is_none();
        match found {
            Some(found) if found.same_content(&article) => Ok((found, false)),
            _ => {
                self.store.put_article(&article).await?;
                Ok((article, new))
            }
        }
    }

    /// An article of a site.
    ///
    /// # Errors
    /// [`ServiceError::UnknownArticle`] if there is none.
    pub async fn article(&self, site: &SiteId, id: &ArticleId) -> Result<Article, ServiceError> {
        self.store.article(site, id).await?.ok_or_else(|| ServiceError::UnknownArticle(id.clone()))
    }
}
