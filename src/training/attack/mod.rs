//! Techniques by which people write past filters, for training on them and for measuring against them.
//!
//! Pure: the same technique, text and seed give the same rewriting. `crate::text` undoes a part of them
//! (leet, look-alikes, invisible characters, single letters); of every technique some variants stay that
//! it does not undo, because those are what a classifier has to learn.

mod content;
mod disguise;
mod spelling;
mod whole;

use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// A way of rewriting a text so that a person still reads it and a filter may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Technique {
    /// Digits and symbols for letters: `1d10t`, `idi0t`.
    Leet,
    /// Letters of other scripts and styles that look like Latin ones.
    Homoglyph,
    /// Characters that take no room on a screen, between letters.
    ZeroWidth,
    /// Accents, strokes and heaps of them on letters.
    CombiningMarks,
    /// Single letters apart, or a word in two: `i d i o t`, `idi ot`.
    SpacedOut,
    /// Words run together: `youareanidiot`, `#SuchAnIdiot`.
    JoinedWords,
    /// Letters written several times: `idiooot`, `iiddiioott`.
    Stretched,
    /// Inner neighbours changed about: `idoit`.
    SwappedLetters,
    /// A vowel, or all inner vowels, left out: `idit`, `stpd`.
    DroppedLetters,
    /// As it sounds: `stoopid`, `phools`, `luzerz`.
    Phonetic,
    /// Signs inside words, or in the place of a letter: `id-iot`, `i.d.i.o.t`, `id*ot`.
    PunctuationInside,
    /// Flags, squared and circled letters, emoji that look like letters.
    EmojiLetters,
    /// The text dressed up as code.
    CodeBlock,
    /// Letters of each word, or of the whole text, from behind.
    Reversed,
    /// Letters turned on their heads: `ʇoᴉpᴉ`.
    UpsideDown,
    /// Friendly words beside it (Gröndahl et al. 2018).
    FriendlyPadding,
}

impl Technique {
    pub const ALL: [Self; 16] = [
        Self::Leet,
        Self::Homoglyph,
        Self::ZeroWidth,
        Self::CombiningMarks,
        Self::SpacedOut,
        Self::JoinedWords,
        Self::Stretched,
        Self::SwappedLetters,
        Self::DroppedLetters,
        Self::Phonetic,
        Self::PunctuationInside,
        Self::EmojiLetters,
        Self::CodeBlock,
        Self::Reversed,
        Self::UpsideDown,
        Self::FriendlyPadding,
    ];

    /// The name in files and reports, in `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leet => "leet",
            Self::Homoglyph => "homoglyph",
            Self::ZeroWidth => "zero_width",
            Self::CombiningMarks => "combining_marks",
            Self::SpacedOut => "spaced_out",
            Self::JoinedWords => "joined_words",
            Self::Stretched => "stretched",
            Self::SwappedLetters => "swapped_letters",
            Self::DroppedLetters => "dropped_letters",
            Self::Phonetic => "phonetic",
            Self::PunctuationInside => "punctuation_inside",
            Self::EmojiLetters => "emoji_letters",
            Self::CodeBlock => "code_block",
            Self::Reversed => "reversed",
            Self::UpsideDown => "upside_down",
            Self::FriendlyPadding => "friendly_padding",
        }
    }
}

/// Rewrites a text by a technique. Word by word, that is half of its content words (four letters or
/// more; shorter ones where there are no such) and at least one; links and addresses are left alone.
/// A text without words comes back as it is, except in code or beside friendly words.
#[must_use]
pub fn rewrite(technique: Technique, text: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    match technique {
        Technique::Leet => content::each(text, rng, disguise::leet),
        Technique::Homoglyph => content::each(text, rng, disguise::homoglyph),
        Technique::ZeroWidth => content::each(text, rng, disguise::zero_width),
        Technique::CombiningMarks => content::each(text, rng, disguise::combining_marks),
        Technique::SpacedOut => content::each(text, rng, spelling::spaced_out),
        Technique::JoinedWords => whole::joined_words(text, rng),
        Technique::Stretched => content::each(text, rng, spelling::stretched),
        Technique::SwappedLetters => content::each(text, rng, spelling::swapped_letters),
        Technique::DroppedLetters => content::each(text, rng, spelling::dropped_letters),
        Technique::Phonetic => content::each(text, rng, spelling::phonetic),
        Technique::PunctuationInside => content::each(text, rng, spelling::punctuation_inside),
        Technique::EmojiLetters => content::each(text, rng, disguise::emoji_letters),
        Technique::CodeBlock => whole::code_block(text, rng),
        Technique::Reversed => whole::reversed(text, rng),
        Technique::UpsideDown => whole::upside_down(text),
        Technique::FriendlyPadding => whole::friendly_padding(text, rng),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;
    use rand::SeedableRng;
    use std::collections::BTreeSet;

    const TEXT: &str = "You are such a stupid idiot, and nobody believes your rubbish about the bridge";

    fn variants(technique: Technique, text: &str) -> BTreeSet<String> {
        (0..200).map(|seed| rewrite(technique, text, &mut Xoshiro256PlusPlus::seed_from_u64(seed))).collect()
    }

    #[test]
    fn every_technique_changes_the_text_in_several_ways() {
        for technique in Technique::ALL {
            let variants = variants(technique, TEXT);
            assert!(!variants.contains(TEXT), "{technique:?}");
            let enough = if technique == Technique::UpsideDown { 1 } else { 4 };
            assert!(variants.len() >= enough, "{technique:?}: {variants:?}");
        }
    }

    #[test]
    fn the_same_seed_rewrites_the_same() {
        for technique in Technique::ALL {
            assert_eq!(variants(technique, TEXT), variants(technique, TEXT), "{technique:?}");
        }
    }

    #[test]
    fn normalisation_does_not_undo_every_variant() {
        // Invisible characters and marks are dropped whole, and so they should be.
        let undone = [Technique::ZeroWidth, Technique::CombiningMarks];
        let plain = normalise(TEXT);
        for technique in Technique::ALL.into_iter().filter(|t| !undone.contains(t)) {
            let left = variants(technique, TEXT).iter().filter(|v| normalise(v) != plain).count();
            assert!(left > 0, "{technique:?}");
        }
    }

    #[test]
    fn names_are_those_of_the_files() {
        for technique in Technique::ALL {
            let written = serde_json::to_string(&technique).unwrap();
            assert_eq!(written, format!("\"{}\"", technique.name()));
        }
        assert_eq!(Technique::ALL.map(Technique::name).into_iter().collect::<BTreeSet<_>>().len(), 16);
    }

    #[test]
    fn odd_texts_are_survived() {
        for technique in Technique::ALL {
            for text in
                ["", " ", "a", "🤡🤡", "مرحبا بالعالم", "Straße über İstanbul", "e\u{301}e\u{301}e\u{301}e\u{301}"]
            {
                assert!(variants(technique, text).len() <= 200, "{technique:?}");
            }
        }
    }

    #[test]
    fn links_are_left_alone() {
        let text = "Look at https://www.example.org/terrible/story or write to letters@example.org";
        for technique in [Technique::Leet, Technique::SpacedOut, Technique::DroppedLetters, Technique::Homoglyph] {
            for variant in variants(technique, text) {
                assert!(variant.contains("https://www.example.org/terrible/story"), "{variant}");
                assert!(variant.contains("letters@example.org"), "{variant}");
            }
        }
    }
}
