//! One threshold of the file, and where it goes as the dial turns.

use super::dial::{Kind, Moved, PRESENT, shift};
use crate::comment::Attribute;
use std::ops::Range;

/// The lowest and the highest threshold that is ever written.
const RANGE: (f64, f64) = (0.001, 0.999);
/// Within these, two decimals are enough; nearer to 0 or 1, a third one tells scores apart.
const COARSE: (f64, f64) = (0.1, 0.9);

/// A threshold at its place in the file.
#[derive(Debug, Clone)]
pub(super) struct Number {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// In lower case; `None` for the paper's own.
    pub section: Option<String>,
    pub attribute: Attribute,
    pub kind: Kind,
    pub value: f64,
    /// Whether the dial has a say.
    pub moves: bool,
}

impl Number {
    /// The threshold at a position of its dial, never lower for a higher position, and at [`PRESENT`] as it was written.
    ///
    /// Rounded to two or three decimals on the careful side: `review` down, so that more is seen by a person, `reject` up, so
    /// that less is rejected unseen. A threshold of 0 or 1 says "always" or "only if certain", and stays.
    pub fn at(&self, step: usize) -> f64 {
        let within = self.value > 0.0 && self.value < 1.0;
        if !self.moves || !within || step == PRESENT {
            return self.value;
        }
        let moved = self.value.ln() - (-self.value).ln_1p() + shift(step);
        let exact = 1.0 / (1.0 + (-moved).exp());
        let rounded = round(exact, self.kind).clamp(RANGE.0, RANGE.1);
        // Rounding never carries it past where it was.
        if step > PRESENT { rounded.max(self.value) } else { rounded.min(self.value) }
    }

    pub fn moved(&self, after: f64) -> Moved {
        let Self { section, attribute, kind, value, .. } = self;
        Moved { section: section.clone(), attribute: *attribute, threshold: *kind, before: *value, after }
    }
}

fn round(exact: f64, kind: Kind) -> f64 {
    let unit = if (COARSE.0..=COARSE.1).contains(&exact) { 100.0 } else { 1000.0 };
    // What is a whole number but for the last digits of its logarithm is that number.
    let units = match kind {
        Kind::Review => (exact * unit + 1e-9).floor(),
        Kind::Reject => (exact * unit - 1e-9).ceil(),
    };
    units / unit
}

/// As it is written into the file: with two decimals if that is what it is, or three, or as many as it has.
pub(super) fn written(value: f64) -> String {
    let same = |text: &String| text.parse::<f64>().is_ok_and(|read| read.to_bits() == value.to_bits());
    [format!("{value:.2}"), format!("{value:.3}")].into_iter().find(same).unwrap_or_else(|| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tuning::dial::STEPS;

    fn number(kind: Kind, value: f64) -> Number {
        Number { span: 0..0, section: None, attribute: Attribute::Toxicity, kind, value, moves: true }
    }

    #[test]
    fn rounding_is_on_the_careful_side() {
        for value in [0.02, 0.105, 0.25, 0.5, 0.8, 0.97] {
            for step in 0..STEPS {
                let exact = 1.0 / (1.0 + (1.0 - value) / value * (-shift(step)).exp());
                let (review, reject) = (number(Kind::Review, value).at(step), number(Kind::Reject, value).at(step));
                if exact > RANGE.0 && exact < RANGE.1 {
                    assert!(review <= exact + 1e-9 && exact < review + 0.0101, "review {value} at {step}: {review}");
                    assert!(reject >= exact - 1e-9 && exact > reject - 0.0101, "reject {value} at {step}: {reject}");
                }
                for moved in [review, reject] {
                    assert!((0.001..=0.999).contains(&moved), "{value} at {step}: {moved}");
                    assert!(step == PRESENT || written(moved).len() <= 5, "{value} at {step}: {}", written(moved));
                }
            }
        }
    }

    #[test]
    fn a_higher_position_is_never_a_lower_threshold() {
        for kind in [Kind::Review, Kind::Reject] {
            for value in [0.0, 0.0003, 0.0015, 0.0999, 0.1, 0.1051, 0.255, 0.9, 0.9001, 0.99999, 1.0] {
                let ladder: Vec<f64> = (0..STEPS).map(|step| number(kind, value).at(step)).collect();
                assert!(ladder.is_sorted(), "{value}: {ladder:?}");
                assert_eq!(ladder[PRESENT].to_bits(), value.to_bits());
            }
        }
    }

    #[test]
    fn what_stays_stays() {
        for value in [0.0, 1.0] {
            let stays = |step: usize| number(Kind::Reject, value).at(step).to_bits() == value.to_bits();
            assert!([0, 60, 240].into_iter().all(stays), "{value}");
        }
        let fixed = Number { moves: false, ..number(Kind::Review, 0.3) };
        assert!([0, 60, 240].into_iter().all(|step| fixed.at(step).to_bits() == 0.3_f64.to_bits()));
    }

    #[test]
    fn numbers_are_written_short() {
        assert_eq!(
            [0.3, 0.25, 0.985, 0.001, 0.2555, 1.0].map(written),
            ["0.30", "0.25", "0.985", "0.001", "0.2555", "1.00"]
        );
    }
}
