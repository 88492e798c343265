//! `ombud evaluate`: how good the classifiers are, on comments that they have not learned from.

mod card;
mod data;
mod models;
mod section;
mod table;

use super::progress::Bar;
use super::train::write;
use crate::classifier::Metric;
use crate::training::Progress;
use crate::training::evaluation::bootstrap::Bootstrap;
use crate::training::evaluation::panel::Panel;
use crate::training::evaluation::report::Report;
use crate::training::evaluation::target::targets;
use crate::training::evaluation::{abuse, topicality};
use anyhow::Context;
use data::Data;
use models::Models;
use section::sections;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How often the rows are drawn anew for the intervals.
const RESAMPLES: u32 = 1_000;

/// Measure the classifiers on held-out comments: how well they rank, how far their probabilities can be
/// taken at their word, and where they are bad.
#[derive(clap::Args)]
pub struct Args {
    /// A data directory, or a file of JSON lines `{"text", "labels": {"TOXICITY": 0..1, …}, "source"?,
    /// "parent_text"?, "split"?}`, gzip'd or not.
    #[arg(long, value_name = "DIR|FILE")]
    data: PathBuf,
    /// A folder with both models, or one model file; the embedded ones if left out.
    #[arg(long, value_name = "DIR|FILE")]
    model: Option<PathBuf>,
    /// Another model to compare with, in the same form; `embedded` for the embedded ones.
    #[arg(long, value_name = "DIR|FILE")]
    against: Option<PathBuf>,
    /// Write the tables into this model card, between its marker comments; a new one if there is none.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "models/README.md")]
    card: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// No intervals: the rows are not resampled.
    #[arg(long)]
    quick: bool,
    /// Draws the resamples, and the articles that comments are put under.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// If the data or a model can't be read, or the card can't be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut bar = Bar::new();
    let models = Models::open(args.model.as_deref())?;
    let against = args.against.as_deref().map(before).transpose()?;
    let data = Data::open(&args.data, &mut bar)?;
    let bootstrap = (!args.quick).then_some(Bootstrap { resamples: RESAMPLES, seed: args.seed });
    let report = measure(models, against.as_ref(), &data, bootstrap, args.seed, &mut bar)?;
    drop(bar);
    if let Some(path) = &args.card {
        write_card(path, &report)?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        let tables = sections(&report);
        let tables: Vec<String> = tables.iter().flat_map(|s| &s.tables).map(table::Table::text).collect();
        print!("{}", tables.join("\n"));
    }
    Ok(ExitCode::SUCCESS)
}

fn before(path: &Path) -> anyhow::Result<Models> {
    Models::open((path != Path::new("embedded")).then_some(path))
}

fn measure(
    models: Models,
    against: Option<&Models>,
    data: &Data,
    bootstrap: Option<Bootstrap>,
    seed: u64,
    bar: &mut Bar,
) -> anyhow::Result<Report> {
    let mut report = Report {
        models: models.notes,
        resamples: bootstrap.map_or(0, |b| b.resamples),
        abuse: None,
        topicality: None,
        targets: Vec::new(),
        against: Vec::new(),
    };
    let mut differ = |before: &Panel, after: &Panel, bar: &mut dyn Progress| {
        report.against.extend(Panel::differences(before, after, bootstrap, bar));
    };
    if !data.comments.is_empty() {
        let after = abuse::Measured::new(&models.abuse, &data.comments, bar);
        if let Some(before) = against {
            let before = abuse::Measured::new(&before.abuse, &data.comments, bar);
            differ(&before.panel()?, &after.panel()?, bar);
        }
        report.abuse = Some(after.report(bootstrap, bar)?);
    }
    if !data.articles.is_empty() {
        let measured = |model, bar: &mut Bar| {
            topicality::Measured::new(model, &data.articles, &data.comments_of_articles, seed, bar)
        };
        let after = measured(&models.topicality, bar);
        if let Some(before) = against {
            let before = measured(&before.topicality, bar);
            differ(&before.panel()?, &after.panel()?, bar);
        }
        report.topicality = Some(after.report(bootstrap, bar)?);
    }
    report.targets = targets(&report);
    Ok(report)
}

fn write_card(path: &Path, report: &Report) -> anyhow::Result<()> {
    let sections = sections(report);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => card::blank(&sections),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let filled = card::fill(&text, &sections).with_context(|| format!("filling {}", path.display()))?;
    write(path, filled.as_bytes())
}

/// Prints a table of the metrics of a model's card.
pub fn print(metrics: &BTreeMap<String, Metric>) {
    let figure = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.4}"));
    println!("{:<18} {:>8} {:>9} {:>7} {:>7}", "", "rows", "positives", "AUC", "within");
    for (name, metric) in metrics {
        let (auc, within) = (figure(metric.auc), figure(metric.auc_within_source));
        println!("{name:<18} {:>8} {:>9} {auc:>7} {within:>7}", metric.rows, metric.positives);
        for (source, auc) in &metric.by_source {
            println!("  {source:<43} {auc:.4}");
        }
    }
}
