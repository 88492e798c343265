//! Redis: for publishers who run several replicas, or run Redis already.
//!
//! # Layout
//!
//! **Partitions.** A site's articles are spread over partitions by a stable hash of their id. All
//! about an article and its comments lies in its partition, and all keys of a partition share one hash
//! slot (`{SITE:pNN}`): one Lua script can change them in one atomic step, on a Cluster too. The
//! number is a setting, 16 by default, fixed at the store's first start and compared by whoever comes later.
//!
//! **Comments.** A comment is a HASH with its JSON, its version, its state, its lease, and its
//! place: the list of all its index entries (`place.rs`). A step (`lua/step.lua`) takes the old entries
//! out, puts the new ones in, appends to the audit LIST and the partition's event STREAM, ends the
//! lease and tells `news`. Counts are sizes of these indexes; there are no counters.
//!
//! **Locators.** A comment's id alone doesn't tell its partition, so a locator in a slot of its own
//! does. It is written *before* the comment, which is what makes an id unique over a site; `admit.rs`
//! says how a crash in between is mended.
//!
//! **Threads.** An article has one sorted index of its published comments (by conversation, time, id)
//! and one of the conversations that hold any. A page is one range of each, read in one script.
//!
//! **The queue** is the union of the partitions' queues, each kept in three orders, whole and by
//! facet (`lane.rs`). A claim peeks at the partitions' heads, merges them, and leases the best one by one.
//!
//! **Held events** wait in their partition until they are due; `held.rs` says who looks.
//!
//! **Records.** An author's record, the comments with one text and the bands of nearly the same texts live
//! in slots of their own, so a second script each brings them up to date *after* the step, see `record.rs`. They are facts for the
//! policy, not state: a crash in between loses a fact until the comment's next step or re-submission.
//!
//! **Retention.** In each partition a ZSET a shelf has its comments by time (`place.rs`), and an author's slot has all of the
//! author's comments, entered *before* each is admitted; `retention.rs` says how an erasure misses none.
//!
//! **Events** are read from all partitions and merged by their time; a cursor is a position in each.
//!
//! **A site's models** lie in a slot of their own; which one is in force is written by compare-and-set
//! (`lua/standing.lua`). **Corrections** of scores lie in another (`lua/correct.lua`).
//!
//! **Webhooks.** An endpoint's cursor into the events, its lease, what waits for it and what was given up lie in a slot of
//! their own; every write of a deliverer is a script that looks at the lease first (`lua/outbox_settle.lua`).
//!
//! **People.** A site's accounts, the sessions of its people and attempts to sign in lie in one more slot
//! (`key/people.rs`); accounts are written by compare-and-set (`lua/account.lua`), sessions and attempts expire. In each partition a ZSET a
//! person has the comments that she decided on, written with the step (`lua/step.lua`).
//!
//! **Policies** lie in one slot for the whole store: those published, and candidates for the next, of which a script keeps the
//! newest (`key/policy.rs`, `lua/candidate_put.lua`).
//!
//! **Audits.** The decisions of a site that were drawn to be judged by people lie in one more slot (`key/audits.rs`), each
//! by its time and, while it waits, by the number that it drew.
//!
//! `key.rs` names every key.
//!
//! # Servers
//!
//! One server, a master that Sentinels name, or a Cluster: `topology.rs` knows who holds which hash slots, `node.rs`
//! keeps a connection to each, `connection.rs` sends calls there and repeats them, `failure.rs` says which failures
//! pass, `confirm.rs` waits for disk and replicas, `durability.rs` says what all that promises.

mod admit;
mod advance;
mod archive;
mod article;
mod audits;
mod candidate;
mod claim;
mod comment;
mod confirm;
mod connection;
mod correction;
mod cursor;
mod desk;
mod dial;
mod durability;
mod facts;
mod failure;
mod held;
mod key;
mod lane;
mod log;
mod model;
mod near;
mod news;
mod node;
mod outbox;
mod peek;
mod people;
mod place;
mod policy;
mod queue;
mod readership;
mod recent;
mod record;
mod registry;
mod retention;
mod script;
mod search;
mod settings;
mod slot;
mod thread;
mod topology;
mod touch;
mod waiting;

pub use settings::{ClientCertificate, Demand, RedisSettings};

use super::{
    Admission, Binding, ClaimRequest, Conflict, CorrectionPage, Durability, EventPage, FactsQuery, Lease, LeaseError,
    ModelVersion, ModeratedPage, QueueOverview, Report, ReportOutcome, ShadowCount, Store, StoreError, ThreadPage,
};
use crate::comment::{
    ApiKey, Article, ArticleId, AuditEntry, Change, Claim, ClaimId, Comment, CommentId, Correction, KeyHash, ModelId,
    Site, SiteId, SiteModels, Timestamp,
};
use crate::policy::Facts;
use crate::store::address::RedisAddress;
use async_trait::async_trait;
use connection::Connection;
use key::Keys;
use std::sync::Arc;
use tokio::sync::watch;
use touch::Touch;

/// The store on a Redis (or Valkey) server, version 7.0 or newer. Any number of replicas share it.
pub struct RedisStore {
    connection: Connection,
    keys: Keys,
    touch: Touch,
    promise: durability::Promise,
    news: news::News,
    held: held::Remembered,
    recent: recent::Recent,
    desk: desk::Desk,
}

impl RedisStore {
    /// Connects, and checks or lays down the layout. `prefix` goes before every key, so that several
    /// stores can share a server.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if a master can't be reached or can't promise what the settings ask;
    /// [`StoreError::Layout`] if there is a store of another layout or another number of partitions, or the prefix
    /// holds braces.
    pub async fn connect(
        address: &RedisAddress,
        settings: &RedisSettings,
        prefix: Option<&str>,
    ) -> Result<Arc<Self>, StoreError> {
        let prefix = prefix.unwrap_or_default();
        if prefix.contains(['{', '}']) {
            return Err(StoreError::Layout("a prefix holds no braces: they choose the hash slot".to_owned()));
        }
        let connection = Connection::open(address, settings, prefix).await?;
        registry::layout(&connection, prefix, settings.partitions).await?;
        let keys = Keys::new(prefix, settings.partitions);
        let news = news::News::subscribe(connection.clone(), keys.news()).await?;
        let (touch, promise) = (Touch::new(prefix), durability::Promise::of(address, settings));
        let (held, recent, desk) = Default::default();
        Ok(Arc::new(Self { connection, keys, touch, promise, news, held, recent, desk }))
    }
}

#[async_trait]
impl Store for RedisStore {
    async fn put_site(&self, site: &Site) -> Result<(), StoreError> {
        registry::put_site(self, site).await
    }

    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        registry::sites(self).await
    }

    async fn site(&self, site: &SiteId) -> Result<Option<Site>, StoreError> {
        registry::site(self, site).await
    }

    async fn put_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        registry::put_key(self, key).await
    }

    async fn keys(&self, site: &SiteId) -> Result<Vec<ApiKey>, StoreError> {
        registry::keys(self, site).await
    }

    async fn key_by_hash(&self, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError> {
        registry::key_by_hash(self, hash).await
    }

    async fn put_article(&self, article: &Article) -> Result<(), StoreError> {
        article::put(self, article).await
    }

    async fn put_new_article(&self, article: &Article) -> Result<bool, StoreError> {
        article::put_new(self, article).await
    }

    async fn article(&self, site: &SiteId, id: &ArticleId) -> Result<Option<Article>, StoreError> {
        article::read(self, site, id).await
    }

    async fn facts(&self, query: &FactsQuery) -> Result<Facts, StoreError> {
        facts::gather(self, query).await
    }

    async fn comment(&self, site: &SiteId, id: &CommentId) -> Result<Option<Comment>, StoreError> {
        Ok(comment::read(self, site, std::slice::from_ref(id)).await?.pop())
    }

    async fn comments(&self, site: &SiteId, ids: &[CommentId]) -> Result<Vec<Comment>, StoreError> {
        comment::read(self, site, ids).await
    }

    async fn admit(&self, change: &Change) -> Result<Admission, StoreError> {
        admit::admit(self, change).await
    }

    async fn advance(
        &self,
        change: &Change,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<Result<(), Conflict>, StoreError> {
        advance::advance(self, change, lease, now).await
    }

    async fn report(
        &self,
        report: &Report,
        limit: u32,
        escalation: &Change,
    ) -> Result<Result<ReportOutcome, Conflict>, StoreError> {
        advance::report(self, report, limit, escalation).await
    }

    async fn thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ThreadPage, StoreError> {
        thread::page(self, site, article, thread::Direction::Oldest, after, limit).await
    }

    async fn bind(&self, site: &SiteId, key: &str, id: &CommentId, _now: Timestamp) -> Result<Binding, StoreError> {
        article::bind(self, site, key, id).await
    }

    async fn queue(&self, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError> {
        queue::overview(self, site, now).await
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<(Claim, Comment)>, StoreError> {
        claim::claim(self, request).await
    }

    async fn heartbeat(
        &self,
        site: &SiteId,
        id: &ClaimId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Result<Claim, LeaseError>, StoreError> {
        claim::heartbeat(self, site, id, expires_at, now).await
    }

    async fn release(&self, site: &SiteId, id: &ClaimId) -> Result<(), StoreError> {
        claim::release(self, site, id).await
    }

    async fn moderated(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<ModeratedPage, StoreError> {
        model::moderated(self, site, after, limit).await
    }

    async fn put_correction(&self, site: &SiteId, correction: &Correction, keep: u32) -> Result<(), StoreError> {
        correction::put(self, site, correction, keep).await
    }

    async fn corrections(
        &self,
        site: &SiteId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<CorrectionPage, StoreError> {
        correction::page(self, site, after, limit).await
    }

    async fn put_model(&self, site: &SiteId, version: &ModelVersion, file: Option<&[u8]>) -> Result<(), StoreError> {
        model::put(self, site, version, file).await
    }

    async fn models(&self, site: &SiteId) -> Result<Vec<ModelVersion>, StoreError> {
        model::all(self, site).await
    }

    async fn model_file(&self, site: &SiteId, id: &ModelId) -> Result<Option<Vec<u8>>, StoreError> {
        model::file(self, site, id).await
    }

    async fn site_models(&self, site: &SiteId) -> Result<SiteModels, StoreError> {
        model::standing(self, site).await
    }

    async fn put_site_models(&self, site: &SiteId, models: &SiteModels) -> Result<bool, StoreError> {
        model::put_standing(self, site, models).await
    }

    async fn shadow_counts(&self, site: &SiteId, id: &ModelId) -> Result<Vec<ShadowCount>, StoreError> {
        model::shadow_counts(self, site, id).await
    }

    async fn events(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<EventPage, StoreError> {
        log::events(self, site, after, limit).await
    }

    async fn latest_cursor(&self, site: &SiteId) -> Result<String, StoreError> {
        log::latest_cursor(self, site).await
    }

    async fn audit(&self, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError> {
        log::audit(self, site, id).await
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.news.receiver()
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        durability::check(self).await
    }
}
