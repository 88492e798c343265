//! The first half of BERT's tokenizer, "`BasicTokenizer`": cleaning a text and splitting it into words.
//! After Devlin et al. 2018, as the `tokenizers` library does it for `bert-base-uncased`.

use std::ops::Range;
use unicode_categories::UnicodeCategories;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

/// One character of a cleaned text, and the bytes of the original that it was made from.
#[derive(Clone, Copy)]
struct Glyph {
    c: char,
    start: u32,
    end: u32,
}

/// Words of a text, lower-cased and without accents: each is a run of characters between white space
/// and punctuation, or one mark of punctuation, or one CJK ideograph.
pub(super) struct BasicWords {
    glyphs: Vec<Glyph>,
}

impl BasicWords {
    /// Cleans a text: control characters go, white space becomes spaces, ideographs stand alone, accents
    /// come off (NFD without `Mn`), letters become small.
    pub fn of(text: &str) -> Self {
        let mut glyphs = Vec::with_capacity(text.len() + 2);
        for (start, c) in text.char_indices() {
            let (start, end) = (place(start), place(start + c.len_utf8()));
            let mut push = |c| glyphs.push(Glyph { c, start, end });
            match c {
                '\t' | '\n' | '\r' | ' ' => push(' '),
                '!'..='~' => push(c.to_ascii_lowercase()),
                '\u{fffd}' => {}
                _ if c.is_other() => {}
                _ if c.is_whitespace() => push(' '),
                _ if ideograph(c) => {
                    push(' ');
                    decompose_canonical(c, &mut push);
                    push(' ');
                }
                _ => decompose_canonical(c, &mut push),
            }
        }
        order_marks(&mut glyphs);
        glyphs.retain(|glyph| glyph.c.is_ascii() || !glyph.c.is_mark_nonspacing());
        Self { glyphs }
    }

    /// Calls `each` with every word and, for each byte of it, the bytes of the text it was made from.
    pub fn for_each(&self, mut each: impl FnMut(&str, &[Range<u32>])) {
        let mut word = String::new();
        let mut places = Vec::new();
        let mut flush = |word: &mut String, places: &mut Vec<Range<u32>>| {
            if !word.is_empty() {
                each(word, places);
                word.clear();
                places.clear();
            }
        };
        for glyph in &self.glyphs {
            // Small letters come last: splitting looks at them too.
            for c in glyph.c.to_lowercase() {
                if c.is_whitespace() {
                    flush(&mut word, &mut places);
                    continue;
                }
                let alone = c.is_ascii_punctuation() || (!c.is_ascii() && c.is_punctuation());
                if alone {
                    flush(&mut word, &mut places);
                }
                word.push(c);
                places.resize(word.len(), glyph.start..glyph.end);
                if alone {
                    flush(&mut word, &mut places);
                }
            }
        }
        flush(&mut word, &mut places);
    }
}

/// Places are kept in 32 bits; no comment comes near 4 GiB.
fn place(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The canonical order of NFD (Unicode, section 3.11): marks after a letter stand by their class.
fn order_marks(glyphs: &mut [Glyph]) {
    let class = |glyph: &Glyph| if glyph.c.is_ascii() { 0 } else { canonical_combining_class(glyph.c) };
    for marks in glyphs.split_mut(|glyph| class(glyph) == 0).filter(|marks| marks.len() > 1) {
        marks.sort_by_key(class);
    }
}

/// "Chinese characters" as BERT means them: the CJK blocks, but neither kana nor Hangul.
const fn ideograph(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2b73f}'
        | '\u{2b740}'..='\u{2b81f}' | '\u{2b920}'..='\u{2ceaf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        BasicWords::of(text).for_each(|word, _| found.push(word.to_owned()));
        found
    }

    #[test]
    fn texts_become_words() {
        assert_eq!(words("Don’t SHOUT, İstanbul!"), ["don", "’", "t", "shout", ",", "istanbul", "!"]);
        assert_eq!(words("a\u{200b}b\0c\td\u{a0}e"), ["abc", "d", "e"]);
        assert_eq!(words("漢字かな naïve"), ["漢", "字", "かな", "naive"]);
        assert_eq!(words(" \u{301} "), [] as [&str; 0]);
    }

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let text = "x É\u{200b}té";
        BasicWords::of(text).for_each(|word, places| {
            assert_eq!(word.len(), places.len());
            if word == "ete" {
                let made_from = places.iter().map(|p| &text[p.start as usize..p.end as usize]).collect::<Vec<_>>();
                assert_eq!(made_from, ["É", "t", "é"]);
            }
        });
    }
}
