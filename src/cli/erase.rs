//! `ombud erase`: everything of an author's.

use super::{open, runtime, site_id};
use crate::comment::{Actor, AuthorId, SiteId};
use crate::config::Overrides;
use anyhow::bail;
use std::process::ExitCode;

/// Erase an author: text and author of every comment, and the author's reports
#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_parser = site_id)]
    site: SiteId,
    /// The platform's id of the author
    #[arg(long, value_parser = author_id)]
    author: AuthorId,
    #[command(flatten)]
    settings: Overrides,
}

fn author_id(value: &str) -> Result<AuthorId, String> {
    AuthorId::parse(value).map_err(|e| e.to_string())
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        if !ombud.sites().await?.iter().any(|site| site.id == args.site) {
            bail!("there is no site {}", args.site);
        }
        let erased = ombud.erase_author(&args.site, &args.author, &Actor::Operator).await?;
        println!("erased {} comments, {} reports, {} corrections", erased.comments, erased.reports, erased.corrections);
        Ok(ExitCode::SUCCESS)
    })
}
