//! `ombud serve`: the API, and the demo.

use crate::classifier::Classifier;
use crate::comment::{ModeratorName, ModeratorRole, Scope, SiteId};
use crate::config::{Overrides, Settings};
use crate::http::compat::coral::{CoralSettings, CoralSite, Secrets};
use crate::http::embed::{EmbedSettings, EmbedSite, Origin};
use crate::service::seed::Sown;
use crate::service::{Clock, Ombud};
use crate::startup::{Application, Parts, Stopper};
use crate::telemetry;
use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

/// The demo site, its article and its thread.
const DEMO: &str = include_str!("../../seeds/demo.toml");

/// Serve the API
#[derive(clap::Args)]
pub struct Args {
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", env = "OMBUD_BIND")]
    bind: Option<SocketAddr>,
    /// Make the demo site with its article, thread and keys. Listens on loopback only
    #[arg(long)]
    demo: bool,
    /// Folder with embedding.safetensors, abuse.safetensors and topicality.safetensors, or one of them, such as a site's own abuse model [default: the models as shipped]
    #[arg(long, value_name = "PATH", env = "OMBUD_MODEL")]
    model: Option<PathBuf>,
    #[command(flatten)]
    settings: Overrides,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(&args.settings, args.bind)?;
    if settings.traces.is_none() {
        telemetry::start(settings.log_format, &settings.log_level)?;
    }
    ensure!(
        !args.demo || settings.bind.ip().is_loopback(),
        "--demo makes keys that everybody can read; it listens on loopback only, not on {}",
        settings.bind
    );
    let classifier = super::model::load(args.model.as_deref())?;
    actix_web::rt::System::new().block_on(traced(settings, classifier, args.demo))
}

/// Serves, and sends spans meanwhile if the settings ask for it.
#[cfg(feature = "otlp")]
async fn traced(settings: Settings, classifier: Classifier, demo: bool) -> anyhow::Result<ExitCode> {
    let exporter = match &settings.traces {
        Some(traces) => {
            let exporter = telemetry::otlp::Exporter::start(traces, crate::delivery::outward::client_config(None)?)?;
            telemetry::start_traced(settings.log_format, &settings.log_level, &exporter)?;
            Some(exporter)
        }
        None => None,
    };
    let served = Box::pin(serve(settings, classifier, demo)).await;
    if let Some(exporter) = exporter {
        exporter.stop().await;
    }
    served
}

#[cfg(not(feature = "otlp"))]
use serve as traced;

async fn serve(settings: Settings, classifier: Classifier, demo: bool) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(&settings.data_dir).with_context(|| settings.data_dir.display().to_string())?;
    let (mut coral, mut embed) = (settings.coral, settings.embed);
    if demo {
        open_to_readers(&mut embed)?;
    }
    let coral_secret = if demo { Some(open_to_coral(&mut coral, &settings.data_dir)?) } else { None };
    let console = settings.console.enabled;
    let application = Application::build(Parts {
        store: settings.store,
        redis: settings.redis,
        policy: settings.policy,
        classifier: Arc::new(classifier),
        clock: Clock::System,
        proxy: settings.proxy,
        limits: settings.limits,
        bind: settings.bind,
        learning: settings.learning,
        retention: settings.retention,
        console: settings.console,
        sessions: settings.sessions,
        coral,
        embed,
        articles: settings.articles,
        webhooks: settings.webhooks,
        workers: None,
        metrics: settings.metrics,
    })
    .await?;
    let base_url = format!("http://{}", application.address());
    let prepared = match coral_secret {
        Some(secret) => Some(prepare_demo(application.ombud(), &base_url, &settings.data_dir, secret).await?),
        None => None,
    };
    // Before anybody is told that ombud is up, so that it can be ended in order from then on.
    let terminate = signal(SignalKind::terminate())?;
    tokio::spawn(stop_on_signal(terminate, application.stopper()));
    tokio::spawn(read_policy_on_signal(signal(SignalKind::hangup())?, application.policy_bell()));
    println!("ombud is listening on {base_url}");
    match prepared {
        Some((demo, sown)) => explain_demo(&demo, &sown, &settings.data_dir, console),
        None if application.ombud().sites().await?.is_empty() => {
            println!(
                "There is no site yet: `ombud site add NAME`, then `ombud key add --site NAME --scope submit,read`."
            );
        }
        None => {}
    }
    application.run_until_stopped().await?;
    Ok(ExitCode::SUCCESS)
}

/// SIGHUP: the policy's files are read now.
async fn read_policy_on_signal(mut hangup: Signal, bell: Arc<Notify>) {
    while hangup.recv().await.is_some() {
        tracing::info!("reading the policy's files");
        bell.notify_one();
    }
}

async fn stop_on_signal(mut terminate: Signal, stopper: Stopper) {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    stopper.stop().await;
}

/// What scripts need to go on from a demo; written to `demo.json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Demo {
    base_url: String,
    site: String,
    article_id: String,
    platform_key: String,
    review_key: String,
    admin_key: String,
    /// What Coral's moderation phase signs with; empty in files of earlier releases.
    #[serde(default)]
    coral_secret: String,
    /// One of each role; none in files of earlier releases.
    #[serde(default)]
    moderators: Vec<DemoModerator>,
}

/// Somebody who may sign in to the console of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct DemoModerator {
    name: ModeratorName,
    role: ModeratorRole,
    password: String,
}

/// The site that the demo sows, as named in its file.
fn demo_site() -> anyhow::Result<SiteId> {
    #[derive(Deserialize)]
    struct Seeds {
        site: Site,
    }
    #[derive(Deserialize)]
    struct Site {
        id: SiteId,
    }
    let seeds: Seeds = toml::from_str(DEMO).context("seeds/demo.toml")?;
    Ok(seeds.site.id)
}

/// Lets Coral call for the demo's site, unless the settings do, with the secret of an earlier start or a new one.
/// Answers that secret.
fn open_to_coral(coral: &mut CoralSettings, data_dir: &Path) -> anyhow::Result<String> {
    let earlier = earlier_demo(data_dir).map(|demo| demo.coral_secret).filter(|secret| !secret.is_empty());
    let secret = match earlier {
        Some(secret) => secret,
        None => new_secret()?,
    };
    let site = CoralSite::new(Secrets::parse(&secret).context("`coral_secret` in demo.json")?);
    coral.sites.entry(demo_site()?).or_insert(site);
    Ok(secret)
}

/// Serves the demo's discussions to readers, and lets pages of this machine frame them.
fn open_to_readers(embed: &mut EmbedSettings) -> anyhow::Result<()> {
    let local = ["http://localhost", "http://127.0.0.1"].map(Origin::any_port);
    let origins = local.into_iter().collect::<Result<_, _>>()?;
    embed.sites.entry(demo_site()?).or_insert(EmbedSite { origins, ..EmbedSite::default() });
    Ok(())
}

/// 256 random bits in hexadecimal digits, as Coral makes them.
fn new_secret() -> anyhow::Result<String> {
    let mut halves = [[0_u8; 16]; 2];
    for half in &mut halves {
        getrandom::fill(half).map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
    }
    Ok(halves.map(|half| format!("{:032x}", u128::from_be_bytes(half))).concat())
}

fn earlier_demo(data_dir: &Path) -> Option<Demo> {
    let text = std::fs::read(data_dir.join("demo.json")).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Sows the demo, and keeps the keys of an earlier start as long as they work.
async fn prepare_demo(
    ombud: &Ombud,
    base_url: &str,
    data_dir: &Path,
    coral_secret: String,
) -> anyhow::Result<(Demo, Sown)> {
    let sown = ombud.sow(DEMO).await.context("seeds/demo.toml")?;
    let path = data_dir.join("demo.json");
    let earlier = earlier_demo(data_dir).unwrap_or_default();
    let moderators = people(ombud, &sown.site, &earlier.moderators).await?;
    let demo = Demo {
        base_url: base_url.to_owned(),
        site: sown.site.to_string(),
        article_id: sown.article.to_string(),
        platform_key: key(ombud, &sown.site, "demo platform", &[Scope::Submit, Scope::Read], earlier.platform_key)
            .await?,
        review_key: key(ombud, &sown.site, "demo moderator", &[Scope::Review, Scope::Read], earlier.review_key).await?,
        admin_key: key(ombud, &sown.site, "demo admin", &[Scope::Admin], earlier.admin_key).await?,
        coral_secret,
        moderators,
    };
    write_private(&path, &serde_json::to_vec_pretty(&demo)?)?;
    Ok((demo, sown))
}

/// One person of each role, with the passwords of an earlier start as long as they work.
async fn people(ombud: &Ombud, site: &SiteId, earlier: &[DemoModerator]) -> anyhow::Result<Vec<DemoModerator>> {
    let mut people = Vec::new();
    for role in ModeratorRole::ALL {
        let name = ModeratorName::parse(&format!("Demo {role}"))?;
        let known = earlier.iter().find(|person| person.name == name).map(|person| person.password.as_str());
        let password = ombud.provide_moderator(site, &name, role, known).await?;
        people.push(DemoModerator { name, role, password });
    }
    Ok(people)
}

async fn key(ombud: &Ombud, site: &SiteId, label: &str, scopes: &[Scope], earlier: String) -> anyhow::Result<String> {
    match ombud.authenticate(&earlier).await? {
        Some(caller) if caller.site == *site => Ok(earlier),
        _ => Ok(ombud.add_key(site, label, scopes).await?.secret),
    }
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let unfinished = path.with_extension("tmp");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    Ok(())
}

fn explain_demo(demo: &Demo, sown: &Sown, data_dir: &Path, console: bool) {
    let states: Vec<String> =
        sown.states.iter().filter(|(_, n)| *n > 0).map(|(state, n)| format!("{n} {state}")).collect();
    let people = demo.moderators.iter().map(|p| format!("  {:15} {}\n", p.name.as_str(), p.password));
    let moderate = if console {
        format!("\nModerate at {}/console/{}\n\n{}", demo.base_url, demo.site, people.collect::<String>())
    } else {
        String::new()
    };
    println!(
        "
Demo site \"{site}\", article \"{article}\", its thread: {states}.
Keys and addresses are in {file}. The API's pages: {base}/docs
{moderate}
Post a comment:

  curl -s {base}/v1/comments \\
    -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
    -d '{{\"id\":\"c-1\",\"article_id\":\"{article}\",\"author\":{{\"id\":\"reader-1\",\"name\":\"Reader\"}},\"text\":\"…\"}}'

Read the thread:

  curl -s {base}/v1/articles/{article}/comments -H 'Authorization: Bearer {key}'

Or as readers do, in a browser:

  {base}/embed/{site}/articles/{article}
",
        site = demo.site,
        article = demo.article_id,
        states = states.join(", "),
        file = data_dir.join("demo.json").display(),
        base = demo.base_url,
        key = demo.platform_key,
    );
}
