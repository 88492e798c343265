//! Who works here: accounts, their roles and passwords.

use super::password::{Password, WeakPassword};
use super::{Ombud, ServiceError, SignedIn};
use crate::comment::{Actor, AttemptSubject, Moderator, ModeratorName, ModeratorRole, SiteId, Theme, Timestamp};

/// How often a step is tried again when somebody changed the account at the same time.
const ATTEMPTS: usize = 5;

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("there is nobody called {0} on this site")]
    Unknown(ModeratorName),
    #[error("there is an account of the name {0} already")]
    NameTaken(ModeratorName),
    #[error("there was an account of the name {0}, which is shut; let its owner in again, or choose another name")]
    NameUsed(ModeratorName),
    #[error("{0} is the only admin; make somebody else one first")]
    LastAdmin(ModeratorName),
    #[error("the present password is not this")]
    WrongPassword,
    #[error("too many attempts; the next may be made at {0}")]
    WaitUntil(Timestamp),
    #[error("the new password is the present one; choose another")]
    SamePassword,
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<crate::store::StoreError> for PeopleError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl Ombud {
    /// A site's accounts by name, those shut included.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn moderators(&self, site: &SiteId) -> Result<Vec<Moderator>, ServiceError> {
        Ok(self.store.moderators(site).await?)
    }

    /// Adds an account. The password is known to whoever adds it, so its owner has to choose another at first.
    ///
    /// # Errors
    /// [`PeopleError::NameTaken`], or [`PeopleError::NameUsed`]: a name stands in the audit trail for one person for good.
    pub async fn add_moderator(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        role: ModeratorRole,
        password: &Password,
        by: Actor,
    ) -> Result<Moderator, PeopleError> {
        let hash = self.hash_password(password).await?;
        let moderator = Moderator::new(site.clone(), name.clone(), role, hash, true, by, self.clock.now());
        if self.store.put_moderator(&moderator).await? {
            return Ok(moderator);
        }
        let found = self.store.moderator(site, name).await?;
        Err(match found {
            Some(shut) if !shut.is_active() => PeopleError::NameUsed(shut.name),
            Some(found) => PeopleError::NameTaken(found.name),
            None => PeopleError::NameTaken(name.clone()),
        })
    }

    /// Gives somebody another role, from her next request on.
    ///
    /// # Errors
    /// [`PeopleError::LastAdmin`] if nobody would be left to say who works here, unless the operator does it.
    pub async fn give_role(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        role: ModeratorRole,
        by: Actor,
    ) -> Result<Moderator, PeopleError> {
        if role != ModeratorRole::Admin {
            self.keep_an_admin(site, name, &by).await?;
        }
        let now = self.clock.now();
        self.change(site, name, |m| if m.role == role { m.clone() } else { m.in_role(role, by.clone(), now) }).await
    }

    /// Gives somebody a new password, which she has to change when she signs in; all her sessions are over.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub async fn give_password(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        password: &Password,
        by: Actor,
    ) -> Result<Moderator, PeopleError> {
        let (hash, now) = (self.hash_password(password).await?, self.clock.now());
        let changed = self.change(site, name, |m| m.given_password(hash.clone(), by.clone(), now)).await?;
        self.end_sessions_but(&changed, None).await?;
        self.store.forget_attempts(site, &AttemptSubject::account(&name.key())).await?;
        Ok(changed)
    }

    /// Shuts an account: all its sessions are over at once. What its owner decided stays under her name.
    ///
    /// # Errors
    /// [`PeopleError::LastAdmin`] as [`Ombud::give_role`].
    pub async fn revoke_moderator(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        by: Actor,
    ) -> Result<Moderator, PeopleError> {
        self.keep_an_admin(site, name, &by).await?;
        let now = self.clock.now();
        let shut = |m: &Moderator| if m.is_active() { m.revoked(by.clone(), now) } else { m.clone() };
        let changed = self.change(site, name, shut).await?;
        self.end_sessions_but(&changed, None).await?;
        Ok(changed)
    }

    /// Lets the owner of a shut account in again, with the role and the password it had.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub async fn restore_moderator(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        by: Actor,
    ) -> Result<Moderator, PeopleError> {
        let now = self.clock.now();
        self.change(site, name, |m| if m.is_active() { m.clone() } else { m.restored(by.clone(), now) }).await
    }

    /// Changes her own password. This session goes on, all others are over.
    ///
    /// # Errors
    /// [`PeopleError::WrongPassword`]; trying is counted as signing in is.
    pub async fn choose_password(&self, signed_in: &SignedIn, present: &str, new: &str) -> Result<(), PeopleError> {
        let (site, name) = (&signed_in.moderator.site, &signed_in.moderator.name);
        let password = Password::parse(new, name)?;
        let (account, now) = (AttemptSubject::account(&name.key()), self.clock.now());
        if let Some(until) = self.store.begin_attempt(site, std::slice::from_ref(&account), now).await? {
            return Err(PeopleError::WaitUntil(until));
        }
        if !self.is_password(present, Some(&signed_in.moderator.password)).await? {
            return Err(PeopleError::WrongPassword);
        }
        self.store.forget_attempts(site, &account).await?;
        if self.is_password(password.reveal(), Some(&signed_in.moderator.password)).await? {
            return Err(PeopleError::SamePassword);
        }
        let hash = self.hash_password(&password).await?;
        let changed = self.change(site, name, |m| m.chose_password(hash.clone(), now)).await?;
        let session = crate::comment::Session { password_at: changed.password_at, ..signed_in.session.clone() };
        self.store.touch_session(&session).await?;
        self.end_sessions_but(&changed, Some(&session)).await
    }

    /// Sets how the console looks to her, and whether slurs and threats are shown to her at once.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn choose_look(&self, signed_in: &SignedIn, theme: Theme, uncovered: bool) -> Result<(), PeopleError> {
        let Moderator { site, name, .. } = &signed_in.moderator;
        self.change(site, name, |m| m.with_look(theme, uncovered)).await.map(drop)
    }

    /// Sees to it that there is an account of this name and role which this password opens, without having to be changed.
    /// Answers the password: the one given, as long as it opens it, or a new one. For demos.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn provide_moderator(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        role: ModeratorRole,
        earlier: Option<&str>,
    ) -> Result<String, PeopleError> {
        let found = self.store.moderator(site, name).await?.filter(Moderator::is_active);
        if let (Some(found), Some(earlier)) = (&found, earlier)
            && self.is_password(earlier, Some(&found.password)).await?
        {
            return Ok(earlier.to_owned());
        }
        let password = Password::generate()?;
        let (hash, now) = (self.hash_password(&password).await?, self.clock.now());
        let none = |error: &PeopleError| matches!(error, PeopleError::Unknown(_));
        let provided = self
            .change(site, name, |m| {
                let open = m.restored(Actor::Operator, now).in_role(role, Actor::Operator, now);
                Moderator { version: m.version + 1, ..open.chose_password(hash.clone(), now) }
            })
            .await;
        match provided {
            Err(error) if none(&error) => {
                let new = Moderator::new(site.clone(), name.clone(), role, hash, false, Actor::Operator, now);
                self.store.put_moderator(&new).await?;
            }
            provided => drop(provided?),
        }
        Ok(password.reveal().to_owned())
    }

    /// Takes a step of an account; one that changes nothing is not written.
    async fn change(
        &self,
        site: &SiteId,
        name: &ModeratorName,
        step: impl Fn(&Moderator) -> Moderator,
    ) -> Result<Moderator, PeopleError> {
        for _ in 0..ATTEMPTS {
            let found = self.store.moderator(site, name).await?;
            let found = found.ok_or_else(|| PeopleError::Unknown(name.clone()))?;
            let next = step(&found);
            if next == found || self.store.put_moderator(&next).await? {
                return Ok(next);
            }
        }
        Err(ServiceError::Unavailable("the account keeps being changed".to_owned()).into())
    }

    /// Whether an admin is left if this one is none any more. The operator may do without.
    async fn keep_an_admin(&self, site: &SiteId, name: &ModeratorName, by: &Actor) -> Result<(), PeopleError> {
        if *by == Actor::Operator {
            return Ok(());
        }
        let mut admins = self.store.moderators(site).await?;
        admins.retain(|m| m.role == ModeratorRole::Admin && m.is_active());
        match admins.as_slice() {
            [only] if only.name.key() == name.key() => Err(PeopleError::LastAdmin(only.name.clone())),
            _ => Ok(()),
        }
    }

    /// Drops the sessions of an account but one. They are over already by the account itself; this clears the list.
    async fn end_sessions_but(
        &self,
        moderator: &Moderator,
        kept: Option<&crate::comment::Session>,
    ) -> Result<(), PeopleError> {
        for session in self.store.sessions(&moderator.site, &moderator.name).await? {
            if kept.is_none_or(|kept| kept.hash != session.hash) {
                self.store.end_session(&moderator.site, &session.hash).await?;
            }
        }
        Ok(())
    }
}
