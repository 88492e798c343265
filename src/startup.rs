//! The composition root: the one place where a store, the models, the policy and the faces are put together.

use crate::classifier::Classifier;
use crate::delivery::audience::Audience;
use crate::delivery::fetch::{FetchSettings, Fetcher};
use crate::http::compat::coral::CoralSettings;
use crate::http::{self, ApiDescription, Limits};
use crate::policy::Policy;
use crate::service::{Clock, Ombud, Periods, Schedule};
use crate::store::redis::RedisStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreUrl};
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, DefaultHeaders};
use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use utoipa_actix_web::AppExt as _;

/// How long requests under way may take to finish when ombud is told to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 20;

/// How long an idle connection is kept. Longer than the minute that proxies and the pools of clients keep theirs: one that is
/// closed from this side first fails the request that was just sent on it, and not every client tries again.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How often the schedule is looked at.
const LEARNING_INTERVAL: Duration = Duration::from_mins(1);

/// How often it is looked for what was kept long enough.
const RETENTION_INTERVAL: Duration = Duration::from_mins(5);

/// What an application is built from.
pub struct Parts {
    pub store: StoreUrl,
    pub policy: Policy,
    pub classifier: Arc<Classifier>,
    pub clock: Clock,
    pub limits: Limits,
    pub bind: SocketAddr,
    /// When sites' models are learned anew.
    pub learning: Schedule,
    /// How long what is personal is kept.
    pub retention: Periods,
    /// Coral's moderation phase.
    pub coral: CoralSettings,
    /// Whether and where unknown articles are fetched.
    pub articles: Option<FetchSettings>,
    /// Threads that serve requests; `None` for one a core.
    pub workers: Option<usize>,
}

/// A service that listens, but does not serve yet.
pub struct Application {
    ombud: Ombud,
    address: SocketAddr,
    server: Server,
    learning: Schedule,
    retention: Periods,
    end: CancellationToken,
}

/// Stops a running application from elsewhere.
#[derive(Clone)]
pub struct Stopper {
    end: CancellationToken,
    server: ServerHandle,
}

impl Stopper {
    /// Ends event streams, lets requests under way finish, and stops.
    pub async fn stop(&self) {
        self.end.cancel();
        self.server.stop(true).await;
    }
}

/// Opens the store an address names.
///
/// # Errors
/// Says why it can't be opened.
pub async fn open_store(url: &StoreUrl) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match url {
        StoreUrl::Sqlite(path) => SqliteStore::open(path).with_context(|| url.to_string())?,
        StoreUrl::Redis(address) => RedisStore::connect(address, None).await.with_context(|| url.to_string())?,
    })
}

impl Application {
    /// Opens the store, puts everything together and binds the address.
    ///
    /// # Errors
    /// Fails if the store can't be opened or the address not be bound.
    pub async fn build(parts: Parts) -> anyhow::Result<Self> {
        let store = open_store(&parts.store).await?;
        let durability = store.durability().await.with_context(|| parts.store.to_string())?;
        tracing::info!(store = %parts.store, promise = %durability.statement, "store open");
        let ombud = Ombud::new(store, parts.classifier, parts.policy, parts.clock);
        ombud.load_models().await?;
        let ombud = match parts.articles {
            Some(settings) => ombud.fetching(Fetcher::new(settings).map_err(anyhow::Error::msg)?),
            None => ombud,
        };
        let listener = TcpListener::bind(parts.bind).with_context(|| format!("can't listen on {}", parts.bind))?;
        let address = listener.local_addr()?;
        let end = CancellationToken::new();
        let faces = Faces { limits: parts.limits, coral: parts.coral, end: end.clone() };
        let server = serve(&ombud, faces, listener, parts.workers)?;
        Ok(Self { ombud, address, server, learning: parts.learning, retention: parts.retention, end })
    }

    /// Where it listens; with port 0 asked for, the port it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn ombud(&self) -> &Ombud {
        &self.ombud
    }

    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper { end: self.end.clone(), server: self.server.handle() }
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// Fails if the server does.
    pub async fn run_until_stopped(self) -> std::io::Result<()> {
        let teller = self.ombud.clone();
        tokio::spawn(self.end.clone().run_until_cancelled_owned(async move { teller.keep_telling().await }));
        let retention = keep_retention(self.ombud.clone(), self.retention);
        tokio::spawn(self.end.clone().run_until_cancelled_owned(retention));
        tokio::spawn(self.end.clone().run_until_cancelled_owned(keep_learning(self.ombud, self.learning)));
        self.server.await
    }
}

/// Looks every minute whether a site's models are to be learned anew.
async fn keep_learning(ombud: Ombud, schedule: Schedule) {
    let mut minute = tokio::time::interval(LEARNING_INTERVAL);
    minute.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        minute.tick().await;
        if let Err(error) = ombud.learn_if_due(&schedule).await {
            tracing::warn!(%error, "can't look whether it is time to learn");
        }
    }
}

/// Looks every few minutes for what was kept long enough.
async fn keep_retention(ombud: Ombud, periods: Periods) {
    let mut interval = tokio::time::interval(RETENTION_INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = ombud.apply_retention(&periods).await {
            tracing::warn!(%error, "can't drop now what was kept long enough");
        }
    }
}

/// What the faces are told beside the service.
struct Faces {
    limits: Limits,
    coral: CoralSettings,
    end: CancellationToken,
}

fn serve(ombud: &Ombud, faces: Faces, listener: TcpListener, workers: Option<usize>) -> anyhow::Result<Server> {
    // Made once, outside the factory: the factory runs in every worker.
    let ombud = web::Data::new(ombud.clone());
    let audience = web::Data::from(Audience::new(faces.limits.streams_per_key, faces.limits.streams));
    let rate = web::Data::new(http::Rate::new(&faces.limits));
    let limits = web::Data::new(faces.limits);
    let coral = web::Data::new(faces.coral);
    let end = web::Data::new(faces.end);
    let description: web::Data<ApiDescription> = web::Data::new(http::description());
    let mut server = HttpServer::new(move || {
        // The other interfaces first: addresses are compared in this order, and theirs are asked most.
        let (app, _) = App::new()
            .configure(http::compat::configure)
            .into_utoipa_app()
            .app_data(ombud.clone())
            .app_data(limits.clone())
            .app_data(rate.clone())
            .app_data(audience.clone())
            .app_data(coral.clone())
            .app_data(end.clone())
            .app_data(description.clone())
            .configure(http::configure)
            .split_for_parts();
        app.service(http::open_pages())
            .default_service(web::to(http::not_found))
            .wrap(DefaultHeaders::new().add(("x-content-type-options", "nosniff")))
            .wrap(Compress::default())
            .wrap(tracing_actix_web::TracingLogger::<http::Span>::new())
    })
    .disable_signals()
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN_SECONDS);
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    Ok(server.listen(listener)?.run())
}
