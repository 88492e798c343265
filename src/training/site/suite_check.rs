//! The part of the gate that no decision can sway: the functional and the identity suite.
//!
//! Who poisons the decisions poisons the hold-out too. The suites are ours, and know an insult when the
//! decisions say that there is none.

use super::row::score;
use crate::classifier::calibration::probability;
use crate::classifier::{AbuseModel, Check};
use crate::comment::{Attribute, Scores};
use crate::training::Progress;
use crate::training::suite::{FairnessReport, FunctionalReport, fairness, functional};

/// How far an AUC of the functional suite may fall: a site may well be milder than we are.
const FUNCTIONAL: f64 = 0.03;
/// How far an AUC of the identity suite may fall.
const IDENTITY: f64 = 0.03;
/// How far the rates of false alarms may move apart between groups. They do so in part where a site is
/// stricter and more of everything is flagged.
const EQUALITY: f64 = 0.08;

/// How a model does on both suites.
pub struct Measured(FunctionalReport, FairnessReport);

impl Measured {
    /// Scores every text of both.
    pub fn of(model: &AbuseModel, progress: &mut dyn Progress) -> Self {
        progress.stage("checking on the suites", 2);
        let functional = functional(&mut |text| scores(model, text));
        progress.advance(1);
        let fairness = fairness(&mut |text| scores(model, text));
        progress.advance(1);
        Self(functional, fairness)
    }

    /// The checks for the attributes that were learned; the identity suite speaks of TOXICITY.
    pub fn checks(&self, attributes: &[Attribute], after: &Self) -> Vec<Check> {
        let mut checks: Vec<Check> =
            attributes.iter().filter_map(|a| functional_check(*a, &self.0, &after.0)).collect();
        if attributes.contains(&Attribute::Toxicity) {
            checks.extend(identity_checks(&self.1, &after.1));
        }
        checks
    }
}

fn functional_check(attribute: Attribute, before: &FunctionalReport, after: &FunctionalReport) -> Option<Check> {
    let auc = |report: &FunctionalReport| report.attributes.get(&attribute)?.auc;
    Some(Check::not_lower(format!("{attribute}: functional suite"), auc(before)?, auc(after)?, FUNCTIONAL))
}

fn identity_checks(before: &FairnessReport, after: &FairnessReport) -> [Check; 3] {
    let subgroup = |report: &FairnessReport| report.subgroup_auc.mean;
    let named = |report: &FairnessReport| report.bpsn_auc.mean;
    let apart = |report: &FairnessReport| report.false_positives.equality_difference;
    [
        Check::not_lower("identity suite: abuse told within groups", subgroup(before), subgroup(after), IDENTITY),
        Check::not_lower("identity suite: groups named harmlessly", named(before), named(after), IDENTITY),
        Check::not_higher("identity suite: false alarms apart", apart(before), apart(after), EQUALITY),
    ]
}

fn scores(model: &AbuseModel, text: &str) -> Scores {
    let log_odds = score(model, text);
    let mut scores = Scores::default();
    for attribute in &model.attributes {
        scores.set(*attribute, Some(probability(f64::from(log_odds[attribute.index()]))));
    }
    scores
}
