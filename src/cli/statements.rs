//! `ombud statements`: statements of reasons, for the EU's database of them.

use super::output::Place;
use super::progress::Bar;
use super::report::Days;
use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::{self, Overrides};
use crate::service::transparency::statement::Statement;
use crate::training::Progress as _;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

/// Write a statement of reasons for each decision of a period that kept a comment from readers
///
/// One JSON object a line, with the fields that the EU's DSA Transparency Database takes (Art. 17 and 24(5) of the Digital Services
/// Act). What only you can say, such as your terms and where they apply, stands in statements.toml. They hold no text, no author and no
/// moderator. ombud sends them nowhere: you do, with your own token. docs/transparency.md has the map.
#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_parser = site_id)]
    site: SiteId,
    #[command(flatten)]
    days: Days,
    /// Write so many of them a line, as one body for the database's call for several, which takes 100 at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    batch: Option<u8>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    settings: Overrides,
}

/// The body of one call.
#[derive(Serialize)]
struct Batch<'a> {
    statements: &'a [Statement],
}

/// Writes statements a line, or several.
struct Lines<W> {
    out: W,
    batch: Option<usize>,
    waiting: Vec<Statement>,
}

impl<W: Write> Lines<W> {
    fn put(&mut self, statement: Statement) -> std::io::Result<()> {
        self.waiting.push(statement);
        if self.waiting.len() >= self.batch.unwrap_or(1) { self.end_line() } else { Ok(()) }
    }

    fn end_line(&mut self) -> std::io::Result<()> {
        let line = match (self.batch, self.waiting.as_slice()) {
            (_, []) => return Ok(()),
            (Some(_), statements) => serde_json::to_vec(&Batch { statements }),
            (None, statements) => serde_json::to_vec(&statements[0]),
        }?;
        self.waiting.clear();
        self.out.write_all(&line)?;
        self.out.write_all(b"\n")
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let folder = config::folder(args.settings.config.as_deref())?;
    let terms = config::load_statement_terms(folder.as_deref())?;
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        let period = args.days.period(ombud.now())?;
        let mut lines = Lines { out: args.place.open()?, batch: args.batch.map(usize::from), waiting: Vec::new() };
        ombud.follow_policy().await?;
        let mut bar = Bar::new();
        let total = ombud.comments_kept(&args.site).await?;
        bar.stage("comments", usize::try_from(total).unwrap_or(usize::MAX));
        let mut each = |statement| lines.put(statement);
        let made =
            ombud.statements_of_reasons(&args.site, period, &terms, &mut each, &mut |read| bar.advance(read)).await?;
        drop(bar);
        lines.end_line()?;
        lines.out.finish()?;
        eprintln!("{made} statements");
        Ok(ExitCode::SUCCESS)
    })
}
