//! The last day at a glance, for editors: how much came in and what became of it, who decided, and how the scores lie.
//!
//! Nobody stands here by name, neither those who wrote nor those who decided: it is no scoreboard.

use super::authority::{Editors, SignedIn};
use super::error_rates::Errors;
use super::histogram::{Chart, Scale};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::Action;
use crate::http::json::Query;
use crate::policy::Policy;
use crate::service::{Figures, Glance, Ombud, Outcome, QueueOverview};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Longest name of a section that is looked for, in characters.
const LONGEST_SECTION: usize = 200;

/// A section that can be chosen.
struct Choice {
    name: String,
    chosen: bool,
}

/// One large figure: what it is, the number, and what belongs to it.
struct Tile {
    label: &'static str,
    figure: String,
    beside: String,
}

/// A line of the tables of decisions.
struct Decisions {
    label: &'static str,
    published: String,
    rejected: String,
    all: String,
    share: String,
}

#[derive(Template)]
#[template(path = "console/today.html")]
struct Page {
    shell: Shell,
    /// `The last 24 hours`, or since when.
    title: String,
    since: words::When,
    read: words::When,
    comments: String,
    cut: bool,
    sections: Vec<Choice>,
    /// The section that was chosen; empty for the whole paper.
    section: String,
    /// Sections with thresholds of their own, where the paper's are shown.
    otherwise: Vec<String>,
    tiles: Vec<Tile>,
    decided: Vec<Decisions>,
    beside_machine: Vec<Decisions>,
    /// What follows from it, in sentences.
    machine: Vec<String>,
    /// Of how many comments that was looked at, if not of all.
    trails: String,
    among: String,
    appeals: Vec<(&'static str, String)>,
    errors: Errors,
    charts: Vec<Chart>,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    section: String,
}

/// `GET /console/{site}/today`
pub async fn get(
    signed_in: SignedIn<Editors>,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let site = &signed_in.site.id;
    let (glance, (queue, now)) = (ombud.glance(site).await?, ombud.queue(site).await?);
    let policy = ombud.policy();
    let asked: String = asked.0.section.trim().chars().take(LONGEST_SECTION).collect();
    let key = asked.to_lowercase();
    let sections = sections(&glance, &queue, &policy, &asked);
    let section = sections.get(&key).cloned().unwrap_or_default();
    let none = Figures::of_none(policy.thresholds(Some(&key)));
    let figures = match key.as_str() {
        "" => &glance.paper,
        key => glance.sections.get(key).map_or(&none, |(_, figures)| figures),
    };
    let waiting = Waiting::of(&queue, &key, now);
    let scale = Scale::of(figures.scores.iter().map(|(_, histogram)| histogram));
    let charts = figures.scores.iter().map(|(attribute, histogram)| Chart::new(attribute, histogram, scale));
    let since = words::When::of(glance.since, now);
    let title = if glance.cut { format!("Since {}", since.exact) } else { "The last 24 hours".to_owned() };
    let audited = ombud.audit_figures(site).await?;
    let page = Page {
        shell: signed_in.shell(Room::Today),
        title,
        since,
        read: words::When::of(glance.at, now),
        comments: words::comments(glance.comments as u64),
        cut: glance.cut,
        otherwise: if key.is_empty() { otherwise(&sections, &policy) } else { Vec::new() },
        sections: sections.into_iter().map(|(other, name)| Choice { chosen: other == key, name }).collect(),
        section,
        tiles: tiles(figures, &waiting),
        decided: decided(figures),
        beside_machine: beside_machine(figures),
        machine: machine(figures),
        trails: trails(figures, glance.trails),
        among: among(figures, &policy, &key),
        appeals: appeals(figures),
        errors: Errors::of(&audited, &key, policy.audit_share()),
        charts: charts.collect(),
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// Every section that something is known of, and the one that was asked for, by its name in lower case.
fn sections(glance: &Glance, queue: &QueueOverview, policy: &Policy, asked: &str) -> BTreeMap<String, String> {
    let seen = glance.sections.values().map(|(name, _)| name.as_str());
    let waiting = queue.by_section.iter().map(|(name, _)| name.as_str());
    let named = seen.chain(waiting).chain(policy.sections()).chain(Some(asked).filter(|asked| !asked.is_empty()));
    let mut sections = BTreeMap::new();
    for name in named {
        sections.entry(name.to_lowercase()).or_insert_with(|| name.to_owned());
    }
    sections
}

/// The sections that are judged by thresholds of their own.
fn otherwise(sections: &BTreeMap<String, String>, policy: &Policy) -> Vec<String> {
    let own = policy.sections().filter(|section| policy.thresholds(Some(section)) != policy.thresholds(None));
    own.filter_map(|section| sections.get(section).cloned()).collect()
}

/// What waits now, whenever it came in.
struct Waiting {
    count: u64,
    /// How long the oldest has waited; of the whole paper alone.
    oldest: Option<String>,
}

impl Waiting {
    fn of(queue: &QueueOverview, key: &str, now: crate::comment::Timestamp) -> Self {
        if key.is_empty() {
            let oldest = queue.oldest_queued_at.map(|at| words::When::of(at, now).span);
            return Self { count: queue.depth, oldest };
        }
        let here = queue.by_section.iter().filter(|(section, _)| section.to_lowercase() == key);
        Self { count: here.map(|(_, count)| count).sum(), oldest: None }
    }
}

fn tiles(figures: &Figures, waiting: &Waiting) -> Vec<Tile> {
    let (came_in, number) = (&figures.came_in, words::number);
    let all = came_in.all();
    let of_these = |count: u64| match words::share(count, all) {
        share if share.is_empty() => String::new(),
        share => format!("{share} of these"),
    };
    let withdrawn = match came_in.withdrawn {
        0 => String::new(),
        count => format!("{} withdrawn since", number(count)),
    };
    let in_all = match (waiting.count, &waiting.oldest) {
        (0, _) => "nothing waits now".to_owned(),
        (count, Some(oldest)) => format!("{} wait in all, the oldest for {oldest}", number(count)),
        (count, None) => format!("{} wait in all", number(count)),
    };
    let (median, waited) = match figures.median_wait {
        Some(wait) => (words::duration(wait.as_secs()), "from being held to a person's decision"),
        None => ("–".to_owned(), "nothing that waited was decided"),
    };
    vec![
        Tile { label: "Came in", figure: number(all), beside: withdrawn },
        Tile { label: "Published", figure: number(came_in.published), beside: of_these(came_in.published) },
        Tile { label: "Rejected", figure: number(came_in.rejected), beside: of_these(came_in.rejected) },
        Tile { label: "Waiting", figure: number(came_in.waiting), beside: in_all },
        Tile { label: "Median wait", figure: median, beside: waited.to_owned() },
    ]
}

fn line(label: &'static str, outcome: Outcome, whole: u64) -> Decisions {
    Decisions {
        label,
        published: words::number(outcome.published),
        rejected: words::number(outcome.rejected),
        all: words::number(outcome.all()),
        share: words::share(outcome.all(), whole),
    }
}

fn decided(figures: &Figures) -> Vec<Decisions> {
    let (machine, people) = (figures.by_machine, figures.by_people);
    let whole = machine.all() + people.all();
    vec![line("The policy by itself", machine, whole), line("People", people, whole)]
}

fn beside_machine(figures: &Figures) -> Vec<Decisions> {
    let beside = &figures.beside_machine;
    let said = |label, action| line(label, beside.where_it_said(action), beside.all());
    vec![
        said("To be published", Action::Publish),
        said("To be held", Action::Review),
        said("To be rejected", Action::Reject),
    ]
}

fn machine(figures: &Figures) -> Vec<String> {
    let (held, (left, alone)) =
        (figures.beside_machine.where_it_said(Action::Review), figures.beside_machine.left_so());
    let mut sentences = Vec::new();
    if held.all() > 0 {
        let (all, rejected) = (words::comments(held.all()), words::number(held.rejected));
        let share = words::share(held.rejected, held.all());
        sentences.push(format!("Of {all} that it held, people rejected {rejected} ({share})."));
    }
    if alone > 0 {
        let share = words::share(left, alone);
        let (alone, left) = (words::comments(alone), words::number(left));
        sentences
            .push(format!("Of {alone} that it had published or rejected, people left {left} as they were ({share})."));
    }
    sentences
}

/// Says of how many comments it is known what was thought of them before, where that is not all.
fn trails(figures: &Figures, read: usize) -> String {
    if figures.beside_machine.all() < figures.by_people.all() {
        format!("Looked at: the {} that people decided last.", words::comments(read as u64))
    } else {
        String::new()
    }
}

fn among(figures: &Figures, policy: &Policy, key: &str) -> String {
    let (among, needed) = (figures.among_moderators, policy.opinions(Some(key)));
    match (among.several, needed) {
        (0, 1) => {
            "One moderator decides on each comment, unless she asks for a second opinion: nothing to compare yet."
                .to_owned()
        }
        (0, _) => "No comment has the opinions of several yet.".to_owned(),
        (several, _) => {
            let share = words::share(among.agreed, several);
            let (several, agreed) = (words::comments(several), words::number(among.agreed));
            format!("Of {several} with the opinions of several, all said the same of {agreed} ({share}).")
        }
    }
}

fn appeals(figures: &Figures) -> Vec<(&'static str, String)> {
    let appeals = &figures.appeals;
    let lines = [
        ("Made", appeals.made),
        ("Of these still open", appeals.open),
        ("Upheld: the comment is published", appeals.upheld),
        ("Declined: the rejection stands", appeals.declined),
    ];
    lines.map(|(label, count)| (label, words::number(count))).into()
}
