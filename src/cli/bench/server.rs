//! The servers that are measured: the real application on a store, and one that does nothing.

use crate::classifier::Classifier;
use crate::comment::{Scope, SiteId};
use crate::delivery::webhook::Webhooks;
use crate::http::Limits;
use crate::http::compat::coral::{CoralSettings, CoralSite, Secrets};
use crate::policy::Policy;
use crate::service::{Clock, Periods, Schedule};
use crate::startup::{Application, MetricsSettings, Parts, Stopper};
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

/// The real application, with a site and a key for what is sent.
pub struct Serving {
    pub address: SocketAddr,
    pub site: SiteId,
    pub key: String,
    /// What the store promises.
    pub durability: String,
    stopper: Stopper,
    server: JoinHandle<std::io::Result<()>>,
}

impl Serving {
    /// `workers`: threads that serve; `None` for one a core.
    pub async fn start(store: &StoreUrl, classifier: &Arc<Classifier>, workers: Option<usize>) -> anyhow::Result<Self> {
        let (policy, words) = Policy::default_files();
        // A site of its own: the Redis named may hold others.
        let clock = Clock::System;
        let site = SiteId::parse(format!("bench-{}", clock.now().as_millisecond()))?;
        let mut coral = CoralSettings::default();
        coral.sites.insert(site.clone(), CoralSite::new(Secrets::parse(CORAL_SECRET)?));
        let application = Application::build(Parts {
            coral,
            articles: None,
            webhooks: Webhooks::default(),
            learning: Schedule::default(),
            retention: Periods::default(),
            store: store.clone(),
            redis: RedisSettings::default(),
            policy: Policy::parse(policy, words)?,
            classifier: Arc::clone(classifier),
            clock,
            limits: Limits::default(),
            bind: HERE.into(),
            workers,
            // As `serve` does: what it costs to count is part of what a request costs.
            metrics: Some(MetricsSettings::default()),
        })
        .await?;
        let (address, ombud, stopper) = (application.address(), application.ombud().clone(), application.stopper());
        let server = actix_web::rt::spawn(application.run_until_stopped());
        ombud.add_site(&site, "ombud bench").await?;
        let key = ombud.add_key(&site, "ombud bench", &[Scope::Submit]).await?.secret;
        let durability = ombud.readiness().await?.durability.statement;
        Ok(Self { address, site, key, durability, stopper, server })
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.stopper.stop().await;
        Ok(self.server.await??)
    }
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
