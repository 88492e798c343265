//! What was found, in words, for machines and as a drawing.

use super::chart::{Chart, Drawing};
use super::source::Source;
use crate::cli::evaluate::table::{Table, count};
use crate::comment::{Attribute, Timestamp};
use crate::policy::tuning::{
    Along, Dial, Figures, Kind, Load, Moved, PRESENT, Point, Promised, Share, Tally, Targets, Tuned, percent,
};
use askama::Template as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Everything there is to say.
pub struct Report<'a> {
    /// What it rests on.
    pub source: &'a Source,
    /// The attributes that were to move; all, if empty.
    pub only: &'a [Attribute],
    pub dial: &'a Dial,
    pub targets: Targets,
    pub tuned: &'a Tuned,
    pub along: Along,
}

/// What is promised of some figures.
struct Row {
    promised: Promised,
    asked: Option<Share>,
    now: Tally,
    candidate: Tally,
}

impl Report<'_> {
    fn rows(&self) -> [Row; 2] {
        let (now, candidate, targets) = (self.tuned.present, self.tuned.found, self.targets);
        [
            Row {
                promised: Promised::AbusePublished,
                asked: targets.abuse_published,
                now: now.abuse_published,
                candidate: candidate.abuse_published,
            },
            Row {
                promised: Promised::WronglyRejected,
                asked: targets.wrongly_rejected,
                now: now.wrongly_rejected,
                candidate: candidate.wrongly_rejected,
            },
        ]
    }

    /// The share of all comments that is read, and within which it lies with the confidence asked.
    fn reviewed(&self, figures: &Figures) -> (f64, f64, f64) {
        let each_side = (1.0 - self.targets.confidence.get()) / 2.0;
        let tally = figures.reviewed;
        (tally.share(), tally.lower_bound(each_side), tally.upper_bound(each_side))
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut text = self.source.said();
        let _ = write!(text, "\n{}", self.figures().text());
        for Row { promised, asked, candidate: Tally { of, hits }, .. } in self.rows() {
            if asked.is_some() {
                let (of, hits) = (count(of.into()), count(hits.into()));
                let _ = match promised {
                    Promised::AbusePublished => {
                        writeln!(
                            text,
                            "Of the {of} comments that the candidate publishes, a person would reject {hits}."
                        )
                    }
                    Promised::WronglyRejected => {
                        writeln!(
                            text,
                            "Of the {of} comments that a person would publish, the candidate rejects {hits}."
                        )
                    }
                };
            }
        }
        text += &self.budget();
        let _ = write!(text, "\n{}", self.thresholds());
        for chart in self.charts() {
            let _ = write!(text, "\n{}", chart.text());
        }
        text.push('\n');
        text
    }

    /// Now and then, beside what was asked.
    fn figures(&self) -> Table {
        let asked = self.rows().iter().filter(|row| row.asked.is_some()).count();
        let both = if asked == 2 { "both promises hold" } else { "the promise holds" };
        let sure = self.targets.confidence;
        let title = format!("{sure} sure that {both}, if the comments are drawn evenly from all that come in");
        let note = format!(
            "\"Up to\": the true share is no larger, {} sure for each promise by itself, {sure} for what is read.",
            percent(((1.0 - self.targets.error()) * 10_000.0).round() / 10_000.0)
        );
        let mut table = Table::new(&title, &["", "asked", "now", "up to", "candidate", "up to"], &note);
        let error = self.targets.error();
        for Row { promised, asked, now, candidate } in self.rows() {
            let name = match promised {
                Promised::AbusePublished => "abuse, of what is published unseen",
                Promised::WronglyRejected => "rejected unseen, of what a person would publish",
            };
            let asked = asked.map_or_else(|| "-".to_owned(), |share| share.to_string());
            let cells = [now, candidate].map(|tally| [fine(tally.share()), fine(tally.upper_bound(error))]).concat();
            table.row([name.to_owned(), asked].into_iter().chain(cells));
        }
        let read = [self.tuned.present, self.tuned.found].map(|figures| self.reviewed(&figures));
        if let Some(load) = self.targets.load {
            let asked = load.most.map_or_else(|| "-".to_owned(), |most| count(most.into()));
            let cells = read.map(|(share, _, high)| [a_day(load, share), a_day(load, high)]).concat();
            let name = format!("to be read, of {} a day", count(load.per_day.into()));
            table.row([name, asked].into_iter().chain(cells));
        }
        let cells = read.map(|(share, _, high)| [fine(share), fine(high)]).concat();
        table.row(["to be read, of all".to_owned(), "-".to_owned()].into_iter().chain(cells));
        table
    }

    /// Whether the load may be more than was allowed, all the same.
    fn budget(&self) -> String {
        let Some(load @ Load { most: Some(most), .. }) = self.targets.load else { return String::new() };
        let (_, low, high) = self.reviewed(&self.tuned.found);
        let (low, high) = (load.per_day(low), load.per_day(high));
        let lies = format!(
            "What is to be read is an estimate: {} to {} comments a day",
            count(low.into()),
            count(high.into())
        );
        let over =
            if high > most { format!(", so that it may be more than {}", count(most.into())) } else { String::new() };
        format!("{lies}{over}.\n")
    }

    /// What changes.
    fn thresholds(&self) -> String {
        let moved = self.dial.moved(self.tuned.setting);
        let mut text = if moved.is_empty() {
            "No threshold changes: those in force are what was asked for.\n".to_owned()
        } else {
            let mut table = Table::new("Thresholds, now > candidate", &["", "review", "reject"], "");
            let mut lines: BTreeMap<(Option<&str>, Attribute), [String; 2]> = BTreeMap::new();
            for Moved { section, attribute, threshold, before, after } in &moved {
                let cells = lines.entry((section.as_deref(), *attribute)).or_default();
                let cell = match threshold {
                    Kind::Review => 0,
                    Kind::Reject => 1,
                };
                cells[cell] = format!("{} > {}", short(*before), short(*after));
            }
            for ((section, attribute), [review, reject]) in lines {
                let name = section.map_or_else(|| attribute.to_string(), |section| format!("{section}: {attribute}"));
                table.row([name, review, reject]);
            }
            table.text()
        };
        let named = |attribute: &Attribute| self.only.is_empty() || self.only.contains(attribute);
        let fixed: Vec<String> = self.dial.fixed().filter(named).map(|a| a.to_string()).collect();
        if !fixed.is_empty() {
            let _ =
                writeln!(text, "As they are, because somewhere they reject and never review: {}.", fixed.join(", "));
        }
        text
    }

    /// The lines that say in a candidate how it was made.
    pub fn made(&self, today: Timestamp) -> String {
        let number = |n: u32| count(n.into());
        let mut lines = format!(
            "A candidate, not in force. Made on {} by `ombud policy tune` from {}.\n{} sure:\n",
            today.strftime("%Y-%m-%d"),
            self.source.name(),
            self.targets.confidence,
        );
        for Row { promised, asked, candidate: Tally { of, hits }, .. } in self.rows() {
            if let Some(asked) = asked {
                let _ = writeln!(lines, "  {promised} at most {asked} (here {} of {})", number(hits), number(of));
            }
        }
        let read = self.tuned.found.reviewed;
        let _ = writeln!(lines, "Estimated: {} of {} are left for moderators.", number(read.hits), number(read.of));
        let _ = writeln!(
            lines,
            "Only thresholds differ from policy {}; scored by model {}.",
            self.source.policy, self.source.model
        );
        lines
    }

    /// For machines. Shares are 0 to 1.
    pub fn json(&self) -> Value {
        let Self { targets, tuned, .. } = self;
        let error = targets.error();
        let risk = |tally: Tally| json!({ "hits": tally.hits, "of": tally.of, "share": tally.share(), "at_most": tally.upper_bound(error) });
        let side = |figures: &Figures| {
            let (share, low, high) = self.reviewed(figures);
            let a_day = targets.load.map(|load| load.per_day(share));
            json!({
                "abuse_published": risk(figures.abuse_published),
                "wrongly_rejected": risk(figures.wrongly_rejected),
                "reviewed": { "share": share, "low": low, "high": high, "per_day": a_day },
                "rejected": figures.rejected.share(),
            })
        };
        let points = |points: &[Point]| -> Vec<Value> {
            let point =
                |p: &Point| json!({ "reviewed": p.reviewed, "hits": p.errors.hits, "of": p.errors.of, "kept": p.kept });
            points.iter().map(point).collect()
        };
        json!({
            "labelled": self.source.json(),
            "model_revision": self.source.model,
            "policy_revision": self.source.policy,
            "targets": {
                "abuse_published": targets.abuse_published,
                "wrongly_rejected": targets.wrongly_rejected,
                "review_per_day": targets.load.and_then(|load| load.most),
                "per_day": targets.load.map(|load| load.per_day),
                "confidence": targets.confidence,
                "confidence_of_each": 1.0 - error,
            },
            "now": side(&tuned.present),
            "candidate": side(&tuned.found),
            "thresholds": self.dial.moved(tuned.setting),
            "along_review": points(&self.along.review),
            "along_reject": points(&self.along.reject),
        })
    }

    /// As a drawing.
    pub fn svg(&self) -> anyhow::Result<String> {
        Ok(Drawing::of(&self.charts()).render()?)
    }

    /// One for each promise.
    fn charts(&self) -> Vec<Chart> {
        let Self { tuned, along, targets, .. } = self;
        let settings = tuned.setting;
        let chart = |row: &Row| {
            let (points, found, title) = match row.promised {
                Promised::AbusePublished => {
                    (&along.review, settings.review, "Abuse, of what is published unseen, by how much is read")
                }
                Promised::WronglyRejected => (
                    &along.reject,
                    settings.reject,
                    "Rejected unseen, of what a person would publish, by how much is read",
                ),
            };
            Some(Chart {
                title,
                target: row.asked?.get(),
                error: targets.error(),
                per_day: targets.load.map(|load| load.per_day),
                points: points.clone(),
                now: Point { reviewed: tuned.present.reviewed.share(), errors: row.now, kept: points[PRESENT].kept },
                found: points[found],
            })
        };
        self.rows().iter().filter_map(chart).collect()
    }
}

/// A share in percent, to two decimals.
fn fine(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn a_day(load: Load, share: f64) -> String {
    count(load.per_day(share).into())
}

/// A threshold with as many decimals as it has, two at least.
fn short(threshold: f64) -> String {
    let plain = threshold.to_string();
    if plain.len() < 4 { format!("{threshold:.2}") } else { plain }
}
