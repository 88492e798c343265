//! Sites and keys.

use super::Handle;
use crate::support::sample::{at, site};
use ombud::comment::{ApiKey, KeyHash, KeyId, Scope, Site, SiteId};

fn api_key(id: &str, secret: &str) -> ApiKey {
    ApiKey {
        id: KeyId::parse(id).unwrap(),
        site: site(),
        label: "the platform".to_owned(),
        scopes: vec![Scope::Submit, Scope::Read],
        roles: Vec::new(),
        hash: KeyHash::of(secret),
        created_at: at(0),
        revoked_at: None,
    }
}

pub async fn sites_are_listed_and_replaced(store: &Handle) {
    let named = |id: &str, name: &str| Site {
        id: SiteId::parse(id).unwrap(),
        name: name.to_owned(),
        created_at: at(0),
        revoked_at: None,
    };
    assert_eq!(store.sites().await.unwrap(), []);
    for site in [named("weekly", "Weekly"), named("daily", "Dayly"), named("daily", "Daily")] {
        store.put_site(&site).await.unwrap();
    }
    assert_eq!(store.sites().await.unwrap(), [named("daily", "Daily"), named("weekly", "Weekly")]);
    assert_eq!(store.site(&site()).await.unwrap(), Some(named("daily", "Daily")));
    assert_eq!(store.site(&SiteId::parse("monthly").unwrap()).await.unwrap(), None);
}

pub async fn a_key_is_found_by_its_hash_even_when_revoked(store: &Handle) {
    for (id, secret) in [("k2", "two"), ("k1", "one")] {
        store.put_key(&api_key(id, secret)).await.unwrap();
    }
    assert_eq!(store.keys(&site()).await.unwrap(), [api_key("k1", "one"), api_key("k2", "two")]);
    assert_eq!(store.key_by_hash(&KeyHash::of("two")).await.unwrap(), Some(api_key("k2", "two")));
    assert_eq!(store.key_by_hash(&KeyHash::of("three")).await.unwrap(), None);
    assert_eq!(store.keys(&SiteId::parse("weekly").unwrap()).await.unwrap(), []);

    let revoked = ApiKey { revoked_at: Some(at(9)), ..api_key("k2", "two") };
    store.put_key(&revoked).await.unwrap();
    assert_eq!(store.key_by_hash(&KeyHash::of("two")).await.unwrap(), Some(revoked.clone()));
    assert_eq!(store.key(&site(), &revoked.id).await.unwrap(), Some(revoked));
}

pub async fn a_replaced_key_leaves_no_old_secret(store: &Handle) {
    store.put_key(&api_key("k1", "old")).await.unwrap();
    store.put_key(&api_key("k1", "new")).await.unwrap();
    assert_eq!(store.key_by_hash(&KeyHash::of("old")).await.unwrap(), None);
    assert_eq!(store.key_by_hash(&KeyHash::of("new")).await.unwrap(), Some(api_key("k1", "new")));
}
