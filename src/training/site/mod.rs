//! Learning on a site: what moderators decide is learned on top of the frozen base model.
//!
//! The raw score of an attribute is the base's log-odds plus those of a *site head*, which starts from
//! nothing; then the site's own calibration. Both are linear in the same features, so what comes out is
//! one model file like any other. Everything is learned anew from all decisions that are kept: a decision
//! taken back, or an author erased, leaves no trace. A fifth of the articles is held out for good, and the
//! gate compares the new model on it with the one in force.

mod adapt;
pub mod curve;
pub mod decision;
mod gate;
mod head;
mod measure;
pub mod people;
mod report;
mod row;
pub mod split;
mod suite_check;
mod weight;

pub use decision::{Decision, Decisions};
pub use report::{Report, Taught};
pub use split::HoldOut;

use self::adapt::{MIN_OF_EACH, Site, adapt, learnable};
use self::gate::HeldOut;
use self::row::{Row, score};
use super::{Progress, TrainingError};
use crate::classifier::{ABUSE_FORMAT, AbuseModel, Card, Check, Metric, ModelKind, SiteNote, SourceNote};
use crate::comment::Attribute;
use crate::text::{fingerprint, normalise};
use std::collections::{BTreeMap, BTreeSet};

/// An attribute needs so many held-out decisions of either kind to be checked.
const HELD_OUT_OF_EACH: usize = 5;

/// How to learn.
#[derive(Clone)]
pub struct Settings {
    /// Orders the rows, cuts the folds and draws the bootstrap.
    pub seed: u64,
    /// A label from here on says that the attribute holds; above 0 to 1.
    pub positive_from: f32,
    /// Which decisions are never learned from.
    pub hold_out: HoldOut,
    /// The command that was given, for the card.
    pub command: String,
}

/// A base model.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    pub model: &'a AbuseModel,
    pub card: &'a Card,
    /// SHA-256 of its file, in hexadecimal.
    pub revision: &'a str,
}

/// A site's new model, and whether it should be taken.
pub struct Learned {
    pub model: AbuseModel,
    pub card: Card,
    pub report: Report,
}

/// Why nothing was learned.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    #[error("there are no decisions that teach anything")]
    NoDecisions,
    #[error("every decision says the same; both published and rejected comments are needed")]
    OneClass,
    #[error(
        "too few decisions: an attribute needs {MIN_OF_EACH} of either kind to learn from and {HELD_OUT_OF_EACH} of \
         either kind held out. There are {0}"
    )]
    TooFew(String),
    #[error("the base model was itself learned on a site; give the model that it was learned from")]
    SiteAsBase,
    #[error(transparent)]
    Training(#[from] TrainingError),
}

/// Learns from decisions and checks the outcome against the model in force.
///
/// # Errors
/// [`LearnError`] if there is too little to learn from, or to check it by.
pub fn learn(
    base: Base<'_>,
    in_force: &AbuseModel,
    decisions: &Decisions,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Learned, LearnError> {
    if base.card.site.is_some() {
        return Err(LearnError::SiteAsBase);
    }
    let parts = Parts::of(base.model, decisions, settings, progress);
    let (learned_from, held_out) = (parts.learned_from.rows(), parts.held_out.rows());
    let attributes = attributes(&learned_from, &held_out, &base.model.attributes)?;
    let mut site = adapt(&learned_from, &attributes, settings.seed, progress)?;
    let (model, on_suites) = within_bounds(&mut site, &learned_from, base.model, in_force, progress);
    let mut checks = Vec::new();
    let mut metrics = BTreeMap::new();
    for (k, attribute) in attributes.iter().enumerate() {
        let found = compare(&parts.held_out, (k, *attribute), &site, in_force, &model);
        let found = found.checks(settings.seed);
        metrics.insert(attribute.name().to_owned(), metric(&held_out, *attribute, found[0].after));
        checks.extend(found);
    }
    checks.extend(on_suites);
    let report = report(base, decisions, &parts, &site, checks, settings);
    let card = card(base, &model, &report, metrics, settings);
    Ok(Learned { model, card, report })
}

/// Takes as much of the head as the suites bear: a site may have tastes of its own, and still must not
/// forget what an insult is.
fn within_bounds(
    site: &mut Site,
    learned_from: &[&Row],
    base: &AbuseModel,
    in_force: &AbuseModel,
    progress: &mut dyn Progress,
) -> (AbuseModel, Vec<Check>) {
    let attributes: Vec<Attribute> = site.adapted.iter().map(|a| a.attribute).collect();
    let before = suite_check::Measured::of(in_force, progress);
    loop {
        let model = site.merge(base);
        let checks = before.checks(&attributes, &suite_check::Measured::of(&model, progress));
        match site.lower_ceiling() {
            Some(ceiling) if checks.iter().any(|check| !check.passed) => site.limit(learned_from, ceiling),
            _ => return (model, checks),
        }
    }
}

/// Decisions that are scored, with their rows.
#[derive(Default)]
struct Part<'a> {
    decisions: Vec<&'a Decision>,
    rows: Vec<Row>,
}

impl<'a> Part<'a> {
    fn of(pairs: Vec<(&'a Decision, Row)>) -> Self {
        let (decisions, mut rows): (Vec<&Decision>, Vec<Row>) = pairs.into_iter().unzip();
        for (row, weight) in rows.iter_mut().zip(weight::weights(&decisions)) {
            row.weight = weight;
        }
        Self { decisions, rows }
    }

    fn rows(&self) -> Vec<&Row> {
        self.rows.iter().collect()
    }
}

struct Parts<'a> {
    learned_from: Part<'a>,
    held_out: Part<'a>,
    unscored: usize,
    /// Left out, as the same text is held out.
    held_out_again: usize,
}

impl<'a> Parts<'a> {
    fn of(base: &AbuseModel, decisions: &'a Decisions, settings: &Settings, progress: &mut dyn Progress) -> Self {
        let all = &decisions.decisions;
        progress.stage("reading", all.len());
        let print = |decision: &Decision| fingerprint(&normalise(&decision.text)).exact;
        let (mut held, mut others) = (Vec::new(), Vec::new());
        for decision in all.iter().filter(|d| d.labels.iter().any(|label| !label.is_nan())) {
            progress.advance(1);
            let row = Row::of(decision, base, settings.positive_from, settings.seed);
            if settings.hold_out.holds(decision) { &mut held } else { &mut others }.push((decision, row));
        }
        let texts: BTreeSet<u64> = held.iter().map(|(decision, _)| print(decision)).collect();
        let before = others.len();
        others.retain(|(decision, _)| !texts.contains(&print(decision)));
        let held_out_again = before - others.len();
        let mut unscored = 0;
        let mut scored = |pairs: Vec<(&'a Decision, Option<Row>)>| {
            let count = pairs.len();
            let pairs: Vec<_> = pairs.into_iter().filter_map(|(decision, row)| Some((decision, row?))).collect();
            unscored += count - pairs.len();
            Part::of(pairs)
        };
        Self { held_out: scored(held), learned_from: scored(others), unscored, held_out_again }
    }
}

/// The attributes that can be learned and checked.
fn attributes(learned_from: &[&Row], held_out: &[&Row], allowed: &[Attribute]) -> Result<Vec<Attribute>, LearnError> {
    let checked = learnable(held_out, allowed, HELD_OUT_OF_EACH);
    let attributes = learnable(learned_from, &checked, MIN_OF_EACH);
    if !attributes.is_empty() {
        return Ok(attributes);
    }
    let counts = |rows: &[&Row], attribute: Attribute| {
        let of = |kind| rows.iter().filter(|row| row.positive[attribute.index()] == Some(kind)).count();
        (of(true), of(false))
    };
    let all: Vec<&Row> = learned_from.iter().chain(held_out).copied().collect();
    if allowed.iter().all(|a| counts(&all, *a) == (0, 0)) {
        return Err(LearnError::NoDecisions);
    }
    if learnable(&all, allowed, 1).is_empty() {
        return Err(LearnError::OneClass);
    }
    let said = learnable(&all, allowed, 1).into_iter().map(|attribute| {
        let ((yes, no), (held_yes, held_no)) = (counts(learned_from, attribute), counts(held_out, attribute));
        format!("{attribute}: {yes} that hold and {no} that don't, and {held_yes} and {held_no} held out")
    });
    Err(LearnError::TooFew(said.collect::<Vec<_>>().join("; ")))
}

fn compare<'a>(
    held_out: &Part<'_>,
    (k, attribute): (usize, Attribute),
    site: &Site,
    in_force: &AbuseModel,
    model: &AbuseModel,
) -> HeldOut<'a> {
    let column = attribute.index();
    let known = || held_out.rows.iter().zip(&held_out.decisions).filter(|(row, _)| row.positive[column].is_some());
    HeldOut {
        attribute: attribute.name(),
        positive: known().map(|(row, _)| row.positive[column] == Some(true)).collect(),
        weights: known().map(|(row, _)| f64::from(row.weight)).collect(),
        base: known().map(|(row, _)| row.log_odds[column]).collect(),
        before: known().map(|(_, decision)| score(in_force, &decision.text)[column]).collect(),
        exact: known().map(|(row, _)| site.log_odds(row, k)).collect(),
        after: known().map(|(_, decision)| score(model, &decision.text)[column]).collect(),
    }
}

fn metric(held_out: &[&Row], attribute: Attribute, auc: f64) -> Metric {
    let known = held_out.iter().filter_map(|row| row.positive[attribute.index()]);
    let auc = Some((auc * 10_000.0).round() / 10_000.0);
    Metric {
        rows: known.clone().count() as u64,
        positives: known.filter(|positive| *positive).count() as u64,
        auc,
        ..Metric::default()
    }
}

fn report(
    base: Base<'_>,
    decisions: &Decisions,
    parts: &Parts<'_>,
    site: &Site,
    checks: Vec<Check>,
    settings: &Settings,
) -> Report {
    let Part { decisions: learned_from, rows } = &parts.learned_from;
    let toxicity = Attribute::Toxicity;
    let scores = site.toxicity_out_of_fold(&parts.learned_from.rows());
    let positive: Vec<Option<bool>> =
        learned_from.iter().map(|d| d.positive(toxicity, settings.positive_from)).collect();
    let weights: Vec<f32> = rows.iter().map(|row| row.weight).collect();
    let (repeats, people) = people::examine(learned_from, &weights, &scores, &positive);
    Report {
        base: base.revision.to_owned(),
        decisions: decisions.decisions.len(),
        corrections: decisions.corrections,
        learned_from: rows.len(),
        held_out: parts.held_out.rows.len(),
        replaced: decisions.replaced,
        outranked: decisions.outranked,
        untaught: decisions.untaught.clone(),
        unscored: parts.unscored,
        held_out_again: parts.held_out_again,
        attributes: site.adapted.iter().map(|a| Taught::of(a, &parts.learned_from.rows())).collect(),
        repeats,
        people,
        promoted: checks.iter().all(|check| check.passed),
        checks,
    }
}

fn card(
    base: Base<'_>,
    model: &AbuseModel,
    report: &Report,
    metrics: BTreeMap<String, Metric>,
    settings: &Settings,
) -> Card {
    let own = SourceNote {
        name: "the site's own decisions".to_owned(),
        licence: "the site's own".to_owned(),
        rows: report.learned_from as u64,
        weight: 1.0,
    };
    Card {
        kind: ModelKind::Abuse,
        format: ABUSE_FORMAT,
        features: base.card.features.clone(),
        attributes: model.attributes.clone(),
        seed: settings.seed,
        may_ship: base.card.may_ship,
        command: settings.command.clone(),
        sources: base.card.sources.iter().cloned().chain([own]).collect(),
        calibration: format!(
            "of what the site taught: Platt scaling on {} decisions, scored by heads that never saw their articles; \
             the rest as in the base model. The metrics are those of held-out decisions",
            report.learned_from
        ),
        metrics,
        perspective: base.card.perspective.clone(),
        site: Some(SiteNote {
            base: base.revision.to_owned(),
            learned_from: report.learned_from as u64,
            held_out: report.held_out as u64,
            blends: report.attributes.iter().map(|a| (a.attribute.name().to_owned(), a.blend)).collect(),
            checks: report.checks.clone(),
        }),
    }
}

#[cfg(test)]
mod tests;
