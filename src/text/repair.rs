//! The second stage of normalisation: writing that hides words is read as the words.
//!
//! Each repair only deletes characters or turns one into a Latin letter, so repeating them ends.

use super::lookalike;

/// One character on its way to the normalised text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub c: char,
    /// The original code point it was made from.
    pub origin: u32,
    /// A space that was more than one character of white space in the original.
    pub wide: bool,
}

/// Memory that repairs use again and again.
#[derive(Default)]
pub(super) struct Buffers {
    drops: Vec<usize>,
    reads: Vec<Option<char>>,
}

impl Buffers {
    /// Keeps memory for no more than so many characters.
    pub(super) fn shrink(&mut self, characters: usize) {
        self.drops.shrink_to(characters);
        self.reads.shrink_to(characters);
    }
}

/// Applies every repair until nothing changes; that makes normalisation idempotent.
pub(super) fn repair(glyphs: &mut Vec<Glyph>, buffers: &mut Buffers) {
    // A rewrite of one word can uncover work for an earlier repair; chains longer than this can't be
    // built from the rules below.
    for _ in 0..8 {
        let mut changed = join_spaced(glyphs, &mut buffers.drops);
        changed |= read_lookalikes(glyphs);
        changed |= read_leet(glyphs, &mut buffers.reads);
        changed |= shorten_stretched(glyphs);
        // Wide gaps are a hint for the first reading only: they are gone from the normalised text.
        for glyph in &mut *glyphs {
            changed |= std::mem::take(&mut glyph.wide);
        }
        if !changed {
            break;
        }
    }
}

/// `i d i o t` and `i.d.i.o.t` → `idiot`: three single letters or more, one separator throughout.
fn join_spaced(glyphs: &mut Vec<Glyph>, drop: &mut Vec<usize>) -> bool {
    drop.clear();
    let mut at = 0;
    while at + 4 < glyphs.len() {
        let Some((last, letters)) = spaced_run(glyphs, at) else {
            at += 1;
            continue;
        };
        if last >= at + 4 && letters >= 2 {
            drop.extend((at + 1..last).step_by(2));
        }
        at = last + 1;
    }
    if drop.is_empty() {
        return false;
    }
    let mut drops = drop.iter().peekable();
    let mut index = 0;
    glyphs.retain(|_| {
        let dropped = drops.next_if(|d| **d == index).is_some();
        index += 1;
        !dropped
    });
    true
}

/// The run of single letters that starts at `first`: the index of its last letter, and how many of its
/// characters are letters rather than leet. `None` where no single letter stands there.
fn spaced_run(glyphs: &[Glyph], first: usize) -> Option<(usize, usize)> {
    if !stands_alone(glyphs, first) {
        return None;
    }
    let is_letter = |i: usize| usize::from(!matches!(glyphs[i].c, '0'..='9' | '@' | '$'));
    let (mut last, mut letters) = (first, is_letter(first));
    let separator = glyphs.get(first + 1)?;
    if matches!(separator.c, ' ' | '.' | '-' | '_' | '*' | '~' | '|' | '·' | '•') {
        while last + 2 < glyphs.len()
            && glyphs[last + 1].c == separator.c
            && !glyphs[last + 1].wide
            && stands_alone(glyphs, last + 2)
        {
            last += 2;
            letters += is_letter(last);
        }
    }
    Some((last, letters))
}

fn stands_alone(glyphs: &[Glyph], at: usize) -> bool {
    let c = glyphs[at].c;
    let member = c.is_ascii_lowercase()
        || lookalike::strict(c).is_some()
        || matches!(c, '0' | '1' | '3' | '4' | '5' | '7' | '@' | '$');
    let free = |neighbour: Option<&Glyph>| neighbour.is_none_or(|g| !g.c.is_alphanumeric() && g.c != '\'');
    member && free(at.checked_sub(1).map(|before| &glyphs[before])) && free(glyphs.get(at + 1))
}

/// Letters of other scripts in Latin words, and words made of nothing but look-alikes.
fn read_lookalikes(glyphs: &mut [Glyph]) -> bool {
    let mut changed = false;
    for word in glyphs.split_mut(|g| !g.c.is_alphanumeric()) {
        if word.iter().all(|g| g.c.is_ascii()) {
            continue;
        }
        let mixed = word.iter().any(|g| g.c.is_ascii_lowercase());
        if !mixed && !word.iter().all(|g| lookalike::strict(g.c).is_some() || g.c.is_ascii_digit()) {
            continue;
        }
        for glyph in word {
            if let Some(latin) = lookalike::beside_latin(glyph.c) {
                glyph.c = latin;
                changed = true;
            }
        }
    }
    changed
}

/// `1d10t`, `sh!t`, `@ss` → `idiot`, `shit`, `ass`, and nothing like `2026`, `10k`, `1st`, `covid19`,
/// `@name`, `a@b.org`, `wow!`.
fn read_leet(glyphs: &mut [Glyph], reads: &mut Vec<Option<char>>) -> bool {
    let mut changed = false;
    let mut start = 0;
    while start < glyphs.len() {
        let in_word = |g: &Glyph| g.c.is_alphanumeric() || matches!(g.c, '@' | '$' | '!');
        let length = glyphs[start..].iter().take_while(|g| in_word(g)).count();
        if length < 3 {
            start += length.max(1);
            continue;
        }
        let address = matches!(glyphs.get(start + length..start + length + 2), Some([dot, next]) if dot.c == '.' && next.c.is_alphanumeric());
        changed |= read_leet_word(&mut glyphs[start..start + length], address, reads);
        start += length;
    }
    changed
}

fn read_leet_word(word: &mut [Glyph], address: bool, reads: &mut Vec<Option<char>>) -> bool {
    let letter = |g: Option<&Glyph>| g.is_some_and(|g| g.c.is_ascii_lowercase());
    let digits_are_leet = word.iter().all(|g| !g.c.is_numeric() || lookalike::leet(g.c).is_some());
    let first_letter = word.iter().position(|g| g.c.is_ascii_lowercase());
    let last_letter = word.iter().rposition(|g| g.c.is_ascii_lowercase());
    let (Some(first), Some(last)) = (first_letter, last_letter) else { return false };
    // Digits between letters make it leet; digits at one end only make it "1st", "10k" or "covid19".
    let digit_inside = word[first..=last].iter().any(|g| g.c.is_ascii_digit());
    let read_digits = digits_are_leet && digit_inside;
    let plain = |i: usize, c: char| word.get(i).is_some_and(|g| g.c == c);
    reads.clear();
    reads.extend((0..word.len()).map(|i| {
        let inside = first < i && i < last;
        let read = match word[i].c {
            '0'..='9' => read_digits,
            '@' if i == 0 => plain(2, 's') && (plain(1, 's') || plain(1, 'r')),
            '@' => inside && !address,
            '$' if i == 0 => letter(word.get(1)) && !word.iter().any(|g| g.c.is_numeric()),
            // "a$$", but not "US$".
            '$' => inside || (i > last && last + 3 == word.len() && plain(last + 1, '$') && plain(last + 2, '$')),
            '!' => inside && letter(word.get(i - 1)) && letter(word.get(i + 1)),
            _ => false,
        };
        lookalike::leet(word[i].c).filter(|_| read)
    }));
    let mut changed = false;
    for (glyph, read) in word.iter_mut().zip(reads) {
        if let Some(read) = *read {
            glyph.c = read;
            changed = true;
        }
    }
    changed
}

/// Three of the same or more become two, as in "sooo"; "a", "i" and "u" become one, as English hardly
/// ever doubles them. Digits stay ("1000"), and so does "www".
fn shorten_stretched(glyphs: &mut Vec<Glyph>) -> bool {
    let before = glyphs.len();
    let mut kept = 0;
    let mut at = 0;
    while at < before {
        let c = glyphs[at].c;
        let run = glyphs[at..].iter().take_while(|g| g.c == c).count();
        let keep = match c {
            _ if run < 3 || c.is_numeric() => run,
            'w' if run == 3 => run,
            'a' | 'i' | 'u' => 1,
            _ => 2,
        };
        for offset in 0..keep {
            glyphs[kept + offset] = glyphs[at + offset];
        }
        kept += keep;
        at += run;
    }
    glyphs.truncate(kept);
    kept != before
}
