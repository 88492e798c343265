//! Signing in and out, and staying signed in.

use super::access::random;
use super::metric::SignInOutcome;
use super::{Caller, Ombud, ServiceError};
use crate::comment::{AttemptSubject, Moderator, ModeratorName, Session, SessionHash, SessionToken, SiteId, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Longest token that is looked up, in bytes.
const MAX_TOKEN: usize = 100;

/// Somebody tries to sign in.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    pub site: &'a SiteId,
    /// As it was typed.
    pub name: &'a str,
    pub password: &'a str,
    /// The network it comes from: of one home or office the same; `None` where that can't be told.
    pub network: Option<&'a str>,
    /// What the browser calls itself, in a few words.
    pub browser: &'a str,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Whichever of the two it was, and whether there is such an account, is not said.
    #[error("this name and this password don't go together, or the account is shut")]
    Refused,
    #[error("too many attempts; the next may be made at {0}")]
    WaitUntil(Timestamp),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// A person who is signed in, and where.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub moderator: Moderator,
    pub session: Session,
}

impl SignedIn {
    /// Her, as use-cases take whoever acts.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::signed_in(&self.moderator)
    }
}

impl Ombud {
    /// Signs somebody in: a new session, whose token only the answer has. An attempt is counted before the password is
    /// compared, on the name and on the address, and an unknown name takes as long as a wrong password.
    ///
    /// # Errors
    /// [`SignInError`]; nothing tells whether there is an account of the name.
    pub async fn sign_in(&self, attempt: SignIn<'_>) -> Result<SessionToken, SignInError> {
        let outcome = self.attempt(attempt).await;
        match &outcome {
            Ok(_) => self.measures.tried_to_sign_in(SignInOutcome::Succeeded),
            Err(SignInError::Refused) => self.measures.tried_to_sign_in(SignInOutcome::Refused),
            Err(SignInError::WaitUntil(_)) => self.measures.tried_to_sign_in(SignInOutcome::LockedOut),
            // Whether she would have been is not known.
            Err(SignInError::Service(_)) => {}
        }
        outcome
    }

    async fn attempt(&self, attempt: SignIn<'_>) -> Result<SessionToken, SignInError> {
        let SignIn { site, password, .. } = attempt;
        let name = ModeratorName::parse(attempt.name).ok();
        let known_as = name.as_ref().map_or_else(|| attempt.name.to_lowercase(), ModeratorName::key);
        let account = AttemptSubject::account(&known_as);
        let mut subjects = vec![account.clone()];
        subjects.extend(attempt.network.map(AttemptSubject::address));
        let now = self.clock.now();
        let waits = self.store.begin_attempt(site, &subjects, now).await.map_err(ServiceError::from)?;
        if let Some(until) = waits {
            return Err(SignInError::WaitUntil(until));
        }
        let found = match &name {
            Some(name) => self.store.moderator(site, name).await.map_err(ServiceError::from)?,
            None => None,
        };
        let found = found.filter(Moderator::is_active);
        let fits = self.is_password(password, found.as_ref().map(|moderator| &moderator.password)).await?;
        let Some(moderator) = found.filter(|_| fits) else { return Err(SignInError::Refused) };
        self.store.forget_attempts(site, &account).await.map_err(ServiceError::from)?;
        let token = SessionToken::new(URL_SAFE_NO_PAD.encode(random::<32>()?));
        let session = Session {
            site: site.clone(),
            hash: token.hash(),
            moderator: moderator.name,
            password_at: moderator.password_at,
            begun_at: now,
            seen_at: now,
            ends_at: now.saturating_add(self.terms.longest).unwrap_or(Timestamp::MAX),
            browser: attempt.browser.to_owned(),
        };
        self.store.put_session(&session, now).await.map_err(ServiceError::from)?;
        Ok(token)
    }

    /// Who is signed in with this token on this site; `None` if nobody is, or not any more. Looked up each time, so that
    /// what was ended is over at once. It counts as something that she did.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn signed_in(&self, site: &SiteId, token: &SessionToken) -> Result<Option<SignedIn>, ServiceError> {
        let Some(mut found) = self.still_signed_in(site, token).await? else { return Ok(None) };
        if let Some(seen) = found.session.seen(self.clock.now()) {
            if !self.store.touch_session(&seen).await? {
                return Ok(None);
            }
            found.session = seen;
        }
        Ok(Some(found))
    }

    /// The same, asked by a page and not by her: the session ends as if nothing had been asked.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn still_signed_in(&self, site: &SiteId, token: &SessionToken) -> Result<Option<SignedIn>, ServiceError> {
        if token.as_str().len() > MAX_TOKEN {
            return Ok(None);
        }
        let now = self.clock.now();
        let Some(session) = self.store.session(site, &token.hash()).await? else { return Ok(None) };
        if !session.is_live(&self.terms, now) {
            return Ok(None);
        }
        let moderator = self.store.moderator(site, &session.moderator).await?;
        let moderator = moderator.filter(|m| m.is_active() && m.password_at == session.password_at);
        Ok(moderator.map(|moderator| SignedIn { moderator, session }))
    }

    /// Ends the session of a token. Twice is no error.
    ///
    /// # Errors
    /// Fails if the store does; the session may go on then.
    pub async fn sign_out(&self, site: &SiteId, token: &SessionToken) -> Result<(), ServiceError> {
        self.store.end_session(site, &token.hash()).await?;
        Ok(())
    }

    /// Where she is signed in, this browser first, then by when each was last seen.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn sessions(&self, signed_in: &SignedIn) -> Result<Vec<Session>, ServiceError> {
        let (now, own) = (self.clock.now(), &signed_in.session);
        let mut sessions = self.store.sessions(&own.site, &own.moderator).await?;
        sessions.retain(|s| s.is_live(&self.terms, now) && s.password_at == signed_in.moderator.password_at);
        sessions.sort_by_key(|s| (s.hash != own.hash, std::cmp::Reverse(s.seen_at)));
        Ok(sessions)
    }

    /// Ends one of her own sessions; answers whether there was one.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn end_session(&self, signed_in: &SignedIn, hash: &SessionHash) -> Result<bool, ServiceError> {
        let site = &signed_in.session.site;
        let found = self.store.session(site, hash).await?;
        if found.is_none_or(|session| session.moderator.key() != signed_in.moderator.name.key()) {
            return Ok(false);
        }
        Ok(self.store.end_session(site, hash).await?)
    }
}
