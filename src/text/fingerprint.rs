//! Fingerprints, for finding repeated texts.

use super::{Normalised, combine, stable_hash, words};
use crate::comment::Fingerprint;

/// The fingerprint of a normalised text: equal `exact` for the same words in the same order, whatever
/// stands between them; few differing bits of `near` for texts with most word trigrams in common.
/// Texts of one or two words are compared by their words.
#[must_use]
pub fn fingerprint(text: &Normalised) -> Fingerprint {
    let hashes: Vec<u64> = words(text.as_str()).map(|w| stable_hash(w.text.as_bytes())).collect();
    let exact = hashes.iter().fold(0, |sum, word| combine(sum, *word));
    let near = if hashes.len() < 3 {
        simhash(hashes.iter().copied())
    } else {
        simhash(hashes.windows(3).map(|w| combine(combine(w[0], w[1]), w[2])))
    };
    Fingerprint { exact, near, words: u32::try_from(hashes.len()).unwrap_or(u32::MAX) }
}

/// `SimHash` (Charikar 2002): bit `i` is set where more of the hashes have it than not.
fn simhash(hashes: impl Iterator<Item = u64>) -> u64 {
    let mut votes = [0i32; 64];
    for hash in hashes {
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    votes.iter().enumerate().fold(0, |sum, (bit, vote)| sum | (u64::from(*vote > 0) << bit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    fn print(text: &str) -> Fingerprint {
        fingerprint(&normalise(text))
    }

    const TEXT: &str = "The minister should publish the terms of the ceasefire before anybody is asked to vote on \
                        them, because nobody can judge what they have not been allowed to read";

    #[test]
    fn the_same_words_have_the_same_print() {
        assert_eq!(print("Buy CHEAP watches!!"), print("buy cheap, w4tches"));
        assert_ne!(print("buy cheap watches").exact, print("cheap watches buy").exact);
        assert_eq!(print("one two").words, 2);
        assert_eq!(print(""), Fingerprint::default());
    }

    #[test]
    fn near_texts_differ_in_few_bits() {
        let near = |other: &str| (print(TEXT).near ^ print(other).near).count_ones();
        assert!(near(&TEXT.replace("anybody", "everybody")) <= 14, "{}", near(&TEXT.replace("anybody", "everybody")));
        let other = "I grew up two streets from that bridge and it has needed repair for as long as I can remember";
        assert!(near(other) > 20);
    }
}
