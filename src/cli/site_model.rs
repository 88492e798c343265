//! `ombud model`: a site's own models, and which of them scores.

use super::{open_with, runtime, site_id};
use crate::classifier::Check;
use crate::comment::{Action, ModelId, ModelStep, SiteId, SiteModels};
use crate::config::Overrides;
use crate::service::{ModelVersion, Ombud, ShadowReport};
use anyhow::Context as _;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Show a site's own models, and say which one scores
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    /// The site
    #[arg(long, value_parser = site_id, global = true)]
    site: Option<SiteId>,
    /// Who does it, for the history
    #[arg(long, value_name = "NAME", default_value = "command line", global = true)]
    by: String,
    /// The models that ombud is served with, as given to `ombud serve`
    #[arg(long, value_name = "PATH", env = "OMBUD_MODEL", global = true)]
    model: Option<PathBuf>,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the models: when each was learned, from how many decisions, and how it stands
    List {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print a model's card: what it learned from, how good it is, its checks (JSON)
    Show {
        /// The first digits of the model's id
        id: String,
    },
    /// Let a model judge every comment beside the one in force, and decide nothing; without an id, show how it does
    Shadow {
        /// The first digits of the model's id
        id: Option<String>,
        /// End it
        #[arg(long, conflicts_with = "id")]
        end: bool,
        /// Print a JSON object
        #[arg(long, conflicts_with_all = ["id", "end"])]
        json: bool,
    },
    /// Put a model in force: within seconds every ombud on this store scores the site's comments with it
    Promote {
        /// The first digits of the model's id; the one in shadow if left out
        id: Option<String>,
    },
    /// Put the model back in force that was before
    Rollback,
    /// Keep a model made elsewhere, such as by `ombud learn --decisions`
    Add {
        /// An abuse model
        file: PathBuf,
    },
    /// Write a model's file, for `ombud evaluate` or another machine
    Export {
        /// The first digits of the model's id
        id: String,
        /// Where it goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.site.as_ref().context("which site? Name it with --site")?;
    runtime()?.block_on(async {
        let ombud = open_with(&args.settings, Arc::new(super::model::load(args.model.as_deref())?)).await?;
        command(&ombud, site, args).await?;
        Ok(ExitCode::SUCCESS)
    })
}

async fn command(ombud: &Ombud, site: &SiteId, args: &Args) -> anyhow::Result<()> {
    let by = args.by.as_str();
    match &args.command {
        Command::List { json } => {
            let (versions, standing) = ombud.models(site).await?;
            if *json {
                println!("{}", json!({"models": versions, "standing": standing}));
            } else {
                list(&versions, &standing);
            }
        }
        Command::Show { id } => println!("{}", serde_json::to_string_pretty(&ombud.model(site, id).await?)?),
        Command::Shadow { id: Some(id), .. } => {
            let model = ombud.model(site, id).await?;
            ombud.shadow(site, &model.id, by).await?;
            println!("{} runs in shadow; `ombud model shadow --site {site}` shows how it does", model.id.short());
        }
        Command::Shadow { end: true, .. } => {
            ombud.end_shadow(site, by).await?;
            println!("no model runs in shadow");
        }
        Command::Shadow { json, .. } => {
            let report = ombud.shadow_report(site).await?;
            if *json { println!("{}", json!(report)) } else { print_shadow(&report) }
        }
        Command::Promote { id } => {
            let id = match id {
                Some(id) => ombud.model(site, id).await?.id,
                None => ombud.shadow_report(site).await?.model,
            };
            ombud.promote(site, &id, by).await?;
            println!("{} is in force; `ombud model rollback --site {site}` takes it back", id.short());
        }
        Command::Rollback => {
            let standing = ombud.roll_back(site, by).await?;
            println!("{} is in force again", name(standing.in_force.as_ref()));
        }
        Command::Add { file } => {
            let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
            let version = ombud.add_model(site, &bytes).await.with_context(|| file.display().to_string())?;
            println!("kept as {}", version.id.short());
        }
        Command::Export { id, out } => {
            let model = ombud.model(site, id).await?;
            super::model::replace(out, &ombud.model_file(site, &model.id).await?)?;
            println!("{} is in {}", model.id.short(), out.display());
        }
    }
    Ok(())
}

fn name(id: Option<&ModelId>) -> &str {
    id.map_or("the model that ombud was started with", ModelId::short)
}

fn list(versions: &[ModelVersion], standing: &SiteModels) {
    println!("in force: {}", name(standing.in_force.as_ref()));
    if let Some(shadow) = &standing.shadow {
        println!("in shadow: {} since {:.0}", shadow.model.short(), shadow.since);
    }
    if !versions.is_empty() {
        println!("\n{:<14} {:<21} {:>13} {:>9}", "model", "made", "learned from", "held out");
    }
    for version in versions {
        let note = version.card.site.as_ref();
        let count = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let (learned_from, held_out) = (count(note.map(|n| n.learned_from)), count(note.map(|n| n.held_out)));
        let failed: Vec<&str> = version.failed().map(|Check { name, .. }| name.as_str()).collect();
        let failed = if failed.is_empty() { String::new() } else { format!("  failed: {}", failed.join("; ")) };
        println!("{:<14} {:<21.0} {learned_from:>13} {held_out:>9}{failed}", version.id.short(), version.made_at);
    }
    if !standing.history.is_empty() {
        println!();
    }
    for change in &standing.history {
        let what = match change.step {
            ModelStep::Shadowed => "into shadow",
            ModelStep::ShadowEnded => "out of shadow",
            ModelStep::Promoted => "in force",
            ModelStep::RolledBack => "in force again",
        };
        println!("{:.0}  {what}: {}, by {}", change.at, name(change.model.as_ref()), change.by);
    }
}

fn print_shadow(report: &ShadowReport) {
    let (comments, changed) = (report.comments(), report.changed());
    println!("{} in shadow since {:.0}", report.model.short(), report.since);
    println!("{comments} comments judged by both, {changed} of which it would have decided otherwise");
    println!("\n{:<12} {:>12} {:>12}", "decided", "it would", "comments");
    for count in report.counts.iter().filter(|count| count.comments > 0) {
        println!("{:<12} {:>12} {:>12}", count.live.name(), count.shadow.name(), count.comments);
    }
    if report.people.is_empty() {
        return;
    }
    println!("\nBeside what moderators decided\n{:<12} {:>12} {:>12}", "a person", "it would", "comments");
    for count in &report.people {
        let mark = if contradicts(count.shadow, count.person) { "  contradicts" } else { "" };
        println!("{:<12} {:>12} {:>12}{mark}", count.person.name(), count.shadow.name(), count.comments);
    }
}

/// Whether a model would have decided on its own, and against a person.
fn contradicts(shadow: Action, person: Action) -> bool {
    shadow != Action::Review && shadow != person
}
