//! The identity suite: bias by identity terms, after Borkan et al. 2019, "Nuanced Metrics for Measuring
//! Unintended Bias with Real Data for Text Classification".

use super::case::fill;
use super::{Scored, THRESHOLD, auc, mean, rounded, share};
use crate::comment::{Attribute, Scores};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILE: &str = include_str!("../../../suites/identity.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    term: Vec<Terms>,
    template: Vec<Template>,
    background: Background,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    set: String,
    terms: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    name: String,
    people: String,
    person: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    kind: String,
    abusive: bool,
    texts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Background {
    harmless: Vec<String>,
    abusive: Vec<String>,
}

/// How much a scorer's `TOXICITY` depends on the groups that a text names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessReport {
    /// In the order of the file.
    pub terms: Vec<TermReport>,
    /// Within the texts that name no group.
    pub background_auc: Option<f64>,
    pub subgroup_auc: Range,
    pub bpsn_auc: Range,
    pub bnsp_auc: Range,
    pub false_positives: FalsePositives,
    /// Share of each kind of text that is flagged at 0.5, over all terms.
    pub flagged_by_kind: BTreeMap<String, f64>,
}

/// One term.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermReport {
    pub name: String,
    pub set: String,
    /// Abusive against harmless texts that name the group.
    pub subgroup_auc: Option<f64>,
    /// Background positive, subgroup negative: abusive texts that name no group against harmless ones that
    /// name this one. Low where the name alone raises scores.
    pub bpsn_auc: Option<f64>,
    /// Background negative, subgroup positive: harmless texts that name no group against abusive ones that
    /// name this one. Low where abuse of this group is overlooked.
    pub bnsp_auc: Option<f64>,
    /// Share of the harmless texts flagged at 0.5.
    pub false_positive_rate: f64,
    /// Share of the abusive texts not flagged at 0.5.
    pub false_negative_rate: f64,
    /// As `subgroup_auc`, for `IDENTITY_ATTACK`.
    pub identity_attack_auc: Option<f64>,
    /// As `false_positive_rate`, for `IDENTITY_ATTACK`.
    pub identity_attack_false_positive_rate: f64,
}

/// A figure over all terms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    pub min: f64,
    pub mean: f64,
}

/// False-positive rates at 0.5 over all terms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FalsePositives {
    pub min: f64,
    pub mean: f64,
    pub max: f64,
    /// `max` less `min`.
    pub spread: f64,
    /// Mean distance of a term's rate from the rate over all harmless texts of terms, after the equality
    /// differences of Dixon et al. 2018, which are sums.
    pub equality_difference: f64,
    /// Of the texts that name no group.
    pub background: f64,
}

/// One scored text of one term.
struct Case<'a> {
    kind: &'a str,
    toxicity: Scored,
    attack: Scored,
}

/// Scores every text of the suite for every term. What isn't scored counts as 0.
///
/// # Panics
/// Never in a build that passed its tests: they read the embedded suite.
pub fn fairness(score: &mut dyn FnMut(&str) -> Scores) -> FairnessReport {
    let suite: Suite = toml::from_str(FILE).expect("the tests read the suite");
    let texts = [(&suite.background.harmless, false), (&suite.background.abusive, true)];
    let background: Vec<Scored> = texts
        .into_iter()
        .flat_map(|(texts, abusive)| texts.iter().map(move |text| (text, abusive)))
        .map(|(text, abusive)| Scored { score: score(text).get(Attribute::Toxicity).unwrap_or(0.0), abusive })
        .collect();
    let (mut terms, mut all) = (Vec::new(), Vec::new());
    for set in &suite.term {
        for term in &set.terms {
            let cases = cases(term, &suite.template, score);
            terms.push(term_report(term, &set.set, &cases, &background));
            all.extend(cases);
        }
    }
    let mut kinds: BTreeMap<String, Vec<Scored>> = BTreeMap::new();
    for case in &all {
        kinds.entry(case.kind.to_owned()).or_default().push(case.toxicity);
    }
    let all: Vec<Scored> = all.into_iter().map(|c| c.toxicity).collect();
    FairnessReport {
        background_auc: auc(&background),
        subgroup_auc: range(terms.iter().filter_map(|t| t.subgroup_auc)),
        bpsn_auc: range(terms.iter().filter_map(|t| t.bpsn_auc)),
        bnsp_auc: range(terms.iter().filter_map(|t| t.bnsp_auc)),
        false_positives: false_positives(&terms, flagged(&all, false), flagged(&background, false)),
        flagged_by_kind: kinds.into_iter().map(|(kind, scored)| (kind, share(&scored, is_flagged))).collect(),
        terms,
    }
}

fn cases<'a>(term: &Term, templates: &'a [Template], score: &mut dyn FnMut(&str) -> Scores) -> Vec<Case<'a>> {
    let word = |slot: &str| match slot {
        "people" => Some(term.people.as_str()),
        "person" => Some(term.person.as_str()),
        _ => None,
    };
    let mut cases = Vec::new();
    for template in templates {
        for text in &template.texts {
            let scores = score(&fill(text, word).expect("the tests fill every template"));
            let by = |a: Attribute| Scored { score: scores.get(a).unwrap_or(0.0), abusive: template.abusive };
            let (toxicity, attack) = (by(Attribute::Toxicity), by(Attribute::IdentityAttack));
            cases.push(Case { kind: &template.kind, toxicity, attack });
        }
    }
    cases
}

fn term_report(term: &Term, set: &str, cases: &[Case<'_>], background: &[Scored]) -> TermReport {
    let subgroup: Vec<Scored> = cases.iter().map(|c| c.toxicity).collect();
    let attack: Vec<Scored> = cases.iter().map(|c| c.attack).collect();
    let across = |from_background: bool| {
        let kept = background.iter().filter(|s| s.abusive == from_background);
        auc(kept.chain(subgroup.iter().filter(|s| s.abusive != from_background)))
    };
    TermReport {
        name: term.name.clone(),
        set: set.to_owned(),
        subgroup_auc: auc(&subgroup),
        bpsn_auc: across(true),
        bnsp_auc: across(false),
        false_positive_rate: flagged(&subgroup, false),
        false_negative_rate: rounded(1.0 - flagged(&subgroup, true)),
        identity_attack_auc: auc(&attack),
        identity_attack_false_positive_rate: flagged(&attack, false),
    }
}

fn is_flagged(scored: &Scored) -> bool {
    scored.score >= THRESHOLD
}

/// The share flagged of the abusive texts, or of the harmless ones.
fn flagged(scored: &[Scored], abusive: bool) -> f64 {
    let of: Vec<Scored> = scored.iter().copied().filter(|s| s.abusive == abusive).collect();
    share(&of, is_flagged)
}

fn range(values: impl Iterator<Item = f64> + Clone) -> Range {
    Range { min: values.clone().fold(1.0, f64::min), mean: mean(values) }
}

fn false_positives(terms: &[TermReport], overall: f64, background: f64) -> FalsePositives {
    let rates = terms.iter().map(|t| t.false_positive_rate);
    let Range { min, mean: average } = range(rates.clone());
    let max = rates.clone().fold(0.0, f64::max);
    FalsePositives {
        min,
        mean: average,
        max,
        spread: rounded(max - min),
        equality_difference: mean(rates.map(|rate| (rate - overall).abs())),
        background,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn suite() -> Suite {
        toml::from_str(FILE).unwrap()
    }

    fn toxicity(score: f64) -> Scores {
        Scores::from_iter([(Attribute::Toxicity, Some(score))])
    }

    #[test]
    fn there_are_enough_terms_and_templates() {
        let suite = suite();
        let names: BTreeSet<&str> = suite.term.iter().flat_map(|s| &s.terms).map(|t| t.name.as_str()).collect();
        assert_eq!(names.len(), suite.term.iter().map(|s| s.terms.len()).sum::<usize>());
        let count = |abusive| suite.template.iter().filter(|t| t.abusive == abusive).map(|t| t.texts.len()).sum();
        let (abusive, harmless): (usize, usize) = (count(true), count(false));
        assert!(names.len() >= 50 && abusive >= 8 && harmless >= 12);
        assert!(suite.background.abusive.len() >= 20 && suite.background.harmless.len() >= 20);
        let texts = suite.template.iter().flat_map(|t| &t.texts);
        assert!(texts.clone().all(|t| t.contains("{people}") || t.contains("{person}")));
        assert!(texts.clone().all(|t| fill(t, |s| ["people", "person"].contains(&s).then_some("x")).is_ok()));
    }

    #[test]
    fn a_name_that_raises_scores_is_found() {
        let suite = suite();
        let templates = suite.template.iter().filter(|t| t.abusive).flat_map(|t| &t.texts);
        let marks: Vec<String> =
            templates.map(|t| t.split(['{', '}']).max_by_key(|p| p.len()).unwrap().to_owned()).collect();
        let knows = |text: &str| {
            suite.background.abusive.iter().any(|t| t == text) || marks.iter().any(|mark| text.contains(mark))
        };
        let report = fairness(&mut |text| {
            let score = if knows(text) { 0.7 } else { 0.1 };
            toxicity(if text.contains("Sikh") { score + 0.25 } else { score })
        });
        assert!(report.terms.iter().all(|t| t.subgroup_auc == Some(1.0)), "{report:?}");
        let even = report.false_positives;
        assert!((even.spread, even.background) == (0.0, 0.0), "{even:?}");
        let report = fairness(&mut |text| {
            let score = if knows(text) { 0.7 } else { 0.1 };
            toxicity(if text.contains("Sikh") { score + 0.65 } else { score })
        });
        let term = report.terms.iter().find(|t| t.name == "sikh").unwrap();
        assert_eq!((term.subgroup_auc, term.bpsn_auc, term.bnsp_auc), (Some(1.0), Some(0.0), Some(1.0)));
        assert_eq!((report.bpsn_auc.min, report.false_positives.max, report.false_positives.spread), (0.0, 1.0, 1.0));
        assert!(report.bpsn_auc.mean > 0.95 && report.false_positives.equality_difference > 0.0);
    }
}
