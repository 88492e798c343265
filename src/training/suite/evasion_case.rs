//! Texts written by hand to get past a filter, and harmless ones that look so: `suites/evasion.toml`.

use super::{Scored, THRESHOLD, auc, mean, rounded, share};
use crate::comment::{Attribute, Scores};
use crate::training::attack::Technique;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILE: &str = include_str!("../../../suites/evasion.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    technique: Vec<Cases>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    name: Technique,
    abusive: Vec<String>,
    harmless: Vec<String>,
}

/// How a scorer's `TOXICITY` does on disguised abuse and its harmless look-alikes. What isn't scored counts
/// as 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvasionCasesReport {
    pub cases: usize,
    /// Over all techniques.
    pub auc: Option<f64>,
    pub techniques: BTreeMap<Technique, CasesReport>,
    /// Means over the techniques.
    pub mean_abusive_right: f64,
    pub mean_harmless_right: f64,
    pub mean_gap: f64,
}

/// One technique.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CasesReport {
    pub cases: usize,
    /// Share of the abusive texts flagged at 0.5.
    pub abusive_right: f64,
    /// Share of the harmless texts not flagged at 0.5.
    pub harmless_right: f64,
    /// Mean score of the abusive texts less that of the harmless ones.
    pub gap: f64,
    pub auc: Option<f64>,
}

/// Scores every text of the suite.
///
/// # Panics
/// Never in a build that passed its tests: they read the embedded suite.
pub fn evasion_cases(score: &mut dyn FnMut(&str) -> Scores) -> EvasionCasesReport {
    let suite: Suite = toml::from_str(FILE).expect("the tests read the suite");
    let mut all = Vec::new();
    let mut techniques = BTreeMap::new();
    for cases in &suite.technique {
        let mut toxicity = |text: &String| score(text).get(Attribute::Toxicity).unwrap_or(0.0);
        let abusive: Vec<f64> = cases.abusive.iter().map(&mut toxicity).collect();
        let harmless: Vec<f64> = cases.harmless.iter().map(&mut toxicity).collect();
        let gap = rounded(mean(abusive.iter().copied()) - mean(harmless.iter().copied()));
        let scored: Vec<Scored> = [(&abusive, true), (&harmless, false)]
            .into_iter()
            .flat_map(|(scores, abusive)| scores.iter().map(move |score| Scored { score: *score, abusive }))
            .collect();
        let report = CasesReport {
            cases: scored.len(),
            abusive_right: share(&abusive, |score| *score >= THRESHOLD),
            harmless_right: share(&harmless, |score| *score < THRESHOLD),
            gap,
            auc: auc(&scored),
        };
        techniques.insert(cases.name, report);
        all.extend(scored);
    }
    EvasionCasesReport {
        cases: all.len(),
        auc: auc(&all),
        mean_abusive_right: mean(techniques.values().map(|t| t.abusive_right)),
        mean_harmless_right: mean(techniques.values().map(|t| t.harmless_right)),
        mean_gap: mean(techniques.values().map(|t| t.gap)),
        techniques,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_technique_has_cases_of_both_kinds() {
        let suite: Suite = toml::from_str(FILE).unwrap();
        let names: BTreeSet<Technique> = suite.technique.iter().map(|t| t.name).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), Technique::ALL);
        assert_eq!(suite.technique.len(), Technique::ALL.len());
        for cases in &suite.technique {
            assert!(cases.abusive.len() >= 10 && cases.harmless.len() >= 8, "{:?}", cases.name);
        }
        let texts: Vec<&String> = suite.technique.iter().flat_map(|t| t.abusive.iter().chain(&t.harmless)).collect();
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "a text stands twice");
    }

    #[test]
    fn shares_and_gaps_are_those_of_the_scores() {
        let suite: Suite = toml::from_str(FILE).unwrap();
        let abusive: BTreeSet<&String> = suite.technique.iter().flat_map(|t| &t.abusive).collect();
        let report = evasion_cases(&mut |text| {
            let score = if abusive.contains(&text.to_owned()) { 0.9 } else { 0.6 };
            Scores::from_iter([(Attribute::Toxicity, Some(score))])
        });
        assert_eq!((report.auc, report.mean_abusive_right, report.mean_harmless_right), (Some(1.0), 1.0, 0.0));
        assert!((report.mean_gap - 0.3).abs() < 1e-9 && report.techniques.len() == Technique::ALL.len());
    }
}
