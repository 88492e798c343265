//! What is aimed at, and what was reached.

use super::report::Report;
use serde::Serialize;

/// One aim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    pub name: String,
    pub goal: f64,
    /// Whether the value must be at most the goal; at least, otherwise.
    pub at_most: bool,
    /// `None` where it was not measured.
    pub value: Option<f64>,
    /// Whether the goal is reached; `None` where it was not measured.
    pub reached: Option<bool>,
}

/// A megabyte.
const MB: f64 = 1e6;

/// Every aim beside what a report says.
#[must_use]
pub fn targets(report: &Report) -> Vec<Target> {
    let abuse = report.abuse.as_ref();
    let toxicity = abuse.and_then(|a| a.attributes.get("TOXICITY"));
    let c3 = abuse.and_then(|a| a.news.get("c3_news")?.get("TOXICITY")?.auc);
    let news = abuse.and_then(|a| a.news_calibration.get("TOXICITY"));
    let topicality = report.topicality.as_ref();
    let area = |pair: Option<&super::report::PairMeasures>| pair.and_then(|p| p.auc).map(|f| f.value);
    let evasion = report.suites.as_ref().and_then(|s| s.evasion.as_ref());
    let worst = evasion.and_then(|e| e.techniques.get(&e.worst?)?.drop_abusive_attacked);
    let evidence = report.evidence.values().map(|m| m.first_matters_most).reduce(f64::min);
    let bytes = report.models.iter().map(|m| m.bytes).sum::<u64>();
    vec![
        at_least("AUC, mean of six attributes", 0.915, abuse.and_then(|a| a.mean_auc_of_six).map(|f| f.value)),
        at_least("AUC, TOXICITY within source", 0.85, toxicity.and_then(|t| t.auc_within_source).map(|f| f.value)),
        at_least("AUC, TOXICITY on c3_news", 0.75, c3.map(|f| f.value)),
        at_least("AUC, TOXICITY on c3_news, its decisions learned", 0.80, report.learning.last().map(|p| p.auc.mean)),
        at_most("calibration error, TOXICITY on news", 0.02, news.map(|c| c.error.value)),
        at_least("topicality in context, random article", 0.95, area(topicality.map(|t| &t.in_context.random))),
        at_least("topicality in context, same section", 0.905, area(topicality.map(|t| &t.in_context.same_section))),
        at_least("topicality cold, random article", 0.86, area(topicality.map(|t| &t.cold.random))),
        at_least("topicality cold, same section", 0.80, area(topicality.map(|t| &t.cold.same_section))),
        at_most("evasion, AUC lost to the worst technique", 0.03, worst),
        at_most("evasion, AUC lost on average", 0.01, evasion.map(|e| e.mean_drop_abusive_attacked)),
        at_least("evidence: top span matters most", 0.95, evidence),
        at_most("models together, MB", 8.0, (bytes > 0).then(|| super::ranking::float(bytes) / MB)),
    ]
}

fn at_least(name: &str, goal: f64, value: Option<f64>) -> Target {
    Target { name: name.to_owned(), goal, at_most: false, value, reached: value.map(|v| v >= goal) }
}

fn at_most(name: &str, goal: f64, value: Option<f64>) -> Target {
    Target { name: name.to_owned(), goal, at_most: true, value, reached: value.map(|v| v <= goal) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::evaluation::panel::Figures;

    #[test]
    fn a_goal_itself_is_reached() {
        assert_eq!(at_least("a", 0.8, Some(0.8)).reached, Some(true));
        assert_eq!(at_least("a", 0.8, Some(0.79)).reached, Some(false));
        assert_eq!(at_most("a", 0.02, Some(0.03)).reached, Some(false));
        assert_eq!(at_most("a", 0.02, None).reached, None);
    }

    #[test]
    fn what_was_not_measured_is_not_reached() {
        let empty = Report {
            models: Vec::new(),
            resamples: 0,
            abuse: None,
            perspective: None,
            evidence: std::collections::BTreeMap::new(),
            topicality: None,
            suites: None,
            figures: Figures::new(),
            learning: Vec::new(),
            targets: Vec::new(),
            against: Vec::new(),
        };
        assert!(targets(&empty).iter().all(|t| t.value.is_none() && t.reached.is_none()));
    }
}
