//! `ombud bench`: how fast this build is on this machine.

mod analyzing;
mod asking;
mod claiming;
mod client;
mod ground;
mod growth;
mod guarded;
mod keeping;
mod load;
mod one_set;
mod paging;
mod place;
mod reading;
mod replaying;
mod report;
mod room;
mod row;
mod scoring;
mod server;
mod size;
mod submitting;
mod synthetic;

use super::progress::Bar;
use crate::classifier::Classifier;
use crate::config::LogFormat;
use crate::store::StoreUrl;
use growth::Growth;
use guarded::Guarded;
use keeping::{Keeping, Kept};
use load::Load;
use paging::Crowd;
use place::Kind;
use report::{Machine, Report};
use row::OverHttp;
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
/// Scoring is measured on one core; submitting, claiming, reading and analyzing over HTTP on loopback, with stores in
/// the folder for temporary files (TMPDIR): what a commit costs there is what the disk under it costs. A server that
/// does nothing but answer is measured beside them: it tells what of the time is HTTP's; and one SET on the same Redis.
/// What it starts and writes is gone when it ends, however it ends.
#[derive(clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// How long each row is measured
    #[arg(long, value_name = "N", default_value = "5", value_parser = seconds)]
    seconds: f64,
    /// A Redis to fill with thousands of comments, which stay there [default: one of its own, if redis-server is
    /// on the PATH, that syncs every write]
    #[arg(long, value_name = "URL", hide_env_values = true)]
    redis: Option<StoreUrl>,
    /// Measure this part alone; may be given several times [default: all]
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Measure on this store alone; may be given several times [default: all]
    #[arg(long, value_enum, value_name = "STORE")]
    on: Vec<Kind>,
    /// With so many ombuds on a store
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "1,2",
        value_parser = clap::value_parser!(u8).range(1..=16))]
    replicas: Vec<u8>,
    /// How many comments a store holds before anything is measured on it
    #[arg(long, value_name = "N", default_value = "2k", value_parser = size::parse)]
    filled: usize,
    /// Measure submitting, claiming, reading and replaying also with so many comments stored, one after the other, as in
    /// 1k,100k,1M
    #[arg(long, value_name = "N,N", value_delimiter = ',', value_parser = size::parse)]
    stored: Vec<usize>,
    /// Submit and read under so many of the articles stored [default: all of them]
    ///
    /// One article in a hundred comments is stored. A newspaper's readers write under few of them at a time: with the same
    /// number at each size, what becomes slower does so for how much is stored and not for how much is asked for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    articles: Option<u32>,
    /// How many comments wait when the queue's page is measured
    #[arg(long, value_name = "N", default_value = "100k", value_parser = size::parse)]
    waiting: usize,
    /// How many comments the thread has whose page is measured
    #[arg(long, value_name = "N", default_value = "10k", value_parser = size::parse)]
    thread: usize,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Scoring,
    Submitting,
    /// Claiming comments and deciding on them
    Claiming,
    /// Reading threads
    Reading,
    /// Judging all comments of a store by another policy
    Replaying,
    /// The queue's page and a thread's, with very much in them
    Pages,
    Analyzing,
    Coral,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.1..=600.0).contains(seconds));
    seconds.ok_or_else(|| "seconds are 0.1 to 600".to_owned())
}

impl Args {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // As `serve` does: what logging costs is part of what a request costs.
    crate::telemetry::start(LogFormat::Text, LOG_LEVEL)?;
    let duration = Duration::from_secs_f64(args.seconds);
    let classifier = Arc::new(Classifier::embedded());
    let mut bar = Bar::new();
    let load = Load { connections: CONNECTIONS, duration, awake: false };
    let system = actix_web::rt::System::new();
    let (mut scoring, mut analyzing, mut coral) = (Vec::new(), Vec::new(), Vec::new());
    if args.wants(Part::Scoring) {
        scoring = scoring::measure(&classifier, duration, &mut bar);
    }
    let (kept, growth) = system.block_on(keep(args, &classifier, load, &mut bar))?;
    let mut pages = Vec::new();
    if args.wants(Part::Pages) {
        let kinds = if args.on.is_empty() { &Kind::ALL[..] } else { &args.on };
        let crowd = Crowd { waiting: args.waiting, thread: args.thread };
        for &kind in kinds {
            pages.extend(system.block_on(crowd.on_store(kind, &classifier, &load, &mut bar)));
        }
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
        articles: args.articles,
        folder: std::env::temp_dir(),
        scoring,
        submitting: kept.submitting,
        claiming: kept.claiming,
        reading: kept.reading,
        replaying: kept.replaying,
        waiting: args.waiting,
        thread: args.thread,
        pages,
        one_set: kept.sets,
        growth,
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

/// Submitting, claiming and reading.
async fn keep(args: &Args, classifier: &Arc<Classifier>, load: Load, bar: &mut Bar) -> anyhow::Result<(Kept, Growth)> {
    let parts = [Part::Submitting, Part::Claiming, Part::Reading, Part::Replaying];
    let keeping = Keeping {
        classifier,
        load,
        kinds: if args.on.is_empty() { &Kind::ALL } else { &args.on },
        named: args.redis.as_ref(),
        filled: args.filled,
        articles: args.articles.map_or(usize::MAX, |articles| articles as usize),
        parts: parts.into_iter().filter(|part| args.wants(*part)).collect(),
    };
    if keeping.parts.is_empty() {
        return Ok((Kept::default(), Growth::default()));
    }
    let replicas: Vec<usize> = args.replicas.iter().copied().map(usize::from).collect();
    let kept = keeping.everywhere(&replicas, bar).await?;
    let mut stored = args.stored.clone();
    stored.sort_unstable();
    stored.dedup();
    let growth = if stored.is_empty() { Growth::default() } else { keeping.growing(&stored, bar).await };
    Ok((kept, growth))
}

/// Scores for a platform that decides itself, and an echo.
async fn analyze(classifier: &Arc<Classifier>, load: &Load, bar: &mut Bar) -> anyhow::Result<Vec<OverHttp>> {
    let folder = Guarded::folder()?;
    let store = StoreUrl::Sqlite(folder.path().join("ombud.db"));
    let mut rows =
        vec![analyzing::on_one_core(&store, classifier, load, bar).await?, analyzing::echoed(load, bar).await?];
    OverHttp::compare(&mut rows);
    Ok(rows)
}

/// What Coral waits for.
async fn ask(classifier: &Arc<Classifier>, duration: Duration, bar: &mut Bar) -> anyhow::Result<Vec<OverHttp>> {
    let folder = Guarded::folder()?;
    let store = StoreUrl::Sqlite(folder.path().join("ombud.db"));
    let load = Load { connections: CORAL_CONNECTIONS, duration, awake: false };
    Ok(vec![asking::on_store(&store, classifier, &load, bar).await?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_may_be_a_part_of_one() {
        assert_eq!((seconds("0.2"), seconds("600")), (Ok(0.2), Ok(600.0)));
        for wrong in ["0", "0.05", "601", "-1", "NaN", "x"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
