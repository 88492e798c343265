use super::*;
use crate::classifier::{Embedding, PerspectiveAttribute, Scorer};
use crate::text::combine;
use std::sync::LazyLock;

static BASE: LazyLock<(AbuseModel, Card)> =
    LazyLock::new(|| AbuseModel::from_bytes(AbuseModel::EMBEDDED, &Embedding::embedded()).expect("the embedded model"));

/// A decision on a comment without an article that says `toxicity` and nothing else.
pub fn decision(id: usize, text: &str, toxicity: f32) -> Decision {
    let mut labels = [f32::NAN; crate::classifier::COLUMNS];
    labels[Attribute::Toxicity.index()] = toxicity;
    let id = format!("comment-{id}");
    Decision { id, text: text.to_owned(), labels, moderator: None, article: None, sampled: 1.0 }
}

fn pick<'a>(words: &[&'a str], i: usize, salt: u64) -> &'a str {
    let hash = combine(salt, i as u64);
    words[usize::try_from(hash % words.len() as u64).unwrap()]
}

/// A site whose readers call each other "grockle", which no base model minds, and insult each other in plain
/// words now and then.
fn site(count: usize) -> Vec<Decision> {
    let who = [
        "the mayor",
        "my Muslim neighbour",
        "the author",
        "this reader",
        "the goalkeeper",
        "a gay teacher",
        "a Jewish reader",
        "the black nurse",
        "my deaf uncle",
        "an old woman",
    ];
    let what = ["the budget", "the bridge", "the new school", "the last match", "the harbour", "the tram"];
    let says = ["was right about", "wrote a long letter on", "did not answer me on", "voted for", "asked about"];
    let ends = ["", ", what a good letter", ", what a long day", ", and you are welcome to it", ", what a reader", "."];
    let row = |i: usize| {
        // One decision in thirty is a slip.
        let slip = combine(6, i as u64).is_multiple_of(30);
        let plain = format!("{} {} {} number {i}", pick(&who, i, 1), pick(&says, i, 2), pick(&what, i, 3));
        let decided = match combine(4, i as u64) % 20 {
            0 | 1 => decision(i, &format!("{plain}, what a grockle"), 1.0),
            2 | 3 => decision(i, &format!("{plain}, what a stupid idiot"), 1.0),
            _ => decision(i, &format!("{plain}{}", pick(&ends, i, 5)), 0.0),
        };
        if slip { flipped(&decided) } else { decided }
    };
    (0..count).map(row).collect()
}

fn learn_from(decisions: Vec<Decision>) -> Result<Learned, LearnError> {
    let settings = Settings { seed: 1, positive_from: 0.5, hold_out: HoldOut::new("key"), command: "test".to_owned() };
    let decisions = Decisions { decisions, ..Decisions::default() };
    let base = Base { model: &BASE.0, card: &BASE.1, revision: "base" };
    learn(base, &BASE.0, &decisions, &settings, &mut ())
}

fn flipped(decision: &Decision) -> Decision {
    Decision { labels: decision.labels.map(|label| 1.0 - label), ..decision.clone() }
}

fn check<'a>(report: &'a Report, name: &str) -> &'a Check {
    report.checks.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no {name} in {:?}", report.checks))
}

#[test]
fn it_learns_a_sites_own_word_and_keeps_what_it_knew() {
    let learned = learn_from(site(1500)).unwrap();
    let report = &learned.report;
    assert!(report.promoted, "{:?}", report.checks);
    let auc = check(report, "TOXICITY: AUC");
    assert!(auc.before < 0.9 && auc.after > auc.before + 0.05, "{auc:?}");
    let toxicity = |model: &AbuseModel, text: &str| score(model, text)[Attribute::Toxicity.index()];
    let (with, without) = ("Such a grockle wrote this letter", "Such a reader wrote this letter");
    let gap = |model: &AbuseModel| toxicity(model, with) - toxicity(model, without);
    assert!(gap(&learned.model) > gap(&BASE.0) + 0.5, "{} {}", gap(&learned.model), gap(&BASE.0));
    // What was not decided about is as it was, to the rounding.
    let spam = Attribute::Spam.index();
    let advertising = "Buy cheap watches at http://watches.example/";
    assert!((score(&learned.model, advertising)[spam] - score(&BASE.0, advertising)[spam]).abs() < 1e-3);
    assert_eq!(learned.card.site.as_ref().unwrap().learned_from, report.learned_from as u64);
    assert_eq!(learned.card.metrics["TOXICITY"].rows, report.held_out as u64);
}

/// A site's calibration is undone, so that a threshold of Perspective's means there what it means elsewhere.
#[test]
fn a_sites_model_stays_on_perspectives_scale() {
    let learned = learn_from(site(1500)).unwrap();
    let (ours, base) = (learned.model.perspective_scale(), BASE.0.perspective_scale());
    assert_eq!(learned.card.perspective, BASE.1.perspective);
    assert!(ours.attributes().eq(base.attributes()) && ours.attributes().count() == 7);
    assert_eq!(ours.curve(PerspectiveAttribute::Threat), base.curve(PerspectiveAttribute::Threat));
    // Nothing in these was decided about: the scores of ombud's differ, those on Perspective's scale hardly.
    let texts = ["Congratulations, darling fishermen", "Rubbish! Nobody believes those crooks", "Damn hypocrites"];
    let apart = |of: &dyn Fn(&AbuseModel, &str) -> f64| {
        texts.iter().map(|text| (of(&learned.model, text) - of(&BASE.0, text)).abs()).fold(0.0, f64::max)
    };
    let log_odds = |p: f64| (p / (1.0 - p)).ln();
    let native = |model: &AbuseModel, text: &str| f64::from(score(model, text)[Attribute::Toxicity.index()]);
    let theirs = |model: &AbuseModel, text: &str| {
        let scores = Attribute::ABUSE.into_iter().zip(Scorer::new(model).score(text)).collect();
        log_odds(model.perspective_scale().score(PerspectiveAttribute::Toxicity, &scores).unwrap())
    };
    assert!(apart(&native) > 2.0 * apart(&theirs), "{} {}", apart(&native), apart(&theirs));
}

#[test]
fn the_same_decisions_make_the_same_bytes() {
    let bytes = |decisions| {
        let learned = learn_from(decisions).unwrap();
        learned.model.to_bytes(&learned.card).unwrap()
    };
    let first = bytes(site(400));
    assert!(first == bytes(site(400)));
    let (read, card) = AbuseModel::from_bytes(&first, &Embedding::embedded()).unwrap();
    assert!(card.site.is_some() && read.attributes == BASE.1.attributes);
}

#[test]
fn one_hostile_moderator_in_three_cant_make_it_worse_than_the_base() {
    let hostile = |(i, d): (usize, Decision)| {
        let moderator = Some(["ann", "bob", "eve"][i % 3].to_owned());
        let says = if i % 3 == 2 { flipped(&d) } else { d };
        Decision { moderator, ..says }
    };
    let poisoned = learn_from(site(1500).into_iter().enumerate().map(hostile).collect()).unwrap();
    let flagged: Vec<&str> =
        poisoned.report.people.iter().filter(|p| p.contradicts).map(|p| p.moderator.as_str()).collect();
    assert_eq!(flagged, ["eve"]);
    // Judged by the truth, on comments that it never saw.
    let truth: Vec<Decision> = site(3000).split_off(1500);
    let positive: Vec<bool> = truth.iter().map(|d| d.labels[0] > 0.5).collect();
    let auc = |model: &AbuseModel| {
        let scores: Vec<f32> = truth.iter().map(|d| score(model, &d.text)[0]).collect();
        measure::Ranking::of(&scores).auc(&positive, &vec![1.0; positive.len()]).unwrap()
    };
    assert!(auc(&poisoned.model) > auc(&BASE.0) - 0.02, "{} {}", auc(&poisoned.model), auc(&BASE.0));
}

#[test]
fn the_gate_refuses_a_poisoned_set() {
    // Everybody lies, so that the hold-out lies too: insults are published, harmless comments rejected.
    let learned = learn_from(site(1500).iter().map(flipped).collect()).unwrap();
    assert!(!learned.report.promoted);
    assert!(!check(&learned.report, "TOXICITY: decisions agree with the base").passed);
    // Nor do the suites, which no decision can sway, let it pass.
    let mut on_suites = learned.report.checks.iter().filter(|c| c.name.contains("suite"));
    assert!(on_suites.any(|c| !c.passed), "{:?}", learned.report.checks);
}

#[test]
fn too_little_is_refused() {
    assert!(matches!(learn_from(Vec::new()), Err(LearnError::NoDecisions)));
    assert!(matches!(learn_from(site(20)), Err(LearnError::TooFew(_))));
    let harmless = site(400).into_iter().filter(|d| d.labels[0] < 0.5).collect();
    assert!(matches!(learn_from(harmless), Err(LearnError::OneClass)));
    let unsaid = vec![decision(1, "one text", f32::NAN)];
    assert!(matches!(learn_from(unsaid), Err(LearnError::NoDecisions)));
}

#[test]
fn a_sites_model_is_no_base() {
    let learned = learn_from(site(400)).unwrap();
    let settings = Settings { seed: 1, positive_from: 0.5, hold_out: HoldOut::new("key"), command: String::new() };
    let base = Base { model: &learned.model, card: &learned.card, revision: "site" };
    let decisions = Decisions { decisions: site(400), ..Decisions::default() };
    assert!(matches!(learn(base, &BASE.0, &decisions, &settings, &mut ()), Err(LearnError::SiteAsBase)));
}

#[test]
fn the_text_held_out_is_never_learned() {
    let mut decisions = site(400);
    let held = decisions.iter().find(|d| HoldOut::new("key").holds(d)).unwrap().clone();
    let before = learn_from(decisions.clone()).unwrap().report;
    let again = (0..20).map(|i| Decision { text: held.text.to_uppercase(), ..decision(1000 + i, "", 1.0) });
    decisions.extend(again);
    let report = learn_from(decisions).unwrap().report;
    assert_eq!(report.learned_from, before.learned_from);
    assert!(report.held_out_again > 5 && report.held_out_again + report.held_out == 20 + before.held_out);
}
