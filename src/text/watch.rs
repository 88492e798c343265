//! What plain writing looks like: a look at each character once, which tells where a repair could have
//! something to do. It may be wrong that there is something; never that there is nothing.

/// `a`-`z`, once folded.
const LETTER: u8 = 0x10;
/// Stands for a letter in leet: digits, and `@`, `$`, `!`. One bit below [`LETTER`].
const LEET: u8 = 0x08;
const DOLLAR: u8 = 0x20;
const DIGIT: u8 = 0x40;
/// The lowest two bits of a class: what the character is to a spaced-out word. Of the letters of such a
/// word, the lowest bit is set.
const KIND: u8 = 0x03;
const SEPARATOR: u8 = 0x02;
const SYMBOL: u8 = 0x03;
const ALPHANUMERIC: u8 = 0x01;

/// The last seven kinds, two bits each, the newest lowest.
const WINDOW: u32 = 0x3fff;
/// Letter, separator, letter, separator, letter, with one character more at either side.
const SPACED: u32 = 0b00_01_10_01_10_01_00;
const SPACED_MASK: u32 = 0b00_01_11_01_11_01_00;

/// The class of each byte of ASCII; all others have none.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        classes[byte as usize] = class(byte);
        byte += 1;
    }
    classes
};

const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => LETTER | ALPHANUMERIC,
        b'0' | b'1' | b'3' | b'4' | b'5' | b'7' => LEET | DIGIT | ALPHANUMERIC,
        // Read as no letter, but a word with other digits inside is looked at all the same.
        b'0'..=b'9' => LEET | DIGIT,
        b'@' => LEET | SYMBOL,
        b'$' => LEET | DOLLAR | SYMBOL,
        b'!' => LEET,
        b' ' | b'.' | b'-' | b'_' | b'*' | b'~' | b'|' => SEPARATOR,
        _ => 0,
    }
}

/// Watches the folded characters go by.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    /// The last three, newest first.
    last: [u8; 3],
    class: u8,
    kinds: u32,
}

/// Stands for every character beyond ASCII.
const OTHER: u8 = 0xff;

impl Watch {
    /// At the beginning of a text, which white space doesn't change.
    pub(super) const START: Self = Self { last: [b' ', 0, 0], class: 0, kinds: 0 };

    /// Whether the character before was a space, or there was none.
    #[inline]
    pub(super) const fn after_space(self) -> bool {
        self.last[0] == b' '
    }

    /// Takes one more character of ASCII, folded, and says whether a repair may have something to do that
    /// ends here, or ended just before.
    #[inline]
    pub(super) fn see(&mut self, byte: u8) -> bool {
        let class = CLASSES[usize::from(byte)];
        let [one, two, three] = self.last;
        let before = self.class;
        self.kinds = self.kinds << 2 | u32::from(class & KIND);
        self.class = class;
        self.last = [byte, one, two];
        // Three of the same are shortened, but for digits and "www".
        let stretched = byte == one && byte == two && class & DIGIT == 0 && (byte != b'w' || three == b'w');
        // Every reading of leet has a sign straight before a letter, or two dollars.
        let leet = (before << 1 & LETTER | before & DOLLAR) & class != 0;
        let spaced = self.kinds & SPACED_MASK == SPACED && self.ends_free();
        stretched || leet || spaced
    }

    /// Takes one more character beyond ASCII.
    pub(super) fn see_other(&mut self) {
        let [one, two, _] = self.last;
        *self = Self { last: [OTHER, one, two], class: 0, kinds: self.kinds << 2 };
    }

    /// Whether a spaced-out word ends with the text.
    pub(super) const fn spaced_at_end(self) -> bool {
        let ended = Self { kinds: self.kinds << 2, ..self };
        ended.kinds & SPACED_MASK == SPACED && ended.ends_free()
    }

    /// Whether the first and the last of the window are no part of a word.
    const fn ends_free(self) -> bool {
        const FIRST: u32 = 12;
        let kind = ALPHANUMERIC as u32;
        let window = self.kinds & WINDOW;
        window >> FIRST != kind && window & KIND as u32 != kind
    }
}

/// Whether a word between spaces is one that no repair changes or reaches across: two letters or more,
/// nothing else, none of them three times in a row.
pub(super) fn is_barrier(word: &[u8]) -> bool {
    word.len() >= 2 && word.iter().all(u8::is_ascii_lowercase) && !word.windows(3).any(|w| w[0] == w[1] && w[1] == w[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspects(text: &str) -> bool {
        let mut watch = Watch::START;
        let seen = text.bytes().fold(false, |seen, byte| watch.see(byte) | seen);
        seen || watch.spaced_at_end()
    }

    #[test]
    fn plain_writing_is_not_suspected() {
        let plain = "well, is a man of 66 an m.p. - or not? www.site.org, wow!! i'd say no: us$ 1000 (a, b).";
        assert!(!suspects(plain));
    }

    #[test]
    fn disguises_are_suspected() {
        for text in ["sooo", "wwww", "1d10t", "@ss", "a$$", "sh!t", "i d i", "so i.d.i.", "$a b c", "7-a-b?", "!!!"] {
            assert!(suspects(text), "{text}");
        }
    }

    #[test]
    fn barriers_are_plain_words() {
        assert!(is_barrier(b"word") && is_barrier(b"is"));
        for word in [&b"a"[..], b"", b"don't", b"sooo", b"w0rd", "\u{e4}rger".as_bytes()] {
            assert!(!is_barrier(word));
        }
    }
}
