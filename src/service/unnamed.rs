//! Comments of platforms that name none: who wrote what where is all that tells one from another.
//!
//! The id is made from that: `coral-PLACE-TEXT`, where the place is a hash over author, article and whatever else the
//! platform says of where the comment stands, and the rest a hash of the text. The same call again finds the same
//! comment. What comes again much later is no call repeated but a comment repeated, and gets an id of its own:
//! `coral-PLACE-TEXT-2`.

use super::judge::{Reading, Surroundings};
use super::submit::content_hash;
use super::{Ombud, ServiceError, Submission};
use crate::comment::{Actor, ArticleId, Author, Comment, CommentId, CommentText, ContentHash, SiteId, TransitionError};
use crate::policy::{ARTICLE_UNKNOWN, UnknownArticle};
use crate::store::FactsQuery;
use std::cmp::Reverse;
use std::time::Duration;

/// How long after a comment the same is taken for a call repeated.
const RETRY: Duration = Duration::from_mins(1);

/// How many comments of one author in one place may have the same text, and ids of their own.
const SAME_TEXT: usize = 8;

/// A comment without an id, as the platform sends it, parsed.
#[derive(Debug, Clone)]
pub struct Unnamed {
    pub site: SiteId,
    /// What ids begin with: names the platform.
    pub prefix: &'static str,
    pub article_id: ArticleId,
    /// Where the article can be read, for one that ombud does not know.
    pub article_url: Option<String>,
    /// What else says where the comment stands: the tenant, the comment it answers.
    pub place: Vec<Option<String>>,
    pub author: Author,
    pub text: CommentText,
    /// What happens if nobody registered the article.
    pub unknown_article: UnknownArticle,
}

impl Unnamed {
    /// What the ids of this author's comments in this place begin with.
    fn stem(&self) -> String {
        let mut fields = vec![Some(self.article_id.as_str()), Some(self.author.id.as_str())];
        fields.extend(self.place.iter().map(Option::as_deref));
        format!("{}-{}-", self.prefix, &ContentHash::of(&fields).as_str()[..16])
    }

    /// The ids that a comment with this text can have, in the order in which they are taken.
    fn ids(&self) -> Result<Vec<CommentId>, ServiceError> {
        let text = ContentHash::of(&[Some(self.text.as_str())]);
        let first = format!("{}{}", self.stem(), &text.as_str()[..32]);
        let named = |n: usize| CommentId::parse(if n == 1 { first.clone() } else { format!("{first}-{n}") });
        (1..=SAME_TEXT).map(|n| named(n).map_err(|e| ServiceError::Internal(e.to_string()))).collect()
    }

    fn surroundings(&self) -> Surroundings<'static> {
        Surroundings { unknown_article: Some(self.unknown_article), ..Surroundings::default() }
    }

    fn submission(&self, id: CommentId) -> Submission {
        Submission {
            site: self.site.clone(),
            id: Some(id),
            idempotency_key: None,
            article_id: self.article_id.clone(),
            parent_id: None,
            author: self.author.clone(),
            text: self.text.clone(),
            created_at: None,
            article: None,
        }
    }
}

impl Ombud {
    /// Takes in a comment that its platform does not name, and answers how it stands. The same within a minute is
    /// the same comment; later it is another one.
    ///
    /// # Errors
    /// Those of [`Ombud::submit`].
    pub async fn submit_unnamed(&self, unnamed: &Unnamed, actor: Actor) -> Result<Comment, ServiceError> {
        let ids = unnamed.ids()?;
        let known = self.store.comments(&unnamed.site, &ids).await?;
        let mut last = None;
        for id in ids {
            let Some(found) = known.iter().find(|c| c.id == id) else {
                let submission = unnamed.submission(id);
                let submitted = self.submit_among(&unnamed.surroundings(), submission, actor).await?;
                self.ask_for_article(unnamed, &submitted.comment);
                return Ok(submitted.comment);
            };
            let age = self.now().duration_since(found.received_at);
            // An edit may have put another text under the id; then it says nothing of this one.
            let same = match found.text() {
                Some(text) => *text == unnamed.text,
                None => found.content_hash == content_hash(&unnamed.submission(id)),
            };
            if same && age.unsigned_abs() <= RETRY {
                return Ok(found.clone());
            }
            last = Some(found).filter(|_| same).or(last);
        }
        last.cloned().ok_or_else(super::edit::busy)
    }

    /// Takes in the new text of a comment that its platform does not name: of the author's comments in this place,
    /// it is taken for an edit of the one that is most like it, or for a new comment if there is none.
    ///
    /// # Errors
    /// Those of [`Ombud::edit`] and of [`Ombud::submit`].
    pub async fn edit_unnamed(&self, unnamed: &Unnamed, actor: Actor) -> Result<Comment, ServiceError> {
        let Some(id) = self.most_alike(unnamed).await? else { return self.submit_unnamed(unnamed, actor).await };
        let text = unnamed.text.clone();
        let edited = self.edit_among(&unnamed.surroundings(), &unnamed.site, &id, text, None, actor.clone()).await;
        match edited {
            Ok(comment) => {
                self.ask_for_article(unnamed, &comment);
                Ok(comment)
            }
            Err(
                ServiceError::Transition(TransitionError::Withdrawn | TransitionError::BodyDropped)
                | ServiceError::UnknownComment(_),
            ) => self.submit_unnamed(unnamed, actor).await,
            Err(error) => Err(error),
        }
    }

    /// Of the author's latest comments in this place, the one with the nearest text; of equals the newest.
    async fn most_alike(&self, unnamed: &Unnamed) -> Result<Option<CommentId>, ServiceError> {
        let reading = Reading::of(unnamed.text.as_str());
        let nobody = CommentId::parse("ombud:edit").map_err(|e| ServiceError::Internal(e.to_string()))?;
        let query = FactsQuery {
            site: unnamed.site.clone(),
            comment: nobody,
            article: unnamed.article_id.clone(),
            parent: None,
            author: unnamed.author.id.clone(),
            fingerprint: reading.fingerprint,
            created_at: self.now(),
            near: None,
        };
        let facts = self.store.facts(&query).await?;
        let stem = unnamed.stem();
        let here = facts.author.submissions.into_iter().filter(|s| s.comment_id.as_str().starts_with(&stem));
        let differs = |near: u64| (near ^ reading.fingerprint.near).count_ones();
        Ok(here.min_by_key(|s| (differs(s.fingerprint.near), Reverse(s.created_at))).map(|s| s.comment_id))
    }

    /// Has the article fetched if the comment was judged without it.
    fn ask_for_article(&self, unnamed: &Unnamed, comment: &Comment) {
        let unknown = comment.decision.reasons.iter().any(|reason| reason.code == ARTICLE_UNKNOWN);
        if let Some(url) = unnamed.article_url.as_deref().filter(|_| unknown) {
            // It goes on by itself.
            drop(self.fetch_article(&unnamed.site, &unnamed.article_id, url));
        }
    }
}
