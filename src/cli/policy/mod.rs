//! `ombud policy`: what editors ask before they save, putting a policy in force, and what was in force when.

mod check;
mod history;
mod replay;
mod tune;

use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::{self, Overrides, Settings};
use crate::policy::Origin;
use crate::service::Publication;
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
    /// Judge a site's comments by another policy, and say what would change. Nothing is changed by it
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
        Command::Replay(replay) => runtime()?.block_on(replay::run(replay, &args.settings))?,
        Command::History { limit, json } => runtime()?.block_on(history::list(&args.settings, *limit, *json))?,
        Command::Show { which, diff, words } => {
            runtime()?.block_on(history::show(&args.settings, which.as_deref(), *diff, *words))?;
        }
    }
    Ok(ExitCode::SUCCESS)
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
