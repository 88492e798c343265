//! `ombud report`: what was decided on a site's comments in a period, to be published.

mod csv;
mod html;
mod table;

use super::output::Place;
use super::progress::Bar;
use super::{open, runtime, site_id};
use crate::comment::SiteId;
use crate::config::Overrides;
use crate::service::transparency::{Period, TransparencyReport};
use crate::training::Progress as _;
use jiff::civil::Date;
use std::io::Write as _;
use std::process::ExitCode;

/// Make a transparency report: what was decided on a site's comments in a period, and why, how, by what and how fast
///
/// For readers, editors and authorities. It has counts of decisions and nothing of anybody: no text, no author, no moderator.
/// Every comment of the site is read once, with its audit trail; a server may run beside it. docs/transparency.md says what
/// each figure means, and what it does not.
#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_parser = site_id)]
    site: SiteId,
    #[command(flatten)]
    days: Days,
    /// A page to be read and printed, or figures for machines
    #[arg(long, value_enum, default_value_t = Format::Html)]
    format: Format,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    settings: Overrides,
}

/// The arguments that say of when.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Days {
    /// The first day, such as 2026-10-01; days are those of UTC
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Date,
    /// The last day, which is part of it
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Date,
}

impl Days {
    /// The period, if it is one.
    ///
    /// # Errors
    /// The days are in the wrong order, or have not come yet.
    pub fn period(self, now: crate::comment::Timestamp) -> anyhow::Result<Period> {
        Ok(Period::new(self.from, self.to, now)?)
    }
}

fn day(value: &str) -> Result<Date, String> {
    // Only days: jiff would take a moment for the day that it is on.
    let shape = value.len() == 10 && value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let parsed = value.parse().ok().filter(|_| shape);
    parsed.ok_or_else(|| format!("\"{value}\" is no day such as 2026-10-01"))
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One page with everything in it
    Html,
    /// An object with stable names
    Json,
    /// One figure a line
    Csv,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let ombud = open(&args.settings).await?;
        let period = args.days.period(ombud.now())?;
        let mut out = args.place.open()?;
        ombud.follow_policy().await?;
        let mut bar = Bar::new();
        let total = ombud.comments_kept(&args.site).await?;
        bar.stage("comments", usize::try_from(total).unwrap_or(usize::MAX));
        let report = ombud.transparency_report(&args.site, period, &mut |read| bar.advance(read)).await?;
        drop(bar);
        out.write_all(written(&report, args.format)?.as_bytes())?;
        out.finish()?;
        Ok(ExitCode::SUCCESS)
    })
}

fn written(report: &TransparencyReport, format: Format) -> anyhow::Result<String> {
    Ok(match format {
        Format::Html => html::page(report)?,
        Format::Json => serde_json::to_string_pretty(report)? + "\n",
        Format::Csv => csv::lines(report)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_and_nothing_else() {
        assert_eq!(day("2026-10-01"), Ok(jiff::civil::date(2026, 10, 1)));
        for bad in ["", "2026-10", "2026-02-30", "01.10.2026", "2026-10-01T12:00:00Z", "yesterday"] {
            assert!(day(bad).is_err_and(|said| said.contains("2026-10-01")), "{bad}");
        }
    }
}
