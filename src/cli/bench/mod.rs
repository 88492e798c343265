//! `ombud bench`: how fast this build is on this machine.

mod analyzing;
mod asking;
mod client;
mod load;
mod redis;
mod report;
mod scoring;
mod server;
mod submitting;
mod synthetic;

use super::progress::Bar;
use crate::classifier::Classifier;
use crate::config::LogFormat;
use crate::store::StoreUrl;
use load::Load;
use report::{Machine, OverHttp, Report};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Requests are followed as at the level that ships; what there is to say about starting up is not said.
const LOG_LEVEL: &str = "ombud::http=info,error";

/// Connections that send at a time.
const CONNECTIONS: usize = 32;

/// Connections over which Coral asks: it waits for each answer before a comment goes on.
const CORAL_CONNECTIONS: usize = 4;

/// Measure how fast ombud is on this machine, with built-in synthetic comments
///
/// Scoring is measured on one core; submitting and analyzing over HTTP on loopback, with a store in the folder for
/// temporary files (TMPDIR): what a commit costs there is what the disk under it costs. A server that
/// does nothing but answer is measured beside it: it tells what of the time is HTTP's.
#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// How long each row is measured
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// A Redis to fill with thousands of comments, which stay there [default: one of its own, if redis-server is
    /// on the PATH, that syncs every write]
    #[arg(long, value_name = "URL", hide_env_values = true)]
    redis: Option<StoreUrl>,
    /// Measure this part alone; may be given several times [default: all]
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Scoring,
    Submitting,
    Analyzing,
    Coral,
}

impl Args {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // As `serve` does: what logging costs is part of what a request costs.
    crate::telemetry::start(LogFormat::Text, LOG_LEVEL)?;
    let duration = Duration::from_secs(args.seconds);
    let classifier = Arc::new(Classifier::embedded());
    let mut bar = Bar::new();
    let load = Load { connections: CONNECTIONS, duration, awake: false };
    let system = actix_web::rt::System::new();
    let (mut scoring, mut submitting, mut analyzing, mut coral) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    if args.wants(Part::Scoring) {
        scoring = scoring::measure(&classifier, duration, &mut bar);
    }
    if args.wants(Part::Submitting) {
        submitting = system.block_on(submit(&classifier, &load, args.redis.as_ref(), &mut bar))?;
    }
    if args.wants(Part::Analyzing) {
        analyzing = system.block_on(analyze(&classifier, &Load { awake: true, ..load }, &mut bar))?;
    }
    if args.wants(Part::Coral) {
        coral = system.block_on(ask(&classifier, duration, &mut bar))?;
    }
    drop(bar);
    let report = Report {
        ombud: env!("CARGO_PKG_VERSION"),
        build: if cfg!(debug_assertions) { "debug" } else { "release" },
        model_revision: classifier.revision().to_owned(),
        machine: Machine::this(),
        seconds: args.seconds,
        connections: CONNECTIONS,
        folder: std::env::temp_dir(),
        scoring,
        submitting,
        analyzing,
        coral_connections: CORAL_CONNECTIONS,
        coral,
    };
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The stores, and the server that does nothing, one after the other.
async fn submit(
    classifier: &Arc<Classifier>,
    load: &Load,
    redis: Option<&StoreUrl>,
    bar: &mut Bar,
) -> anyhow::Result<Vec<OverHttp>> {
    let folder = tempfile::Builder::new().prefix("ombud-bench-").tempdir()?;
    let sqlite = StoreUrl::Sqlite(folder.path().join("ombud.db"));
    let (on_sqlite, answer) = submitting::on_store("SQLite", &sqlite, classifier, load, bar).await?;
    let on_redis = on_redis(redis, classifier, load, bar).await;
    let mut rows = vec![
        on_sqlite,
        on_redis.unwrap_or_else(|error| OverHttp::missing("Redis", format!("{error:#}"))),
        submitting::on_nothing("nothing but HTTP", answer, load, bar).await?,
    ];
    OverHttp::compare(&mut rows);
    Ok(rows)
}

/// Scores for a platform that decides itself, and an echo.
async fn analyze(classifier: &Arc<Classifier>, load: &Load, bar: &mut Bar) -> anyhow::Result<Vec<OverHttp>> {
    let folder = tempfile::Builder::new().prefix("ombud-bench-").tempdir()?;
    let store = StoreUrl::Sqlite(folder.path().join("ombud.db"));
    let mut rows =
        vec![analyzing::on_one_core(&store, classifier, load, bar).await?, analyzing::echoed(load, bar).await?];
    OverHttp::compare(&mut rows);
    Ok(rows)
}

/// What Coral waits for.
async fn ask(classifier: &Arc<Classifier>, duration: Duration, bar: &mut Bar) -> anyhow::Result<Vec<OverHttp>> {
    let folder = tempfile::Builder::new().prefix("ombud-bench-").tempdir()?;
    let store = StoreUrl::Sqlite(folder.path().join("ombud.db"));
    let load = Load { connections: CORAL_CONNECTIONS, duration, awake: false };
    Ok(vec![asking::on_store(&store, classifier, &load, bar).await?])
}

async fn on_redis(
    named: Option<&StoreUrl>,
    classifier: &Arc<Classifier>,
    load: &Load,
    bar: &mut Bar,
) -> anyhow::Result<OverHttp> {
    if let Some(url) = named {
        anyhow::ensure!(matches!(url, StoreUrl::Redis(_)), "{url} is not a Redis");
        return Ok(submitting::on_store("Redis", url, classifier, load, bar).await?.0);
    }
    let own = redis::OwnRedis::start()?;
    Ok(submitting::on_store("Redis", &own.url(), classifier, load, bar).await?.0)
}
