//! `ombud train`: makes the model files from labelled data.

use super::model::replace;
use super::progress::Bar;
use super::training_data::{abuse_rows, calibration_rows, perspective_rows, topicality_rows};
use crate::classifier::{Card, Embedding, ModelKind};
use crate::training::source::Selection;
use crate::training::{Settings, abuse, primer, topicality};
use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Train a classifier: the same data and command give the same bytes.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The abuse classifier, from labelled comments.
    Abuse {
        #[command(flatten)]
        common: Common,
        /// Where the model goes.
        #[arg(long, default_value = "models/abuse.safetensors")]
        out: PathBuf,
        /// Which sources to learn from; a model from all of them is for research only.
        #[arg(long, value_enum, default_value = "shippable")]
        sources: Sources,
    },
    /// The topicality classifier, from articles with their comments.
    Topicality {
        #[command(flatten)]
        common: Common,
        /// Where the model goes.
        #[arg(long, default_value = "models/topicality.safetensors")]
        out: PathBuf,
    },
}

#[derive(clap::Args)]
struct Common {
    /// The data directory: `abuse` or `topicality`, or the directory that holds both.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Orders the rows and picks those for calibration.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// An embedding file; the embedded one if left out.
    #[arg(long, value_name = "FILE")]
    embedding: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sources {
    Shippable,
    All,
}

/// Runs the command.
///
/// # Errors
/// If the data can't be read, or the model can't be trained or written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut bar = Bar::new();
    // Not the directory itself: where the data lies must not change the model's bytes.
    let (bytes, card, out) = match &args.what {
        What::Abuse { common, out, sources } => {
            let (selection, name) = match sources {
                Sources::Shippable => (Selection::Shippable, "shippable"),
                Sources::All => (Selection::All, "all"),
            };
            let scored = perspective_rows(&common.data)?;
            let mut rows = abuse_rows(&common.data, selection, &scored)?;
            rows.extend(primer::rows(common.seed)?);
            let news = if selection == Selection::All { Vec::new() } else { calibration_rows(&common.data)? };
            let command = format!("ombud train abuse --data DIR --sources {name} --seed {}", common.seed);
            let settings = Settings { seed: common.seed, command };
            let (model, card) = abuse::train(&rows, &news, &scored, &embedding(common)?, &settings, &mut bar)?;
            (model.to_bytes(&card)?, card, out)
        }
        What::Topicality { common, out } => {
            let (articles, comments) = topicality_rows(&common.data)?;
            let command = format!("ombud train topicality --data DIR --seed {}", common.seed);
            let settings = Settings { seed: common.seed, command };
            let (model, card) = topicality::train(&articles, &comments, &embedding(common)?, &settings, &mut bar)?;
            (model.to_bytes(&card)?, card, out)
        }
    };
    drop(bar);
    replace(out, &bytes)?;
    report(&card, out, bytes.len());
    Ok(ExitCode::SUCCESS)
}

fn embedding(common: &Common) -> anyhow::Result<Arc<Embedding>> {
    let Some(path) = &common.embedding else { return Ok(Embedding::embedded()) };
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let (embedding, _) = Embedding::from_bytes(&bytes).with_context(|| format!("loading {}", path.display()))?;
    Ok(Arc::new(embedding))
}

fn report(card: &Card, path: &Path, bytes: usize) {
    println!("{}: {bytes} bytes, from {} rows", path.display(), card.sources.iter().map(|s| s.rows).sum::<u64>());
    if !card.may_ship {
        println!("For research only: some sources' licences do not allow these weights to be shipped.");
    }
    if card.kind == ModelKind::Abuse && card.perspective.is_none() {
        println!(
            "No map to Perspective's scale, and less to learn SEVERE_TOXICITY from: the data has no {}.",
            super::training_data::PERSPECTIVE
        );
    }
    super::evaluate::print(&card.metrics);
}
