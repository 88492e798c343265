//! Comments that are hardly there, or far too long. Lengths count Unicode code points, without the
//! white space around the text.

use super::reason;
use crate::comment::{Action, Reason};
use crate::policy::{Context, Policy};

/// There is nothing to see: only white space and characters that show nothing.
pub(super) fn empty(_: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let found = is_blank(context.text).then(|| reason("length.empty", Action::Reject, "it holds nothing to read"));
    found.into_iter().collect()
}

/// Shorter than `min_characters`.
pub(super) fn too_short(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.length;
    let (length, min) = (length(context.text), rule.min_characters.get() as usize);
    match rule.too_short.action() {
        Some(action) if length < min && !is_blank(context.text) => {
            vec![reason("length.too_short", action, &format!("{length} characters, at least {min} are asked for"))]
        }
        _ => Vec::new(),
    }
}

/// Longer than `max_characters`.
pub(super) fn too_long(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.length;
    let (length, max) = (length(context.text), rule.max_characters.get() as usize);
    match rule.too_long.action() {
        Some(action) if max > 0 && length > max => {
            vec![reason("length.too_long", action, &format!("{length} characters, at most {max} are taken"))]
        }
        _ => Vec::new(),
    }
}

fn length(text: &str) -> usize {
    text.trim().chars().count()
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || shows_nothing(c))
}

/// Unicode's default-ignorable code points, and the blanks that are no white space by its tables.
const fn shows_nothing(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_shows_nothing_is_blank() {
        for blank in [" \n", "\u{200b}\u{feff}", "\u{2800}\u{3164}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for visible in [".", "👍", "\u{200b}x"] {
            assert!(!is_blank(visible), "{visible:?}");
        }
    }
}
