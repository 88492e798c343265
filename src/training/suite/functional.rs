//! The functional suite: one trait of a text at a time, in the manner of `HateCheck`.

use super::case::{Words, texts};
use super::{Scored, THRESHOLD, auc, mean, rounded, share};
use crate::comment::{Attribute, Scores};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILE: &str = include_str!("../../../suites/functional.toml");

/// What makes a text toxic as well.
const TOXIC: [Attribute; 4] = [Attribute::Toxicity, Attribute::Insult, Attribute::Threat, Attribute::IdentityAttack];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    words: Words,
    function: Vec<Function>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Function {
    name: String,
    group: String,
    tests: String,
    attribute: Attribute,
    abusive: bool,
    templates: Vec<String>,
}

/// How a scorer does on the functional suite. An attribute that it doesn't score counts as 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FunctionalReport {
    /// Texts in all.
    pub cases: usize,
    /// In the order of the file.
    pub functions: Vec<FunctionReport>,
    /// Abusive functions against their harmless look-alikes.
    pub groups: BTreeMap<String, GroupReport>,
    pub attributes: BTreeMap<Attribute, AttributeReport>,
}

/// One function, by the attribute that it is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FunctionReport {
    pub name: String,
    pub group: String,
    /// What it tests, in a sentence.
    pub tests: String,
    pub attribute: Attribute,
    /// Whether its texts should be flagged.
    pub abusive: bool,
    pub cases: usize,
    pub mean_score: f64,
    /// Share judged rightly at a threshold of 0.5.
    pub right_at_half: f64,
    /// Share judged rightly at the best threshold of the attribute.
    pub right_at_best: f64,
}

/// A group of functions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupReport {
    pub attribute: Attribute,
    pub cases: usize,
    pub auc: Option<f64>,
}

/// All functions about one attribute; for `TOXICITY` also those about insults, threats and attacks on
/// identity, whose abusive texts are toxic and whose harmless ones are not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeReport {
    pub cases: usize,
    pub abusive: usize,
    pub auc: Option<f64>,
    /// The one threshold with the best mean of the shares right among abusive and among harmless texts.
    pub best_threshold: f64,
    /// That mean at a threshold of 0.5.
    pub balanced_at_half: f64,
    /// That mean at the best threshold: an upper bound, as it is chosen on these texts.
    pub balanced_at_best: f64,
}

/// Scores every text of the suite.
///
/// # Panics
/// Never in a build that passed its tests: they read the embedded suite.
pub fn functional(score: &mut dyn FnMut(&str) -> Scores) -> FunctionalReport {
    let suite: Suite = toml::from_str(FILE).expect("the tests read the suite");
    let scored: Vec<(&Function, Vec<Scores>)> = suite
        .function
        .iter()
        .map(|f| {
            let texts = texts(&f.templates, &suite.words).expect("the tests fill every template");
            (f, texts.iter().map(|text| score(text)).collect())
        })
        .collect();
    let by = |attribute: Attribute, functions: &dyn Fn(&Function) -> bool| -> Vec<Scored> {
        let chosen = scored.iter().filter(|(f, _)| functions(f));
        let read = |f: &Function, s: &Scores| Scored { score: s.get(attribute).unwrap_or(0.0), abusive: f.abusive };
        chosen.flat_map(|(f, scores)| scores.iter().map(|s| read(f, s))).collect()
    };
    let about = |f: &Function, attribute: Attribute| {
        f.attribute == attribute || (attribute == Attribute::Toxicity && TOXIC.contains(&f.attribute))
    };
    let attributes: BTreeMap<Attribute, AttributeReport> = Attribute::ABUSE
        .into_iter()
        .map(|attribute| (attribute, by(attribute, &|f| about(f, attribute))))
        .filter(|(_, scored)| !scored.is_empty())
        .map(|(attribute, scored)| (attribute, attribute_report(&scored)))
        .collect();
    let functions: Vec<FunctionReport> = suite
        .function
        .iter()
        .map(|f| function_report(f, &by(f.attribute, &|other| other.name == f.name), &attributes))
        .collect();
    let group = |f: &Function| {
        let scored = by(f.attribute, &|other| other.group == f.group);
        (f.group.clone(), GroupReport { attribute: f.attribute, cases: scored.len(), auc: auc(&scored) })
    };
    let groups = suite.function.iter().map(group).collect();
    FunctionalReport { cases: functions.iter().map(|f| f.cases).sum(), functions, groups, attributes }
}

fn function_report(
    function: &Function,
    scored: &[Scored],
    attributes: &BTreeMap<Attribute, AttributeReport>,
) -> FunctionReport {
    let best = attributes.get(&function.attribute).map_or(THRESHOLD, |a| a.best_threshold);
    FunctionReport {
        name: function.name.clone(),
        group: function.group.clone(),
        tests: function.tests.clone(),
        attribute: function.attribute,
        abusive: function.abusive,
        cases: scored.len(),
        mean_score: mean(scored.iter().map(|s| s.score)),
        right_at_half: share(scored, |s| s.right_at(THRESHOLD)),
        right_at_best: share(scored, |s| s.right_at(best)),
    }
}

fn attribute_report(scored: &[Scored]) -> AttributeReport {
    let (abusive, harmless): (Vec<Scored>, Vec<Scored>) = scored.iter().partition(|s| s.abusive);
    let balanced = |threshold: f64| {
        let right = |s: &Scored| s.right_at(threshold);
        rounded(f64::midpoint(share(&abusive, right), share(&harmless, right)))
    };
    // In steps of a hundredth: finer ones would fit the suite and nothing else.
    let steps = (1..100u8).map(|step| f64::from(step) / 100.0);
    let best = steps
        .map(|t| (t, balanced(t)))
        .fold((THRESHOLD, balanced(THRESHOLD)), |best, next| if next.1 > best.1 { next } else { best });
    AttributeReport {
        cases: scored.len(),
        abusive: abusive.len(),
        auc: auc(scored),
        best_threshold: best.0,
        balanced_at_half: balanced(THRESHOLD),
        balanced_at_best: best.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn suite() -> Suite {
        toml::from_str(FILE).unwrap()
    }

    #[test]
    fn every_function_has_twenty_templates_that_can_be_filled() {
        let suite = suite();
        assert!(suite.function.len() >= 40);
        let names: BTreeSet<&str> = suite.function.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names.len(), suite.function.len(), "two functions share a name");
        let mut seen = BTreeSet::new();
        for function in &suite.function {
            assert!(function.templates.len() >= 20, "{}", function.name);
            assert!(function.attribute != Attribute::OffTopic, "{}", function.name);
            assert!(function.templates.iter().all(|t| seen.insert(t)), "{} repeats a template", function.name);
            let texts = texts(&function.templates, &suite.words).unwrap();
            assert!(texts.iter().all(|t| !t.contains(['{', '}'])), "{}", function.name);
        }
    }

    #[test]
    fn every_group_is_about_one_attribute_and_has_both_kinds() {
        let mut groups: BTreeMap<String, BTreeSet<(Attribute, bool)>> = BTreeMap::new();
        for function in suite().function {
            groups.entry(function.group).or_default().insert((function.attribute, function.abusive));
        }
        for (group, kinds) in groups {
            assert_eq!(kinds.iter().map(|k| k.0).collect::<BTreeSet<_>>().len(), 1, "{group}");
            assert_eq!(kinds.len(), 2, "{group} has only one kind");
        }
    }

    #[test]
    fn what_is_measured_is_not_trained_on() {
        let primer = include_str!("../primer.toml");
        let suite = suite();
        let copied = suite.function.iter().flat_map(|f| &f.templates).find(|t| primer.contains(t.as_str()));
        assert_eq!(copied, None);
    }

    #[test]
    fn a_scorer_that_knows_the_suite_is_perfect_and_a_blind_one_is_not() {
        let suite = suite();
        let mut answers: BTreeMap<String, bool> = BTreeMap::new();
        for function in &suite.function {
            let texts = texts(&function.templates, &suite.words).unwrap();
            answers.extend(texts.into_iter().map(|t| (t, function.abusive)));
        }
        let all = |score: f64| Attribute::ABUSE.into_iter().map(|a| (a, Some(score))).collect::<Scores>();
        let knows = functional(&mut |text| all(if answers[text] { 0.4 } else { 0.1 }));
        assert!(knows.attributes.values().all(|a| a.auc == Some(1.0) && a.balanced_at_half < 0.6));
        assert!(knows.attributes.values().all(|a| (a.balanced_at_best - 1.0).abs() < 1e-9));
        assert!(knows.functions.iter().all(|f| f.right_at_best > 0.999), "{:?}", knows.functions);
        assert!(knows.groups.values().all(|g| g.auc == Some(1.0)));
        let blind = functional(&mut |_| Scores::default());
        assert!(blind.groups.values().all(|g| g.auc == Some(0.5)));
        assert!(blind.functions.iter().all(|f| (f.right_at_half > 0.5) != f.abusive));
        let count = |attribute| blind.attributes[&attribute].cases;
        assert!(count(Attribute::Toxicity) > count(Attribute::Insult) + count(Attribute::Threat));
        assert_eq!(blind.cases, blind.groups.values().map(|g| g.cases).sum::<usize>());
    }
}
