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
        let (offset, first) = text[at..].char_indices().find(|(_, c)| c.is_alphanumeric() || emoji(*c))?;
        let start = at + offset;
        let end = if first.is_alphanumeric() { word_end(text, start) } else { start + first.len_utf8() };
        at = end;
        Some(Word { text: &text[start..end], start, end })
    })
}

fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    loop {
        let run = text[end..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - end);
        end += run;
        let rest = &text[end..];
        let joint = rest.find(|c| c != '*' && c != '\'').unwrap_or(rest.len());
        let more = rest[joint..].starts_with(char::is_alphanumeric);
        if joint > 0 && more && (joint == 1 || !rest[..joint].contains('\'')) {
            end += joint;
        } else {
            // "f**" hides a word by its end; "done**" is only emphasis.
            let masked = joint >= 2 && end - start <= 2 && !rest[..joint].contains('\'');
            return if masked { end + joint } else { end };
        }
    }
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
