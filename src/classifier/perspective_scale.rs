//! From ombud's probabilities to the scores that Perspective gave, so that a threshold chosen there keeps its meaning.

use super::PerspectiveAttribute;
use super::calibration::{Sigmoid, log_odds, probability};
use crate::comment::Scores;

/// How many points a curve goes through.
pub const KNOTS: usize = 8;

/// A rising curve from log-odds to log-odds, straight between its knots. Beyond the outermost ones it goes on with a
/// slope of 1, towards 0 and 1, so that no two scores become one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve([[f32; 2]; KNOTS]);

impl Curve {
    /// A curve through these points: log-odds of ombud's, then of Perspective's. `None` unless all are finite and both
    /// rise from each to the next.
    #[must_use]
    pub fn through(knots: [[f32; 2]; KNOTS]) -> Option<Self> {
        let finite = knots.as_flattened().iter().all(|value| value.is_finite());
        let rises = knots.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] < pair[1][1]);
        (finite && rises).then_some(Self(knots))
    }

    /// The points that it goes through.
    #[must_use]
    pub const fn knots(&self) -> &[[f32; 2]; KNOTS] {
        &self.0
    }

    /// The score on the other scale, 0 to 1, of a probability of ombud's.
    #[must_use]
    pub fn at(&self, score: f64) -> f64 {
        let x = log_odds(score);
        let knots = self.0.map(|knot| knot.map(f64::from));
        let above = knots.iter().position(|knot| x < knot[0]);
        probability(match above {
            Some(0) => knots[0][1] + (x - knots[0][0]),
            None => knots[KNOTS - 1][1] + (x - knots[KNOTS - 1][0]),
            Some(above) => {
                let ([x0, y0], [x1, y1]) = (knots[above - 1], knots[above]);
                y0 + (y1 - y0) * ((x - x0) / (x1 - x0))
            }
        })
    }

    /// The same for a model whose log-odds are those of this curve's model, calibrated anew: the new calibration is
    /// undone first. `None` where that would no longer rise.
    #[must_use]
    pub fn behind(&self, calibration: Sigmoid) -> Option<Self> {
        Self::through(self.0.map(|[x, y]| [calibration.slope.mul_add(x, calibration.offset), y]))
    }
}

/// The curves of a model, by attribute of Perspective's.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PerspectiveScale([Option<Curve>; PerspectiveAttribute::ALL.len()]);

impl PerspectiveScale {
    /// The curve of an attribute, if the model has one.
    #[must_use]
    pub const fn curve(&self, attribute: PerspectiveAttribute) -> Option<&Curve> {
        self.0[attribute.index()].as_ref()
    }

    /// Gives an attribute a curve, or takes it away.
    pub const fn set(&mut self, attribute: PerspectiveAttribute, curve: Option<Curve>) {
        self.0[attribute.index()] = curve;
    }

    /// The attributes that have a curve.
    pub fn attributes(&self) -> impl Iterator<Item = PerspectiveAttribute> {
        PerspectiveAttribute::ALL.into_iter().filter(|attribute| self.curve(*attribute).is_some())
    }

    /// What Perspective would have said, 0 to 1; rises with ombud's own score. `SPAM` and `OFF_TOPIC` are ombud's own, as
    /// they are. `None` where ombud has no score, does not answer the attribute, or the model has no curve for it.
    #[must_use]
    pub fn score(&self, attribute: PerspectiveAttribute, scores: &Scores) -> Option<f64> {
        let score = scores.get(attribute.native()?)?;
        if attribute.is_mapped() { self.curve(attribute).map(|curve| curve.at(score)) } else { Some(score) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::calibration::FINEST;
    use crate::comment::Attribute;
    use proptest::prelude::*;

    /// A curve from a first point and the steps to the next ones.
    fn curve() -> impl Strategy<Value = Curve> {
        let steps = prop::collection::vec((0.05f32..3.0, 0.05f32..1.0), KNOTS - 1);
        (-9.0f32..0.0, -6.0f32..0.0, steps).prop_map(|(x, y, steps)| {
            let mut knots = [[x, y]; KNOTS];
            for (place, (dx, dy)) in steps.into_iter().enumerate() {
                knots[place + 1] = [knots[place][0] + dx, knots[place][1] + dy];
            }
            Curve::through(knots).expect("it rises")
        })
    }

    proptest! {
        #[test]
        fn a_higher_score_stays_higher(curve in curve(), low in 1u32..9_999, more in 1u32..9_999) {
            let high = (low + more).min(9_999);
            let at = |score: u32| curve.at(f64::from(score) / 10_000.0);
            prop_assert!(low == high || at(low) < at(high), "{} {}", at(low), at(high));
            prop_assert!(at(low) > 0.0 && at(high) < 1.0);
        }

        #[test]
        fn it_goes_through_its_knots(curve in curve()) {
            for [x, y] in *curve.knots() {
                let (score, expected) = (probability(f64::from(x)), f64::from(y));
                if (FINEST..1.0 - FINEST).contains(&score) {
                    prop_assert!((curve.at(score) - probability(expected)).abs() < 1e-6);
                }
            }
        }

        #[test]
        fn another_calibration_changes_nothing(
            curve in curve(),
            slope in 0.3f32..3.0,
            offset in -2.0f32..2.0,
            share in 0.0f64..1.0,
        ) {
            // Between the ends alone: beyond them either goes on with its own log-odds.
            let [first, last] = [0, KNOTS - 1].map(|k| f64::from(curve.knots()[k][0]));
            let x = first + share * (last - first);
            let other = f64::from(slope) * x + f64::from(offset);
            if x.abs() < 9.0 && other.abs() < 9.0 {
                let behind = curve.behind(Sigmoid { slope, offset }).expect("it rises").at(probability(other));
                prop_assert!((behind - curve.at(probability(x))).abs() < 1e-3, "{behind}");
            }
        }
    }

    fn steps(score: f32) -> Curve {
        let mut knots = [[0.0; 2]; KNOTS];
        for (knot, place) in knots.iter_mut().zip(0u8..) {
            *knot = [f32::from(place) - 6.0, f32::from(place) + score];
        }
        Curve::through(knots).expect("it rises")
    }

    #[test]
    fn the_ends_are_scores_too() {
        let curve = steps(-3.0);
        assert!(0.0 < curve.at(0.0) && curve.at(0.0) < curve.at(0.0001));
        assert!(curve.at(0.9999) < curve.at(1.0) && curve.at(1.0) < 1.0);
    }

    #[test]
    fn what_does_not_rise_is_no_curve() {
        let good = *steps(0.0).knots();
        for (knot, side, value) in [(3, 0, good[2][0]), (3, 1, good[4][1]), (0, 0, f32::NAN), (7, 1, f32::INFINITY)] {
            let mut bad = good;
            bad[knot][side] = value;
            assert_eq!(Curve::through(bad), None);
        }
        assert_eq!(steps(0.0).behind(Sigmoid { slope: -1.0, offset: 0.0 }), None);
    }

    #[test]
    fn an_attribute_is_answered_by_its_curve_or_as_it_is() {
        let mut scale = PerspectiveScale::default();
        scale.set(PerspectiveAttribute::Insult, Some(steps(0.0)));
        let scores: Scores =
            Attribute::ALL.into_iter().map(|a| (a, (a != Attribute::Threat).then_some(0.25))).collect();
        let score = |attribute| scale.score(attribute, &scores);
        assert_eq!(score(PerspectiveAttribute::Insult), Some(steps(0.0).at(0.25)));
        assert_eq!([score(PerspectiveAttribute::Spam), score(PerspectiveAttribute::OffTopic)], [Some(0.25); 2]);
        for absent in [PerspectiveAttribute::Toxicity, PerspectiveAttribute::Threat, PerspectiveAttribute::Obscene] {
            assert_eq!(score(absent), None, "{absent}");
        }
        assert_eq!(scale.attributes().collect::<Vec<_>>(), [PerspectiveAttribute::Insult]);
    }
}
