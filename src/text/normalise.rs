//! Normalisation: one reading of a text for everything that compares or scores words.

use super::normaliser::Normaliser;
use super::origin::Origins;

/// A normalised text that knows where each of its bytes came from.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Normalised {
    pub(super) text: String,
    pub(super) origins: Origins,
    /// How many code points the original has.
    pub(super) characters: u32,
}

impl Normalised {
    /// The normalised text: lower case, single spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The span of the original text, in code points, that the bytes `start..end` were made from.
    /// Empty, at the right place, where the range of bytes is empty.
    ///
    /// # Panics
    /// If the range reaches past the end of the normalised text.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> (u32, u32) {
        assert!(start.max(end) <= self.text.len(), "the range reaches past the end");
        let first = if start == self.text.len() { self.characters } else { self.origins.at(start) };
        if end <= start { (first, first) } else { (first, self.origins.at(end - 1) + 1) }
    }
}

/// Personal data: prints its length only.
impl std::fmt::Debug for Normalised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Normalised({} bytes, redacted)", self.text.len())
    }
}

/// Normalises a text: compatibility forms, case, accents, invisible characters, look-alikes, leet,
/// stretched letters and spaced-out words. Normalising twice changes nothing more.
#[must_use]
pub fn normalise(text: &str) -> Normalised {
    let mut normalised = Normalised::default();
    Normaliser::default().normalise_into(text, &mut normalised);
    normalised
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold;
    use crate::text::repair::{Buffers, Glyph, repair};
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        normalise(text).as_str().to_owned()
    }

    #[test]
    fn disguises_are_read() {
        let cases = [
            ("You  are\tan IDIOT", "you are an idiot"),
            ("ｉｄｉｏｔ 𝖎𝖉𝖎𝖔𝖙 ⓘⓓⓘⓞⓣ", "idiot idiot idiot"),
            ("i\u{200b}d\u{ad}i\u{301}ot", "idiot"),
            ("іdіоt ѕhіt", "idiot shit"),
            ("1d10t sh1t sh!t @ss a$$ $hit f@ggot", "idiot shit shit ass ass shit faggot"),
            ("i d i o t", "idiot"),
            ("such an i.d.i.o.t.", "such an idiot."),
            ("f u c k   y o u", "fuck you"),
            ("i  d  i  o  t", "idiot"),
            ("shiiiit sooooo fuuuuck assssshole", "shit soo fuck asshole"),
            ("🇮🇩🇮🇴🇹", "idiot"),
            ("“Don’t”", "\"don't\""),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_writing_is_left_alone() {
        let cases = [
            "2026 10k 1st 3rd covid19 1000000 mp3 4th g20",
            "@john us$ wow! bob@site.org www.site.org",
            "привет, как дела",
            "i am a man and i want a say",
            "e.g. 5 a day",
        ];
        for text in cases {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn spans_point_at_the_original() {
        let text = "So 😀 you 1\u{200b}d10t!";
        let normalised = normalise(text);
        let at = normalised.as_str().find("idiot").unwrap();
        let (start, end) = normalised.span(at, at + 5);
        let original: String = text.chars().skip(start as usize).take((end - start) as usize).collect();
        assert_eq!(original, "1\u{200b}d10t");
        assert_eq!(normalise("").span(0, 0), (0, 0));
    }

    /// The same in the plainest way: every character folded, then the whole text repaired.
    fn whole(text: &str) -> (String, Vec<u32>) {
        let mut glyphs: Vec<Glyph> = Vec::new();
        let mut push = |c: char, origin: u32| match glyphs.last_mut() {
            None if c == ' ' => {}
            Some(last) if c == ' ' && last.c == ' ' => last.wide = true,
            _ => glyphs.push(Glyph { c, origin, wide: false }),
        };
        for (origin, c) in (0u32..).zip(text.chars()) {
            match c {
                _ if c.is_ascii_graphic() => push(c.to_ascii_lowercase(), origin),
                _ if c.is_ascii() => push(' ', origin),
                _ => fold(c, |plain| push(plain, origin)),
            }
        }
        glyphs.pop_if(|last| last.c == ' ');
        repair(&mut glyphs, &mut Buffers::default());
        let text = glyphs.iter().map(|g| g.c).collect();
        (text, glyphs.iter().flat_map(|g| std::iter::repeat_n(g.origin, g.c.len_utf8())).collect())
    }

    fn check(text: &str) -> Result<(), TestCaseError> {
        let once = normalise(text);
        let twice = normalise(once.as_str());
        prop_assert_eq!(once.as_str(), twice.as_str());
        let characters = u32::try_from(text.chars().count()).unwrap();
        prop_assert_eq!(once.characters, characters);
        let origins: Vec<u32> = (0..once.text.len()).map(|byte| once.origins.at(byte)).collect();
        prop_assert!(origins.is_sorted() && origins.iter().all(|o| *o < characters));
        prop_assert_eq!((&once.text, origins), (&whole(text).0, whole(text).1));
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_normalises_once(text in any::<String>()) {
            check(&text)?;
        }

        #[test]
        fn tricky_text_normalises_once(text in "[a-cisw014579@$!'.* _\\-аоѕвт\u{200b}\u{301}ßİÅ가が]{0,40}") {
            check(&text)?;
        }

        #[test]
        fn disguises_among_plain_words_normalise_once(
            text in "((the|is|ab|A|i|d\\.|u\\.s|sooo|w{2,4}|1d10t|a\\$\\$|@ss|\\$|66|3|!{1,3}|don’t|оk|…)[ ]{0,3}[.\t]?){0,24}"
        ) {
            check(&text)?;
        }

        #[test]
        fn ascii_normalises_once(text in "[ -~\t\n]{0,60}", tricky in "[abisw 10@$!'.*-]{0,40}") {
            check(&text)?;
            check(&tricky)?;
        }
    }
}
