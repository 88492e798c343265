//! The first stage of normalisation: one character at a time, to its plain lower-case form.

use super::lookalike;
use unicode_normalization::char::decompose_compatible;

/// One character on its way to the normalised text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub c: char,
    /// The original code point it was made from.
    pub origin: u32,
    /// A space that was more than one character of white space in the original.
    pub wide: bool,
}

/// Decomposes (NFKD), lower-cases, drops marks and invisible characters, and makes each run of white
/// space one space; none at either end.
///
/// NFKD rather than NFKC, so that accents come off as marks of their own; scripts that live by their
/// marks (Devanagari, Hangul) keep them, in decomposed form.
pub(super) fn fold(text: &str) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(text.len());
    for (origin, c) in (0u32..).zip(text.chars()) {
        if c.is_ascii_graphic() {
            out.push(Glyph { c: c.to_ascii_lowercase(), origin, wide: false });
        } else if c.is_ascii() {
            push_space(&mut out, origin);
        } else if !invisible(c) {
            decompose_compatible(c, |part| {
                for lower in part.to_lowercase() {
                    decompose_compatible(lower, |plain| push(&mut out, plain, origin));
                }
            });
        }
    }
    if out.last().is_some_and(|last| last.c == ' ') {
        out.pop();
    }
    out
}

fn push(out: &mut Vec<Glyph>, c: char, origin: u32) {
    match c {
        _ if mark(c) || invisible(c) => {}
        _ if c.is_whitespace() || c.is_control() => push_space(out, origin),
        // Full case folding (Unicode, CaseFolding.txt): lower-casing alone leaves these two forms apart.
        'ß' => out.extend([Glyph { c: 's', origin, wide: false }; 2]),
        'ς' => out.push(Glyph { c: 'σ', origin, wide: false }),
        _ => out.push(Glyph { c: lookalike::always(c), origin, wide: false }),
    }
}

fn push_space(out: &mut Vec<Glyph>, origin: u32) {
    match out.last_mut() {
        None => {}
        Some(last) if last.c == ' ' => last.wide = true,
        Some(_) => out.push(Glyph { c: ' ', origin, wide: false }),
    }
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
