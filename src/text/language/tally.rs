//! Counting the words and letters of a text that tell its language.

use super::lexicon::{MAX_WORD, Sign, pack, sign};

/// What a text is made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub words: u32,
    pub english: u32,
    pub maybe_english: u32,
    pub roman_urdu: u32,
    pub maybe_roman_urdu: u32,
    /// Function words of other languages.
    pub other: u32,
    /// Letters of the English alphabet.
    pub ascii: u32,
    /// Latin letters with accents and the like.
    pub accented: u32,
    /// Letters of other scripts.
    pub foreign: u32,
}

/// After so many words, a text that is clearly English so far is not read further.
const CLEAR_AFTER_WORDS: u32 = 40;

impl Tally {
    /// Counts; allocates nothing. Reads on to the end only while the text is not clearly English.
    pub fn of(text: &str) -> Self {
        let mut tally = Self::default();
        let bytes = text.as_bytes();
        let (mut at, mut key, mut length) = (0, 0, 0);
        while at < bytes.len() {
            let (byte, width) = match bytes[at] {
                b @ b'a'..=b'z' => (b, 1),
                b @ b'A'..=b'Z' => (b | 0x20, 1),
                b'\'' => (apostrophe(bytes, at + 1), 1),
                b if b.is_ascii() => (b' ', 1),
                // ’, which every second quotation has.
                0xe2 if bytes[at..].starts_with("’".as_bytes()) => (apostrophe(bytes, at + 3), 3),
                _ => tally.beyond_ascii(&text[at..]),
            };
            at += width;
            if byte == b' ' || (byte == b'\'' && length == 0) {
                tally.word(key, length);
                (key, length) = (0, 0);
                if tally.words >= CLEAR_AFTER_WORDS && tally.clearly_english() {
                    return tally;
                }
            } else {
                tally.ascii += u32::from(byte.is_ascii_lowercase());
                if length < MAX_WORD {
                    key = pack(key, byte, length);
                }
                length += 1;
            }
        }
        tally.word(key, length);
        tally
    }

    /// Counts the first character of `rest`, and says what to take it for (a letter makes its word one
    /// that no list has) and how many bytes it has.
    fn beyond_ascii(&mut self, rest: &str) -> (u8, usize) {
        let c = rest.chars().next().unwrap_or(' ');
        if !c.is_alphabetic() {
            return (b' ', c.len_utf8());
        }
        match c {
            '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => self.accented += 1,
            _ => self.foreign += 1,
        }
        (0xff, c.len_utf8())
    }

    fn word(&mut self, key: u64, length: usize) {
        if length == 0 {
            return;
        }
        self.words += 1;
        if length > MAX_WORD {
            return;
        }
        match sign(key) {
            Some(Sign::English) => self.english += 1,
            Some(Sign::MaybeEnglish) => self.maybe_english += 1,
            Some(Sign::RomanUrdu) => self.roman_urdu += 1,
            Some(Sign::MaybeRomanUrdu) => self.maybe_roman_urdu += 1,
            Some(Sign::Foreign) => self.other += 1,
            None => {}
        }
    }

    /// Letters of every script.
    pub const fn letters(&self) -> u32 {
        self.ascii + self.accented + self.foreign
    }

    /// So English that the rest need not be read.
    const fn clearly_english(&self) -> bool {
        self.english * 5 >= self.words && self.roman_urdu == 0 && self.other <= 1 && self.foreign == 0
    }

    /// Enough function words of English, and not more of others.
    pub const fn reads_english(&self) -> bool {
        let sure = self.english >= 2 && self.english * 7 >= self.words;
        let likely = self.english >= 1 && (self.english + self.maybe_english) * 5 >= self.words * 2;
        (sure || likely) && self.english > self.roman_urdu && self.english >= self.other
    }

    /// Enough function words of other languages in Latin letters.
    pub const fn reads_foreign(&self) -> bool {
        self.other >= 2 && self.other * 6 >= self.words && self.other > self.english * 2
    }

    /// Enough words of Urdu or Hindi in Latin letters, and more than of English and others.
    pub const fn reads_roman_urdu(&self) -> bool {
        let urdu = self.roman_urdu + self.maybe_roman_urdu;
        let sure = self.roman_urdu >= 1 && urdu * 5 >= self.words;
        // Nothing but words that are spelled so elsewhere too, but nearly all of them.
        let likely = self.maybe_roman_urdu >= 3 && urdu * 2 >= self.words && self.maybe_english == 0;
        (sure || likely) && urdu > self.english && urdu > self.other
    }
}

/// An apostrophe joins letters; before anything else it ends a quotation.
fn apostrophe(bytes: &[u8], next: usize) -> u8 {
    if bytes.get(next).is_some_and(u8::is_ascii_alphabetic) { b'\'' } else { b' ' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_letters_are_counted() {
        let tally = Tally::of("They don’t KNOW: kya yeh señor, 'not' да x2");
        assert_eq!((tally.words, tally.english, tally.roman_urdu), (9, 4, 2));
        assert_eq!((tally.ascii, tally.accented, tally.foreign), (26, 1, 2));
        assert_eq!(Tally::of("").words, 0);
    }

    #[test]
    fn a_long_english_text_is_not_read_to_its_end() {
        let opening = "they have been there before and nobody knows why ".repeat(5);
        assert_eq!(Tally::of(&format!("{opening}{}", "nicht ".repeat(100))).words, CLEAR_AFTER_WORDS);
        assert_eq!(Tally::of(&"nicht wahr ".repeat(50)).words, 100);
    }
}
