//! How long things took, for quantiles over any number of them in little memory.
//!
//! A duration is counted in its bucket: exact to the millisecond up to a quarter of a second, then 128 buckets for each doubling, so
//! that a quantile is off by less than 0.4 %. A century of milliseconds has about 4,500 buckets, of which those are kept
//! that anything fell into.

use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Binary digits of a duration that count.
const DIGITS: u32 = 8;
/// Buckets for each doubling.
const PER_DOUBLING: u64 = 1 << (DIGITS - 1);

/// Counts durations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Durations {
    buckets: BTreeMap<u64, u64>,
    count: u64,
}

/// How long something took, of those of which it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Took {
    /// Of how many this is known.
    pub count: u64,
    /// Half of them took no longer.
    pub median_seconds: Option<f64>,
    /// Nine in ten took no longer.
    pub p90_seconds: Option<f64>,
}

impl Durations {
    pub(super) fn add(&mut self, duration: Duration) {
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        *self.buckets.entry(bucket(ms)).or_default() += 1;
        self.count += 1;
    }

    /// The least duration that so many hundredths of all did not exceed; `None` if there is none at all.
    fn quantile_ms(&self, hundredths: u64) -> Option<u64> {
        let rank = (self.count * hundredths).div_ceil(100).max(1);
        let mut passed = 0;
        let reached = |(_, count): &(&u64, &u64)| {
            passed += **count;
            passed >= rank
        };
        self.buckets.iter().find(reached).map(|(bucket, _)| middle(*bucket))
    }

    pub(super) fn took(&self) -> Took {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 285,000 years")]
        let seconds = |ms: u64| ms as f64 / 1_000.0;
        Took {
            count: self.count,
            median_seconds: self.quantile_ms(50).map(seconds),
            p90_seconds: self.quantile_ms(90).map(seconds),
        }
    }
}

/// How many of the last binary digits do not count.
const fn dropped(ms: u64) -> u32 {
    (u64::BITS - ms.leading_zeros()).saturating_sub(DIGITS)
}

const fn bucket(ms: u64) -> u64 {
    let dropped = dropped(ms);
    dropped as u64 * PER_DOUBLING + (ms >> dropped)
}

/// The middle of a bucket.
const fn middle(bucket: u64) -> u64 {
    let dropped = (bucket / PER_DOUBLING).saturating_sub(1);
    let low = (bucket - dropped * PER_DOUBLING) << dropped;
    low + ((1 << dropped) - 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_ones_are_exact_and_none_have_no_median() {
        let mut durations = Durations::default();
        assert_eq!(durations.took(), Took::default());
        for ms in 0..=255 {
            assert_eq!(middle(bucket(ms)), ms);
        }
        for ms in [10, 20, 30, 40] {
            durations.add(Duration::from_millis(ms));
        }
        let took = durations.took();
        assert_eq!((took.count, took.median_seconds, took.p90_seconds), (4, Some(0.02), Some(0.04)));
        durations.add(Duration::MAX);
        assert_eq!(durations.took().count, 5);
    }

    proptest! {
        #[test]
        fn a_quantile_is_that_of_the_sorted_list(mut all in prop::collection::vec(0_u64..4_000_000_000_000, 1..200)) {
            let mut durations = Durations::default();
            for ms in &all {
                durations.add(Duration::from_millis(*ms));
            }
            all.sort_unstable();
            for hundredths in [50, 90] {
                let rank = (all.len() * hundredths).div_ceil(100);
                let (exact, found) = (all[rank - 1], durations.quantile_ms(hundredths as u64).unwrap());
                prop_assert!(exact.abs_diff(found) * 1_000 <= exact * 4, "{exact} {found}");
            }
        }
    }
}
