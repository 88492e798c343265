//! Readers who come to ombud themselves: who they are, what they send, and how they follow it.

use super::access::random;
use super::edit::ATTEMPTS;
use super::{Ombud, ServiceError, Submission, Submitted};
use crate::comment::{
    Actor, AppealText, ArticleId, Author, AuthorId, Comment, CommentId, CommentText, GUEST_PREFIX, InvalidToken,
    ReaderKeys, ReaderKeysError, SiteId, Timestamp, TokenSecret,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// How long a form may lie open before it is sent, in seconds.
const FORM_LIFE_SECONDS: i64 = 12 * 3600;
/// A form's time is that of its step, in seconds, so that a page is the same for everybody for so long.
const FORM_STEP_SECONDS: i64 = 10 * 60;
/// How far behind the clock of another replica may be, in seconds.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// What can be sent by a form, so that a form for one is none for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Comment,
    Report,
}

impl Form {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Comment => "form for a comment",
            Self::Report => "form for a report",
        }
    }
}

/// Why a form is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidForm {
    #[error("the form did not come from this page")]
    Forged,
    #[error("the form lay open for too long")]
    Expired,
}

/// A comment as a reader sends it, by a form of ombud's.
#[derive(Debug, Clone)]
pub struct Written {
    pub article_id: ArticleId,
    pub parent_id: Option<CommentId>,
    pub author: Author,
    pub text: CommentText,
    /// The form's token, which was checked. The same form with the same words again is the same comment.
    pub form: String,
}

/// Why a site's secrets for tokens stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum TokenSecretError {
    #[error(transparent)]
    Keys(#[from] ReaderKeysError),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl Ombud {
    /// The site's secrets for its readers, made when they are needed first; looked up anew every two seconds.
    pub(super) async fn reader_keys(&self, site: &SiteId) -> Result<Arc<ReaderKeys>, ServiceError> {
        if let Some(keys) = self.reader_keys.get(site).await {
            return Ok(keys);
        }
        let keys = Arc::new(self.fresh_reader_keys(site).await?);
        self.reader_keys.insert(site.clone(), Arc::clone(&keys)).await;
        Ok(keys)
    }

    async fn fresh_reader_keys(&self, site: &SiteId) -> Result<ReaderKeys, ServiceError> {
        if let Some(keys) = self.store.reader_keys(site).await? {
            return Ok(keys);
        }
        let keys = ReaderKeys::new(URL_SAFE_NO_PAD.encode(random::<32>()?));
        if self.store.put_reader_keys(site, &keys).await? {
            return Ok(keys);
        }
        // Another replica was faster.
        let found = self.store.reader_keys(site).await?;
        found.ok_or_else(|| ServiceError::Internal("a site's secrets are neither there nor writable".to_owned()))
    }

    /// The reader whom a token of the platform's names.
    ///
    /// # Errors
    /// Fails if the store does; the inner error says what is wrong with the token.
    pub async fn signed_reader(
        &self,
        site: &SiteId,
        token: &str,
    ) -> Result<Result<Author, InvalidToken>, ServiceError> {
        let now = self.clock.now();
        let named = self.reader_keys(site).await?.author(token, now);
        if !matches!(named, Err(InvalidToken::Signature)) {
            return Ok(named);
        }
        // The secret may have been added a moment ago: nobody's reader is sent away for that.
        let keys = Arc::new(self.fresh_reader_keys(site).await?);
        self.reader_keys.insert(site.clone(), Arc::clone(&keys)).await;
        Ok(keys.author(token, now))
    }

    /// A reader without a token: the same for the same name from the same network address, which is not kept.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn guest(&self, site: &SiteId, name: &str, address: &str) -> Result<AuthorId, ServiceError> {
        let seal = self.reader_keys(site).await?.seal("guest", &[&name.to_lowercase(), address]);
        AuthorId::parse(format!("{GUEST_PREFIX}{seal}")).map_err(|e| ServiceError::Internal(e.to_string()))
    }

    /// What a form about something (an article, a comment) has to bring along: `TIME.SEAL`.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn form(&self, site: &SiteId, form: Form, about: &str) -> Result<String, ServiceError> {
        let now = self.clock.now().as_second();
        let time = (now - now.rem_euclid(FORM_STEP_SECONDS)).to_string();
        let seal = self.reader_keys(site).await?.seal(form.purpose(), &[about, &time]);
        Ok(format!("{time}.{seal}"))
    }

    /// Whether a form is one that ombud gave out, not too long ago.
    ///
    /// # Errors
    /// Fails if the store does; the inner error says what is wrong with the form.
    pub async fn check_form(
        &self,
        site: &SiteId,
        form: Form,
        about: &str,
        token: &str,
    ) -> Result<Result<(), InvalidForm>, ServiceError> {
        let Some((time, seal)) = token.split_once('.') else { return Ok(Err(InvalidForm::Forged)) };
        if !self.reader_keys(site).await?.is_sealed(form.purpose(), &[about, time], seal) {
            return Ok(Err(InvalidForm::Forged));
        }
        let age = time.parse().map(|time: i64| self.clock.now().as_second() - time);
        Ok(match age {
            Ok(age) if (-CLOCK_SKEW_SECONDS..=FORM_LIFE_SECONDS).contains(&age) => Ok(()),
            _ => Err(InvalidForm::Expired),
        })
    }

    /// Takes in what a reader wrote. The same form with the same words again is answered as it stands.
    ///
    /// # Errors
    /// Those of [`Ombud::submit`].
    pub async fn write(&self, site: &SiteId, written: Written) -> Result<Submitted, ServiceError> {
        let Written { article_id, parent_id, author, text, form } = written;
        let parent = parent_id.as_ref().map_or("", CommentId::as_str);
        let said = [&form, article_id.as_str(), parent, author.id.as_str(), text.as_str()];
        let id = format!("r-{}", self.reader_keys(site).await?.seal("comment", &said));
        let id = CommentId::parse(id).map_err(|e| ServiceError::Internal(e.to_string()))?;
        let submission = Submission {
            site: site.clone(),
            id: Some(id),
            idempotency_key: None,
            article_id,
            parent_id,
            author,
            text,
            created_at: None,
            article: None,
        };
        self.submit(submission, Actor::Author).await
    }

    /// What makes the private link to a comment, for its author alone.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn private_link(&self, site: &SiteId, id: &CommentId) -> Result<String, ServiceError> {
        Ok(self.reader_keys(site).await?.seal("private link", &[id.as_str()]))
    }

    /// The comment to which somebody has the private link.
    ///
    /// # Errors
    /// [`ServiceError::UnknownComment`] if the link is not that of a comment of this site.
    pub async fn followed(&self, site: &SiteId, id: &CommentId, link: &str) -> Result<Comment, ServiceError> {
        if !self.reader_keys(site).await?.is_sealed("private link", &[id.as_str()], link) {
            return Err(ServiceError::UnknownComment(id.clone()));
        }
        self.comment(site, id).await
    }

    /// The author appeals, by the private link.
    ///
    /// # Errors
    /// Those of [`Ombud::followed`] and [`Ombud::appeal`].
    pub async fn appeal_by_link(
        &self,
        site: &SiteId,
        id: &CommentId,
        link: &str,
        text: AppealText,
    ) -> Result<Comment, ServiceError> {
        self.followed(site, id, link).await?;
        self.appeal(site, id, text, None, Actor::Author).await
    }

    /// The author takes the comment back, by the private link.
    ///
    /// # Errors
    /// Those of [`Ombud::followed`] and [`Ombud::withdraw`].
    pub async fn withdraw_by_link(&self, site: &SiteId, id: &CommentId, link: &str) -> Result<Comment, ServiceError> {
        self.followed(site, id, link).await?;
        self.withdraw(site, id, Actor::Author).await
    }

    /// Since when the comment waits that has waited longest, and what time it is; `None` where none waits.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn longest_wait(&self, site: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, ServiceError> {
        let (queue, now) = self.queue(site).await?;
        Ok(queue.oldest_queued_at.map(|since| (since, now)))
    }

    /// Makes a secret with which the platform signs tokens, and answers it, once; those before go on being taken.
    ///
    /// # Errors
    /// [`ReaderKeysError::TwoAlready`] if there are two, or what the store has to say.
    pub async fn add_token_secret(&self, site: &SiteId) -> Result<(TokenSecret, String), TokenSecretError> {
        let secret = format!("ombud_reader_{}", URL_SAFE_NO_PAD.encode(random::<32>()?));
        let made = TokenSecret::new(secret.clone(), self.clock.now());
        self.change_reader_keys(site, |keys| keys.with(made.clone())).await?;
        Ok((made, secret))
    }

    /// The secrets with which the platform may sign, oldest first.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn token_secrets(&self, site: &SiteId) -> Result<Vec<TokenSecret>, ServiceError> {
        Ok(self.fresh_reader_keys(site).await?.tokens().to_vec())
    }

    /// Revokes a secret: within two seconds, no replica takes a token that was signed with it.
    ///
    /// # Errors
    /// [`ReaderKeysError::Unknown`] if there is none of this id, or what the store has to say.
    pub async fn revoke_token_secret(&self, site: &SiteId, id: &str) -> Result<(), TokenSecretError> {
        self.change_reader_keys(site, |keys| keys.without(id)).await
    }

    async fn change_reader_keys(
        &self,
        site: &SiteId,
        change: impl Fn(&ReaderKeys) -> Result<ReaderKeys, ReaderKeysError> + Send,
    ) -> Result<(), TokenSecretError> {
        for _ in 0..ATTEMPTS {
            let next = change(&self.fresh_reader_keys(site).await?)?;
            if self.store.put_reader_keys(site, &next).await.map_err(ServiceError::from)? {
                self.reader_keys.invalidate(site).await;
                return Ok(());
            }
        }
        Err(super::edit::busy().into())
    }
}
