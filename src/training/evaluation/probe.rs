//! How much a score gives away where a comment comes from.

use super::{MIN_OF_EACH, Outcome, roc_auc, rounded};
use std::collections::BTreeMap;

/// How well the source can be told from the score alone, among negatives: the mean over sources of
/// |AUC − 0.5| of the score, this source's negatives against all others'. 0 where the score says nothing
/// about the source, 0.5 where it says all. Sources with fewer than 20 negatives, or with fewer than 20
/// elsewhere, don't count; `None` if none does.
#[must_use]
pub fn source_prediction(outcomes: &[Outcome<'_>]) -> Option<f64> {
    let negatives: Vec<&Outcome<'_>> = outcomes.iter().filter(|o| !o.positive).collect();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in &negatives {
        *sizes.entry(outcome.source).or_default() += 1;
    }
    let distance = |source: &str| {
        let here: Vec<Outcome<'_>> =
            negatives.iter().map(|o| Outcome { positive: o.source == source, ..**o }).collect();
        Some((roc_auc(&here)? - 0.5).abs())
    };
    let enough = |size: usize| size >= MIN_OF_EACH && negatives.len() - size >= MIN_OF_EACH;
    let distances: Vec<f64> =
        sizes.iter().filter(|(_, size)| enough(**size)).filter_map(|(source, _)| distance(source)).collect();
    let count = f64::from(u32::try_from(distances.len()).unwrap_or(u32::MAX));
    (!distances.is_empty()).then(|| rounded(distances.iter().sum::<f64>() / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(shift: f64) -> Vec<Outcome<'static>> {
        let row = |i: u32| {
            let (source, base) = if i.is_multiple_of(2) { ("a", 0.0) } else { ("b", shift) };
            Outcome { source, score: base + f64::from(i / 2) / 100.0, positive: false }
        };
        (0..80).map(row).collect()
    }

    #[test]
    fn the_source_shows_in_the_score_or_not() {
        assert_eq!(source_prediction(&rows(0.0)), Some(0.0));
        assert_eq!(source_prediction(&rows(1.0)), Some(0.5));
        assert_eq!(source_prediction(&rows(1.0)[..30]), None, "fifteen of each are too few");
        let positive = rows(1.0).into_iter().map(|o| Outcome { positive: true, ..o });
        assert_eq!(source_prediction(&positive.collect::<Vec<_>>()), None, "only negatives are looked at");
    }
}
