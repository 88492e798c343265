//! The servers that are measured: the real application on a store, and one that does nothing.

use crate::classifier::Classifier;
use crate::comment::{ModeratorName, ModeratorRole, Scope, SessionTerms, SiteId};
use crate::delivery::webhook::Webhooks;
use crate::http::compat::coral::{CoralSettings, CoralSite, Secrets};
use crate::http::console::ConsoleSettings;
use crate::http::embed::{EmbedSettings, EmbedSite};
use crate::http::{Limits, Proxy};
use crate::policy::PolicyFiles;
use crate::service::{Clock, Ombud, Periods, Schedule, SignIn};
use crate::startup::{Application, MetricsSettings, Parts, PolicySource, Stopper};
use crate::store::StoreUrl;
use crate::store::redis::RedisSettings;
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Loopback, on a port of the system's choice.
const HERE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// What Coral's requests are signed with.
pub const CORAL_SECRET: &str = "the secret of ombud bench";

/// What a platform and its moderators may do.
const SCOPES: [Scope; 3] = [Scope::Submit, Scope::Read, Scope::Review];

/// The real application, as often as there are replicas, with a site and a key for what is sent.
///
/// All are in this process: each has its own connections to the store, its own threads and its own memory of keys,
/// models and passages, and shares with the others what separate processes would share as well, the cores.
pub struct Serving {
    /// One for each replica.
    pub addresses: Vec<SocketAddr>,
    pub site: SiteId,
    pub key: String,
    /// What the store promises.
    pub durability: String,
    ombud: Vec<Ombud>,
    running: Vec<(Stopper, JoinHandle<std::io::Result<()>>)>,
}

impl Serving {
    /// `workers`: threads of each replica that serve; `None` for one a core.
    pub async fn start(
        store: &StoreUrl,
        classifier: &Arc<Classifier>,
        workers: Option<usize>,
        replicas: usize,
    ) -> anyhow::Result<Self> {
        // A site of its own: the Redis named may hold others.
        let site = SiteId::parse(format!("bench-{}", Clock::System.now().as_millisecond()))?;
        let mut serving = Self {
            addresses: Vec::new(),
            site,
            key: String::new(),
            durability: String::new(),
            ombud: Vec::new(),
            running: Vec::new(),
        };
        for replica in 0..replicas {
            let application = application(store, &serving.site, classifier, workers).await?;
            let (ombud, stopper) = (application.ombud().clone(), application.stopper());
            serving.addresses.push(application.address());
            serving.running.push((stopper, actix_web::rt::spawn(application.run_until_stopped())));
            if replica == 0 {
                ombud.add_site(&serving.site, "ombud bench").await?;
                serving.key = ombud.add_key(&serving.site, "ombud bench", &SCOPES).await?.secret;
                serving.durability = ombud.readiness().await?.durability.statement;
            }
            serving.ombud.push(ombud);
        }
        Ok(serving)
    }

    /// Where the first replica listens.
    pub fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// The first replica's service.
    pub fn ombud(&self) -> &Ombud {
        &self.ombud[0]
    }

    /// So many people who moderate, each with the cookie of a browser in which she is signed in.
    pub async fn signed_in(&self, people: usize) -> anyhow::Result<Vec<String>> {
        let (ombud, site) = (self.ombud(), &self.site);
        let mut cookies = Vec::with_capacity(people);
        for number in 1..=people {
            let name = ModeratorName::parse(&format!("Moderator {number}"))?;
            let password = ombud.provide_moderator(site, &name, ModeratorRole::Moderator, None).await?;
            let attempt =
                SignIn { site, name: name.as_str(), password: &password, network: None, browser: "ombud bench" };
            let token = ombud.sign_in(attempt).await?;
            cookies.push(format!("ombud-{site}={}", token.as_str()));
        }
        Ok(cookies)
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        for (stopper, server) in self.running {
            stopper.stop().await;
            server.await??;
        }
        Ok(())
    }
}

async fn application(
    store: &StoreUrl,
    site: &SiteId,
    classifier: &Arc<Classifier>,
    workers: Option<usize>,
) -> anyhow::Result<Application> {
    let mut coral = CoralSettings::default();
    coral.sites.insert(site.clone(), CoralSite::new(Secrets::parse(CORAL_SECRET)?));
    let mut embed = EmbedSettings::default();
    embed.sites.insert(site.clone(), EmbedSite::default());
    Application::build(Parts {
        console: ConsoleSettings::default(),
        sessions: SessionTerms::default(),
        coral,
        embed,
        articles: None,
        webhooks: Webhooks::default(),
        learning: Schedule::default(),
        retention: Periods::default(),
        store: store.clone(),
        redis: RedisSettings::default(),
        policy: PolicySource::fixed(PolicyFiles::shipped()),
        classifier: Arc::clone(classifier),
        clock: Clock::System,
        proxy: Proxy::default(),
        limits: Limits::default(),
        bind: HERE.into(),
        workers,
        // As `serve` does: what it costs to count is part of what a request costs.
        metrics: Some(MetricsSettings::default()),
    })
    .await
}

/// A server that reads the body and looks at nothing.
pub struct Bare {
    pub address: SocketAddr,
    handle: ServerHandle,
    server: JoinHandle<std::io::Result<()>>,
}

impl Bare {
    /// Answers everything with this, or, without it, with the body that was sent.
    pub fn start(answer: Option<String>, workers: Option<usize>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(HERE)?;
        let address = listener.local_addr()?;
        let answer = answer.map(web::Bytes::from);
        let server = HttpServer::new(move || {
            let answer = answer.clone();
            App::new().default_service(web::to(move |body: web::Bytes| {
                let answer = answer.clone().unwrap_or(body);
                async move { HttpResponse::Ok().content_type("application/json").body(answer) }
            }))
        })
        .disable_signals();
        let server = match workers {
            Some(workers) => server.workers(workers),
            None => server,
        };
        let server = server.listen(listener)?.run();
        let handle = server.handle();
        Ok(Self { address, handle, server: actix_web::rt::spawn(server) })
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.handle.stop(true).await;
        Ok(self.server.await??)
    }
}
