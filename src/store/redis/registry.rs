//! The layout, the sites and their keys.

use super::RedisStore;
use super::connection::{Connection, parsed};
use super::key::{Keys, VERSION};
use super::script::Call;
use crate::comment::{ApiKey, KeyHash, Site, SiteId};
use crate::store::StoreError;

/// Lays the layout down, unless one is there, and compares.
pub(super) async fn layout(connection: &Connection, prefix: &str, partitions: u16) -> Result<(), StoreError> {
    let key = Keys::layout(prefix);
    let set = Call::command("SET").arg(&key).arg(format!("{VERSION} {partitions}")).arg("NX");
    let [_, found] = connection.all([set, Call::command("GET").arg(&key)]).await?;
    let found: String = parsed(found)?;
    let layout = found.split_once(' ').and_then(|(v, p)| Some((v.parse::<u32>().ok()?, p.parse::<u16>().ok()?)));
    let wrong = match layout {
        Some((VERSION, standing)) if standing == partitions => return Ok(()),
        Some((VERSION, standing)) => format!(
            "the store was laid out in {standing} partitions and the settings say {partitions}; the number can't be \
             changed: write `partitions = {standing}` under [redis] in ombud.toml"
        ),
        Some((version, _)) => format!("the server holds layout {version}, this program reads layout {VERSION}"),
        None => "the server holds a layout that is none of ombud's".to_owned(),
    };
    Err(StoreError::Layout(wrong))
}

pub(super) async fn put_site(store: &RedisStore, site: &Site) -> Result<(), StoreError> {
    let doc = serde_json::to_string(site)?;
    store.connection.one(Call::command("HSET").arg(store.keys.sites()).arg(site.id.as_str()).arg(doc)).await
}

pub(super) async fn sites(store: &RedisStore) -> Result<Vec<Site>, StoreError> {
    let docs: Vec<String> = store.connection.one(Call::command("HVALS").arg(store.keys.sites())).await?;
    let mut sites = docs.iter().map(|doc| Ok(serde_json::from_str(doc)?)).collect::<Result<Vec<Site>, StoreError>>()?;
    sites.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(sites)
}

pub(super) async fn site(store: &RedisStore, id: &SiteId) -> Result<Option<Site>, StoreError> {
    let get = Call::command("HGET").arg(store.keys.sites()).arg(id.as_str());
    let doc: Option<String> = store.connection.one(get).await?;
    Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
}

/// The key first, then its hash: a crash in between leaves a key that opens nothing, and the call,
/// which failed, may be repeated.
pub(super) async fn put_key(store: &RedisStore, key: &ApiKey) -> Result<(), StoreError> {
    let doc = serde_json::to_string(key)?;
    let put = Call::command("HSET").arg(store.keys.api_keys(&key.site)).arg(key.id.as_str()).arg(doc);
    let index = Call::command("SET").arg(store.keys.key_hash(&key.hash)).arg(format!("{} {}", key.site, key.id));
    store.connection.all([put, index]).await?;
    Ok(())
}

pub(super) async fn keys(store: &RedisStore, site: &SiteId) -> Result<Vec<ApiKey>, StoreError> {
    let docs: Vec<String> = store.connection.one(Call::command("HVALS").arg(store.keys.api_keys(site))).await?;
    let mut keys =
        docs.iter().map(|doc| Ok(serde_json::from_str(doc)?)).collect::<Result<Vec<ApiKey>, StoreError>>()?;
    keys.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(keys)
}

pub(super) async fn key_by_hash(store: &RedisStore, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError> {
    let whose: Option<String> = store.connection.one(Call::command("GET").arg(store.keys.key_hash(hash))).await?;
    let Some(whose) = whose else { return Ok(None) };
    let unreadable = || StoreError::Corrupt("a key's hash leads to no key".to_owned());
    let (site, id) = whose.split_once(' ').ok_or_else(unreadable)?;
    let site = SiteId::parse(site).map_err(|_| unreadable())?;
    let get = Call::command("HGET").arg(store.keys.api_keys(&site)).arg(id);
    let doc: Option<String> = store.connection.one(get).await?;
    let key: Option<ApiKey> = doc.map(|doc| serde_json::from_str(&doc)).transpose()?;
    // A key that was replaced by one of another hash leaves its old hash behind.
    Ok(key.filter(|key| key.hash == *hash))
}
