//! What a classifier has to be able to do, as suites of texts of our own writing (`suites/*.toml`), and
//! what becomes of its scores when texts are rewritten to dodge it.
//!
//! Pure: the suites are embedded, and a scorer is whatever the caller hands in. They are for measuring
//! only; nothing of them is trained on.

mod case;
mod evasion;
mod evasion_case;
mod fairness;
mod functional;

pub use evasion::{EvasionReport, Plain, TechniqueReport, evasion};
pub use evasion_case::{CasesReport, EvasionCasesReport, evasion_cases};
pub use fairness::{FairnessReport, FalsePositives, Range, TermReport, fairness};
pub use functional::{AttributeReport, FunctionReport, FunctionalReport, GroupReport, functional};

use super::evaluation::{Outcome, roc_auc};

/// Where a score counts as "flagged" unless a report says otherwise.
pub const THRESHOLD: f64 = 0.5;

/// A score beside what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scored {
    score: f64,
    abusive: bool,
}

impl Scored {
    fn right_at(self, threshold: f64) -> bool {
        (self.score >= threshold) == self.abusive
    }
}

/// The area under the ROC curve, `None` where one kind is absent.
fn auc<'a>(scored: impl IntoIterator<Item = &'a Scored>) -> Option<f64> {
    let outcome = |s: &Scored| Outcome { source: "suite", score: s.score, positive: s.abusive };
    roc_auc(&scored.into_iter().map(outcome).collect::<Vec<_>>())
}

/// The share of those for which `holds`, 0 of none, to four decimals.
fn share<T>(of: &[T], holds: impl Fn(&T) -> bool) -> f64 {
    mean(of.iter().map(|one| f64::from(u8::from(holds(one)))))
}

/// The mean, 0 of nothing, to four decimals.
fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { rounded(sum / f64::from(count)) }
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::{Classifier, Input};
    use crate::comment::{Attribute, Scores};
    use crate::text::{Language, normalise};
    use crate::training::attack::Technique;
    use std::sync::LazyLock;

    static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::embedded);

    fn judge(text: &str) -> Scores {
        let normalised = normalise(text);
        let language = Language::English;
        let input = Input { text, normalised: &normalised, language, article: None, parent: None, thread: &[] };
        CLASSIFIER.judge(&input).scores
    }

    #[test]
    fn the_embedded_model_tells_abuse_from_what_looks_like_it() {
        let report = functional(&mut judge);
        for attribute in [Attribute::Toxicity, Attribute::Insult, Attribute::Spam] {
            let auc = report.attributes[&attribute].auc.unwrap();
            assert!(auc > 0.6, "{attribute}: {auc}");
        }
    }

    #[test]
    fn the_embedded_model_tells_abuse_of_a_group_from_its_name() {
        let report = fairness(&mut judge);
        assert!(report.subgroup_auc.mean > 0.6, "{report:?}");
        assert!(report.background_auc.is_some_and(|auc| auc > 0.8), "{report:?}");
    }

    #[test]
    fn the_embedded_model_reads_what_normalisation_undoes() {
        let rows = [
            ("You are a stupid idiot and a liar", true),
            ("What a pathetic moron you are", true),
            ("The tram was late again on Monday", false),
            ("Thanks for the photographs of the harbour", false),
        ];
        let toxicity = |text: &str| judge(text).get(Attribute::Toxicity).unwrap_or(0.0);
        let report = evasion(&rows, &mut { toxicity }, 1);
        assert_eq!(report.plain.auc, Some(1.0));
        let invisible = &report.techniques[&Technique::ZeroWidth];
        assert_eq!((invisible.auc_abusive_attacked, invisible.recall_attacked), (Some(1.0), report.plain.recall));
        assert!(evasion_cases(&mut judge).auc.is_some_and(|auc| auc > 0.5));
    }
}
