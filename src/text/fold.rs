//! The first stage of normalisation: one character at a time, to its plain lower-case form.

use super::lookalike;
use unicode_normalization::char::decompose_compatible;

/// Gives `push` what a character beyond ASCII is read as: decomposed (NFKD), in lower case, a space for
/// white space of any kind; nothing for marks and invisible characters.
///
/// NFKD rather than NFKC, so that accents come off as marks of their own; scripts that live by their
/// marks (Devanagari, Hangul) keep them, in decomposed form.
pub(super) fn fold(c: char, mut push: impl FnMut(char)) {
    if invisible(c) {
        return;
    }
    decompose_compatible(c, |part| {
        for lower in part.to_lowercase() {
            decompose_compatible(lower, |plain| match plain {
                _ if mark(plain) || invisible(plain) => {}
                _ if plain.is_whitespace() || plain.is_control() => push(' '),
                // Full case folding (Unicode, CaseFolding.txt): lower-casing alone leaves these two forms apart.
                'ß' => {
                    push('s');
                    push('s');
                }
                'ς' => push('σ'),
                _ => push(lookalike::always(plain)),
            });
        }
    });
}

/// Accents and the like, that can be piled onto letters without changing how they read.
const fn mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters that take no room on a screen: zero-width, direction marks, variation selectors, tags.
const fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e01ef}')
}
