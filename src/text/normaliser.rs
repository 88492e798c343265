//! Normalising text after text in the same memory.
//!
//! Most writing is plain: it needs lower case and single spaces, and a look at every character
//! ([`Watch`]). Where the look finds something, the characters from the last plain word before it to the
//! next one after it are repaired by themselves. That is the same as repairing the whole text, as no
//! repair changes a plain word or reaches across one ([`is_barrier`]).

use super::fold::fold;
use super::normalise::Normalised;
use super::origin::Origins;
use super::repair::{Buffers, Glyph, repair};
use super::watch::{Watch, is_barrier};

/// Normalises texts, and keeps the memory that this takes from one to the next.
#[derive(Default)]
pub struct Normaliser {
    /// The text so far.
    bytes: Vec<u8>,
    /// Where in it there are spaces that were more than one character of white space.
    wide: Vec<usize>,
    /// Where in it a repair may have something to do, if anywhere since the last one.
    suspect: Option<usize>,
    glyphs: Vec<Glyph>,
    buffers: Buffers,
}

/// How many characters are taken at a time. Room for so many is made at every stop, so a text that stops
/// at every character must not make much.
const STRETCH: usize = 128;
/// Memory for texts longer than this, in characters, is given back after them.
const KEPT: usize = 1 << 16;

impl Normaliser {
    /// Normalises `text` as [`normalise`](super::normalise) does, in the place of what `out` held before.
    /// Allocates nothing, once both have grown to the length of the texts.
    pub fn normalise_into(&mut self, text: &str, out: &mut Normalised) {
        // The text grows where the one before it lay.
        self.bytes = std::mem::take(&mut out.text).into_bytes();
        self.bytes.clear();
        self.wide.clear();
        self.suspect = None;
        out.origins.clear();
        self.read(text, out);
        let bytes = std::mem::take(&mut self.bytes);
        out.text = String::from_utf8(bytes).expect("whole characters were written");
        self.shrink(out);
    }

    fn read(&mut self, text: &str, out: &mut Normalised) {
        let mut watch = Watch::START;
        let mut origin = 0u32;
        let mut rest = text;
        loop {
            let taken = self.read_plain(rest.as_bytes(), &mut watch, origin, &mut out.origins);
            origin = origin.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
            rest = &rest[taken..];
            if taken == STRETCH {
                continue;
            }
            // What is neither a plain character of ASCII nor the end of the text.
            let Some(c) = rest.chars().next() else { break };
            if c.is_ascii() {
                self.push_space(&mut watch, origin, &mut out.origins);
            } else {
                fold(c, |plain| self.push(plain, &mut watch, origin, &mut out.origins));
            }
            origin = origin.saturating_add(1);
            rest = &rest[c.len_utf8()..];
        }
        if self.bytes.last() == Some(&b' ') {
            self.bytes.pop();
            self.wide.pop_if(|wide| *wide == self.bytes.len());
            out.origins.truncate(self.bytes.len());
        } else if watch.spaced_at_end() {
            self.suspect(self.bytes.len());
        }
        self.repair(&mut out.origins);
        out.characters = origin;
    }

    /// Takes characters of ASCII as long as each makes one byte, up to [`STRETCH`], and says how many.
    fn read_plain(&mut self, rest: &[u8], watch: &mut Watch, origin: u32, origins: &mut Origins) -> usize {
        let rest = &rest[..rest.len().min(STRETCH)];
        let start = self.bytes.len();
        let mut now = *watch;
        let mut taken = 0;
        let suspected = self.suspect.is_some();
        self.bytes.resize(start + rest.len(), 0);
        let mut first_suspect = usize::MAX;
        for (slot, byte) in self.bytes[start..].iter_mut().zip(rest) {
            let byte = FOLDED[usize::from(*byte)];
            if byte >= STOPS && (byte != SPACE || now.after_space() || suspected || first_suspect != usize::MAX) {
                break;
            }
            let byte = byte & 0x7f;
            if now.see(byte) && first_suspect == usize::MAX {
                first_suspect = taken;
            }
            *slot = byte;
            taken += 1;
        }
        *watch = now;
        self.bytes.truncate(start + taken);
        if taken > 0 {
            origins.push(start, origin);
        }
        if first_suspect != usize::MAX {
            self.suspect(start + first_suspect);
        }
        taken
    }

    fn push(&mut self, c: char, watch: &mut Watch, origin: u32, origins: &mut Origins) {
        if c == ' ' {
            return self.push_space(watch, origin, origins);
        }
        let at = self.bytes.len();
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            origins.push(self.bytes.len(), origin);
            self.bytes.push(byte);
        }
        if c.is_ascii() {
            if watch.see(bytes[0]) {
                self.suspect(at);
            }
        } else {
            watch.see_other();
            self.suspect(at);
        }
    }

    /// A space ends a word: if a plain one, what stands before it can be repaired.
    fn push_space(&mut self, watch: &mut Watch, origin: u32, origins: &mut Origins) {
        match self.bytes.last() {
            None => {}
            Some(b' ') => {
                let at = self.bytes.len() - 1;
                if self.wide.last() != Some(&at) {
                    self.wide.push(at);
                }
            }
            Some(_) => {
                if watch.see(b' ') {
                    self.suspect(self.bytes.len());
                }
                if self.suspect.is_some_and(|at| at < self.bytes.len()) && is_barrier(last_word(&self.bytes)) {
                    self.repair(origins);
                }
                origins.push(self.bytes.len(), origin);
                self.bytes.push(b' ');
            }
        }
    }

    fn suspect(&mut self, at: usize) {
        self.suspect.get_or_insert(at);
    }

    /// Repairs all from the last plain word before the suspect to the end of the text so far.
    fn repair(&mut self, origins: &mut Origins) {
        let Some(suspect) = self.suspect.take() else { return };
        let start = after_barrier(&self.bytes[..suspect]);
        let region = std::str::from_utf8(&self.bytes[start..]).expect("whole characters were written");
        let first_wide = self.wide.partition_point(|at| *at < start);
        let mut wide = self.wide.drain(first_wide..).peekable();
        self.glyphs.clear();
        self.glyphs.extend(region.char_indices().map(|(at, c)| {
            let at = start + at;
            Glyph { c, origin: origins.at(at), wide: wide.next_if_eq(&at).is_some() }
        }));
        drop(wide);
        repair(&mut self.glyphs, &mut self.buffers);
        self.bytes.truncate(start);
        origins.truncate(start);
        for glyph in &self.glyphs {
            for byte in glyph.c.encode_utf8(&mut [0; 4]).bytes() {
                origins.push(self.bytes.len(), glyph.origin);
                self.bytes.push(byte);
            }
        }
    }

    fn shrink(&mut self, out: &mut Normalised) {
        out.origins.shrink(KEPT);
        out.text.shrink_to(KEPT);
        self.wide.shrink_to(KEPT);
        self.glyphs.shrink_to(KEPT);
        self.buffers.shrink(KEPT);
    }
}

/// From here on, bytes of [`FOLDED`] are to be looked at.
const STOPS: u8 = 0x80;
/// White space: a space with the highest bit set.
const SPACE: u8 = STOPS | b' ';
const BEYOND: u8 = 0xff;

/// What a byte is read as: lower case; [`SPACE`]; [`BEYOND`] ASCII.
const FOLDED: [u8; 256] = {
    let mut folded = [BEYOND; 256];
    let mut byte = 0u8;
    while byte < 128 {
        folded[byte as usize] = if byte.is_ascii_graphic() { byte.to_ascii_lowercase() } else { SPACE };
        byte += 1;
    }
    folded
};

/// What stands after the last space.
fn last_word(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().rposition(|b| *b == b' ').map_or(0, |at| at + 1);
    &bytes[start..]
}

/// The end of the last plain word that has a space after it.
fn after_barrier(mut bytes: &[u8]) -> usize {
    while let Some(space) = bytes.iter().rposition(|b| *b == b' ') {
        bytes = &bytes[..space];
        if is_barrier(last_word(bytes)) {
            return space;
        }
    }
    0
}
