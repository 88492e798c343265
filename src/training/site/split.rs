//! Which decisions are held out, and which fold the others fall into.

use super::decision::Decision;
use crate::text::{combine, stable_hash};
use sha2::{Digest, Sha256};

/// One group in so many is held out.
const PART: u64 = 5;
/// How many folds the others are cut into.
pub const FOLDS: usize = 5;

/// The frozen hold-out: a fifth of the articles (of the comments, where the article is unknown) is never
/// learned from.
///
/// Whether a group belongs to it depends on the key and the group alone, so it stays the same while
/// decisions come in, and whatever seed the learning takes. Who does not know the key can't tell which
/// comments will be examined.
#[derive(Clone)]
pub struct HoldOut {
    key: Vec<u8>,
}

impl HoldOut {
    /// The hold-out of a site; keep the key, and keep it to the site.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.as_bytes().to_vec() }
    }

    /// Whether a decision is held out.
    #[must_use]
    pub fn holds(&self, decision: &Decision) -> bool {
        let key = Sha256::digest(&self.key);
        let hash = Sha256::new().chain_update(key).chain_update(decision.group()).finalize();
        let (head, _) = hash.as_chunks::<8>();
        u64::from_be_bytes(head[0]).is_multiple_of(PART)
    }
}

/// The fold of a decision, below [`FOLDS`]; an article stays in one.
#[must_use]
pub fn fold(decision: &Decision, seed: u64) -> usize {
    let hash = combine(seed, stable_hash(decision.group().as_bytes()));
    usize::try_from(hash % FOLDS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::site::tests::decision;

    #[test]
    fn the_hold_out_stays_as_decisions_grow() {
        let few: Vec<Decision> = (0..500).map(|i| decision(i, "text", 0.0)).collect();
        let many: Vec<Decision> = (0..2000).map(|i| decision(i, "another text", 1.0)).collect();
        let hold_out = HoldOut::new("key");
        let held = |decisions: &[Decision]| decisions.iter().map(|d| hold_out.holds(d)).collect::<Vec<_>>();
        assert_eq!(held(&few), held(&many)[..500]);
        let count = held(&many).iter().filter(|held| **held).count();
        assert!((300..500).contains(&count), "a fifth of 2000 is about 400, not {count}");
        let other = HoldOut::new("another key");
        assert!(many.iter().any(|d| other.holds(d) != hold_out.holds(d)));
    }

    #[test]
    fn an_article_stays_together() {
        let mut decisions: Vec<Decision> = (0..50).map(|i| decision(i, "text", 0.0)).collect();
        for decision in &mut decisions {
            decision.article = Some("the same".to_owned());
        }
        let hold_out = HoldOut::new("key");
        assert!(decisions.iter().all(|d| hold_out.holds(d) == hold_out.holds(&decisions[0])));
        assert!(decisions.iter().all(|d| fold(d, 1) == fold(&decisions[0], 1)));
    }
}
