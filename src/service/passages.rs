//! Texts that comments are compared with, kept as read: an article and its thread come up again with every
//! comment, and reading them is most of the work.

use crate::classifier::{ArticlePassage, ArticleText, Passage, Reader};
use moka::sync::Cache;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// What the articles kept may take, in bytes: hundreds of the longest, thousands of short ones.
const ARTICLES_BYTES: u64 = 64 << 20;
/// Comments kept; each takes about a kilobyte.
const COMMENTS: u64 = 20_000;

/// How long a comment is kept after it was read: what is dropped from the store is gone from every replica by then.
const COMMENT_LIFETIME: Duration = Duration::from_mins(10);

/// What has been read, by a hash of its text that nobody outside can foresee.
pub(super) struct Passages {
    articles: Cache<u64, Arc<ArticlePassage>>,
    comments: Cache<u64, Arc<Passage>>,
    hasher: RandomState,
}

impl Passages {
    pub fn new() -> Self {
        let weight = |_: &u64, article: &Arc<ArticlePassage>| u32::try_from(article.bytes()).unwrap_or(u32::MAX);
        let articles = Cache::builder().max_capacity(ARTICLES_BYTES).weigher(weight).build();
        let comments = Cache::builder().max_capacity(COMMENTS).time_to_live(COMMENT_LIFETIME).build();
        Self { articles, comments, hasher: RandomState::new() }
    }

    pub fn article(&self, reader: &Reader, article: ArticleText<'_>) -> Arc<ArticlePassage> {
        let key = self.hasher.hash_one((article.title, article.body));
        self.articles.get_with(key, || Arc::new(reader.article(article)))
    }

    pub fn comment(&self, reader: &Reader, text: &str) -> Arc<Passage> {
        self.comments.get_with(self.hasher.hash_one(text), || Arc::new(reader.passage(text)))
    }

    /// Keeps nothing of a comment's text.
    pub fn forget(&self, text: &str) {
        self.comments.invalidate(&self.hasher.hash_one(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::Classifier;

    #[test]
    fn a_text_is_read_once_and_a_changed_one_anew() {
        let classifier = Classifier::embedded();
        let (passages, reader) = (Passages::new(), classifier.reader());
        let body = Some("Ministers left the embassy.");
        let article = |title| passages.article(reader, ArticleText { title, body });
        assert!(Arc::ptr_eq(&article("Talks"), &article("Talks")));
        assert!(!Arc::ptr_eq(&article("Talks"), &article("Talks fail")));
        assert!(Arc::ptr_eq(&passages.comment(reader, "Yes"), &passages.comment(reader, "Yes")));
    }
}
