//! The composition root: the one place where a store, the models, the policy and the faces are put together.

mod policy;

pub use policy::PolicySource;

use crate::classifier::Classifier;
use crate::comment::SessionTerms;
use crate::delivery::audience::Audience;
use crate::delivery::fetch::{FetchSettings, Fetcher};
use crate::delivery::webhook::{Deliveries, Webhooks};
use crate::http::compat::coral::CoralSettings;
use crate::http::console::ConsoleSettings;
use crate::http::embed::EmbedSettings;
use crate::http::{self, ApiDescription, Limits, Proxy, Scrape};
use crate::service::{AtStart, Clock, Ombud, Periods, Schedule};
use crate::store::redis::{RedisSettings, RedisStore};
use crate::store::sqlite::SqliteStore;
use crate::store::{Measured, Store, StoreUrl};
use crate::telemetry::recorder;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, Condition, DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, Resource, web};
use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
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
    /// What is asked of a store on Redis.
    pub redis: RedisSettings,
    pub policy: PolicySource,
    pub classifier: Arc<Classifier>,
    pub clock: Clock,
    /// What stands in front of it.
    pub proxy: Proxy,
    pub limits: Limits,
    pub bind: SocketAddr,
    /// When sites' models are learned anew.
    pub learning: Schedule,
    /// How long what is personal is kept.
    pub retention: Periods,
    /// The moderators' console.
    pub console: ConsoleSettings,
    /// How long people stay signed in there.
    pub sessions: SessionTerms,
    /// Coral's moderation phase.
    pub coral: CoralSettings,
    /// Pages for readers.
    pub embed: EmbedSettings,
    /// Whether and where unknown articles are fetched.
    pub articles: Option<FetchSettings>,
    /// Who is told of events.
    pub webhooks: Webhooks,
    /// Threads that serve requests; `None` for one a core.
    pub workers: Option<usize>,
    /// Whether and where metrics are served.
    pub metrics: Option<MetricsSettings>,
}

/// How metrics are served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricsSettings {
    /// An address of their own; `None`: beside the API.
    pub bind: Option<SocketAddr>,
    /// The token that whoever reads them must bring; `None`: none.
    pub token: Option<String>,
}

/// A service that listens, but does not serve yet.
pub struct Application {
    ombud: Ombud,
    address: SocketAddr,
    server: Server,
    metrics: Option<Metrics>,
    learning: Schedule,
    deliveries: Deliveries,
    retention: Periods,
    policy: PolicySource,
    told: Arc<Notify>,
    end: CancellationToken,
}

/// Stops a running application from elsewhere.
#[derive(Clone)]
pub struct Stopper {
    end: CancellationToken,
    server: ServerHandle,
    /// The one that serves metrics, where they have their own.
    beside: Option<ServerHandle>,
}

impl Stopper {
    /// Ends event streams and webhooks, lets requests under way finish, and stops.
    pub async fn stop(&self) {
        self.end.cancel();
        self.server.stop(true).await;
        if let Some(beside) = &self.beside {
            beside.stop(true).await;
        }
    }
}

/// Opens the store an address names.
///
/// # Errors
/// Says why it can't be opened.
pub async fn open_store(url: &StoreUrl, redis: &RedisSettings) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match url {
        StoreUrl::Sqlite(path) => SqliteStore::open(path).with_context(|| url.to_string())?,
        StoreUrl::Redis(address) => {
            Box::pin(RedisStore::connect(address, redis, None)).await.with_context(|| url.to_string())?
        }
    })
}

impl Application {
    /// Opens the store, puts everything together and binds the address.
    ///
    /// # Errors
    /// Fails if the store can't be opened or the address not be bound.
    pub async fn build(parts: Parts) -> anyhow::Result<Self> {
        // First of all: what was not kept from the beginning is never kept.
        let recorder = parts.metrics.as_ref().map(|_| recorder::install()).transpose()?;
        let store = Measured::new(open_store(&parts.store, &parts.redis).await?);
        let durability = store.durability().await.with_context(|| parts.store.to_string())?;
        tracing::info!(store = %parts.store, promise = %durability.statement, "store open");
        for server in &durability.servers {
            tracing::info!(?server, "takes writes");
        }
        let ombud = Ombud::new(store, parts.classifier, parts.policy.parse()?, parts.clock)
            .announcing(parts.webhooks)
            .keeping_sessions(parts.sessions);
        let at_start = match &parts.store {
            StoreUrl::Sqlite(_) => AtStart::Publish,
            StoreUrl::Redis(_) => AtStart::Keep,
        };
        ombud.agree_on_policy(parts.policy.files(), at_start).await?;
        ombud.load_models().await?;
        let ombud = match parts.articles {
            Some(settings) => ombud.fetching(Fetcher::new(settings).map_err(anyhow::Error::msg)?),
            None => ombud,
        };
        let deliveries = ombud.deliveries()?;
        let (listener, address) = listen(parts.bind)?;
        let end = CancellationToken::new();
        let metrics = parts
            .metrics
            .zip(recorder)
            .map(|(settings, recorder)| Metrics::new(&ombud, &settings, recorder, &parts.store));
        let metrics = metrics.transpose()?;
        let beside_api = metrics.as_ref().filter(|metrics| metrics.server.is_none()).map(|m| m.scrape.clone());
        let faces = Faces {
            proxy: parts.proxy,
            limits: parts.limits,
            console: parts.console,
            coral: parts.coral,
            embed: parts.embed,
            end: end.clone(),
            scrape: beside_api,
        };
        let server = serve(&ombud, faces, listener, parts.workers)?;
        let (learning, retention, policy, told) = (parts.learning, parts.retention, parts.policy, Arc::default());
        Ok(Self { ombud, address, server, metrics, learning, deliveries, retention, policy, told, end })
    }

    /// Where it listens; with port 0 asked for, the port it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served, if they are.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.server.as_ref().map_or(self.address, |(_, address)| *address))
    }

    #[must_use]
    pub fn ombud(&self) -> &Ombud {
        &self.ombud
    }

    #[must_use]
    pub fn stopper(&self) -> Stopper {
        let beside =
            self.metrics.as_ref().and_then(|metrics| metrics.server.as_ref()).map(|(server, _)| server.handle());
        Stopper { end: self.end.clone(), server: self.server.handle(), beside }
    }

    /// Rung, the policy's files are read and put in force, whether they changed or not.
    #[must_use]
    pub fn policy_bell(&self) -> Arc<Notify> {
        Arc::clone(&self.told)
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
        let policy = policy::keep(self.ombud.clone(), self.policy, self.told);
        tokio::spawn(self.end.clone().run_until_cancelled_owned(policy));
        tokio::spawn(self.end.clone().run_until_cancelled_owned(keep_learning(self.ombud, self.learning)));
        let delivering = tokio::spawn(self.deliveries.run(self.end.clone()));
        let served = match self.metrics {
            None => self.server.await,
            Some(metrics) => {
                tokio::spawn(self.end.clone().run_until_cancelled_owned(recorder::keep_up(metrics.recorder)));
                match metrics.server {
                    Some((beside, _)) => tokio::try_join!(self.server, beside).map(|_| ()),
                    None => self.server.await,
                }
            }
        };
        self.end.cancel();
        // Those under way finish briefly, and are another replica's at once.
        if let Err(error) = delivering.await {
            tracing::error!(%error, "webhooks did not end in order");
        }
        served
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

fn listen(on: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(on).with_context(|| format!("can't listen on {on}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Metrics, and the server that they have to themselves, if they do.
struct Metrics {
    recorder: PrometheusHandle,
    scrape: web::Data<Scrape>,
    server: Option<(Server, SocketAddr)>,
}

impl Metrics {
    fn new(
        ombud: &Ombud,
        settings: &MetricsSettings,
        recorder: PrometheusHandle,
        store: &StoreUrl,
    ) -> anyhow::Result<Self> {
        let database = match store {
            StoreUrl::Sqlite(path) => Some(path.clone()),
            StoreUrl::Redis(_) => None,
        };
        let scrape = web::Data::new(Scrape::new(recorder.clone(), settings.token.as_deref(), database));
        let server = settings.bind.map(|bind| {
            let (listener, address) = listen(bind).context("`metrics.bind`")?;
            let (ombud, scrape) = (web::Data::new(ombud.clone()), scrape.clone());
            let server = HttpServer::new(move || {
                App::new().app_data(ombud.clone()).app_data(scrape.clone()).service(metrics_page())
            });
            let server = server.disable_signals().workers(1).shutdown_timeout(1).listen(listener)?.run();
            anyhow::Ok((server, address))
        });
        Ok(Self { recorder, scrape, server: server.transpose()? })
    }
}

fn metrics_page() -> Resource {
    http::page("/metrics").route(web::get().to(http::scrape))
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
    proxy: Proxy,
    limits: Limits,
    console: ConsoleSettings,
    coral: CoralSettings,
    embed: EmbedSettings,
    end: CancellationToken,
    /// Where metrics are served beside the API.
    scrape: Option<web::Data<Scrape>>,
}

fn serve(ombud: &Ombud, faces: Faces, listener: TcpListener, workers: Option<usize>) -> anyhow::Result<Server> {
    // Made once, outside the factory: the factory runs in every worker.
    let ombud = web::Data::new(ombud.clone());
    let audience = web::Data::from(Audience::new(faces.limits.streams_per_key, faces.limits.streams));
    let rate = web::Data::new(http::Rate::new(&faces.limits));
    let limited = rate.limits_anything();
    let Limits { head_time, connections, .. } = faces.limits;
    let workers = workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
    let proxy = web::Data::new(faces.proxy);
    let limits = web::Data::new(faces.limits);
    let console = web::Data::new(faces.console);
    let coral = web::Data::new(faces.coral);
    let embed = web::Data::new(faces.embed);
    let end = web::Data::new(faces.end);
    let description: web::Data<ApiDescription> = web::Data::new(http::description());
    let scrape = faces.scrape;
    let server = HttpServer::new(move || {
        // The other interfaces first: addresses are compared in this order, and theirs are asked most.
        let (app, _) = App::new()
            .configure(http::compat::configure)
            .into_utoipa_app()
            .app_data(ombud.clone())
            .app_data(proxy.clone())
            .app_data(limits.clone())
            .app_data(rate.clone())
            .app_data(audience.clone())
            .app_data(console.clone())
            .app_data(coral.clone())
            .app_data(embed.clone())
            .app_data(end.clone())
            .app_data(description.clone())
            .configure(http::configure)
            .split_for_parts();
        let app = match &scrape {
            Some(scrape) => app.app_data(scrape.clone()).service(metrics_page()),
            None => app,
        };
        let app = app.configure(|config| {
            if console.enabled {
                config.service(http::console::pages());
            }
        });
        app.service(http::open_pages())
            .configure(http::embed::configure)
            .default_service(web::to(http::not_found))
            .wrap(Condition::new(limited, from_fn(http::rate_headers)))
            .wrap(DefaultHeaders::new().add(("x-content-type-options", "nosniff")))
            .wrap(Compress::default())
            .wrap(tracing_actix_web::TracingLogger::<http::Span>::new())
            .wrap(from_fn(http::observe))
    })
    .disable_signals()
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(head_time)
    .workers(workers)
    .max_connections(connections.div_ceil(workers))
    .shutdown_timeout(SHUTDOWN_SECONDS);
    Ok(server.listen(listener)?.run())
}
