//! What becomes of scores when texts are rewritten to dodge a filter.

use super::{Scored, auc, mean, rounded, share};
use crate::text::{combine, stable_hash};
use crate::training::attack::{Technique, rewrite};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::Serialize;
use std::collections::BTreeMap;

/// Share of harmless texts that may be flagged where recall is measured.
const FALSE_POSITIVES: f64 = 0.05;

/// How a scorer does on rewritten texts, technique by technique.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvasionReport {
    pub rows: usize,
    pub abusive: usize,
    pub plain: Plain,
    pub techniques: BTreeMap<Technique, TechniqueReport>,
    /// The technique that costs most by `drop_abusive_attacked`; `None` where an AUC can't be had.
    pub worst: Option<Technique>,
    /// Means over the techniques.
    pub mean_drop_abusive_attacked: f64,
    pub mean_drop_both_attacked: f64,
    pub mean_recall_attacked: f64,
}

/// The texts as they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Plain {
    pub auc: Option<f64>,
    /// The score above which at most 5 % of the harmless texts lie.
    pub threshold: f64,
    /// Share of the abusive texts above that.
    pub recall: f64,
}

/// The texts rewritten by one technique.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TechniqueReport {
    /// Only abusive texts are rewritten, as by people who dodge.
    pub auc_abusive_attacked: Option<f64>,
    /// Harmless texts are rewritten as well: does the scorer read the words, or only see the writing?
    pub auc_both_attacked: Option<f64>,
    /// How much of the plain AUC is lost; negative where odd writing itself raises scores.
    pub drop_abusive_attacked: Option<f64>,
    pub drop_both_attacked: Option<f64>,
    /// Share of rewritten abusive texts above the threshold of the plain ones.
    pub recall_attacked: f64,
    /// Share of rewritten harmless texts above that threshold; 0.05 or less when plain.
    pub false_positive_rate_attacked: f64,
}

/// Rewrites every row by every technique, and scores the rewritings by one attribute, 0 to 1. A row is a
/// text and whether it is abusive. The same seed rewrites the same, whatever the order of the rows.
pub fn evasion(rows: &[(&str, bool)], score: &mut dyn FnMut(&str) -> f64, seed: u64) -> EvasionReport {
    let scored: Vec<Scored> =
        rows.iter().map(|(text, abusive)| Scored { score: score(text), abusive: *abusive }).collect();
    let threshold = threshold(&scored);
    let plain = Plain { auc: auc(&scored), threshold, recall: above(&scored, threshold, true) };
    let techniques: BTreeMap<Technique, TechniqueReport> = Technique::ALL
        .into_iter()
        .map(|technique| {
            let attacked: Vec<Scored> = rows
                .iter()
                .map(|(text, abusive)| {
                    let own =
                        combine(combine(seed, stable_hash(technique.name().as_bytes())), stable_hash(text.as_bytes()));
                    let mut rng = Xoshiro256PlusPlus::seed_from_u64(own);
                    Scored { score: score(&rewrite(technique, text, &mut rng)), abusive: *abusive }
                })
                .collect();
            (technique, technique_report(&plain, &scored, &attacked))
        })
        .collect();
    let drops = techniques.iter().filter_map(|(t, r)| Some((*t, r.drop_abusive_attacked?)));
    EvasionReport {
        rows: rows.len(),
        abusive: scored.iter().filter(|s| s.abusive).count(),
        worst: drops.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(technique, _)| technique),
        mean_drop_abusive_attacked: mean(techniques.values().filter_map(|t| t.drop_abusive_attacked)),
        mean_drop_both_attacked: mean(techniques.values().filter_map(|t| t.drop_both_attacked)),
        mean_recall_attacked: mean(techniques.values().map(|t| t.recall_attacked)),
        plain,
        techniques,
    }
}

fn technique_report(plain: &Plain, scored: &[Scored], attacked: &[Scored]) -> TechniqueReport {
    let harmless = scored.iter().filter(|s| !s.abusive);
    let auc_abusive_attacked = auc(harmless.chain(attacked.iter().filter(|s| s.abusive)));
    let auc_both_attacked = auc(attacked);
    let drop = |attacked: Option<f64>| Some(rounded(plain.auc? - attacked?));
    TechniqueReport {
        auc_abusive_attacked,
        auc_both_attacked,
        drop_abusive_attacked: drop(auc_abusive_attacked),
        drop_both_attacked: drop(auc_both_attacked),
        recall_attacked: above(attacked, plain.threshold, true),
        false_positive_rate_attacked: above(attacked, plain.threshold, false),
    }
}

/// The lowest score above which no more of the harmless texts lie than may.
fn threshold(scored: &[Scored]) -> f64 {
    let mut harmless: Vec<f64> = scored.iter().filter(|s| !s.abusive).map(|s| s.score).collect();
    harmless.sort_by(|a, b| b.total_cmp(a));
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of rows, taken down"
    )]
    let allowed = (harmless.len() as f64 * FALSE_POSITIVES) as usize;
    harmless.get(allowed).copied().unwrap_or(0.0)
}

fn above(scored: &[Scored], threshold: f64, abusive: bool) -> f64 {
    let of: Vec<Scored> = scored.iter().copied().filter(|s| s.abusive == abusive).collect();
    share(&of, |s| s.score > threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [(&str, bool); 4] = [
        ("such terrible rubbish again", true),
        ("terrible people everywhere nowadays", true),
        ("such pleasant weather again", false),
        ("pleasant people everywhere nowadays", false),
    ];

    #[test]
    fn a_scorer_that_looks_for_a_word_is_dodged() {
        let report = evasion(&ROWS, &mut |text| f64::from(u8::from(text.contains("terrible"))), 3);
        assert_eq!((report.rows, report.abusive), (4, 2));
        assert_eq!(report.plain, Plain { auc: Some(1.0), threshold: 0.0, recall: 1.0 });
        let upside_down = &report.techniques[&Technique::UpsideDown];
        assert_eq!((upside_down.auc_abusive_attacked, upside_down.recall_attacked), (Some(0.5), 0.0));
        let padded = &report.techniques[&Technique::FriendlyPadding];
        assert_eq!((padded.drop_abusive_attacked, padded.recall_attacked), (Some(0.0), 1.0));
        assert!(report.worst.is_some() && report.mean_drop_abusive_attacked > 0.1, "{report:?}");
    }

    #[test]
    fn a_scorer_that_looks_at_the_writing_gains_only_where_harmless_texts_stay() {
        let report = evasion(&ROWS, &mut |text| if text.is_ascii() { 0.0 } else { 1.0 }, 3);
        let homoglyph = &report.techniques[&Technique::UpsideDown];
        assert_eq!((homoglyph.auc_abusive_attacked, homoglyph.auc_both_attacked), (Some(1.0), Some(0.5)));
        assert_eq!((homoglyph.drop_abusive_attacked, homoglyph.false_positive_rate_attacked), (Some(-0.5), 1.0));
    }

    #[test]
    fn the_threshold_lets_one_in_twenty_through() {
        let row = |score: u8| Scored { score: f64::from(score) / 100.0, abusive: false };
        let scored: Vec<Scored> = (0..40).map(row).collect();
        assert!((threshold(&scored) - 0.37).abs() < 1e-9, "{}", threshold(&scored));
        assert!((above(&scored, threshold(&scored), false) - 0.05).abs() < 1e-9);
        assert!(threshold(&[]).abs() < 1e-9);
    }
}
