//! Intervals by the bootstrap (Efron 1979): the rows are drawn anew with replacement, many times.

use crate::training::Progress;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How often to draw, and from which seed. The same seed gives the same intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    pub resamples: u32,
    pub seed: u64,
}

impl Bootstrap {
    /// The value of every statistic in every resample: one ascending list a statistic. A resample in which
    /// a statistic has no value, as one kind was not drawn, is left out of its list.
    ///
    /// A statistic is told how often each of the `units` was drawn.
    pub fn run(
        self,
        units: usize,
        mut statistics: impl FnMut(&[u32]) -> Vec<Option<f64>>,
        progress: &mut dyn Progress,
    ) -> Vec<Vec<f64>> {
        progress.stage("resampling", self.resamples as usize);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let mut lists: Vec<Vec<f64>> = Vec::new();
        let mut counts = vec![0u32; units];
        for _ in 0..if units > 0 { self.resamples } else { 0 } {
            counts.fill(0);
            for _ in 0..units {
                counts[rng.random_range(0..units)] += 1;
            }
            let values = statistics(&counts);
            lists.resize(values.len(), Vec::new());
            for (list, value) in lists.iter_mut().zip(values) {
                list.extend(value);
            }
            progress.advance(1);
        }
        for list in &mut lists {
            list.sort_by(f64::total_cmp);
        }
        lists
    }
}

/// The middle 95 % of an ascending list; `None` if it is empty.
#[must_use]
pub fn middle(ascending: &[f64]) -> Option<(f64, f64)> {
    Some((quantile(ascending, 0.025)?, quantile(ascending, 0.975)?))
}

/// A quantile, linear between the two nearest values (Hyndman and Fan's type 7).
fn quantile(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of resamples")]
    let place = last as f64 * share;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some((ascending[above] - ascending[below]).mul_add(place.fract(), ascending[below]))
}

#[cfg(test)]
mod tests {
    use super::super::curve::auc;
    use super::super::ranking::tests::ranking;
    use super::*;

    #[test]
    fn quantiles_by_hand() {
        let values: Vec<f64> = (0..=40).map(f64::from).collect();
        assert_eq!(middle(&values), Some((1.0, 39.0)));
        assert_eq!(middle(&[0.5]), Some((0.5, 0.5)));
        assert_eq!(middle(&[]), None);
        assert_eq!(quantile(&[0.0, 1.0], 0.25), Some(0.25));
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed| {
            let sum = |counts: &[u32]| vec![Some(f64::from(counts[0])), None];
            Bootstrap { resamples: 50, seed }.run(10, sum, &mut ())
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!((draw(1)[0].len(), draw(1)[1].len()), (50, 0));
        assert_eq!(Bootstrap { resamples: 5, seed: 1 }.run(0, |_| vec![Some(0.0)], &mut ()), [] as [Vec<f64>; 0]);
    }

    /// Positives uniform on 0.4 to 1.4, negatives on 0 to 1: the true area is 1 - 0.6²/2 = 0.82.
    #[test]
    fn intervals_cover_the_truth_about_as_often_as_they_say() {
        let truth = 1.0 - 0.6 * 0.6 / 2.0;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
        let worlds = 200u32;
        let mut covered = 0u32;
        for world in 0..worlds {
            let row = |i: u32| {
                let positive = i.is_multiple_of(3);
                (rng.random::<f64>() + if positive { 0.4 } else { 0.0 }, positive)
            };
            let rows: Vec<(f64, bool)> = (0..120).map(row).collect();
            let ranking = ranking(&rows);
            let bootstrap = Bootstrap { resamples: 200, seed: u64::from(world) };
            let lists = bootstrap.run(rows.len(), |counts| vec![auc(&ranking.resampled(counts))], &mut ());
            let (low, high) = middle(&lists[0]).unwrap();
            covered += u32::from(low <= truth && truth <= high);
        }
        let share = f64::from(covered) / f64::from(worlds);
        assert!((0.89..=0.99).contains(&share), "{share}");
    }
}
