//! `ombud policy tune`: thresholds from targets.

mod candidate;
mod chart;
mod report;
mod source;

use super::since::{Since, since};
use super::site_id;
use crate::comment::{Attribute, SiteId};
use crate::config::{self, Overrides};
use crate::policy::tuning::{Along, Dial, Load, Refusal, Share, Targets, tune};
use crate::service::Clock;
use anyhow::Context as _;
use candidate::Candidate;
use report::Report;
use serde_json::json;
use source::Source;
use std::path::PathBuf;
use std::process::ExitCode;

/// Find thresholds from what you want of them, on comments that a person has judged
///
/// `--labelled` reads comments from a file, one JSON object a line: what `ombud score` reads, with what a person would do
/// with it, `{"id", "text", "label": "publish" | "reject", "section"?, "parent_text"?, "thread"?: [text], "article"?:
/// {"title", "body"?}}`; the file may be gzip'd. They have to be drawn evenly from all comments that come in: those that a
/// threshold chose, such as the queue's, would promise what does not hold. `--site` draws them itself: from audits and from
/// moderators' decisions, so that each comment had the same chance. Of the thresholds that keep what is asked, with the
/// confidence asked, it takes those that leave least to read. What is in force is never touched. Exit code 1: nothing was
/// found or written, and why was said. docs/tuning.md walks through it.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("promise").args(["max_abuse_published", "max_wrongly_rejected"]).required(true).multiple(true))]
#[command(group = clap::ArgGroup::new("evidence").args(["labelled", "site"]).required(true))]
#[command(group = clap::ArgGroup::new("load").args(["per_day", "site"]).multiple(true))]
pub struct Args {
    /// Comments that a person has labelled
    #[arg(long, value_name = "FILE")]
    labelled: Option<PathBuf>,
    /// The comments of this site, as audits and moderators judged them, and the policy that is in force there
    #[arg(long, value_parser = site_id)]
    site: Option<SiteId>,
    /// Only comments that came in since: 12h, 20d or 3w ago, or a date such as 2026-11-01; at most 28 days [default: 28 days]
    #[arg(long, value_name = "WHEN", value_parser = since, conflicts_with = "labelled")]
    since: Option<Since>,
    /// Of what is published without anybody looking, at most so much may be what a person would reject: 1% or 0.01. Left
    /// out, the `review` thresholds stay
    #[arg(long, value_name = "SHARE")]
    max_abuse_published: Option<Share>,
    /// Of what a person would publish, at most so much may be rejected by the machine. Left out, the `reject` thresholds
    /// stay, but are raised where `review` would pass them
    #[arg(long, value_name = "SHARE")]
    max_wrongly_rejected: Option<Share>,
    /// At most so many comments a day may be left for moderators. An estimate, not a promise
    #[arg(long, value_name = "N", requires = "load")]
    max_review_per_day: Option<u32>,
    /// How many comments come in on a day [default: as many as came in on the site]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_day: Option<u32>,
    /// How sure it has to be that everything promised holds
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = confidence)]
    confidence: Share,
    /// Move only the thresholds of this attribute; may be given several times
    #[arg(long = "attribute", value_name = "NAME")]
    attributes: Vec<Attribute>,
    /// A folder with embedding.safetensors, abuse.safetensors and topicality.safetensors, or one of them, such as a site's own abuse model; the embedded models if left out.
    #[arg(long, value_name = "PATH", conflicts_with = "site")]
    model: Option<PathBuf>,
    /// Write a candidate here: the policy with the thresholds found
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Draw what the thresholds would do, as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Replace the files of --out and --svg if they are there
    #[arg(long)]
    overwrite: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn confidence(text: &str) -> Result<Share, String> {
    let share: Share = text.parse().map_err(|e: crate::policy::tuning::ShareError| e.to_string())?;
    if share.get() < 0.5 { Err(format!("{share} would be wrong more often than right")) } else { Ok(share) }
}

/// Runs the command.
///
/// # Errors
/// If a file can't be read or written; the line that is wrong is named.
pub fn run(args: &Args, settings: &Overrides) -> anyhow::Result<ExitCode> {
    let folder = config::folder(settings.config.as_deref())?;
    let live = folder.unwrap_or_else(|| config::DEFAULT_FOLDER.into()).join("policy.toml");
    for path in [&args.out, &args.svg].into_iter().flatten() {
        candidate::may_write(path, &live, args.overwrite)?;
    }
    let source = Source::read(args, settings)?;
    let dial = Dial::read(&source.files.policy, &args.attributes).context("policy.toml")?;
    let targets = args.targets(&source);
    let tuned = match tune(&dial, &source.rows, &targets) {
        Ok(tuned) => tuned,
        Err(refusal) => {
            refuse(args, &source, &refusal);
            return Ok(ExitCode::FAILURE);
        }
    };

    let report = Report {
        source: &source,
        only: &args.attributes,
        dial: &dial,
        targets,
        tuned: &tuned,
        along: Along::of(&dial, &source.rows, &tuned),
    };
    if let Some(out) = &args.out {
        let candidate = Candidate { report: &report, today: Clock::System.now() };
        candidate.write(out, &source.files.words, args.overwrite)?;
    }
    if let Some(svg) = &args.svg {
        candidate::put(svg, &report.svg()?, args.overwrite)?;
    }
    if args.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.text());
        for path in [&args.out, &args.svg].into_iter().flatten() {
            println!("Written: {}", path.display());
        }
        if args.out.is_some() {
            println!("It is a candidate: nothing is in force until it is copied over policy.toml.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse(args: &Args, source: &Source, refusal: &Refusal) {
    if args.json {
        println!("{}", json!({ "refused": refusal, "message": refusal.to_string(), "labelled": source.json() }));
        return;
    }
    eprintln!("ombud: {refusal}.");
    let hint = source.hint();
    if !hint.is_empty() {
        eprintln!("{hint}");
    }
}

impl Args {
    fn targets(&self, source: &Source) -> Targets {
        let per_day = self.per_day.or_else(|| source.per_day());
        Targets {
            abuse_published: self.max_abuse_published,
            wrongly_rejected: self.max_wrongly_rejected,
            load: per_day.map(|per_day| Load { per_day, most: self.max_review_per_day }),
            confidence: self.confidence,
        }
    }
}
