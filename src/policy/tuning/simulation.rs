//! The guarantee, tried out: a population whose true risks are known, and what is promised of it from a thousand samples.

use super::dial::{Dial, PRESENT, STEPS, Setting};
use super::evidence::{Label, Row};
use super::refusal::Refusal;
use super::sample::{Known, Labelled, Numbered, Sample};
use super::tune::{Targets, tune};
use crate::comment::{Action, Attribute, Audit, Scores, Timestamp};
use crate::policy::Thresholds;
use std::collections::HashMap;

const POLICY: &str =
    "[thresholds]\nTOXICITY = { review = 0.25, reject = 0.80 }\nSPAM = { review = 0.50, reject = 0.98 }\n";
const ROWS: usize = 800;

/// Numbers that look rolled and are the same on every machine (`SplitMix64`).
struct Dice(u64);

impl Dice {
    /// Evenly from 0 to 1.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let part = ((bits ^ bits >> 31) >> 11) as f64 / (1_u64 << 53) as f64;
        part
    }
}

/// One of the comments of which the population consists, each as frequent as another.
struct Atom {
    row: Row,
    /// How likely a person would reject it.
    rejected: f64,
}

/// A thousand kinds of comments: most have low scores and a few of those are abuse all the same; some have another rule
/// against them. One in twenty would be rejected.
fn population() -> Vec<Atom> {
    let mut dice = Dice(7);
    let atom = |_| {
        let (toxicity, spam) = (dice.roll().powi(5), dice.roll().powi(12));
        let scores: Scores =
            [(Attribute::Toxicity, Some(toxicity)), (Attribute::Spam, Some(spam))].into_iter().collect();
        let floor = match dice.roll() {
            rare if rare < 0.002 => Action::Reject,
            rare if rare < 0.02 => Action::Review,
            _ => Action::Publish,
        };
        let row = Row { scores, section: None, floor, label: Label::Publish };
        Atom { row, rejected: (0.002 + 0.3 * toxicity.powf(1.2) + 0.6 * spam * spam).min(0.97) }
    };
    (0..1000).map(atom).collect()
}

/// A sample: as many comments, each drawn from all, and labelled by a person.
fn sample(population: &[Atom], seed: u64) -> Vec<Row> {
    let mut dice = Dice(seed.wrapping_mul(0x1234_5677) ^ 0xabcd);
    let mut draw = || {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place"
        )]
        let atom = &population[(dice.roll() * population.len() as f64) as usize];
        let label = if dice.roll() < atom.rejected { Label::Reject } else { Label::Publish };
        Row { label, ..atom.row.clone() }
    };
    (0..ROWS).map(|_| draw()).collect()
}

/// What a site has of the comments that came in within some weeks. The thresholds of now decided: a share was drawn to be
/// judged, which was raised once, and its moderators stopped somewhere; what was held they decided, but for a few.
fn site(population: &[Atom], seed: u64) -> Vec<Numbered> {
    const COMMENTS: usize = 6_000;
    let thresholds = &Dial::read(POLICY, &[]).unwrap().thresholds(Setting::PRESENT)[0];
    let mut dice = Dice(seed.wrapping_mul(0x9876_5431) ^ 0x1234);
    let judged_to = 0.12 + 0.1 * dice.roll();
    let comment = |n: usize| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place, and a number of 2³²"
        )]
        let (atom, draw) =
            (&population[(dice.roll() * population.len() as f64) as usize], (dice.roll() * 4_294_967_296.0) as u32);
        let label = if dice.roll() < atom.rejected { Label::Reject } else { Label::Publish };
        let row = Row { label, ..atom.row.clone() };
        let share = if n < COMMENTS / 3 { LEAST_SHARE } else { 0.2 };
        let known = match action(thresholds, &row) {
            Action::Review if dice.roll() < 0.002 => Known::Waits,
            Action::Review => Known::Labelled(Labelled::Queue, row),
            _ if !Audit::is_drawn(draw, share) => Known::Unknown,
            _ if Audit::is_drawn(draw, judged_to) => Known::Labelled(Labelled::Audit, row),
            _ => Known::Waits,
        };
        Numbered { draw, received_at: Timestamp::UNIX_EPOCH, known }
    };
    (0..COMMENTS).map(comment).collect()
}

/// The smallest share that audits of [`site`] were drawn at.
const LEAST_SHARE: f64 = 0.15;

/// The true risks of thresholds: abuse among what is published, and rejected among what a person would publish.
fn risks(population: &[Atom], thresholds: &Thresholds) -> (f64, f64) {
    let (mut published, mut abuse, mut good, mut rejected) = (0.0, 0.0, 0.0, 0.0);
    for Atom { row, rejected: bad } in population {
        good += 1.0 - bad;
        match action(thresholds, row) {
            Action::Publish => (published, abuse) = (published + 1.0, abuse + bad),
            Action::Review => {}
            Action::Reject => rejected += 1.0 - bad,
        }
    }
    (if published > 0.0 { abuse / published } else { 0.0 }, rejected / good)
}

/// What becomes of a comment by these thresholds.
fn action(thresholds: &Thresholds, row: &Row) -> Action {
    let reached = |a: Attribute| thresholds.get(a).judge(row.scores.get(a)?).map(|(action, _)| action);
    Attribute::ALL.into_iter().filter_map(reached).fold(row.floor, Action::max)
}

/// How often each promise, and how often either, is broken when thresholds are chosen so. Nothing chosen breaks nothing.
fn broken(draws: u32, targets: &Targets, choose: impl Fn(&Dial, &[Row]) -> Option<Setting>) -> Broken {
    broken_on(draws, targets, sample, choose)
}

/// The same, on what is drawn in another way.
fn broken_on(
    draws: u32,
    targets: &Targets,
    sample: impl Fn(&[Atom], u64) -> Vec<Row>,
    choose: impl Fn(&Dial, &[Row]) -> Option<Setting>,
) -> Broken {
    let (dial, population) = (Dial::read(POLICY, &[]).unwrap(), population());
    let mut known: HashMap<(usize, usize), (f64, f64)> = HashMap::new();
    let mut broken = Broken::default();
    for seed in 0..u64::from(draws) {
        let Some(setting) = choose(&dial, &sample(&population, seed)) else {
            broken.refused += 1;
            continue;
        };
        let at = (setting.review, setting.reject);
        let (abuse, wrong) = *known.entry(at).or_insert_with(|| risks(&population, &dial.thresholds(setting)[0]));
        let above = |risk: f64, target: Option<super::Share>| target.is_some_and(|target| risk > target.get());
        let (abuse, wrong) = (above(abuse, targets.abuse_published), above(wrong, targets.wrongly_rejected));
        broken.abuse += u32::from(abuse);
        broken.wrong += u32::from(wrong);
        broken.either += u32::from(abuse || wrong);
    }
    broken
}

#[derive(Debug, Default)]
struct Broken {
    abuse: u32,
    wrong: u32,
    either: u32,
    refused: u32,
}

/// In so many of the draws a promise may be broken that is broken with this chance: four standard deviations above, which a
/// sound method exceeds once in thirty thousand.
fn at_most(draws: u32, chance: f64) -> u32 {
    let mean = chance * f64::from(draws);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few")]
    let most = (mean + 4.0 * (mean * (1.0 - chance)).sqrt()).floor() as u32;
    most
}

fn targets(abuse: Option<&str>, wrong: Option<&str>, confidence: &str) -> Targets {
    let share = |text: &str| text.parse().unwrap();
    Targets {
        abuse_published: abuse.map(share),
        wrongly_rejected: wrong.map(share),
        load: None,
        confidence: share(confidence),
    }
}

fn tuned(targets: &Targets) -> impl Fn(&Dial, &[Row]) -> Option<Setting> {
    let targets = *targets;
    move |dial, rows| match tune(dial, rows, &targets) {
        Ok(tuned) => Some(tuned.setting),
        Err(Refusal::NotShown { .. } | Refusal::TooLittle { .. }) => None,
        Err(refusal) => panic!("{refusal}"),
    }
}

#[test]
fn what_is_promised_holds_as_often_as_is_said() {
    for (draws, abuse, wrong, confidence, error) in [
        (1000, Some("3%"), Some("2%"), "95%", 0.05),
        (150, Some("3%"), None, "90%", 0.1),
        (150, None, Some("2%"), "80%", 0.2),
    ] {
        let targets = targets(abuse, wrong, confidence);
        let broken = broken(draws, &targets, tuned(&targets));
        assert!(broken.either <= at_most(draws, error), "{targets:?}: {broken:?}");
        let each = at_most(draws, targets.error());
        assert!(broken.abuse.max(broken.wrong) <= each, "each has its part: {targets:?}: {broken:?}");
        assert!(broken.refused < draws / 2, "it is of use: {targets:?}: {broken:?}");
    }
}

/// The same test fails for whoever takes the laxest thresholds under which the sample itself keeps the target.
#[test]
fn without_the_correction_the_promise_is_broken_far_more_often() {
    let targets = targets(Some("2%"), None, "95%");
    let by_estimate = |dial: &Dial, rows: &[Row]| {
        let board = super::board::Board::of(dial, rows);
        let fits = |review: &usize| board.published[*review].share() <= 0.02;
        (0..STEPS).rev().find(fits).map(|review| Setting { review, reject: PRESENT })
    };
    let broken = broken(300, &targets, by_estimate);
    assert!(broken.abuse > 3 * at_most(300, 0.05), "{broken:?}");
}

/// What people decided on a site, thinned by the draw of its audits, is as good as comments drawn and labelled on purpose.
#[test]
fn what_is_promised_from_a_sites_own_decisions_holds_as_often_as_is_said() {
    let targets = targets(Some("3%"), Some("2%"), "95%");
    let evenly = |population: &[Atom], seed| Sample::of(site(population, seed), LEAST_SHARE).unwrap().rows;
    let broken = broken_on(400, &targets, evenly, tuned(&targets));
    assert!(broken.either <= at_most(400, 0.05), "{broken:?}");
    assert!(broken.refused < 300, "it is of use: {broken:?}");
}

/// Taking all that people decided, the queue's with the audits', counts what was held several times over.
#[test]
fn without_thinning_the_promise_is_broken_far_more_often() {
    let targets = targets(None, Some("2%"), "95%");
    let all = |population: &[Atom], seed| {
        let label = |comment: Numbered| match comment.known {
            Known::Labelled(_, row) => Some(row),
            Known::Waits | Known::Unknown => None,
        };
        site(population, seed).into_iter().filter_map(label).collect()
    };
    let broken = broken_on(100, &targets, all, tuned(&targets));
    assert!(broken.wrong > 3 * at_most(100, 0.05), "{broken:?}");
}

#[test]
fn the_population_is_one_where_promises_can_be_broken() {
    let (dial, population) = (Dial::read(POLICY, &[]).unwrap(), population());
    let at = |review: usize, reject: usize| risks(&population, &dial.thresholds(Setting { review, reject })[0]);
    let (strict, lax) = (at(60, 240), at(STEPS - 1, 0));
    assert!(strict.0 < 0.01 && strict.1 < 0.005 && lax.0 > 0.03, "{strict:?}, {lax:?}");
    assert!(at(0, 0).1 > 0.1);
    let rejected: f64 = population.iter().map(|atom| atom.rejected).sum::<f64>() / 1000.0;
    assert!((0.03..0.12).contains(&rejected), "{rejected}");
}
