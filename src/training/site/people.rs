//! Where decisions contradict each other, and who contradicts the others. Reported, never dropped: an
//! editor decides what to make of it.

use super::decision::Decision;
use super::measure::{Ranking, noise};
use crate::comment::Fingerprint;
use crate::text::{fingerprint, normalise};
use serde::Serialize;
use std::collections::BTreeMap;

/// Texts of so many words and more are compared by their near print.
const NEAR_WORDS: u32 = 8;
/// Near texts differ in at most so many of 64 bits.
const NEAR_BITS: u32 = 6;
/// A person with fewer decisions of either kind is not measured.
const MIN_OF_EACH: usize = 5;
/// 95 % of a normal distribution lie below so many standard deviations.
const ONE_SIDED: f64 = 1.645;

/// Decisions on texts that were decided more than once, exactly or nearly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Repeats {
    pub decisions: usize,
    /// Those that go against most others on the same text; of a draw, half.
    pub contradict: usize,
}

/// One moderator beside the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Person {
    pub moderator: String,
    pub decisions: usize,
    /// Part of all weight after the caps, 0 to 1.
    pub share: f64,
    /// How often a model that did not see the article ranks what this person rejected above what this person
    /// published: 1 always, 0.5 by chance, less if they contradict. `None` with fewer than five of either kind.
    pub agreement: Option<f64>,
    pub repeats: Repeats,
    /// Contradicts the model beyond chance (one-sided, 95 %), or most others on the same texts.
    pub contradicts: bool,
}

/// Decisions on repeated texts, and every named moderator by name. `scores`: log-odds of TOXICITY from
/// models that never saw the row's article.
#[must_use]
pub fn examine(
    decisions: &[&Decision],
    weights: &[f32],
    scores: &[f32],
    positive: &[Option<bool>],
) -> (Repeats, Vec<Person>) {
    let against = against_most(decisions, positive);
    let count = |rows: &[usize]| Repeats {
        decisions: rows.iter().filter(|row| against[**row].is_some()).count(),
        contradict: rows.iter().filter(|row| against[**row] == Some(true)).count(),
    };
    let mut people: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, decision) in decisions.iter().enumerate() {
        if let Some(moderator) = &decision.moderator {
            people.entry(moderator).or_default().push(row);
        }
    }
    let all: f64 = weights.iter().map(|w| f64::from(*w)).sum();
    let person = |(moderator, rows): (&str, Vec<usize>)| {
        let repeats = count(&rows);
        let (agreement, noise) = agreement(&rows, scores, positive).unzip();
        let surely_below = agreement.zip(noise).is_some_and(|(a, noise)| a + ONE_SIDED * noise < 0.5);
        Person {
            moderator: moderator.to_owned(),
            decisions: rows.len(),
            share: rows.iter().map(|row| f64::from(weights[*row])).sum::<f64>() / all.max(f64::MIN_POSITIVE),
            agreement,
            repeats,
            contradicts: surely_below
                || (repeats.decisions >= MIN_OF_EACH && 2 * repeats.contradict > repeats.decisions),
        }
    };
    let everything: Vec<usize> = (0..decisions.len()).collect();
    (count(&everything), people.into_iter().map(person).collect())
}

fn agreement(rows: &[usize], scores: &[f32], positive: &[Option<bool>]) -> Option<(f64, f64)> {
    let known: Vec<(f32, bool)> = rows.iter().filter_map(|row| Some((scores[*row], positive[*row]?))).collect();
    let (scores, positive): (Vec<f32>, Vec<bool>) = known.into_iter().unzip();
    let positives = positive.iter().filter(|p| **p).count();
    if positives < MIN_OF_EACH || positive.len() - positives < MIN_OF_EACH {
        return None;
    }
    let ranking = Ranking::of(&scores);
    let even = vec![1.0; scores.len()];
    let auc = |weights: &[f64]| ranking.auc(&positive, weights);
    Some((auc(&even)?, noise(&even, 0, auc)))
}

/// Whether each decision goes against most on the same text; `None` where the text came once, or the
/// decision says nothing of TOXICITY.
fn against_most(decisions: &[&Decision], positive: &[Option<bool>]) -> Vec<Option<bool>> {
    let prints: Vec<Fingerprint> = decisions.iter().map(|d| fingerprint(&normalise(&d.text))).collect();
    let clusters = clusters(&prints);
    let mut votes: BTreeMap<usize, [usize; 2]> = BTreeMap::new();
    for (cluster, positive) in clusters.iter().zip(positive) {
        if let Some(positive) = positive {
            votes.entry(*cluster).or_default()[usize::from(*positive)] += 1;
        }
    }
    let against = |(cluster, positive): (&usize, &Option<bool>)| {
        let positive = (*positive)?;
        let [no, yes] = votes[cluster];
        // Of a draw, the rejections count as the ones that stand out.
        let against = if positive { yes <= no } else { no < yes };
        (no + yes > 1).then_some(against)
    };
    clusters.iter().zip(positive).map(against).collect()
}

/// The cluster of each print, named by its first member.
fn clusters(prints: &[Fingerprint]) -> Vec<usize> {
    let mut first: BTreeMap<u64, usize> = BTreeMap::new();
    let mut parent: Vec<usize> =
        prints.iter().enumerate().map(|(row, print)| *first.entry(print.exact).or_insert(row)).collect();
    let long: Vec<usize> = first.into_values().filter(|row| prints[*row].words >= NEAR_WORDS).collect();
    // Prints that differ in at most six bits have a byte in common, so only those are compared.
    for byte in 0..8 {
        let part = |row: &usize| prints[*row].near.to_le_bytes()[byte];
        let mut sorted = long.clone();
        sorted.sort_by_key(|row| (part(row), *row));
        for alike in sorted.chunk_by(|a, b| part(a) == part(b)) {
            for (at, a) in alike.iter().enumerate() {
                for b in &alike[at + 1..] {
                    if (prints[*a].near ^ prints[*b].near).count_ones() <= NEAR_BITS {
                        let (a, b) = (root(&parent, *a), root(&parent, *b));
                        parent[a.max(b)] = a.min(b);
                    }
                }
            }
        }
    }
    (0..prints.len()).map(|row| root(&parent, row)).collect()
}

fn root(parent: &[usize], mut row: usize) -> usize {
    while parent[row] != row {
        row = parent[row];
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Attribute;
    use crate::training::site::tests::decision;

    const LONG: &str = "The minister should publish the terms of the ceasefire before anybody is asked to vote on \
                        them, because nobody can judge what they have not been allowed to read in full by then";

    #[test]
    fn near_texts_fall_together() {
        let prints: Vec<Fingerprint> =
            [LONG, "another text", &format!("{LONG}!!"), &format!("{LONG} now"), "Another  TEXT"]
                .iter()
                .map(|text| fingerprint(&normalise(text)))
                .collect();
        assert_eq!(clusters(&prints), [0, 1, 0, 0, 1]);
    }

    #[test]
    fn who_contradicts_is_named() {
        let mut decisions = Vec::new();
        for i in 0..60 {
            let rude = i % 3 == 0;
            let who = ["ann", "bob", "eve"][i / 3 % 3];
            let says = if who == "eve" { !rude } else { rude };
            let text = format!("text number {}", i / 9);
            let moderator = Some(who.to_owned());
            decisions.push(Decision { moderator, ..decision(i, &text, f32::from(u8::from(says))) });
        }
        let rows: Vec<&Decision> = decisions.iter().collect();
        let scores: Vec<f32> = (0..60u8).map(|i| if i % 3 == 0 { 2.0 } else { -f32::from(i) }).collect();
        let positive: Vec<Option<bool>> = rows.iter().map(|d| d.positive(Attribute::Toxicity, 0.5)).collect();
        let (repeats, people) = examine(&rows, &[1.0; 60], &scores, &positive);
        assert_eq!(repeats.decisions, 60);
        let flagged: Vec<&str> = people.iter().filter(|p| p.contradicts).map(|p| p.moderator.as_str()).collect();
        assert_eq!(flagged, ["eve"], "{people:?}");
        assert!((people.iter().map(|p| p.share).sum::<f64>() - 1.0).abs() < 1e-6);
        assert!(people[0].agreement.unwrap() > 0.99 && people[2].agreement.unwrap() < 0.01);
    }
}
