//! What others wrote, put into pages and addresses of ours.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// A text without the controls that turn the order of what follows: each text stands in a place of its own, and its
/// letters say in which direction it runs. Left in, a name could be made to read as another's.
pub(super) fn legible(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect()
}

/// A platform's id as one segment of a path, whatever characters it has.
pub(super) fn segment(id: &str) -> String {
    utf8_percent_encode(id, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reads_as_something_else() {
        assert_eq!(legible("\u{202e}ecnuob\u{202c} \u{2067}a\u{2069}"), "ecnuob a");
        assert_eq!(legible("قارئ\u{200f} e\u{301} 👩\u{200d}🚒"), "قارئ\u{200f} e\u{301} 👩\u{200d}🚒");
    }

    #[test]
    fn an_id_is_one_segment() {
        assert_eq!(segment("c-1/../ü?#%"), "c-1%2F%2E%2E%2F%C3%BC%3F%23%25");
    }
}
