//! Submitting over HTTP: the real application on a store, and a server that does nothing.

use super::client::{Answer, Connection, request};
use super::report::Submitting;
use super::synthetic::Synthetic;
use crate::classifier::Classifier;
use crate::comment::{Scope, SiteId};
use crate::http::Limits;
use crate::http::compat::coral::CoralSettings;
use crate::policy::Policy;
use crate::service::{Clock, Schedule};
use crate::startup::{Application, Parts};
use crate::store::StoreUrl;
use crate::training::Progress;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most requests of one row.
const MOST: usize = 1_000_000;
/// Requests of each connection before time is taken.
const WARM_UP: usize = 10;
const ARTICLES: usize = 50;
/// Many, as at a paper: the rules about one author's pace and repeats then say nothing.
const AUTHORS: usize = 20_000;

/// Loopback, on a port of the system's choice.
const HERE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// How hard, and for how long.
pub struct Load {
    pub connections: usize,
    pub duration: Duration,
}

/// The real application on a store that is filled as it is measured. Also returns the body of an answer.
pub async fn on_store(
    name: &'static str,
    store: &StoreUrl,
    classifier: &Arc<Classifier>,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<(Submitting, String)> {
    let (policy, words) = Policy::default_files();
    let application = Application::build(Parts {
        coral: CoralSettings::default(),
        articles: None,
        learning: Schedule::default(),
        store: store.clone(),
        policy: Policy::parse(policy, words)?,
        classifier: Arc::clone(classifier),
        clock: Clock::System,
        limits: Limits::default(),
        bind: HERE.into(),
        workers: None,
    })
    .await?;
    let (address, ombud, stopper) = (application.address(), application.ombud().clone(), application.stopper());
    let server = actix_web::rt::spawn(application.run_until_stopped());
    // A site of its own: the Redis named may hold others.
    let site = SiteId::parse(format!("bench-{}", ombud.now().as_millisecond()))?;
    ombud.add_site(&site, "ombud bench").await?;
    let key = ombud.add_key(&site, "ombud bench", &[Scope::Submit]).await?.secret;
    let durability = ombud.readiness().await?.durability.statement;
    let platform = Platform { address, key };
    let measured = measure(name, platform, load, bar).await;
    stopper.stop().await;
    server.await??;
    let measured = measured?;
    let row = Submitting::of(name, measured.elapsed, measured.micros, Some(durability));
    Ok((row, measured.answer))
}

/// A bare server that reads the body, looks at nothing, and gives the same answer to everything.
pub async fn on_nothing(
    name: &'static str,
    answer: String,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<Submitting> {
    let listener = TcpListener::bind(HERE)?;
    let address = listener.local_addr()?;
    let answer = web::Bytes::from(answer);
    let server = HttpServer::new(move || {
        let answer = answer.clone();
        App::new().default_service(web::to(move |_: web::Bytes| {
            let answer = answer.clone();
            async move { HttpResponse::Created().content_type("application/json").body(answer) }
        }))
    })
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    let server = actix_web::rt::spawn(server);
    let measured = measure(name, Platform { address, key: "none".to_owned() }, load, bar).await;
    handle.stop(true).await;
    server.await??;
    let measured = measured?;
    Ok(Submitting::of(name, measured.elapsed, measured.micros, None))
}

struct Measured {
    elapsed: Duration,
    micros: Vec<u32>,
    answer: String,
}

/// Runs the load on a thread of its own, as the callers would be on machines of their own, and shows progress.
async fn measure(name: &str, platform: Platform, load: &Load, bar: &mut impl Progress) -> anyhow::Result<Measured> {
    const STEPS: u32 = 100;
    bar.stage(&format!("submitting, {name}"), STEPS as usize);
    let (connections, duration) = (load.connections, load.duration);
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let work = std::thread::Builder::new().name("ombud-bench-client".to_owned());
    let work = work.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let measured =
            runtime.context("no runtime").and_then(|runtime| runtime.block_on(platform.submit(connections, duration)));
        // Nobody listens any more if the command was broken off.
        let _ = tell.send(measured);
    })?;
    let mut steps = tokio::time::interval(load.duration / STEPS);
    let measured = loop {
        tokio::select! {
            measured = &mut told => break measured,
            _ = steps.tick() => bar.advance(1),
        }
    };
    work.join().map_err(|_| anyhow::anyhow!("the client panicked"))?;
    measured?
}

/// Sends comments as a platform would.
struct Platform {
    address: SocketAddr,
    key: String,
}

impl Platform {
    async fn submit(&self, connections: usize, duration: Duration) -> anyhow::Result<Measured> {
        let mut source = Synthetic::seeded(2);
        self.register_articles(&mut source).await?;
        // All connections live on this thread.
        let (source, sent) = (RefCell::new(source), Cell::new(0));
        let open = (0..connections).map(|_| Connection::open(self.address));
        let mut open = try_join_all(open).await.context("connecting")?;
        let warm_up = open.iter_mut().map(|connection| async {
            let mut answer = String::new();
            for _ in 0..WARM_UP {
                let body = self.exchange(connection, &self.comment(&source, &sent)).await?;
                answer = String::from_utf8_lossy(body).into_owned();
            }
            anyhow::Ok(answer)
        });
        let answer = try_join_all(warm_up).await?.pop().unwrap_or_default();
        let start = Instant::now();
        let micros = RefCell::new(Vec::new());
        let work = open.iter_mut().map(|connection| async {
            while start.elapsed() < duration && micros.borrow().len() < MOST {
                let request = self.comment(&source, &sent);
                let before = Instant::now();
                self.exchange(connection, &request).await?;
                micros.borrow_mut().push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            anyhow::Ok(())
        });
        try_join_all(work).await?;
        Ok(Measured { elapsed: start.elapsed(), micros: micros.into_inner(), answer })
    }

    async fn register_articles(&self, source: &mut Synthetic) -> anyhow::Result<()> {
        let mut connection = Connection::open(self.address).await?;
        for number in 0..ARTICLES {
            let (title, body) = (source.comment(), source.article());
            let body = json!({"title": title, "section": "world", "body": body}).to_string();
            let path = format!("/v1/articles/a{number}");
            self.exchange(&mut connection, &request(self.address, "PUT", &path, &self.key, &body)).await?;
            let first = json!({"id": format!("first-{number}"), "article_id": format!("a{number}"),
                "author": {"id": "first"}, "text": source.comment()});
            let first = request(self.address, "POST", "/v1/comments", &self.key, &first.to_string());
            self.exchange(&mut connection, &first).await?;
        }
        Ok(())
    }

    /// The next comment; every third answers the first one under its article.
    fn comment(&self, source: &RefCell<Synthetic>, sent: &Cell<usize>) -> Vec<u8> {
        let number = sent.replace(sent.get() + 1);
        let (article, author) = (number % ARTICLES, number % AUTHORS);
        let parent = number.is_multiple_of(3).then(|| format!("first-{article}"));
        let body = json!({"id": format!("c{number}"), "article_id": format!("a{article}"), "parent_id": parent,
            "author": {"id": format!("r{author}"), "name": "A Reader"}, "text": source.borrow_mut().comment()});
        request(self.address, "POST", "/v1/comments", &self.key, &body.to_string())
    }

    /// Sends a request that must be taken; returns the body of the answer.
    async fn exchange<'c>(&self, connection: &'c mut Connection, request: &[u8]) -> anyhow::Result<&'c [u8]> {
        let Answer { status, body } = connection.exchange(request).await?;
        ensure!(status == 201, "the server answered {status}: {}", String::from_utf8_lossy(body));
        Ok(body)
    }
}
