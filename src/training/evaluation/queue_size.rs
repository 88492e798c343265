//! The threshold that keeps a queue as long as another system's made it.

/// The lowest threshold that at most so many of the scores reach, to four decimals as scores are kept, and how many reach
/// it. `None` where none is to be flagged: no threshold below 1 is sure to do that.
///
/// Where many scores are the same, fewer reach it than asked for: a queue never gets longer.
#[must_use]
pub fn keeping(scores: &[f64], flagged: usize) -> Option<(f64, usize)> {
    let mut descending = scores.to_vec();
    descending.sort_by(|a, b| b.total_cmp(a));
    let reaching = |threshold: f64| descending.partition_point(|score| *score >= threshold);
    let at = flagged.checked_sub(1)?;
    // Down, so that the score it is taken from reaches it.
    let lowest = (descending.get(at)? * 1e4).floor() / 1e4;
    if reaching(lowest) <= flagged {
        return Some((lowest, reaching(lowest)));
    }
    // As many as share this score are too many: the next one above.
    let above =
        descending[..at].iter().rev().map(|score| (score * 1e4).floor() / 1e4).find(|t| reaching(*t) <= flagged)?;
    Some((above, reaching(above)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_queue_is_kept_by_hand() {
        let scores = [0.9, 0.2, 0.8, 0.8, 0.1];
        assert_eq!(keeping(&scores, 1), Some((0.9, 1)));
        assert_eq!(keeping(&scores, 2), Some((0.9, 1)), "three reach .8");
        assert_eq!(keeping(&scores, 3), Some((0.8, 3)));
        assert_eq!(keeping(&scores, 5), Some((0.1, 5)));
        assert_eq!((keeping(&scores, 0), keeping(&scores, 6), keeping(&[0.5, 0.5], 1)), (None, None, None));
    }

    proptest! {
        #[test]
        fn a_queue_never_gets_longer(scores in proptest::collection::vec(0.0..=1.0f64, 1..40), flagged in 0usize..40) {
            if let Some((threshold, reached)) = keeping(&scores, flagged) {
                prop_assert_eq!(scores.iter().filter(|score| **score >= threshold).count(), reached);
                prop_assert!(0 < reached && reached <= flagged);
            }
        }
    }
}
