//! `ombud evaluate`: how good the classifiers are, on comments that they have not learned from.

mod card;
mod data;
mod models;
mod section;
pub mod table;

use super::model::replace;
use super::progress::Bar;
use crate::classifier::{AbuseModel, Metric};
use crate::comment::Attribute;
use crate::training::evaluation::bootstrap::Bootstrap;
use crate::training::evaluation::panel::{Figures, Panel, side_by_side};
use crate::training::evaluation::report::Report;
use crate::training::evaluation::target::targets;
use crate::training::evaluation::{abuse, deletion, perspective, suites, topicality};
use crate::training::site::curve::{Point, Question, curve};
use crate::training::site::decision::Decisions;
use anyhow::Context;
use data::Data;
use models::Models;
use section::sections;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How often the rows are drawn anew for the intervals.
const RESAMPLES: u32 = 1_000;

/// After how many decisions the learning curve is measured, and in how many orders of their articles.
const DECISIONS: [usize; 6] = [0, 100, 300, 1_000, 3_000, 9_000];
const ORDERS: u64 = 5;

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
    /// What to compare with: another model, in the same form; `embedded`; or, for a model that this ombud
    /// can't read any more, the JSON that `--json` printed of it.
    #[arg(long, value_name = "DIR|FILE")]
    against: Option<PathBuf>,
    /// Write the tables into this model card, between its marker comments; a new one if there is none.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "models/README.md")]
    card: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// No intervals, as the rows are not resampled, and no learning curve.
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
    let against = args.against.as_deref().map(Before::open).transpose()?;
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

/// What is compared with.
enum Before {
    Models(Box<Models>),
    /// What was measured when it could still be read.
    Figures(Figures),
}

/// What is needed of an old report.
#[derive(serde::Deserialize)]
struct Told {
    figures: Figures,
}

impl Before {
    fn open(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("embedded") {
            return Ok(Self::Models(Box::new(Models::open(None)?)));
        }
        if path.extension().is_some_and(|e| e == "json") {
            let text = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            let report: Told = serde_json::from_slice(&text)
                .with_context(|| format!("{} is no report of `ombud evaluate --json`", path.display()))?;
            return Ok(Self::Figures(report.figures));
        }
        Ok(Self::Models(Box::new(Models::open(Some(path))?)))
    }
}

fn measure(
    models: Models,
    against: Option<&Before>,
    data: &Data,
    bootstrap: Option<Bootstrap>,
    seed: u64,
    bar: &mut Bar,
) -> anyhow::Result<Report> {
    let mut report = Report {
        models: models.notes,
        resamples: bootstrap.map_or(0, |b| b.resamples),
        abuse: None,
        perspective: None,
        evidence: BTreeMap::new(),
        topicality: None,
        suites: None,
        figures: Figures::new(),
        learning: Vec::new(),
        targets: Vec::new(),
        against: Vec::new(),
    };
    let before = against.and_then(|before| match before {
        Before::Models(models) => Some(models),
        Before::Figures(_) => None,
    });
    if !data.comments.is_empty() {
        let after = abuse::Measured::new(&models.abuse, &data.comments, bar);
        let panel = after.panel()?;
        let figures = panel.figures(bootstrap, bar);
        if let Some(before) = before {
            let before = abuse::Measured::new(&before.abuse, &data.comments, bar).panel()?;
            report.against.extend(Panel::differences(&before, &panel, bootstrap, bar));
        }
        report.abuse = Some(after.report(&figures)?);
        report.evidence = deletion::run(&models.abuse, &data.comments, bar);
        report.suites = Some(suites::run(&models.abuse, &data.comments, seed, bar));
        report.figures.extend(figures);
    }
    if !data.perspective.is_empty() {
        report.perspective = Some(perspective::run(&models.abuse, &data.perspective, bootstrap, bar));
    }
    if !data.articles.is_empty() {
        let measured = |model, bar: &mut Bar| {
            topicality::Measured::new(model, &data.articles, &data.comments_of_articles, seed, bar)
        };
        let after = measured(&models.topicality, bar);
        let panel = after.panel()?;
        let figures = panel.figures(bootstrap, bar);
        if let Some(before) = before {
            let before = measured(&before.topicality, bar).panel()?;
            report.against.extend(Panel::differences(&before, &panel, bootstrap, bar));
        }
        report.topicality = Some(after.report(&figures));
        report.figures.extend(figures);
    }
    if let Some([stream, test]) = data.newspaper.as_ref().filter(|_| bootstrap.is_some()) {
        report.learning = learning(&models.abuse, stream, test, seed, bar)?;
    }
    if let Some(Before::Figures(before)) = against {
        report.against = side_by_side(before, &report.figures);
    }
    report.targets = targets(&report);
    Ok(report)
}

/// How good the abuse model would be on a newspaper after so many of its moderators' decisions.
fn learning(
    base: &AbuseModel,
    stream: &Decisions,
    test: &Decisions,
    seed: u64,
    bar: &mut Bar,
) -> anyhow::Result<Vec<Point>> {
    let question = Question {
        base,
        stream: &stream.decisions,
        test: &test.decisions,
        attribute: Attribute::Toxicity,
        sizes: &DECISIONS,
        orders: ORDERS,
        // A third of the raters; they come rounded.
        positive_from: 0.333,
        seed,
    };
    Ok(curve(&question, bar)?)
}

fn write_card(path: &Path, report: &Report) -> anyhow::Result<()> {
    let sections = sections(report);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => card::blank(&sections),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let filled = card::fill(&text, &sections).with_context(|| format!("filling {}", path.display()))?;
    replace(path, filled.as_bytes())
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
