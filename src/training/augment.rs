//! Training rows written anew as people write who dodge filters, so that the classifier knows both ways.

use super::attack::{Technique, rewrite};
use super::dataset::AbuseRow;
use crate::text::{combine, stable_hash};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Rewritten copies of the rows, with their labels and scores: by which technique hangs on the seed and the row's id
/// alone. Harmless rows are rewritten as often as abusive ones, so that writing oddly is no abuse by itself.
#[must_use]
pub fn rewritten(rows: &[&AbuseRow], seed: u64) -> Vec<AbuseRow> {
    let drawn_from: Vec<Technique> =
        Technique::ALL.into_iter().flat_map(|technique| std::iter::repeat_n(technique, share(technique))).collect();
    let count = drawn_from.len() as u64;
    let copy = |row: &&AbuseRow| {
        let drawn = combine(seed, stable_hash(row.id.as_bytes()));
        let technique = drawn_from[usize::try_from(drawn % count).unwrap_or(0)];
        let text = rewrite(technique, &row.text, &mut Xoshiro256PlusPlus::seed_from_u64(drawn));
        let id = format!("{}:{}", technique.name(), row.id);
        (text != row.text).then(|| AbuseRow { id, text, ..(*row).clone() })
    };
    rows.iter().filter_map(copy).collect()
}

/// How often a technique is drawn beside the others.
const fn share(technique: Technique) -> usize {
    match technique {
        // Normalisation undoes all of it, so there is nothing to learn.
        Technique::ZeroWidth | Technique::CombiningMarks => 0,
        // Drawn as often as the others, these cost most.
        Technique::Leet | Technique::SwappedLetters | Technique::Reversed | Technique::UpsideDown => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::primer;
    use std::collections::BTreeMap;

    #[test]
    fn rows_are_rewritten_and_keep_their_labels() {
        let rows = primer::rows(1).unwrap();
        let rows: Vec<&AbuseRow> = rows.iter().collect();
        let copies = rewritten(&rows, 1);
        assert!(copies.len() > rows.len() * 9 / 10, "{} of {}", copies.len(), rows.len());
        for copy in &copies {
            let row = rows.iter().find(|row| copy.id.ends_with(&row.id)).unwrap();
            assert_ne!(copy.text, row.text);
            assert!(copy.labels.iter().zip(row.labels).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
        let texts = |seed| rewritten(&rows, seed).into_iter().map(|r| r.text).collect::<Vec<_>>();
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn what_costs_most_is_drawn_twice_as_often_and_what_is_undone_never() {
        let rows = primer::rows(1).unwrap();
        let mut drawn: BTreeMap<String, usize> = BTreeMap::new();
        for copy in rewritten(&rows.iter().collect::<Vec<_>>(), 1) {
            *drawn.entry(copy.id.split(':').next().unwrap().to_owned()).or_default() += 1;
        }
        let of = |technique: Technique| drawn.get(technique.name()).copied().unwrap_or(0);
        assert_eq!((of(Technique::ZeroWidth), of(Technique::CombiningMarks), drawn.len()), (0, 0, 14));
        assert!(of(Technique::Reversed) > of(Technique::CodeBlock) * 3 / 2, "{drawn:?}");
    }
}
