//! Texts as pages show them: nothing reads as something else.

/// A text without the controls that turn the order of what follows: each text stands in a place of its own, and its
/// letters say in which direction it runs. Left in, a name could be made to read as another's.
#[must_use]
pub fn legible(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reads_as_something_else() {
        assert_eq!(legible("\u{202e}ecnuob\u{202c} \u{2067}a\u{2069}"), "ecnuob a");
        assert_eq!(legible("قارئ\u{200f} e\u{301} 👩\u{200d}🚒"), "قارئ\u{200f} e\u{301} 👩\u{200d}🚒");
    }
}
