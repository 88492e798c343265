//! `ombud import`: a site from a file.

use super::export::listed;
use super::progress::Bar;
use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::Overrides;
use crate::service::archive;
use crate::training::Progress as _;
use anyhow::Context as _;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

/// Write a site from an exported file into the store. After a crash, the same again goes on
#[derive(clap::Args)]
pub struct Args {
    file: PathBuf,
    /// Under this name, and without its keys [default: the site that was exported]
    #[arg(long, value_name = "SITE", value_parser = site_id)]
    into: Option<SiteId>,
    #[command(flatten)]
    settings: Overrides,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let reader = || File::open(&args.file).map(BufReader::new).with_context(|| args.file.display().to_string());
    let checked = archive::check(&mut reader()?).with_context(|| args.file.display().to_string())?;
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        let mut bar = Bar::new();
        bar.stage("records", usize::try_from(checked.counts.values().sum::<u64>()).unwrap_or(usize::MAX));
        let mut read = |records| bar.advance(records);
        ombud.import(&checked, &mut reader()?, args.into.as_ref(), &mut read).await?;
        drop(bar);
        println!("imported {}: {}", args.into.as_ref().unwrap_or(&checked.site), listed(&checked.counts));
        Ok(ExitCode::SUCCESS)
    })
}
