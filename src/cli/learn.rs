//! `ombud learn`: moderators' decisions make a model of the site's own.

use super::learn_report::{print, print_curve};
use super::model::replace;
use super::progress::Bar;
use super::training_data::lines;
use super::{open_with, runtime, site_id};
use crate::classifier::{AbuseModel, Card, Embedding};
use crate::comment::{Attribute, ModelId, SiteId};
use crate::config::{Overrides, folder, load_policy};
use crate::policy::Policy;
use crate::service::{Learnt, Then};
use crate::training::dataset::Split;
use crate::training::site::curve::{Question, curve};
use crate::training::site::decision::{Decisions, read};
use crate::training::site::{Base, HoldOut, Settings, learn};
use anyhow::{Context as _, bail, ensure};
use clap::ValueEnum;
use serde_json::json;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Learn from moderators' decisions: makes a model of the site's own, if it is no worse than the one in force.
///
/// Either from the decisions that the store holds (`--site`), or from a file. A line of a file: `{"id", "text", "decision": "publish" | "reject", "reason"?, "moderator"?, "article_id"?,
/// "sampled"?, "labels"?}`; the file may be gzip'd. docs/learning.md says what each key means. Exit code 1: nothing was
/// written, and why was said.
#[derive(clap::Args)]
pub struct Args {
    /// Learn from every decision that stands on this site; the model is kept in the store, see `ombud model`.
    #[arg(long, value_parser = site_id, required_unless_present = "decisions", conflicts_with = "decisions")]
    site: Option<SiteId>,
    /// What becomes of a model that passes every check.
    #[arg(long, value_enum, default_value_t = Next::Shadow, conflicts_with = "decisions")]
    then: Next,
    /// The models that ombud is served with, as given to `ombud serve`.
    #[arg(long, value_name = "PATH", env = "OMBUD_MODEL", conflicts_with = "decisions")]
    model: Option<PathBuf>,
    #[command(flatten)]
    settings: Overrides,
    /// The decisions, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// The base model, as shipped or trained, never one learned on a site; the embedded one if left out.
    #[arg(long, value_name = "FILE", requires = "decisions")]
    base: Option<PathBuf>,
    /// The model in force, which the new one must not be worse than; the base if left out.
    #[arg(long, value_name = "FILE", requires = "decisions")]
    in_force: Option<PathBuf>,
    /// Where the site's model goes.
    #[arg(long, value_name = "FILE", default_value = "site.safetensors")]
    out: PathBuf,
    /// Orders the rows, cuts the folds and draws the bootstrap.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Picks the decisions that are never learned from. Keep it: with another key, old hold-out decisions are learned.
    #[arg(long, value_name = "KEY", env = "OMBUD_HOLD_OUT_KEY", hide_env_values = true, default_value = "ombud")]
    hold_out_key: String,
    /// A label from here on says that the attribute holds.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = share)]
    positive_from: f32,
    /// Read only the lines with this "split".
    #[arg(long, value_enum, requires = "decisions")]
    split: Option<SplitName>,
    /// Learn and report, and write nothing.
    #[arg(long, requires = "decisions")]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Instead of a model, show how good one would be after so many decisions, in several orders of the articles.
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', requires = "test")]
    curve: Vec<usize>,
    /// Labelled comments to measure the curve on; they share no article with the decisions.
    #[arg(long, value_name = "FILE", requires = "curve")]
    test: Option<PathBuf>,
    /// Of the test, read only the lines with this "split".
    #[arg(long, value_enum, requires = "test")]
    test_split: Option<SplitName>,
    /// Which attribute the curve is about.
    #[arg(long, default_value = "TOXICITY", requires = "test")]
    attribute: Attribute,
    /// In how many orders the curve takes the articles.
    #[arg(long, default_value_t = 3, requires = "test", value_parser = clap::value_parser!(u64).range(1..))]
    orders: u64,
}

/// What becomes of a site's new model.
#[derive(Clone, Copy, ValueEnum)]
enum Next {
    /// It is kept.
    Keep,
    /// It judges every comment beside the model in force, and decides nothing.
    Shadow,
    /// It comes into force.
    Promote,
}

#[derive(Clone, Copy, ValueEnum)]
enum SplitName {
    Train,
    Dev,
}

impl From<SplitName> for Split {
    fn from(name: SplitName) -> Self {
        match name {
            SplitName::Train => Self::Train,
            SplitName::Dev => Self::Dev,
        }
    }
}

fn share(text: &str) -> Result<f32, String> {
    let share = text.parse::<f32>().map_err(|e| e.to_string())?;
    if share > 0.0 && share <= 1.0 { Ok(share) } else { Err("it is above 0 and at most 1".to_owned()) }
}

/// Runs the command.
///
/// # Errors
/// If something can't be read or written, or there is too little to learn from.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match (&args.site, &args.decisions) {
        (Some(site), _) => runtime()?.block_on(learn_on_site(args, site)),
        (None, Some(file)) => learn_from_file(args, file),
        (None, None) => bail!("name --site, or --decisions"),
    }
}

async fn learn_on_site(args: &Args, site: &SiteId) -> anyhow::Result<ExitCode> {
    let ombud = open_with(&args.settings, Arc::new(super::model::load(args.model.as_deref())?)).await?;
    let then = match args.then {
        Next::Keep => Then::Keep,
        Next::Shadow => Then::Shadow,
        Next::Promote => Then::Promote,
    };
    let Learnt { report, model, known } = ombud.learn(site, then, "command line", Box::new(Bar::new())).await?;
    let model = model.short();
    if args.json {
        println!("{}", json!({"model": model, "known": known, "report": report}));
    } else {
        let done = match then {
            _ if !report.promoted => format!("The card of {model} is kept"),
            _ if known => format!("It is {model}, which was learned before: nothing is new"),
            Then::Keep => format!("It is kept as {model}"),
            Then::Shadow => format!("It is kept as {model}, and runs in shadow"),
            Then::Promote => format!("It is kept as {model}, and is in force"),
        };
        print(&report, &done);
    }
    Ok(if report.promoted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn learn_from_file(args: &Args, file: &Path) -> anyhow::Result<ExitCode> {
    let policy = load_policy(folder(args.settings.config.as_deref())?.as_deref())?.parse()?;
    let decisions = read_decisions(file, args.split, &policy)?;
    let base_bytes = match &args.base {
        Some(path) => std::fs::read(path).with_context(|| format!("reading {}", path.display()))?,
        None => AbuseModel::EMBEDDED.to_vec(),
    };
    let name = args.base.as_deref().map_or("the embedded model".into(), Path::to_string_lossy);
    let (base, base_card) =
        AbuseModel::from_bytes(&base_bytes, &Embedding::embedded()).with_context(|| format!("loading {name}"))?;
    if let Some(test) = &args.test {
        return show_curve(args, &base, &decisions, &read_decisions(test, args.test_split, &policy)?);
    }
    let in_force = args.in_force.as_deref().map(load).transpose()?;
    let base_id = ModelId::of(&base_bytes);
    let settings = Settings {
        seed: args.seed,
        positive_from: args.positive_from,
        hold_out: HoldOut::new(&args.hold_out_key),
        // Not the paths: where the decisions lie must not change the model's bytes.
        command: format!("ombud learn --decisions FILE --seed {} --positive-from {}", args.seed, args.positive_from),
    };
    let source = Base { model: &base, card: &base_card, revision: base_id.as_str() };
    let before = in_force.as_ref().map_or(&base, |(model, _)| model);
    let learned = learn(source, before, &decisions, &settings, &mut Bar::new())?;
    let written = learned.report.promoted && !args.dry_run;
    if written {
        replace(&args.out, &learned.model.to_bytes(&learned.card)?)?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&learned.report)?);
    } else {
        let done = if written {
            format!("The site's model is {}", args.out.display())
        } else {
            "Nothing was written".to_owned()
        };
        print(&learned.report, &done);
    }
    Ok(if learned.report.promoted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show_curve(args: &Args, base: &AbuseModel, stream: &Decisions, test: &Decisions) -> anyhow::Result<ExitCode> {
    let question = Question {
        base,
        stream: &stream.decisions,
        test: &test.decisions,
        attribute: args.attribute,
        sizes: &args.curve,
        orders: args.orders,
        positive_from: args.positive_from,
        seed: args.seed,
    };
    let points = curve(&question, &mut Bar::new())?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&points)?);
    } else {
        print_curve(args.attribute, &points);
    }
    Ok(ExitCode::SUCCESS)
}

fn load(path: &Path) -> anyhow::Result<(AbuseModel, Card)> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    AbuseModel::from_bytes(&bytes, &Embedding::embedded()).with_context(|| format!("loading {}", path.display()))
}

/// Reads decisions, gzip'd or not.
fn read_decisions(path: &Path, split: Option<SplitName>, policy: &Policy) -> anyhow::Result<Decisions> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let lines = lines(file).with_context(|| format!("reading {}", path.display()))?;
    let decisions = read(lines, split.map(Split::from), &|reason| policy.attribute_of(reason));
    let decisions = decisions.with_context(|| format!("reading {}", path.display()))?;
    ensure!(!decisions.decisions.is_empty(), "{} holds no decisions", path.display());
    Ok(decisions)
}
