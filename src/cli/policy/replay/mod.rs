//! `ombud policy replay`: what a candidate would have done, before it is in force.

mod file;

use super::since::{Since, since};
use super::{OfSite, files_in_force, open, runtime, site_id};
use crate::comment::{Action, Comment, SiteId};
use crate::config::Overrides;
use crate::policy::{Contribution, Pair, Policy, PolicyFiles, ReplayCounts};
use crate::service::{PolicyReplay, ReplayScope, ReplaySummary};
use anyhow::{Context as _, bail, ensure};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// How many characters of an example are printed.
const SHOWN: usize = 110;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("looked_at").args(["site", "comments"]).required(true))]
pub struct Args {
    /// The policy to try: a file such as policy.toml
    #[arg(long, value_name = "FILE")]
    candidate: PathBuf,
    /// Its word lists: a file such as words.toml [default: those in force]
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
    /// Judge the comments that this site has
    #[arg(long, value_parser = site_id)]
    site: Option<SiteId>,
    /// Judge comments from a file in place of a site's: one JSON object a line, as `ombud score` reads them, with
    /// `"section"`, `"created_at"` and what a person decided, `"label": "publish" | "reject"`, where that is known
    #[arg(long, value_name = "FILE")]
    comments: Option<PathBuf>,
    /// Score those of a file with these: a folder with embedding.safetensors, abuse.safetensors and
    /// topicality.safetensors, or one of them; the embedded models if left out
    #[arg(long, value_name = "PATH", requires = "comments")]
    model: Option<PathBuf>,
    /// Only comments that came in since: 12h, 30d or 8w ago, or a date such as 2026-11-01
    #[arg(long, value_name = "WHEN", value_parser = since, conflicts_with = "comments")]
    since: Option<Since>,
    /// The newest so many comments [default: all]
    #[arg(long, value_name = "N", conflicts_with = "comments")]
    limit: Option<u64>,
    /// How many comments of each kind to print, at most 20; 0 prints none
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, settings: &Overrides) -> anyhow::Result<()> {
    let (replay, seconds) = match (&args.comments, &args.site) {
        (Some(comments), _) => file::replay(args, comments, settings)?,
        (None, Some(site)) => runtime()?.block_on(of_site(args, site, settings))?,
        (None, None) => bail!("name a site, or a file of comments"),
    };
    if args.json {
        let found = replay.summary(args.examples);
        println!("{}", serde_json::to_string_pretty(&Document { found, seconds })?);
    } else {
        print(&replay, seconds, args, &mut std::io::stdout().lock())?;
    }
    Ok(())
}

impl Args {
    /// The candidate, whose word lists are those in force if it has none of its own.
    fn candidate(&self, words_in_force: &str) -> anyhow::Result<Policy> {
        let read = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| path.display().to_string());
        let policy = read(&self.candidate)?;
        let words = self.words.as_ref().map_or_else(|| Ok(words_in_force.to_owned()), read)?;
        Ok(PolicyFiles { policy, words }.parse()?)
    }
}

async fn of_site(args: &Args, site: &SiteId, settings: &Overrides) -> anyhow::Result<(PolicyReplay, f64)> {
    let ombud = open(settings).await?;
    let candidate = args.candidate(&files_in_force(&ombud, settings).await?.words)?;
    let since = args.since.map(|since| since.at(ombud.now()));
    let scope = ReplayScope { since, most: args.limit.unwrap_or(u64::MAX) };
    let mut bar = OfSite::new("comments", &ombud, site, scope.most).await?;
    let begun = Instant::now();
    let replay = ombud.replay_policy(site, candidate, scope, &mut |looked_at| bar.reach(looked_at)).await?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(
        replay.counts.judged > 0,
        "there is nothing to replay: of {} comments, the text of {} is no longer kept, and {} came in before ombud kept what \
         decisions rest on",
        replay.counts.without_text + replay.counts.without_basis,
        replay.counts.without_text,
        replay.counts.without_basis
    );
    Ok((replay, seconds))
}

/// What a replay found, and how long it took.
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    found: ReplaySummary,
    seconds: f64,
}

fn print(replay: &PolicyReplay, seconds: f64, args: &Args, out: &mut impl Write) -> std::io::Result<()> {
    let counts = &replay.counts;
    writeln!(out, "Policy in force {}, candidate {}. Nothing was changed.", replay.live, replay.candidate)?;
    let span = counts.received.map_or_else(String::new, |(first, last)| {
        format!(", which came in from {} to {}", first.strftime("%-d %b %Y"), last.strftime("%-d %b %Y"))
    });
    #[expect(clippy::cast_precision_loss, reason = "a rate to be read")]
    let rate = counts.judged as f64 / seconds.max(1e-9);
    writeln!(out, "{} comments{span}; {rate:.0} a second.", counts.judged)?;
    for (count, what) in [
        (counts.without_text, "are left out: their text is no longer kept."),
        (counts.without_basis, "are left out: they came in before ombud kept what decisions rest on."),
    ] {
        if count > 0 {
            writeln!(out, "{count} {what}")?;
        }
    }
    if replay.counts_near_texts_otherwise {
        writeln!(out, "The two count nearly the same texts otherwise; they are counted here as they were then.")?;
    }
    for section in &replay.sections_without_comments {
        writeln!(
            out,
            "None of them is in the section \"{section}\", which the candidate has something of its own for."
        )?;
    }

    writeln!(out, "\n{:16}{:>38}", "", "the candidate")?;
    writeln!(out, "{:16}{:>14}{:>14}{:>14}", "in force", "publishes", "holds", "rejects")?;
    for live in Action::ALL {
        let of = |candidate| counts.decided(live, candidate);
        let [a, b, c] = Action::ALL.map(of);
        writeln!(out, "{:16}{a:>14}{b:>14}{c:>14}", does(live))?;
    }
    writeln!(out, "{} would be decided otherwise ({}).", counts.changed(), percent(counts.changed(), counts.judged))?;
    let held = counts.total(Action::Review);
    #[expect(clippy::cast_precision_loss, reason = "a number to be read")]
    let daily = |count: u64| count as f64 / counts.days();
    if counts.received.is_some() {
        writeln!(out, "Held a day: {:.0} now, {:.0} by the candidate.", daily(held.live), daily(held.candidate))?;
    } else {
        writeln!(out, "Held: {} now, {} by the candidate.", held.live, held.candidate)?;
    }

    writeln!(out, "\nBeside what people decided            in force     candidate")?;
    for (person, action, says) in [
        (Action::Publish, Action::Reject, "rejects what a person published"),
        (Action::Reject, Action::Publish, "publishes what a person rejected"),
        (Action::Publish, Action::Publish, "publishes what a person published"),
        (Action::Reject, Action::Reject, "rejects what a person rejected"),
    ] {
        let Pair { live, candidate } = counts.beside_people(person, action);
        writeln!(out, "{says:34}{live:>12}{candidate:>14}")?;
    }

    if counts.received.is_some() {
        writeln!(out, "\nHeld, by the hour (UTC) it came in    in force     candidate")?;
    }
    for (hour, pair) in counts.held_by_hour.iter().enumerate().filter(|(_, pair)| **pair != Pair::default()) {
        writeln!(out, "{:34}{:>12}{:>14}", format!("{hour:02}:00"), pair.live, pair.candidate)?;
    }
    writeln!(out, "\nHeld, by section                      in force     candidate")?;
    for (section, pair) in &counts.held_by_section {
        let section = if section.is_empty() { "(none)" } else { section };
        writeln!(out, "{section:34}{:>12}{:>14}", pair.live, pair.candidate)?;
    }
    writeln!(
        out,
        "\nHeld or rejected for                  in force     candidate   for it alone: in force     candidate"
    )?;
    for (code, Contribution { any, alone }) in &counts.reasons {
        writeln!(out, "{code:34}{:>12}{:>14}{:>26}{:>14}", any.live, any.candidate, alone.live, alone.candidate)?;
    }
    print_examples(counts, args.examples, out)
}

fn print_examples(counts: &ReplayCounts, most: usize, out: &mut impl Write) -> std::io::Result<()> {
    if most == 0 {
        return Ok(());
    }
    for ((live, candidate), sample) in counts.differing() {
        writeln!(out, "\nNow {}, by the candidate {}:", done(live), done(candidate))?;
        for example in sample.examples().iter().take(most) {
            let person = match example.person {
                Some(Action::Publish) => "; a person published it",
                Some(_) => "; a person rejected it",
                None => "",
            };
            writeln!(out, "  {}{person}: {}", example.comment.id, one_line(&example.comment))?;
        }
    }
    Ok(())
}

/// The beginning of a text, on one line, with nothing that steers a terminal.
fn one_line(comment: &Comment) -> String {
    let text = comment.text().map(crate::comment::CommentText::as_str).unwrap_or_default();
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = plain.clone().take(SHOWN).collect();
    if plain.count() > SHOWN {
        shown.push('…');
    }
    crate::text::legible(&shown)
}

const fn does(action: Action) -> &'static str {
    match action {
        Action::Publish => "publishes",
        Action::Review => "holds",
        Action::Reject => "rejects",
    }
}

const fn done(action: Action) -> &'static str {
    match action {
        Action::Publish => "published",
        Action::Review => "held",
        Action::Reject => "rejected",
    }
}

fn percent(part: u64, whole: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a number to be read")]
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    format!("{share:.2} %")
}
