//! What the topicality classifier compares: content words, cut to a stem.

use crate::classifier::feature::{Idf, damped};
use crate::text::{Normalised, stable_hash, words};

const IDF_BITS: u32 = 16;
/// How many buckets the document frequencies are hashed into.
pub const IDF_BUCKETS: usize = 1 << IDF_BITS;
/// Words are cut to so many characters: a stemmer that needs no grammar.
const STEM_CHARS: usize = 6;

/// Words that are in every text, sorted; they say nothing about its subject.
const STOP: [&str; 149] = [
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "aren't", "as", "at", "back", "be",
    "because", "been", "before", "being", "but", "by", "can", "can't", "cannot", "could", "did", "didn't", "do",
    "does", "doesn't", "doing", "don't", "down", "each", "else", "even", "every", "few", "for", "from", "get", "go",
    "going", "got", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "i", "i'd", "i'll",
    "i'm", "i've", "if", "in", "into", "is", "isn't", "it", "it's", "its", "just", "know", "like", "look", "made",
    "make", "many", "may", "me", "more", "most", "much", "my", "no", "not", "now", "of", "off", "on", "one", "only",
    "or", "other", "our", "out", "over", "own", "really", "said", "same", "say", "see", "she", "should", "so", "some",
    "still", "such", "than", "that", "that's", "the", "their", "them", "then", "there", "these", "they", "thing",
    "things", "think", "this", "those", "through", "to", "too", "up", "us", "very", "want", "was", "wasn't", "way",
    "we", "well", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "won't", "would",
    "you", "you're", "your", "yours",
];

/// [`STOP`] as numbers, which compare in one step, in the same order.
const STOP_KEYS: [u64; STOP.len()] = {
    let mut keys = [0; STOP.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = key(STOP[at].as_bytes());
        at += 1;
    }
    keys
};

/// Up to eight bytes as a number, the first one highest: numbers compare as the words do.
const fn key(word: &[u8]) -> u64 {
    let (mut key, mut at) = (0, 0);
    while at < size_of::<u64>() {
        key = key << 8 | if at < word.len() { word[at] as u64 } else { 0 };
        at += 1;
    }
    key
}

fn is_stop(word: &str) -> bool {
    word.len() <= size_of::<u64>() && STOP_KEYS.binary_search(&key(word.as_bytes())).is_ok()
}

/// A content word at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Hash of the stem.
    pub hash: u32,
    /// First byte in the normalised text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The content words of a normalised text, and how many words it has in all.
#[must_use]
pub fn terms(text: &Normalised) -> (Vec<Term>, usize) {
    let mut count = 0;
    let found = words(text.as_str()).filter_map(|word| {
        count += 1;
        let content = word.text.len() > 1 && !is_stop(word.text);
        content.then(|| Term { hash: stem_hash(word.text), start: word.start, end: word.end })
    });
    let found = found.collect();
    (found, count)
}

/// Hash of a word's stem.
pub(super) fn stem_hash(word: &str) -> u32 {
    let stem = word.strip_suffix("'s").unwrap_or(word);
    let stem = match stem.strip_suffix('s') {
        Some(singular) if singular.len() >= 3 && !singular.ends_with(['s', 'u', 'i']) => singular,
        _ => stem,
    };
    let end = stem.char_indices().nth(STEM_CHARS).map_or(stem.len(), |(at, _)| at);
    u32::try_from(stable_hash(&stem.as_bytes()[..end]) >> 32).unwrap_or(0)
}

/// The bucket of a term's document frequency.
#[must_use]
pub const fn bucket(hash: u32) -> u32 {
    hash >> (32 - IDF_BITS)
}

/// A text as a weighted set of terms.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bag {
    /// Terms in ascending order, with (1 + ln count) × idf.
    weights: Vec<(u32, f32)>,
    /// Euclidean length of the weights.
    length: f32,
    /// Their sum.
    sum: f32,
    /// How many terms, repeated ones included.
    terms: usize,
}

impl Bag {
    /// The bag of these terms, in any order.
    #[must_use]
    pub fn new(hashes: impl IntoIterator<Item = u32>, idf: &Idf) -> Self {
        let mut hashes: Vec<u32> = hashes.into_iter().collect();
        hashes.sort_unstable();
        let weigh = |group: &[u32]| (group[0], damped(group.len()) * idf.weight(bucket(group[0])));
        let weights: Vec<(u32, f32)> = hashes.chunk_by(|a, b| a == b).map(weigh).collect();
        let length = weights.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        let sum = weights.iter().map(|(_, w)| w).sum();
        Self { weights, length, sum, terms: hashes.len() }
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// How many different terms.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.weights.len()
    }

    /// How many terms, repeated ones included.
    #[must_use]
    pub const fn terms(&self) -> usize {
        self.terms
    }

    /// The different terms, ascending.
    pub fn hashes(&self) -> impl Iterator<Item = u32> + '_ {
        self.weights.iter().map(|(hash, _)| *hash)
    }

    #[must_use]
    pub fn contains(&self, hash: u32) -> bool {
        self.weights.binary_search_by_key(&hash, |(h, _)| *h).is_ok()
    }

    /// Cosine with another bag, 0 to 1; 0 where one is empty.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f32 {
        let mut dot = 0.0;
        self.each_shared(other, |own, others| dot += self.weights[own].1 * others);
        if dot > 0.0 { dot / (self.length * other.length) } else { 0.0 }
    }

    /// The share of this bag's weight that lies on terms of any of the others, 0 to 1, and how many of
    /// those terms are rarer than `rare` (in the units of [`Idf`]).
    #[must_use]
    pub fn overlap(&self, others: &[&Self], idf: &Idf, rare: f32) -> (f32, usize) {
        let mut found = vec![false; self.weights.len()];
        for other in others {
            self.each_shared(other, |own, _| found[own] = true);
        }
        let (mut common, mut rares) = (0.0, 0);
        for ((hash, weight), _) in self.weights.iter().zip(&found).filter(|(_, found)| **found) {
            common += weight;
            rares += usize::from(idf.weight(bucket(*hash)) >= rare);
        }
        (if self.sum > 0.0 { common / self.sum } else { 0.0 }, rares)
    }

    /// Calls back with the index of each own term that is in the other too, and its weight there.
    fn each_shared(&self, other: &Self, mut each: impl FnMut(usize, f32)) {
        let mut rest = other.weights.as_slice();
        // A long list is searched; of two of a length, both are walked.
        let search = rest.len() > 8 * self.weights.len();
        for (index, (hash, _)) in self.weights.iter().enumerate() {
            let skip = if search {
                rest.partition_point(|(h, _)| h < hash)
            } else {
                rest.iter().take_while(|(h, _)| h < hash).count()
            };
            rest = &rest[skip..];
            match rest.first() {
                None => return,
                Some((found, weight)) if found == hash => each(index, *weight),
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP.is_sorted() && STOP_KEYS.is_sorted());
        assert!(STOP.iter().all(|word| word.len() <= size_of::<u64>() && is_stop(word)));
        assert!(["", "theme", "th", "themselves", "doesn"].iter().all(|word| !is_stop(word)));
    }

    #[test]
    fn stems_meet() {
        let hashes = |text: &str| terms(&normalise(text)).0.iter().map(|t| t.hash).collect::<Vec<_>>();
        assert_eq!(hashes("the governments' bus"), hashes("governing a bus"));
        assert_eq!(hashes("talks"), hashes("Talk's"));
        assert_eq!(terms(&normalise("it is what it is")).0, []);
        assert_eq!(terms(&normalise("it is what it is")).1, 5);
    }

    #[test]
    fn overlap_is_measured() {
        let idf = Idf(vec![64; IDF_BUCKETS]);
        let bag = |hashes: &[u32]| Bag::new(hashes.iter().copied(), &idf);
        let (one, two) = (bag(&[1, 2, 3, 4]), bag(&[4, 3, 9, 8]));
        assert!((one.cosine(&two) - 0.5).abs() < 1e-6);
        assert_eq!(one.overlap(&[&two], &idf, 4.0), (0.5, 2));
        assert_eq!(one.overlap(&[&two], &idf, 5.0), (0.5, 0));
        assert!((one.overlap(&[&two, &bag(&[1])], &idf, 5.0).0 - 0.75).abs() < 1e-6);
        assert!((one.cosine(&bag(&(0..100).collect::<Vec<_>>())) - 0.2).abs() < 1e-6, "a long list is searched");
        assert!((one.cosine(&one) - 1.0).abs() < 1e-6);
        assert!(one.cosine(&Bag::default()).abs() < 1e-6);
    }
}
