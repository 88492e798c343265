//! Training rows written anew as people write who dodge filters, so that the classifier knows both ways.

use super::attack::{Technique, rewrite};
use super::dataset::AbuseRow;
use crate::text::{combine, stable_hash};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// One row in so many is written anew.
const PART: u64 = 2;

/// Rewritten copies of some of the rows, with their labels and scores: which rows, and by which technique, hangs on
/// the seed and the row's id alone. Harmless rows are rewritten as often as abusive ones, so that writing oddly is
/// no abuse by itself.
#[must_use]
pub fn rewritten(rows: &[&AbuseRow], seed: u64) -> Vec<AbuseRow> {
    let copy = |row: &&AbuseRow| {
        let drawn = combine(seed, stable_hash(row.id.as_bytes()));
        if !drawn.is_multiple_of(PART) {
            return None;
        }
        let count = Technique::ALL.len() as u64;
        let index = usize::try_from((drawn / PART) % count).unwrap_or(0);
        let technique = Technique::ALL[index];
        let text = rewrite(technique, &row.text, &mut Xoshiro256PlusPlus::seed_from_u64(drawn));
        let id = format!("{}:{}", technique.name(), row.id);
        (text != row.text).then(|| AbuseRow { id, text, ..(*row).clone() })
    };
    rows.iter().filter_map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::primer;

    #[test]
    fn some_rows_are_rewritten_and_keep_their_labels() {
        let rows = primer::rows(1).unwrap();
        let rows: Vec<&AbuseRow> = rows.iter().collect();
        let copies = rewritten(&rows, 1);
        assert!(copies.len() > rows.len() / 4 && copies.len() < rows.len() * 3 / 4, "{}", copies.len());
        for copy in &copies {
            let row = rows.iter().find(|row| copy.id.ends_with(&row.id)).unwrap();
            assert_ne!(copy.text, row.text);
            assert!(copy.labels.iter().zip(row.labels).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
        let texts = |seed| rewritten(&rows, seed).into_iter().map(|r| r.text).collect::<Vec<_>>();
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }
}
