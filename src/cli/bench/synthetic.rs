//! Comments that nobody wrote: words of our own, strung together from a seed.

use rand::Rng as _;
use rand::SeedableRng as _;
use rand::seq::IndexedRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;

/// What holds sentences together, and shows that they are English.
const SMALL: [&str; 36] = [
    "the", "and", "that", "of", "is", "it", "they", "have", "with", "for", "not", "but", "this", "what", "would",
    "should", "people", "because", "never", "there", "their", "about", "when", "who", "will", "our", "some", "more",
    "just", "many", "could", "does", "how", "if", "you", "from",
];

const WORDS: [&str; 60] = [
    "minister",
    "border",
    "talks",
    "harbour",
    "ferry",
    "council",
    "budget",
    "school",
    "winter",
    "bridge",
    "market",
    "election",
    "paper",
    "question",
    "answer",
    "neighbour",
    "village",
    "train",
    "doctor",
    "teacher",
    "village",
    "statement",
    "promise",
    "reform",
    "parliament",
    "journalist",
    "commission",
    "valley",
    "crossing",
    "delegation",
    "apples",
    "flour",
    "price",
    "rent",
    "energy",
    "river",
    "garden",
    "street",
    "evening",
    "morning",
    "honest",
    "careful",
    "expensive",
    "public",
    "secret",
    "local",
    "foreign",
    "reasonable",
    "wrong",
    "right",
    "reads",
    "writes",
    "waits",
    "signs",
    "closes",
    "opens",
    "pays",
    "believes",
    "repairs",
    "remembers",
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
            if left_in_sentence == 0 {
                if !text.is_empty() {
                    text.push('.');
                }
                left_in_sentence = self.0.random_range(6..16);
            }
            if !text.is_empty() {
                text.push(' ');
            }
            self.word(&mut text);
            left_in_sentence -= 1;
        }
        if rude {
            text.push(' ');
            text.push_str(pick(&RUDE, &mut self.0));
        }
        text.push('.');
        text
    }

    /// Half small words; and names, without which a text would consist of the same few n-grams, all cached.
    fn word(&mut self, text: &mut String) {
        match self.0.random_range(0..20) {
            0..9 => text.push_str(pick(&SMALL, &mut self.0)),
            9..17 => text.push_str(pick(&WORDS, &mut self.0)),
            _ => {
                for _ in 0..self.0.random_range(2..5) {
                    text.push_str(pick(&SYLLABLES, &mut self.0));
                }
            }
        }
    }
}

fn pick(words: &[&'static str], dice: &mut Xoshiro256PlusPlus) -> &'static str {
    words.choose(dice).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, detect};

    #[test]
    fn comments_are_as_long_as_told_and_english() {
        let mut source = Synthetic::seeded(1);
        let comments: Vec<String> = (0..2_000).map(|_| source.comment()).collect();
        let bytes = comments.iter().map(String::len).sum::<usize>() / comments.len();
        assert!((140..175).contains(&bytes), "{bytes}");
        let english = comments.iter().filter(|c| detect(c) == Language::English).count();
        assert!(english > 1_900, "{english}");
        let mut again = Synthetic::seeded(1);
        assert_eq!(comments[0], again.comment());
    }
}
