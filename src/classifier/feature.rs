//! What the abuse classifier sees of a text: hashed words, word pairs and pieces of words.
//!
//! One function for training and serving. [`definition`] names what it computes, and a model file that
//! was trained on anything else is refused.

use crate::text::{StableHash, Word, combine, fmix64, next_word, normalise};

pub(super) const BITS: u32 = 18;
/// How many buckets the features are hashed into (Weinberger et al. 2009).
pub const BUCKETS: usize = 1 << BITS;
/// Longer words are cut for their pieces: nothing that long is a word.
const MAX_WORD_CHARS: usize = 40;
/// Keeps single words, pairs and pieces apart.
const SALT: [u64; 3] = [0x1d8a_5b36_0c9e_f741, 0x6c02_93d1_e57b_48af, 0xb3f4_1e88_2a6d_905c];

/// One feature at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    pub bucket: u32,
    /// Index of the (first) word it lies in.
    pub word: u32,
    /// Whether it spans that word and the next.
    pub pair: bool,
}

/// The features of a text. Reusable: reading another text keeps the memory.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// First byte and one past the last, for each word, in the normalised text.
    pub words: Vec<(usize, usize)>,
    /// Sorted by bucket.
    pub occurrences: Vec<Occurrence>,
}

impl Features {
    /// The features of a normalised text.
    #[must_use]
    pub fn of(normalised: &str) -> Self {
        let mut features = Self::default();
        features.read(normalised);
        features
    }

    /// Replaces what was read before by the features of a normalised text.
    pub fn read(&mut self, normalised: &str) {
        self.words.clear();
        self.occurrences.clear();
        scan(normalised, self);
        self.occurrences.sort_unstable();
    }

    /// The occurrences of each bucket, in the order of the buckets.
    pub fn groups(&self) -> impl Iterator<Item = &[Occurrence]> {
        self.occurrences.chunk_by(|a, b| a.bucket == b.bucket)
    }

    /// Length of the vector of 1 + ln(count), times idf.
    #[must_use]
    pub fn length(&self, idf: &Idf) -> f32 {
        let weights = self.groups().map(|g| damped(g.len()) * idf.weight(g[0].bucket));
        weights.map(|v| v * v).sum::<f32>().sqrt()
    }

    /// Buckets with their weights: 1 + ln(count), times idf, scaled to length 1.
    #[must_use]
    pub fn vector(&self, idf: &Idf) -> Vec<(u32, f32)> {
        let mut vector: Vec<(u32, f32)> =
            self.groups().map(|g| (g[0].bucket, damped(g.len()) * idf.weight(g[0].bucket))).collect();
        let length = vector.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
        if length > 0.0 {
            for (_, value) in &mut vector {
                *value /= length;
            }
        }
        vector
    }
}

impl Sink for Features {
    fn word(&mut self, word: &Word<'_>, _: u64) {
        self.words.push((word.start, word.end));
    }

    fn feature(&mut self, bucket: u32, word: u32, pair: bool) {
        self.occurrences.push(Occurrence { bucket, word, pair });
    }
}

/// What is told of a text's words and features.
pub(super) trait Sink {
    /// The next word, with its [`stable_hash`](crate::text::stable_hash). All features that lie in it alone were told.
    fn word(&mut self, word: &Word<'_>, hash: u64);

    /// A feature that lies in the word of this index, or spans it and the next.
    fn feature(&mut self, bucket: u32, word: u32, pair: bool);
}

/// Reads the features of a normalised text, in one pass.
pub(super) fn scan(normalised: &str, sink: &mut impl Sink) {
    let (mut at, mut index, mut previous) = (0, 0, None);
    loop {
        let mut hash = StableHash::new();
        let mut pieces = Pieces::default();
        let word = next_word(normalised, at, |c| {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| hash.write(byte));
            if let Some(piece) = pieces.next(c) {
                sink.feature(bucket(piece), index, false);
            }
        });
        let Some(word) = word else { return };
        // Up to two letters, the one piece would be the word itself.
        if word.text.len() > 2
            && let Some(piece) = pieces.last()
        {
            sink.feature(bucket(piece), index, false);
        }
        let hash = hash.finish();
        sink.feature(bucket(fmix64(hash ^ SALT[0])), index, false);
        sink.word(&word, hash);
        if let Some(before) = previous {
            sink.feature(bucket(combine(before, hash) ^ SALT[1]), index - 1, true);
        }
        previous = Some(hash);
        at = word.end;
        index += 1;
    }
}

/// The hash of every four characters of `<word>`.
struct Pieces {
    /// The last three characters, 21 bits each, the newest highest.
    before: u64,
    /// How many characters of the word there were.
    seen: usize,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { before: u64::from(b'<') << 42, seen: 0 }
    }
}

impl Pieces {
    /// The piece that ends with the next character of the word.
    #[inline]
    fn next(&mut self, c: char) -> Option<u64> {
        if self.seen >= MAX_WORD_CHARS {
            return None;
        }
        let piece = self.last_with(c);
        self.before = self.before >> 21 | u64::from(u32::from(c)) << 42;
        self.seen += 1;
        piece
    }

    /// The piece that ends with the word.
    #[inline]
    const fn last(&self) -> Option<u64> {
        self.last_with('>')
    }

    #[inline]
    const fn last_with(&self, c: char) -> Option<u64> {
        if self.seen < 2 {
            return None;
        }
        Some(fmix64(self.before ^ (c as u64).wrapping_mul(SALT[2])))
    }
}

fn bucket(hash: u64) -> u32 {
    u32::try_from(hash >> (64 - BITS)).unwrap_or(0)
}

/// 1 + ln(count): the tenth repetition says less than the second.
#[must_use]
pub fn damped(count: usize) -> f32 {
    if count == 1 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = count as f32;
    1.0 + count.ln()
}

/// Inverse document frequencies in steps of a sixteenth, one byte a bucket.
#[derive(Clone)]
pub struct Idf(pub Vec<u8>);

impl Idf {
    const STEP: f32 = 1.0 / 16.0;

    /// From how many of `documents` each bucket occurs in: ln((1 + documents) / (1 + frequency)) + 1.
    #[must_use]
    pub fn from_counts(frequencies: &[u32], documents: u32) -> Self {
        let bytes = frequencies.iter().map(|f| {
            let idf = (f64::from(1 + documents) / f64::from(1 + f)).ln() + 1.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
            let byte = (idf / f64::from(Self::STEP)).round().clamp(1.0, 255.0) as u8;
            byte
        });
        Self(bytes.collect())
    }

    /// The weight of a bucket, in nats plus one.
    #[must_use]
    pub fn weight(&self, bucket: u32) -> f32 {
        f32::from(self.0[bucket as usize]) * Self::STEP
    }
}

/// Names what [`Features`] computes, by computing it on sample texts: any change to normalisation,
/// words, hashing or weighting changes it, and model files trained before are refused.
#[must_use]
pub fn definition() -> String {
    let samples = [
        "You are a complete 1d10t, and f** everyone here kn0ws it!!! See http://example.org/a?b=1",
        "The ceasefire terms look thin to me; Ünïcode, шит, 🐒🐒 s t o p, sooooo don't 2026 10k.",
    ];
    let sum = samples.iter().fold(u64::from(BITS), |sum, text| {
        let features = Features::of(normalise(text).as_str());
        let flat = Idf(vec![64; BUCKETS]);
        features.vector(&flat).iter().fold(sum, |sum, (bucket, value)| {
            // Three digits: enough to tell definitions apart, whatever the last bits of `ln` are.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
            let value = (value * 1000.0).round() as u64;
            combine(sum, combine(u64::from(*bucket), value))
        })
    });
    format!("{sum:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_length_one() {
        let vector = Features::of("an idiot is an idiot").vector(&Idf(vec![32; BUCKETS]));
        let length: f32 = vector.iter().map(|(_, v)| v * v).sum();
        assert!((length - 1.0).abs() < 1e-5);
        assert!(vector.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn reading_again_forgets_the_text_before() {
        let mut features = Features::of("one two three");
        features.read("four");
        assert_eq!(features.occurrences, Features::of("four").occurrences);
        // The word and the pieces <fou four our>.
        assert_eq!(features.occurrences.len(), 4);
        assert_eq!(Features::of("is").occurrences.len(), 1);
        assert!(Features::of("...").occurrences.is_empty());
    }

    #[test]
    fn rare_weighs_more() {
        let idf = Idf::from_counts(&[1000, 1], 1000);
        assert!(idf.weight(1) > idf.weight(0));
        assert!((idf.weight(0) - 1.0).abs() < 0.05);
    }
}
