//! What platforms send as a comment's text, made the text of a comment.

use crate::comment::CommentText;
use crate::text::markup;

/// A text, and whether its end had to be cut off.
pub(super) type Read = (CommentText, bool);

/// The text of HTML as a reader sees it; `None` if there is nothing to see.
pub(super) fn of_html(html: &str) -> Option<Read> {
    of_plain(&markup::plain(html))
}

/// A plain text, at most as long as a comment's may be; `None` for white space.
pub(super) fn of_plain(text: &str) -> Option<Read> {
    // Readers see nothing of control characters, which would break words in two here.
    let mut text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect();
    let cut = text.len() > CommentText::MAX_BYTES;
    text.truncate(text.floor_char_boundary(CommentText::MAX_BYTES));
    CommentText::parse(text).ok().map(|text| (text, cut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_reader_sees_is_kept() {
        let plain = |text: &str| of_plain(text).map(|(text, cut)| (String::from(text), cut));
        assert_eq!(plain("id\u{1}iot\n"), Some(("idiot\n".to_owned(), false)));
        assert_eq!((plain(" \u{1}"), of_html("<p></p>")), (None, None));
        let (long, cut) = plain(&"ü".repeat(40_000)).expect("a text");
        assert!(cut && long.len() == CommentText::MAX_BYTES);
    }

    proptest! {
        #[test]
        fn any_html_that_shows_anything_is_the_text_of_a_comment(html in "(?s)[<>&;#a/=\"' é\\x00-\\x1f.]{0,60}") {
            let shown = markup::plain(&html).chars().any(|c| !c.is_control() && !c.is_whitespace());
            prop_assert_eq!(of_html(&html).is_some(), shown);
        }
    }
}
