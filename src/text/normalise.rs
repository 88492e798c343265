//! Normalisation: one reading of a text for everything that compares or scores words.

use super::fold::fold;
use super::repair::repair;

/// A normalised text that knows where each of its bytes came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Normalised {
    text: String,
    /// For each byte of `text`, the original code point it was made from; one more entry for the end.
    origin: Vec<u32>,
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
        let first = self.origin[start];
        if end <= start { (first, first) } else { (first, self.origin[end - 1] + 1) }
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
    let glyphs = repair(fold(text));
    let mut out = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len() + 1);
    for glyph in glyphs {
        out.push(glyph.c);
        origin.resize(out.len(), glyph.origin);
    }
    origin.push(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    Normalised { text: out, origin }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    fn check(text: &str) -> Result<(), TestCaseError> {
        let once = normalise(text);
        let twice = normalise(once.as_str());
        prop_assert_eq!(once.as_str(), twice.as_str());
        let characters = u32::try_from(text.chars().count()).unwrap();
        prop_assert_eq!(once.origin.len(), once.text.len() + 1);
        prop_assert!(once.origin.windows(2).all(|w| w[0] <= w[1]));
        prop_assert!(once.origin[..once.text.len()].iter().all(|o| *o < characters));
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
    }
}
