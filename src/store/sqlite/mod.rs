//! The embedded store: one SQLite file, nothing to install.
//!
//! **Layout.** `comments` holds each comment whole as JSON (`doc`) beside the columns that queries need.
//! `queue`, `queue_reasons`, `queue_scores` and `queue_votes` have rows for every pending comment and no other;
//! `queue_counts` are kept by triggers on them. `leases` has one for every comment that somebody holds, `queue_skips` for
//! everyone who passed one over. `held_events` are those not told yet. `reports` is emptied for a comment when a moderator decides; its `reported` stays. `audit` and
//! `events` grow; `events.seq` is the cursor, and `trimmed` says up to which they are no longer kept. `models` and `site_models` are a site's own models, `shadows` has a
//! row for every comment that one of them judged in shadow. `erasures` says for an hour who was erased when. `corrections` has what platforms said of scores. `outboxes`,
//! `deliveries` and `dead_letters` are what webhook endpoints have been told, and what they wait for. `moderators` are a site's
//! people, `sessions` where they are signed in, `attempts` who tried to within the last hour. `decided` has when each of them
//! last decided on which comment. `policies` are those published, `policy_files` the texts of each. `audits` are decisions that
//! were drawn to be judged by people, `audit_skips` who passed one over.
//!
//! **Writing.** One thread owns the writing connection. It takes whatever writes are waiting, runs each in
//! a savepoint of one transaction, commits once (WAL, `synchronous=FULL`: the commit returns when the log
//! is on disk) and only then answers them all. **Reading** goes on beside it on connections of its own.

mod archive;
mod article;
mod audits;
mod candidate;
mod comment;
mod correction;
mod facts;
mod held;
mod index;
mod lease;
mod log;
mod model;
mod near;
mod outbox;
mod people;
mod policy;
mod queue;
mod reader;
mod readership;
mod reported;
mod retention;
mod schema;
mod search;
mod select;
mod site;
mod thread;
mod waiting;
mod writer;

use super::{
    Admission, Binding, ClaimRequest, Conflict, CorrectionPage, Durability, EventPage, FactsQuery, Lease, LeaseError,
    ModelVersion, ModeratedPage, QueueOverview, Report, ReportOutcome, ShadowCount, Store, StoreError, ThreadPage,
};
use crate::comment::{
    ApiKey, Article, ArticleId, AuditEntry, Change, Claim, ClaimId, Comment, CommentId, Correction, KeyHash, ModelId,
    Site, SiteId, SiteModels, Timestamp,
};
use crate::policy::Facts;
use async_trait::async_trait;
use reader::Readers;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use writer::Writer;

/// Readers beside the writer; more than cores would only wait for each other.
const READERS: usize = 4;

/// A store in one SQLite file.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    replicas: policy::Replicas,
}

impl SqliteStore {
    /// Opens the file, making it and its folder if they are missing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file can't be opened, [`StoreError::Layout`] if a newer ombud
    /// wrote it.
    pub fn open(path: &Path) -> Result<Arc<Self>, StoreError> {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Unavailable(format!("can't make {}: {e}", folder.display())))?;
        }
        let connection = schema::open(path)?;
        schema::prepare(&connection)?;
        let writer = Writer::start(connection)?;
        let readers = Readers::open(path, READERS)?;
        Ok(Arc::new(Self { writer, readers, replicas: policy::Replicas::default() }))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(format!("sqlite: {error}"))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn put_site(&self, site: &Site) -> Result<(), StoreError> {
        let site = site.clone();
        self.writer.run(move |db| site::put(db, &site)).await
    }

    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        self.readers.run(site::all).await
    }

    async fn site(&self, site: &SiteId) -> Result<Option<Site>, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| site::get(db, &site)).await
    }

    async fn put_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.writer.run(move |db| site::put_key(db, &key)).await
    }

    async fn keys(&self, site: &SiteId) -> Result<Vec<ApiKey>, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| site::keys(db, &site)).await
    }

    async fn key_by_hash(&self, hash: &KeyHash) -> Result<Option<ApiKey>, StoreError> {
        let hash = hash.clone();
        self.readers.run(move |db| site::key_by_hash(db, &hash)).await
    }

    async fn put_article(&self, article: &Article) -> Result<(), StoreError> {
        let article = article.clone();
        self.writer.run(move |db| article::put(db, &article)).await
    }

    async fn put_new_article(&self, article: &Article) -> Result<bool, StoreError> {
        let article = article.clone();
        self.writer.run(move |db| article::put_new(db, &article)).await
    }

    async fn article(&self, site: &SiteId, id: &ArticleId) -> Result<Option<Article>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.readers.run(move |db| article::get(db, &site, &id)).await
    }

    async fn facts(&self, query: &FactsQuery) -> Result<Facts, StoreError> {
        let query = query.clone();
        self.readers.run(move |db| facts::gather(db, &query)).await
    }

    async fn comment(&self, site: &SiteId, id: &CommentId) -> Result<Option<Comment>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.readers.run(move |db| comment::get(db, &site, &id)).await
    }

    async fn comments(&self, site: &SiteId, ids: &[CommentId]) -> Result<Vec<Comment>, StoreError> {
        let (site, ids) = (site.clone(), ids.to_vec());
        self.readers.run(move |db| comment::get_many(db, &site, &ids)).await
    }

    async fn admit(&self, change: &Change) -> Result<Admission, StoreError> {
        let change = change.clone();
        self.writer.run(move |db| comment::admit(db, &change)).await
    }

    async fn advance(
        &self,
        change: &Change,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<Result<(), Conflict>, StoreError> {
        let (change, lease) = (change.clone(), lease.clone());
        self.writer.run(move |db| comment::advance(db, &change, &lease, now)).await
    }

    async fn report(
        &self,
        report: &Report,
        limit: u32,
        escalation: &Change,
    ) -> Result<Result<ReportOutcome, Conflict>, StoreError> {
        let (report, escalation) = (report.clone(), escalation.clone());
        self.writer.run(move |db| comment::report(db, &report, limit, &escalation)).await
    }

    async fn thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ThreadPage, StoreError> {
        let (site, article) = (site.clone(), article.clone());
        let after = after.map(thread::Position::parse).transpose()?;
        self.readers
            .run(move |db| thread::page(db, &site, &article, thread::Direction::Oldest, after.as_ref(), limit))
            .await
    }

    async fn bind(&self, site: &SiteId, key: &str, id: &CommentId, now: Timestamp) -> Result<Binding, StoreError> {
        let (site, key, id) = (site.clone(), key.to_owned(), id.clone());
        self.writer.run(move |db| comment::bind(db, &site, &key, &id, now)).await
    }

    async fn queue(&self, site: &SiteId, now: Timestamp) -> Result<QueueOverview, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| queue::overview(db, &site, now)).await
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<(Claim, Comment)>, StoreError> {
        let request = request.clone();
        self.writer.run(move |db| queue::claim(db, &request)).await
    }

    async fn heartbeat(
        &self,
        site: &SiteId,
        id: &ClaimId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Result<Claim, LeaseError>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.writer.run(move |db| lease::extend(db, &site, &id, expires_at, now)).await
    }

    async fn release(&self, site: &SiteId, id: &ClaimId) -> Result<(), StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.writer.run(move |db| lease::release(db, &site, &id)).await
    }

    async fn moderated(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<ModeratedPage, StoreError> {
        let (site, after) = (site.clone(), after.map(str::to_owned));
        self.readers.run(move |db| model::moderated(db, &site, after.as_deref(), limit)).await
    }

    async fn put_correction(&self, site: &SiteId, correction: &Correction, keep: u32) -> Result<(), StoreError> {
        let (site, correction) = (site.clone(), correction.clone());
        self.writer.run(move |db| correction::put(db, &site, &correction, keep)).await
    }

    async fn corrections(
        &self,
        site: &SiteId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<CorrectionPage, StoreError> {
        let (site, after) = (site.clone(), after.map(str::to_owned));
        self.readers.run(move |db| correction::page(db, &site, after.as_deref(), limit)).await
    }

    async fn put_model(&self, site: &SiteId, version: &ModelVersion, file: Option<&[u8]>) -> Result<(), StoreError> {
        let (site, version, file) = (site.clone(), version.clone(), file.map(<[u8]>::to_vec));
        self.writer.run(move |db| model::put(db, &site, &version, file.as_deref())).await
    }

    async fn models(&self, site: &SiteId) -> Result<Vec<ModelVersion>, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| model::all(db, &site)).await
    }

    async fn model_file(&self, site: &SiteId, id: &ModelId) -> Result<Option<Vec<u8>>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.readers.run(move |db| model::file(db, &site, &id)).await
    }

    async fn site_models(&self, site: &SiteId) -> Result<SiteModels, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| model::standing(db, &site)).await
    }

    async fn put_site_models(&self, site: &SiteId, models: &SiteModels) -> Result<bool, StoreError> {
        let (site, models) = (site.clone(), models.clone());
        self.writer.run(move |db| model::put_standing(db, &site, &models)).await
    }

    async fn shadow_counts(&self, site: &SiteId, id: &ModelId) -> Result<Vec<ShadowCount>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.readers.run(move |db| model::shadow_counts(db, &site, &id)).await
    }

    async fn events(&self, site: &SiteId, after: Option<&str>, limit: usize) -> Result<EventPage, StoreError> {
        let site = site.clone();
        let after = after.map(log::parse_cursor).transpose()?;
        self.readers.run(move |db| log::events(db, &site, after, limit)).await
    }

    async fn latest_cursor(&self, site: &SiteId) -> Result<String, StoreError> {
        let site = site.clone();
        self.readers.run(move |db| log::latest_cursor(db, &site)).await
    }

    async fn audit(&self, site: &SiteId, id: &CommentId) -> Result<Vec<AuditEntry>, StoreError> {
        let (site, id) = (site.clone(), id.clone());
        self.readers.run(move |db| log::audit(db, &site, &id)).await
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.writer.commits()
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        // What is there once more: proves that the writer lives and the disk takes commits, and that it has room.
        self.writer.run(schema::rewrite).await?;
        Ok(Durability {
            servers: Vec::new(),
            store: "sqlite",
            statement: "Every acknowledged comment is on disk (WAL, synchronous=FULL) and survives a power cut."
                .to_owned(),
            fsync: true,
        })
    }
}
