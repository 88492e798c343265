//! `ombud policy`: what editors ask before they save, putting a policy in force, and what was in force when.

mod check;
mod history;
mod lines;
mod replay;
mod since;
mod tune;

use super::progress::Bar;
use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::{self, Overrides, Settings};
use crate::policy::{Origin, PolicyFiles};
use crate::service::{Ombud, Publication};
use crate::training::Progress as _;
use std::process::ExitCode;

/// Check a policy, put it in force, and look at those that were
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Overrides,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Read policy.toml and words.toml as the server would, and say where they are wrong
    Check {
        /// Also name the sections that no article of this site is in
        #[arg(long, value_parser = site_id)]
        site: Option<SiteId>,
    },
    /// Judge a site's comments, or those of a file, by another policy, and say what would change. Nothing is changed by it
    Replay(replay::Args),
    Tune(Box<tune::Args>),
    /// Put policy.toml and words.toml in force, wherever this store is served from
    Publish {
        /// What it is for, for the history
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Who does it, for the history
        #[arg(long, value_name = "NAME", default_value = "command line")]
        by: String,
    },
    /// List the policies that are and were in force, newest first
    History {
        /// The newest so many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Print the files of a policy that is or was in force
    Show {
        /// Its revision, or its number in the history [default: the one in force]
        which: Option<String>,
        /// Print what it changed in the one before
        #[arg(long, conflicts_with = "words")]
        diff: bool,
        /// Print words.toml in place of policy.toml
        #[arg(long)]
        words: bool,
    },
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Check { site: None } => {
            let folder = config::folder(args.settings.config.as_deref())?;
            check::well_formed(&config::load_policy(folder.as_deref())?.parse()?);
        }
        Command::Check { site: Some(site) } => runtime()?.block_on(check::against(&args.settings, site))?,
        Command::Publish { note, by } => {
            let publication = Publication::by(by.clone(), Origin::Command, note.clone());
            runtime()?.block_on(publish(&args.settings, publication))?;
        }
        Command::Tune(tune) => return tune::run(tune, &args.settings),
        Command::Replay(replay) => replay::run(replay, &args.settings)?,
        Command::History { limit, json } => runtime()?.block_on(history::list(&args.settings, *limit, *json))?,
        Command::Show { which, diff, words } => {
            runtime()?.block_on(history::show(&args.settings, which.as_deref(), *diff, *words))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The files of the policy in force in the store, which this process judges by from then on; those of the configuration, where
/// no ombud has served from it yet.
async fn files_in_force(ombud: &Ombud, settings: &Overrides) -> anyhow::Result<PolicyFiles> {
    ombud.follow_policy().await?;
    match ombud.policy_files(ombud.policy().revision()).await? {
        Some(files) => Ok(files),
        None => Ok(Settings::load(settings, None)?.policy.files().clone()),
    }
}

/// How far one is with the comments of a site.
struct OfSite {
    bar: Bar,
    done: u64,
}

impl OfSite {
    /// `most`: so many are looked at, if there are so many.
    async fn new(stage: &str, ombud: &Ombud, site: &SiteId, most: u64) -> anyhow::Result<Self> {
        let mut bar = Bar::new();
        let kept = ombud.comments_kept(site).await?;
        bar.stage(stage, usize::try_from(kept.min(most)).unwrap_or(usize::MAX));
        Ok(Self { bar, done: 0 })
    }

    fn reach(&mut self, looked_at: u64) {
        self.bar.advance(usize::try_from(looked_at - self.done).unwrap_or(0));
        self.done = looked_at;
    }
}

async fn publish(settings: &Overrides, publication: Publication) -> anyhow::Result<()> {
    let files = Settings::load(settings, None)?.policy.files().clone();
    let ombud = open(settings).await?;
    let before = ombud.published_policies(None, 1).await?.pop();
    let published = ombud.publish_policy(&files, publication).await?;
    match before {
        Some(before) if before == published => {
            println!("The policy {} is in force already, as number {}.", published.revision, published.number);
        }
        _ => println!("The policy {} is in force now, as number {}.", published.revision, published.number),
    }
    Ok(())
}
