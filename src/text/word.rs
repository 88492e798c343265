//! Words of a normalised text, with their places.

/// A word: letters and digits, with apostrophes and asterisks inside; or one emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    pub text: &'a str,
    /// First byte in the normalised text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The words of a normalised text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let word = next_word(text, at, |_| {})?;
        at = word.end;
        Some(word)
    })
}

/// The first word from the byte `at` on; `tell` hears each of its characters, in order.
#[inline]
pub fn next_word(text: &str, at: usize, mut tell: impl FnMut(char)) -> Option<Word<'_>> {
    let bytes = text.as_bytes();
    let mut start = at;
    // What is plainly no word, mostly one space.
    while !STARTS[usize::from(*bytes.get(start)?)] {
        start += 1;
    }
    if !bytes[start].is_ascii() {
        let (place, c) = text[start..].char_indices().find(|(_, c)| c.is_alphanumeric() || emoji(*c))?;
        start += place;
        if !c.is_alphanumeric() {
            tell(c);
            let end = start + c.len_utf8();
            return Some(Word { text: &text[start..end], start, end });
        }
    }
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() {
            tell(char::from(*byte));
            end += 1;
            continue;
        }
        let more = match byte {
            b'*' | b'\'' => joint(text, start, end),
            0..128 => Joint { length: 0, goes_on: false },
            _ => match text[end..].chars().next() {
                Some(c) if c.is_alphanumeric() => Joint { length: c.len_utf8(), goes_on: true },
                _ => Joint { length: 0, goes_on: false },
            },
        };
        text[end..end + more.length].chars().for_each(&mut tell);
        end += more.length;
        if !more.goes_on {
            break;
        }
    }
    Some(Word { text: &text[start..end], start, end })
}

/// Bytes that a word can begin with.
const STARTS: [bool; 256] = {
    let mut starts = [true; 256];
    let mut byte = 0u8;
    while byte < 128 {
        starts[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    starts
};

/// What follows the letters and digits of a word and belongs to it.
struct Joint {
    /// In bytes.
    length: usize,
    /// Whether the word goes on after it.
    goes_on: bool,
}

/// The apostrophes and asterisks at `end`, if they belong to the word that began at `start`.
fn joint(text: &str, start: usize, end: usize) -> Joint {
    let rest = &text[end..];
    let length = rest.find(|c| c != '*' && c != '\'').unwrap_or(rest.len());
    let quoted = rest[..length].contains('\'');
    if rest[length..].starts_with(char::is_alphanumeric) && (length == 1 || !quoted) {
        return Joint { length, goes_on: true };
    }
    // "f**" hides a word by its end; "done**" is only emphasis.
    let masked = length >= 2 && end - start <= 2 && !quoted;
    Joint { length: if masked { length } else { 0 }, goes_on: false }
}

/// Pictographs, which insult and praise like words do.
const fn emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_their_places() {
        let text = "don't f*ck, f** *bold* it's' 🐒🐒 x";
        let found: Vec<&str> = words(text).map(|w| w.text).collect();
        assert_eq!(found, ["don't", "f*ck", "f**", "bold", "it's", "🐒", "🐒", "x"]);
        assert!(words(text).all(|w| &text[w.start..w.end] == w.text));
        assert_eq!(words(" .,! ").count(), 0);
    }
}
