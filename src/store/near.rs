//! Finding nearly the same texts without comparing with all: an index by bands, for both adapters.
//!
//! The 64 bits of a near fingerprint are cut into 8 bands of 8 bits (locality-sensitive hashing, Indyk and
//! Motwani 1998). Two texts that share a band are compared; others are taken to be far apart. Of texts that
//! differ in 12 bits, each band is equal for about one pair in six, and any of the eight for about three
//! pairs in four: enough to see that a text comes in again and again, slightly altered.

use crate::comment::{CommentId, Fingerprint};
use crate::policy::Nearness;
use std::collections::HashSet;

/// How many comments a band keeps under one value, and is asked for: the newest.
pub(super) const KEPT: usize = 100;
/// Shorter texts are not kept: they are near to one another by chance, and would crowd out the rest.
pub(super) const MIN_WORDS: u32 = 8;

/// The bands of a near fingerprint: number and value.
pub(super) fn bands(near: u64) -> impl Iterator<Item = (u8, u8)> {
    (0..).zip(near.to_be_bytes())
}

/// Whether a text is kept in the index.
pub(super) const fn is_kept(fingerprint: Fingerprint) -> bool {
    fingerprint.words >= MIN_WORDS
}

/// Counts the comments that are near to a text, each once however many bands it shares.
pub(super) struct Count<'a> {
    text: Fingerprint,
    nearness: Nearness,
    /// The comment being judged doesn't count.
    judged: &'a CommentId,
    found: HashSet<String>,
}

impl<'a> Count<'a> {
    pub(super) fn new(text: Fingerprint, nearness: Nearness, judged: &'a CommentId) -> Self {
        Self { text, nearness, judged, found: HashSet::new() }
    }

    /// Looks at a comment that shares a band: its id, near fingerprint and words.
    pub(super) fn look_at(&mut self, id: &str, near: u64, words: u32) {
        let is_near = words >= self.nearness.min_words && (near ^ self.text.near).count_ones() <= self.nearness.bits;
        if is_near && id != self.judged.as_str() && !self.found.contains(id) {
            self.found.insert(id.to_owned());
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.found.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_texts_count_once_each() {
        let text = Fingerprint { exact: 1, near: 0, words: 12 };
        let judged = CommentId::parse("new").unwrap();
        let mut count = Count::new(text, Nearness { bits: 2, min_words: 9 }, &judged);
        for (id, near, words) in [("a", 3, 9), ("a", 3, 9), ("b", 7, 9), ("c", 0, 8), ("new", 0, 12), ("d", 1, 30)] {
            count.look_at(id, near, words);
        }
        assert_eq!(count.total(), 2);
    }

    #[test]
    fn bands_are_the_bytes() {
        let found: Vec<(u8, u8)> = bands(0x0102_0304_0506_07ff).collect();
        assert_eq!(found, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 255)]);
    }
}
