//! Sites and their keys.

use super::{KeyHolder, Ombud, ServiceError};
use crate::comment::{ApiKey, KeyHash, KeyId, Role, Scope, Site, SiteId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A key just made: the only moment its secret is known.
pub struct NewKey {
    pub key: ApiKey,
    /// `ombud_` and 256 random bits.
    pub secret: String,
}

/// A secret of 256 random bits, recognisable by its prefix should it leak.
fn generate_secret() -> Result<String, ServiceError> {
    Ok(format!("ombud_{}", URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], ServiceError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| ServiceError::Internal(format!("no randomness: {e}")))?;
    Ok(bytes)
}

impl Ombud {
    /// Who holds this secret; `None` for a wrong or revoked key, or one of a revoked site.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<KeyHolder>, ServiceError> {
        let hash = KeyHash::of(secret);
        if let Some(caller) = self.callers.get(&hash).await {
            return Ok(Some(caller));
        }
        let Some(key) = self.store.key_by_hash(&hash).await? else { return Ok(None) };
        let site = self.store.site(&key.site).await?;
        if key.revoked_at.is_some() || site.is_none_or(|s| s.revoked_at.is_some()) {
            return Ok(None);
        }
        let caller = KeyHolder::new(key);
        self.callers.insert(hash, caller.clone()).await;
        Ok(Some(caller))
    }

    /// Whether there is such a site and it is not revoked; looked up anew every two seconds.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn serves(&self, site: &SiteId) -> Result<bool, ServiceError> {
        if let Some(serves) = self.served.get(site).await {
            return Ok(serves);
        }
        let serves = self.store.site(site).await?.is_some_and(|s| s.revoked_at.is_none());
        self.served.insert(site.clone(), serves).await;
        Ok(serves)
    }

    /// A site that answers, by its id.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn site(&self, site: &SiteId) -> Result<Option<Site>, ServiceError> {
        Ok(self.store.site(site).await?.filter(|site| site.revoked_at.is_none()))
    }

    /// Adds a site, or renames the one that is there.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn add_site(&self, id: &SiteId, name: &str) -> Result<Site, ServiceError> {
        let found = self.store.site(id).await?;
        let created_at = found.map_or_else(|| self.clock.now(), |s| s.created_at);
        let site = Site { id: id.clone(), name: name.to_owned(), created_at, revoked_at: None };
        self.store.put_site(&site).await?;
        self.served.invalidate(id).await;
        Ok(site)
    }

    /// All sites, revoked ones included.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn sites(&self) -> Result<Vec<Site>, ServiceError> {
        Ok(self.store.sites().await?)
    }

    /// Revokes a site: its keys stop working, its comments are kept. Answers whether there was one.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn revoke_site(&self, id: &SiteId) -> Result<bool, ServiceError> {
        let Some(mut site) = self.store.site(id).await? else { return Ok(false) };
        site.revoked_at.get_or_insert_with(|| self.clock.now());
        self.store.put_site(&site).await?;
        self.callers.invalidate_all();
        self.served.invalidate(id).await;
        Ok(true)
    }

    /// Makes a key and its secret.
    ///
    /// # Errors
    /// Fails if the store does, or the machine has no randomness.
    pub async fn add_key(&self, site: &SiteId, label: &str, scopes: &[Scope]) -> Result<NewKey, ServiceError> {
        self.add_key_with_roles(site, label, scopes, &[]).await
    }

    /// Makes a key that may also read and decide what is handed on to these roles.
    ///
    /// # Errors
    /// [`ServiceError::UnknownRole`] if the policy knows no such role; and as [`Ombud::add_key`].
    pub async fn add_key_with_roles(
        &self,
        site: &SiteId,
        label: &str,
        scopes: &[Scope],
        roles: &[Role],
    ) -> Result<NewKey, ServiceError> {
        roles.iter().try_for_each(|role| self.knows_role(role))?;
        let secret = generate_secret()?;
        let id = KeyId::parse(format!("key_{}", URL_SAFE_NO_PAD.encode(random::<9>()?)))
            .map_err(|e| ServiceError::Internal(e.to_string()))?;
        let key = ApiKey {
            id,
            site: site.clone(),
            label: label.to_owned(),
            scopes: scopes.to_vec(),
            roles: roles.to_vec(),
            hash: KeyHash::of(&secret),
            created_at: self.clock.now(),
            revoked_at: None,
        };
        self.store.put_key(&key).await?;
        Ok(NewKey { key, secret })
    }

    /// A site's keys, revoked ones included, without their secrets.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn keys(&self, site: &SiteId) -> Result<Vec<ApiKey>, ServiceError> {
        Ok(self.store.keys(site).await?)
    }

    /// Revokes a key; it stops working within two seconds on every replica. Answers whether there was one.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn revoke_key(&self, site: &SiteId, id: &KeyId) -> Result<bool, ServiceError> {
        let Some(mut key) = self.store.key(site, id).await? else { return Ok(false) };
        key.revoked_at.get_or_insert_with(|| self.clock.now());
        self.store.put_key(&key).await?;
        self.callers.invalidate(&key.hash).await;
        Ok(true)
    }
}
