//! `ombud compare`: what would change for a platform that leaves the Perspective API.

mod gather;
mod logged;
mod report;

use super::model;
use super::progress::Bar;
use crate::training::Progress as _;
use crate::training::evaluation::perspective::THRESHOLDS;
use anyhow::Context as _;
use gather::{Wanted, gather};
use report::Report;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compare with the scores that Perspective gave, before you switch
///
/// Reads a log of comments with Perspective's scores, one JSON object a line: the request and response as they were
/// (`{"comment": {"text"}, "attributeScores": …}` or `{"request": …, "response": …}`), or `{"text", "scores": {"TOXICITY": 0.9}}`.
/// Prints, for each attribute, how alike both rank the comments; for each threshold, how many each flags, how often they
/// agree, and the threshold at which ombud flags as many; and the comments to read, on which they differ most.
#[derive(clap::Args)]
pub struct Args {
    /// The log
    #[arg(long, value_name = "FILE")]
    against: PathBuf,
    /// A threshold on Perspective's scale; may be given several times. Disagreements are shown at the first [default: 0.8,
    /// and a table for 0.5, 0.7, 0.8 and 0.9]
    #[arg(long = "threshold", value_name = "SCORE", value_parser = threshold)]
    thresholds: Vec<f64>,
    /// Most disagreements that are shown of each kind and attribute
    #[arg(long, value_name = "N", default_value_t = 5)]
    show: usize,
    /// A folder with embedding.safetensors, abuse.safetensors and topicality.safetensors, or one of them, such as a site's own abuse model; the embedded models if left out.
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn threshold(value: &str) -> Result<f64, String> {
    let threshold: f64 = value.parse().map_err(|_| format!("{value} is no number"))?;
    if threshold > 0.0 && threshold <= 1.0 {
        Ok(threshold)
    } else {
        Err("a threshold is above 0 and at most 1".to_owned())
    }
}

/// Runs the command.
///
/// # Errors
/// If the log or a model can't be read; a line that can't is named.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let classifier = model::load(args.model.as_deref())?;
    let named = || args.against.display().to_string();
    let file = File::open(&args.against).with_context(named)?;
    let bytes = file.metadata().map_or(0, |about| about.len());
    let mut bar = Bar::new();
    bar.stage("scoring", usize::try_from(bytes).unwrap_or(usize::MAX));
    let wanted = Wanted { threshold: args.thresholds.first().copied().unwrap_or(0.8), most: args.show };
    let log = gather(BufReader::new(file), &classifier, &wanted, &mut bar).with_context(named)?;
    let thresholds = if args.thresholds.is_empty() { &THRESHOLDS[..] } else { &args.thresholds };
    let report = Report::of(log, thresholds, wanted.threshold, &mut bar);
    drop(bar);
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.text());
    }
    Ok(ExitCode::SUCCESS)
}
