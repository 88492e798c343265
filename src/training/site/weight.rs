//! How much each decision counts.
//!
//! People see a biased sample: mostly what the policy sent to the queue. Each decision counts by the
//! inverse of the probability that a comment like it reaches a person (Horvitz and Thompson 1952), capped,
//! as one rare comment should not outweigh a day's work. Then nothing and nobody may drown the rest out: a
//! text that is decided again and again, a person who decides more than all others.

use super::decision::Decision;
use crate::text::{fingerprint, normalise};
use std::collections::BTreeMap;

/// Largest inverse probability.
const MAX_INVERSE: f32 = 10.0;
/// Decisions on the same text count together at most as so many.
const TEXT_CAP: f32 = 3.0;
/// From so many moderators on, nobody may weigh more than one part in so many.
const SHARE: usize = 3;
/// A person's first decisions count in full, so that one with few colleagues is heard.
const UNCAPPED: f32 = 500.0;
/// The most that one person weighs where too few decide to compare them.
const ALONE: f32 = 5000.0;

/// The weight of each decision, in decisions: 1 on average before the caps, which only lower it.
#[must_use]
pub fn weights(decisions: &[&Decision]) -> Vec<f32> {
    let inverse: Vec<f32> = decisions.iter().map(|d| d.sampled.recip().min(MAX_INVERSE)).collect();
    #[expect(clippy::cast_precision_loss, reason = "counts of decisions")]
    let mean = inverse.iter().sum::<f32>() / inverse.len().max(1) as f32;
    let mut weights: Vec<f32> = inverse.iter().map(|w| w / mean).collect();
    let texts: Vec<u64> = decisions.iter().map(|d| fingerprint(&normalise(&d.text)).exact).collect();
    let repeated = totals(&texts, &weights, |_| true);
    scale(&mut weights, &repeated, &texts, |_| TEXT_CAP);
    let people: Vec<Option<&str>> = decisions.iter().map(|d| d.moderator.as_deref()).collect();
    let named = totals(&people, &weights, Option::is_some);
    let cap = person_cap(&weights, &named.values().copied().collect::<Vec<f32>>());
    scale(&mut weights, &named, &people, |_| cap);
    weights
}

fn totals<K: Ord + Copy>(keys: &[K], weights: &[f32], counts: impl Fn(&K) -> bool) -> BTreeMap<K, f32> {
    let mut totals = BTreeMap::new();
    for (key, weight) in keys.iter().zip(weights).filter(|(key, _)| counts(key)) {
        *totals.entry(*key).or_insert(0.0) += weight;
    }
    totals
}

fn scale<K: Ord + Copy>(weights: &mut [f32], totals: &BTreeMap<K, f32>, keys: &[K], cap: impl Fn(&K) -> f32) {
    for (weight, key) in weights.iter_mut().zip(keys) {
        if let Some(total) = totals.get(key).filter(|total| **total > cap(key)) {
            *weight *= cap(key) / total;
        }
    }
}

/// The most that one person may weigh: the cap at which the heaviest is just a third of what remains.
fn person_cap(weights: &[f32], people: &[f32]) -> f32 {
    if people.len() < SHARE {
        return ALONE;
    }
    let unnamed = (weights.iter().sum::<f32>() - people.iter().sum::<f32>()).max(0.0);
    let mut sorted = people.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut rest: f32 = unnamed + sorted.iter().sum::<f32>();
    #[expect(clippy::cast_precision_loss, reason = "three")]
    let share = SHARE as f32;
    // With k people at the cap c: c = (k·c + what the others weigh) / 3.
    let mut cap = f32::INFINITY;
    let mut at_cap = 0.0f32;
    for weight in sorted.iter().take(SHARE - 1) {
        if *weight <= rest / (share - at_cap) {
            break;
        }
        rest -= weight;
        at_cap += 1.0;
        cap = rest / (share - at_cap);
    }
    cap.max(UNCAPPED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::site::tests::decision;

    fn by(moderator: &str, from: usize, count: usize) -> Vec<Decision> {
        let row = |i| Decision { moderator: Some(moderator.to_owned()), ..decision(i, &format!("text {i}"), 0.0) };
        (from..from + count).map(row).collect()
    }

    fn totals_of(decisions: &[Decision]) -> BTreeMap<&str, f32> {
        let weights = weights(&decisions.iter().collect::<Vec<_>>());
        let people: Vec<&str> = decisions.iter().filter_map(|d| d.moderator.as_deref()).collect();
        totals(&people, &weights, |_| true)
    }

    #[test]
    fn what_people_rarely_see_counts_more_within_bounds() {
        let mut decisions: Vec<Decision> = (0..4).map(|i| decision(i, &format!("text {i}"), 0.0)).collect();
        (decisions[0].sampled, decisions[1].sampled, decisions[2].sampled) = (0.5, 0.25, 0.001);
        let weights = weights(&decisions.iter().collect::<Vec<_>>());
        assert!((weights[1] / weights[0] - 2.0).abs() < 1e-5 && (weights[2] / weights[3] - 10.0).abs() < 1e-4);
        assert!((weights.iter().sum::<f32>() - 4.0).abs() < 1e-4);
    }

    #[test]
    fn a_repeated_text_does_not_drown_the_others() {
        let decisions: Vec<Decision> = (0..200).map(|i| decision(i, "Buy CHEAP watches!!", 1.0)).collect();
        let weights = weights(&decisions.iter().collect::<Vec<_>>());
        assert!((weights.iter().sum::<f32>() - TEXT_CAP).abs() < 1e-3);
    }

    #[test]
    fn nobody_weighs_more_than_a_third() {
        let mut decisions = by("a", 0, 8000);
        decisions.extend(by("b", 8000, 1500));
        decisions.extend(by("c", 9500, 1000));
        decisions.extend(by("d", 10_500, 700));
        let totals = totals_of(&decisions);
        let all: f32 = totals.values().sum();
        assert!(totals["a"] <= all / 3.0 + 1.0, "{totals:?}");
        assert!((totals["c"] - 1000.0).abs() < 1.0 && (totals["d"] - 700.0).abs() < 1.0, "the others in full");
    }

    #[test]
    fn one_with_few_colleagues_is_heard() {
        let mut decisions = by("a", 0, 2000);
        decisions.extend(by("b", 2000, 5));
        decisions.extend(by("c", 2005, 5));
        assert!((totals_of(&decisions)["a"] - UNCAPPED).abs() < 1.0);
        assert!((totals_of(&decisions[..2005])["a"] - 2000.0).abs() < 1.0, "two can't be compared");
        assert!((totals_of(&by("a", 0, 6000))["a"] - ALONE).abs() < 5.0);
    }
}
