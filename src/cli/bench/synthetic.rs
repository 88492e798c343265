//! Comments that nobody wrote: words strung together from a seed, as often as news comments have them.
//!
//! What scoring costs depends on the words: how many differ, and how many no vocabulary has. The shares below are
//! those of some 14,000 English news comments of 60 to 240 bytes: 52 words in 1,000 are not in the vocabulary of
//! the embedding, as names and misspellings are, and 22 have an apostrophe.

use crate::classifier::Embedding;
use rand::Rng as _;
use rand::SeedableRng as _;
use rand::seq::IndexedRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::LazyLock;

/// The words of the embedding's vocabulary, of two letters or more, the most frequent first.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let embedding = Embedding::embedded();
    let pieces = (0u32..).take(embedding.len()).map(|id| embedding.vocabulary().piece(id));
    let words = pieces.filter(|piece| piece.len() > 1 && piece.bytes().all(|b| b.is_ascii_lowercase()));
    words.map(str::to_owned).collect()
});

/// The most frequent words with an apostrophe.
const CONTRACTIONS: [&str; 12] =
    ["don't", "it's", "i'm", "that's", "can't", "doesn't", "you're", "didn't", "he's", "isn't", "won't", "let's"];

/// What comments say more often than the books that the vocabulary was counted in.
const SMALL: [&str; 24] = [
    "to", "is", "that", "you", "for", "it", "are", "this", "not", "be", "have", "they", "what", "your", "so", "will",
    "we", "if", "no", "about", "who", "do", "just", "people",
];

/// Some readers are rude, and some hide it: such comments take longer.
const RUDE: [&str; 10] = [
    "idiot",
    "stupid",
    "liars",
    "m0r0n",
    "1d10t",
    "shut up",
    "damn",
    "cr\u{430}p",
    "r i d i c u l o u s",
    "sooooo dumb",
];

/// What words that nobody knows are made of.
const SYLLABLES: [&str; 20] = [
    "ka", "ver", "lo", "mar", "sun", "tes", "or", "rin", "hal", "den", "bri", "sol", "vay", "ek", "pel", "gru", "thi",
    "no", "zam", "quil",
];

/// A source of comments: the same seed gives the same comments.
pub struct Synthetic(Xoshiro256PlusPlus);

impl Synthetic {
    pub fn seeded(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A comment: 60 to 240 bytes, 150 on average, in one to three sentences. One in twelve is rude.
    pub fn comment(&mut self) -> String {
        let bytes = self.0.random_range(60..240);
        let rude = self.0.random_ratio(1, 12);
        self.text(bytes, rude)
    }

    /// The body of an article.
    pub fn article(&mut self) -> String {
        self.text(1_500, false)
    }

    fn text(&mut self, bytes: usize, rude: bool) -> String {
        let mut text = String::with_capacity(bytes + 24);
        let mut left_in_sentence = 0;
        while text.len() < bytes {
            let first = left_in_sentence == 0;
            if first {
                if !text.is_empty() {
                    text.push_str(self.end());
                }
                left_in_sentence = self.0.random_range(6..16);
            } else if self.0.random_ratio(1, 30) {
                text.push(',');
            }
            if !text.is_empty() {
                text.push(' ');
            }
            let start = text.len();
            self.word(&mut text);
            // Sentences and names begin with a capital.
            if first || self.0.random_ratio(1, 12) {
                text[start..=start].make_ascii_uppercase();
            }
            left_in_sentence -= 1;
        }
        if rude {
            text.push(' ');
            text.push_str(pick(&RUDE, &mut self.0));
        }
        text.push('.');
        text
    }

    fn word(&mut self, text: &mut String) {
        match self.0.random_range(0..1_000) {
            0..52 => {
                for _ in 0..self.0.random_range(2..4) {
                    text.push_str(pick(&SYLLABLES, &mut self.0));
                }
            }
            52..74 => text.push_str(pick(&CONTRACTIONS, &mut self.0)),
            74..107 => text.push_str(pick(&["a", "a", "i"], &mut self.0)),
            107..167 => text.push_str(pick(&SMALL, &mut self.0)),
            _ => text.push_str(self.frequent_word()),
        }
    }

    /// By Zipf's law: the chance of the word in place r is ln((r + 1) / r) / ln(words + 1), about 1 in r. With
    /// the others, the hundred most frequent words make up 48 % of a text, as in news comments, and the
    /// thousand 69 %, where it is 75 %.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "below the number of words"
    )]
    fn frequent_word(&mut self) -> &'static str {
        let place = ((WORDS.len() + 1) as f64).powf(self.0.random::<f64>()) as usize;
        &WORDS[place.clamp(1, WORDS.len()) - 1]
    }

    fn end(&mut self) -> &'static str {
        match self.0.random_range(0..20) {
            0 => "...",
            1 => "!",
            2..4 => "?",
            4 => ". ",
            _ => ".",
        }
    }
}

fn pick(words: &[&'static str], dice: &mut Xoshiro256PlusPlus) -> &'static str {
    words.choose(dice).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, detect, normalise, words};
    use std::collections::BTreeSet;

    fn comments(number: usize) -> Vec<String> {
        let mut source = Synthetic::seeded(1);
        (0..number).map(|_| source.comment()).collect()
    }

    #[test]
    fn comments_are_as_long_as_told_and_english() {
        let comments = comments(2_000);
        let bytes = comments.iter().map(String::len).sum::<usize>() / comments.len();
        assert!((140..175).contains(&bytes), "{bytes}");
        let english = comments.iter().filter(|c| detect(c) == Language::English).count();
        assert!(english > 1_700, "{english}");
        assert_eq!(comments[0], Synthetic::seeded(1).comment());
    }

    #[test]
    fn words_are_as_often_known_as_in_news_comments() {
        let known: BTreeSet<&str> = WORDS.iter().map(String::as_str).collect();
        assert!(known.len() > 20_000 && WORDS[0] == "the");
        let (mut all, mut unknown, mut frequent) = (0u32, 0u32, 0u32);
        for comment in comments(2_000) {
            for word in words(normalise(&comment).as_str()).map(|word| word.text) {
                all += 1;
                unknown += u32::from(word.len() > 1 && !word.contains('\'') && !known.contains(word));
                frequent += u32::from(WORDS[..100].iter().any(|w| w == word));
            }
        }
        let share = |part: u32| f64::from(part) / f64::from(all);
        assert!((0.045..0.060).contains(&share(unknown)), "{}", share(unknown));
        assert!((0.38..0.48).contains(&share(frequent)), "{}", share(frequent));
    }
}
