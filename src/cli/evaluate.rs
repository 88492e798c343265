//! `ombud evaluate`: how well the abuse classifier tells apart the held-out comments of a data directory.

use super::progress::Bar;
use super::training_data::abuse_rows;
use crate::classifier::{AbuseModel, Metric};
use crate::training::abuse::evaluate;
use crate::training::dataset::{AbuseRow, Split};
use crate::training::source::Selection;
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measure an abuse model on held-out comments: areas under the ROC curve, pooled and within each source.
#[derive(clap::Args)]
pub struct Args {
    /// The data directory: `abuse`, or the directory that holds it.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// An abuse model file; the embedded one if left out.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the data or the model can't be read.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let rows = abuse_rows(&args.data, Selection::All, false)?;
    let dev: Vec<&AbuseRow> = rows.iter().filter(|row| row.split == Split::Dev).collect();
    let model = match &args.model {
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            AbuseModel::from_bytes(&bytes).with_context(|| format!("loading {}", path.display()))?.0
        }
        None => AbuseModel::embedded(),
    };
    let metrics = evaluate(&model, &dev, &mut Bar::new());
    if args.json {
        println!("{}", serde_json::to_string_pretty(&metrics)?);
    } else {
        print(&metrics);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a table of metrics.
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
