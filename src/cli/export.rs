//! `ombud export`: a site as a file.

use super::progress::Bar;
use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::Overrides;
use crate::service::archive::Counts;
use crate::training::Progress as _;
use anyhow::Context as _;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write a whole site to a file, for another store or as a backup. A server may run beside it
#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_parser = site_id)]
    site: SiteId,
    /// Where it goes; it must not be there yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    settings: Overrides,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        let total = ombud.comments_kept(&args.site).await?;
        let mut bar = Bar::new();
        bar.stage("records", usize::try_from(total).unwrap_or(usize::MAX));
        let mut wrote = |records| bar.advance(records);
        let counts = match &args.out {
            None => {
                let mut out = BufWriter::new(std::io::stdout());
                ombud.export(&args.site, &mut out, &mut wrote).await?
            }
            Some(path) => {
                let mut out = BufWriter::new(create(path).with_context(|| path.display().to_string())?);
                let exported = ombud.export(&args.site, &mut out, &mut wrote).await;
                if exported.is_err() {
                    // Half a file helps nobody; that it can't be removed either is not what went wrong.
                    let _ = std::fs::remove_file(path);
                }
                let counts = exported?;
                out.flush()?;
                out.get_ref().sync_all().with_context(|| path.display().to_string())?;
                counts
            }
        };
        drop(bar);
        eprintln!("exported {}: {}", args.site, listed(&counts));
        Ok(ExitCode::SUCCESS)
    })
}

/// How many records of each kind: `article 2, comment 19`.
pub(super) fn listed(counts: &Counts) -> String {
    counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ")
}

/// A new file that only its owner can read: it holds what readers wrote.
fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
