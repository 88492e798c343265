//! The parts of a text that are scored on their own: its sentences. Offsets count UTF-16 code units, as in the clients
//! that read them.

use unicode_segmentation::UnicodeSegmentation as _;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span<'a> {
    pub text: &'a str,
    /// Where it begins and ends in the whole, in UTF-16 code units.
    pub begin: usize,
    pub end: usize,
}

impl<'a> Span<'a> {
    /// All of a text.
    pub fn whole(text: &'a str) -> Self {
        Self { text, begin: 0, end: utf16(text) }
    }

    /// The sentences of a text, without the white space around them (UAX #29).
    pub fn sentences(text: &'a str) -> impl Iterator<Item = Self> {
        let mut begin = 0;
        text.split_sentence_bounds().filter_map(move |piece| {
            let start = begin + utf16(&piece[..piece.len() - piece.trim_start().len()]);
            begin += utf16(piece);
            let text = piece.trim();
            (!text.is_empty()).then(|| Self { text, begin: start, end: start + utf16(text) })
        })
    }
}

fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_are_found_where_they_stand() {
        let text = "  One 😀! Two?\n\nThree";
        let found: Vec<_> = Span::sentences(text).map(|s| (s.text, s.begin, s.end)).collect();
        assert_eq!(found, [("One 😀!", 2, 9), ("Two?", 10, 14), ("Three", 16, 21)]);
        assert_eq!(Span::whole("a😀"), Span { text: "a😀", begin: 0, end: 3 });
    }

    proptest! {
        #[test]
        fn spans_cut_out_their_text(text in "(\\PC| |\\.|😀|\n){0,60}") {
            let units: Vec<u16> = text.encode_utf16().collect();
            for span in Span::sentences(&text) {
                prop_assert_eq!(String::from_utf16(&units[span.begin..span.end]).unwrap(), span.text);
            }
        }
    }
}
