//! Exact binomial probabilities, and the bounds that follow from them.

use serde::Serialize;

/// How many were looked at, and how many of them had what was looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub of: u32,
    pub hits: u32,
}

impl Tally {
    /// The share that was seen; 0 of none.
    #[must_use]
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { f64::from(self.hits) / f64::from(self.of) }
    }

    /// How likely so few hits, or fewer, are where each is one with probability `p`.
    #[must_use]
    pub fn at_most(self, p: f64) -> f64 {
        let Self { of, hits } = self;
        if hits >= of || p <= 0.0 {
            return 1.0;
        }
        if p >= 1.0 {
            return 0.0;
        }
        // Summed from the larger end of the smaller tail, so that nothing is lost to a difference of near numbers.
        if f64::from(hits) <= f64::from(of) * p {
            let odds = (1.0 - p) / p;
            let next = |k: u32| (k > 0).then(|| f64::from(k) / f64::from(of - k + 1) * odds);
            sum(probability(hits, of, p), (0..=hits).rev().map_while(next))
        } else {
            let odds = p / (1.0 - p);
            let next = |k: u32| f64::from(of - k) / f64::from(k + 1) * odds;
            1.0 - sum(probability(hits + 1, of, p), (hits + 1..of).map(next))
        }
    }

    /// The largest probability under which so few hits are not rarer than `level`: with confidence 1 − `level`, the
    /// true share is no larger (Clopper and Pearson).
    #[must_use]
    pub fn upper_bound(self, level: f64) -> f64 {
        if self.hits >= self.of {
            return 1.0;
        }
        crossing(self.share(), 1.0, |p| self.at_most(p) > level)
    }

    /// The other side: with confidence 1 − `level`, the true share is no smaller.
    #[must_use]
    pub fn lower_bound(self, level: f64) -> f64 {
        if self.hits == 0 {
            return 0.0;
        }
        let fewer = Self { hits: self.hits - 1, ..self };
        crossing(0.0, self.share(), |p| 1.0 - fewer.at_most(p) <= level)
    }
}

/// How many have to be looked at, and not one hit seen, before a share of `p` is ruled out with confidence 1 − `level`.
#[must_use]
pub fn least_trials(p: f64, level: f64) -> u32 {
    let trials = (level.ln() / (-p).ln_1p()).ceil();
    if trials >= f64::from(u32::MAX) {
        return u32::MAX;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive, and below the limit")]
    let trials = trials as u32;
    trials
}

/// Where a condition that holds at `low` and not at `high` ends.
fn crossing(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The first term and all that follow it by these ratios, as far as they matter.
fn sum(first: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut term) = (first, first);
    for ratio in ratios {
        term *= ratio;
        total += term;
        if term < total * 1e-17 {
            break;
        }
    }
    total.min(1.0)
}

/// The probability of exactly `hits` hits.
fn probability(hits: u32, of: u32, p: f64) -> f64 {
    let ways = ln_factorial(of) - ln_factorial(hits) - ln_factorial(of - hits);
    (ways + f64::from(hits) * p.ln() + f64::from(of - hits) * (-p).ln_1p()).exp()
}

/// The logarithm of n!, to about twelve digits.
fn ln_factorial(n: u32) -> f64 {
    if n < 20 {
        return (2..=n).map(|k| f64::from(k).ln()).sum();
    }
    // Stirling's series: what is left out is below 1e-12 from here on.
    let n = f64::from(n);
    let series = 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3)) + 1.0 / (1260.0 * n.powi(5));
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(hits: u32, of: u32) -> Tally {
        Tally { of, hits }
    }

    /// The sum as it is defined, term by term from the first.
    fn plainly(hits: u32, of: u32, p: f64) -> f64 {
        let mut term = (1.0 - p).powi(i32::try_from(of).unwrap());
        let mut total = term;
        for k in 0..hits {
            term *= f64::from(of - k) / f64::from(k + 1) * p / (1.0 - p);
            total += term;
        }
        total
    }

    #[test]
    fn tails_are_exact() {
        for of in [1, 2, 7, 40, 365] {
            for hits in 0..of {
                for p in [0.001, 0.01, 0.2, 0.5, 0.77] {
                    let (fast, plain) = (tally(hits, of).at_most(p), plainly(hits, of, p));
                    assert!((fast - plain).abs() < 1e-10, "{hits} of {of} at {p}: {fast}, {plain}");
                }
            }
        }
        // Of a million, where the plain sum begins at nothing.
        let far = tally(9_700, 1_000_000).at_most(0.01);
        assert!((0.0012..0.0014).contains(&far), "three deviations below the mean: {far}");
        assert!((tally(10_000, 1_000_000).at_most(0.01) - 0.5027).abs() < 0.001);
    }

    #[test]
    fn bounds_are_those_of_clopper_and_pearson() {
        // No hit: 1 - level^(1/n). One of a hundred: tables have 0.0545 and, of the other side, 0.0003 at 2.5 %.
        assert!((tally(0, 100).upper_bound(0.05) - (1.0 - 0.05_f64.powf(0.01))).abs() < 1e-9);
        assert!((tally(1, 100).upper_bound(0.025) - 0.0545).abs() < 5e-5);
        assert!((tally(1, 100).lower_bound(0.025) - 0.0003).abs() < 5e-5);
        assert_eq!(
            (tally(0, 9).lower_bound(0.1), tally(9, 9).upper_bound(0.1), tally(0, 0).upper_bound(0.1)),
            (0.0, 1.0, 1.0)
        );
    }

    #[test]
    fn so_many_without_a_hit_rule_a_share_out() {
        for (p, level) in [(0.01, 0.05), (0.005, 0.025), (0.2, 0.1)] {
            let needed = least_trials(p, level);
            assert!(tally(0, needed).at_most(p) <= level && tally(0, needed - 1).at_most(p) > level, "{needed}");
        }
        assert_eq!(least_trials(0.01, 0.05), 299);
        assert_eq!(least_trials(1e-12, 1e-9), u32::MAX);
    }
}
