//! How often each feature is in a text: what scoring needs of it, without where.

use super::feature::{BITS, BUCKETS, Sink, scan};
use crate::text::Word;

/// A word of a normalised text, hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashedWord {
    /// First byte in the normalised text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Its [`stable_hash`](crate::text::stable_hash).
    pub hash: u64,
}

/// The features of a text, counted, and its words. Reusable: reading another text keeps the memory, but for
/// that of more words than any sensible text has.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    words: Vec<HashedWord>,
    /// The bucket of every feature that lies in one word, word after word.
    inside: Vec<u32>,
    /// Where in `inside` those of each word end.
    ends: Vec<u32>,
    /// The bucket of every pair of words.
    pairs: Vec<u32>,
    /// Slots of the buckets that have more than one feature, in the order in which they got the second.
    repeated: Vec<u32>,
    /// A hash table with linear probing. Slots that hold another generation are free, so that nobody
    /// has to empty them.
    slots: Vec<Slot>,
    generation: u32,
    /// One less than how many slots this text uses, which is a power of two.
    mask: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// The generation, above the bucket's bits.
    key: u32,
    /// How many features are in the bucket.
    count: u32,
}

/// How many generations fit above a bucket's bits.
const GENERATIONS: u32 = (1 << (32 - BITS)) - 1;
/// Texts of more bytes than this get a slot for every bucket: however a text was chosen, no two of its
/// buckets meet there.
const PROBED_BYTES: usize = 1 << 11;

/// Memory for more words than this is given back with the next text, and for eight times as many features.
const KEPT_WORDS: usize = 1 << 14;

impl Counts {
    /// The counts of a normalised text.
    #[must_use]
    pub fn of(normalised: &str) -> Self {
        let mut counts = Self::default();
        counts.read(normalised);
        counts
    }

    /// Replaces what was read before by the counts of a normalised text.
    pub fn read(&mut self, normalised: &str) {
        self.words.clear();
        self.inside.clear();
        self.ends.clear();
        self.pairs.clear();
        self.repeated.clear();
        // A text has two features a byte at most ("a" between two emoji), and about one in practice.
        let slots =
            if normalised.len() > PROBED_BYTES { BUCKETS } else { (4 * normalised.len() + 2).next_power_of_two() };
        if self.slots.len() < slots {
            self.slots.resize(slots, Slot::default());
        }
        self.mask = slots - 1;
        self.generation += 1;
        if self.generation > GENERATIONS {
            self.slots.fill(Slot::default());
            self.generation = 1;
        }
        self.words.shrink_to(KEPT_WORDS);
        self.ends.shrink_to(KEPT_WORDS);
        self.pairs.shrink_to(KEPT_WORDS);
        self.inside.shrink_to(8 * KEPT_WORDS);
        scan(normalised, self);
    }

    /// The words, in the order of the text.
    #[must_use]
    pub fn words(&self) -> &[HashedWord] {
        &self.words
    }

    /// Each word with the buckets of the features that lie in it alone, once for each feature.
    pub fn insides(&self) -> impl Iterator<Item = (&HashedWord, &[u32])> {
        let mut start = 0;
        self.words.iter().zip(&self.ends).map(move |(word, end)| {
            let inside = &self.inside[start..*end as usize];
            start = *end as usize;
            (word, inside)
        })
    }

    /// The bucket of each word together with the next, once for each pair.
    #[must_use]
    pub fn pairs(&self) -> &[u32] {
        &self.pairs
    }

    /// The buckets with more than one feature, and how many, in the order in which they got the second.
    pub fn repeated(&self) -> impl Iterator<Item = (u32, u32)> {
        self.repeated.iter().map(|place| {
            let Slot { key, count } = self.slots[*place as usize];
            (key & ((1 << BITS) - 1), count)
        })
    }

    #[inline]
    fn count(&mut self, bucket: u32) {
        let key = self.generation << BITS | bucket;
        let mut at = bucket as usize & self.mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.key == key {
                if slot.count == 1 {
                    self.repeated.push(u32::try_from(at).unwrap_or(u32::MAX));
                }
                slot.count = slot.count.saturating_add(1);
                return;
            }
            if slot.key >> BITS != self.generation {
                *slot = Slot { key, count: 1 };
                return;
            }
            at = (at + 1) & self.mask;
        }
    }
}

impl Sink for Counts {
    #[inline]
    fn word(&mut self, word: &Word<'_>, hash: u64) {
        self.words.push(HashedWord { start: word.start, end: word.end, hash });
        self.ends.push(u32::try_from(self.inside.len()).unwrap_or(u32::MAX));
    }

    #[inline]
    fn feature(&mut self, bucket: u32, _: u32, pair: bool) {
        if pair {
            self.pairs.push(bucket);
        } else {
            self.inside.push(bucket);
        }
        self.count(bucket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::feature::{Features, Occurrence};
    use crate::text::{stable_hash, words};
    use proptest::prelude::*;

    fn check(counts: &mut Counts, text: &str) {
        counts.read(text);
        let features = Features::of(text);
        let mut found: Vec<Occurrence> = Vec::new();
        for (word, (_, inside)) in (0..).zip(counts.insides()) {
            found.extend(inside.iter().map(|bucket| Occurrence { bucket: *bucket, word, pair: false }));
        }
        found.extend((0..).zip(counts.pairs()).map(|(word, bucket)| Occurrence { bucket: *bucket, word, pair: true }));
        found.sort_unstable();
        assert_eq!(found, features.occurrences);
        let mut repeated: Vec<(u32, usize)> = counts.repeated().map(|(b, n)| (b, n as usize)).collect();
        repeated.sort_unstable();
        let expected: Vec<_> = features.groups().filter(|g| g.len() > 1).map(|g| (g[0].bucket, g.len())).collect();
        assert_eq!(repeated, expected);
        let hashed =
            words(text).map(|w| HashedWord { start: w.start, end: w.end, hash: stable_hash(w.text.as_bytes()) });
        assert!(hashed.eq(counts.words().iter().copied()));
    }

    proptest! {
        #[test]
        fn counts_are_those_of_the_features(texts in prop::collection::vec("[ab*' \u{e9}🐒]{0,40}|\\PC{0,60}", 1..6)) {
            let mut counts = Counts::default();
            for text in &texts {
                check(&mut counts, text);
            }
        }
    }

    #[test]
    fn generations_begin_anew() {
        let mut counts = Counts::of("one two");
        for generation in [GENERATIONS - 1, GENERATIONS] {
            counts.generation = generation;
            check(&mut counts, "one two one three");
            check(&mut counts, "two");
        }
    }

    #[test]
    fn long_texts_take_bounded_memory() {
        let mut counts = Counts::default();
        check(&mut counts, &(0..30_000).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" "));
        check(&mut counts, &"a".repeat(10_000_000));
        assert_eq!(counts.inside.len(), 40);
        assert!(counts.slots.len() == BUCKETS && counts.words.capacity() <= KEPT_WORDS);
        assert!(counts.pairs.capacity() <= KEPT_WORDS && counts.inside.capacity() <= 8 * KEPT_WORDS);
    }
}
