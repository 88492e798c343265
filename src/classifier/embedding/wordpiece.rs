//! `WordPiece` (Wu et al. 2016), the tokenizer of BERT: a word is cut into the longest pieces that the
//! vocabulary has, from left to right. Our own, because it must be small and not allocate; the
//! tests compare it with the `tokenizers` library.

use super::basic::BasicWords;
use crate::text::{StableHash, stable_hash};

/// What a word becomes that can't be put together from pieces.
pub const UNKNOWN: &str = "[UNK]";
/// A word of more characters than this is unknown, as in the reference.
pub const MAX_WORD_CHARS: usize = 100;
/// The longest piece a vocabulary may have, in bytes; that of `bert-base-uncased` has 18.
pub const MAX_PIECE_BYTES: usize = 32;
/// Marks a piece that stands inside a word.
const CONTINUATION: &str = "##";
/// The hash of [`CONTINUATION`] to go on from, so that no piece is put together to look it up.
const INSIDE: StableHash = {
    let mut hash = StableHash::new();
    hash.write(b'#');
    hash.write(b'#');
    hash
};
const EMPTY: u32 = u32::MAX;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place in the vocabulary, from 0.
    pub id: u32,
    /// First byte in the text. Pieces that one character was taken apart into share its bytes.
    pub start: u32,
    /// One past the last byte in the text.
    pub end: u32,
}

/// A list of pieces is no vocabulary. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    #[error("line {line} of the vocabulary is not UTF-8")]
    Utf8 { line: usize },
    #[error("line {line} of the vocabulary is empty")]
    Empty { line: usize },
    #[error("line {line} of the vocabulary has {bytes} bytes, more than {MAX_PIECE_BYTES}")]
    TooLong { line: usize, bytes: usize },
    #[error("line {line} of the vocabulary repeats \"{piece}\"")]
    Repeated { line: usize, piece: String },
    #[error("the vocabulary lacks \"{UNKNOWN}\"")]
    NoUnknown,
    #[error("the vocabulary has {0} pieces, more than 16,777,216")]
    TooMany(usize),
}

/// One place of the hash table. It holds the piece itself, or as much of it as nearly all have, so that finding a
/// piece is one look at memory.
#[derive(Clone, Copy)]
struct Slot {
    /// The first [`HEAD_BYTES`] bytes of the piece, zeroes behind them.
    head: u128,
    /// Length of the piece in bytes; 0 where the place is free.
    length: u32,
    id: u32,
}

const HEAD_BYTES: usize = size_of::<u128>();

/// The pieces that words are made of: an open-addressing hash table from their bytes to their ids.
pub struct Vocabulary {
    /// All pieces, one after the other; piece `id` is `text[starts[id]..starts[id + 1]]`.
    text: String,
    starts: Vec<u32>,
    /// A power of two, at most half full.
    slots: Vec<Slot>,
    /// A bit for each of 2^20 values of a hash: set where some piece has it. It fits the cache, and most of what
    /// is looked up is no piece.
    present: Vec<u64>,
    longest: usize,
    unknown: u32,
}

impl Vocabulary {
    /// Reads pieces, one a line; a piece's id is its line, from 0. The last line may end or not.
    ///
    /// # Errors
    /// [`VocabularyError`] names the line that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, VocabularyError> {
        let line_at = |byte: usize| bytes[..byte].split(|b| *b == b'\n').count();
        let text = str::from_utf8(bytes).map_err(|e| VocabularyError::Utf8 { line: line_at(e.valid_up_to()) })?;
        let lines = || text.strip_suffix('\n').unwrap_or(text).split('\n');
        let count = lines().count();
        if count > 1 << 24 {
            return Err(VocabularyError::TooMany(count));
        }
        let slots = vec![Slot { head: 0, length: 0, id: EMPTY }; (count * 2).next_power_of_two()];
        let mut vocabulary = Self {
            text: String::with_capacity(text.len()),
            starts: vec![0],
            slots,
            present: vec![0; PRESENT_BITS / 64],
            longest: 0,
            unknown: EMPTY,
        };
        for (piece, line) in lines().zip(1..) {
            match piece.len() {
                0 => return Err(VocabularyError::Empty { line }),
                bytes if bytes > MAX_PIECE_BYTES => return Err(VocabularyError::TooLong { line, bytes }),
                _ => {}
            }
            if !vocabulary.insert(piece) {
                return Err(VocabularyError::Repeated { line, piece: piece.to_owned() });
            }
        }
        let unknown = vocabulary.find(stable_hash(UNKNOWN.as_bytes()), &Sought::whole(UNKNOWN));
        vocabulary.unknown = unknown.ok_or(VocabularyError::NoUnknown)?;
        Ok(vocabulary)
    }

    /// Adds the next piece, unless it is there.
    fn insert(&mut self, piece: &str) -> bool {
        let hash = stable_hash(piece.as_bytes());
        let sought = Sought::whole(piece);
        if self.find(hash, &sought).is_some() {
            return false;
        }
        let id = self.len();
        let mut at = self.home(hash);
        while self.slots[at].length != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.slots[at] = Slot { head: sought.head(piece.len()), length, id: u32::try_from(id).unwrap_or(EMPTY) };
        let bit = present_bit(hash);
        self.present[bit / 64] |= 1 << (bit % 64);
        self.text.push_str(piece);
        self.starts.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.longest = self.longest.max(piece.len());
        true
    }

    /// How many pieces there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are none; never so in a vocabulary that was parsed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of `[UNK]`.
    #[must_use]
    pub const fn unknown(&self) -> u32 {
        self.unknown
    }

    /// A piece by its id; one that stands inside a word begins with `##`.
    ///
    /// # Panics
    /// If `id` is not below [`Self::len`].
    #[must_use]
    pub fn piece(&self, id: u32) -> &str {
        &self.text[self.starts[id as usize] as usize..self.starts[id as usize + 1] as usize]
    }

    /// Appends the pieces of a text, in order, without `[CLS]` and `[SEP]`. A text can't name special
    /// pieces: `[SEP]` written out is three words.
    pub fn pieces(&self, text: &str, out: &mut Vec<Piece>) {
        BasicWords::of(text).for_each(|word, places| {
            let first = out.len();
            let mut from = 0;
            let whole = self.cut(word, stable_hash(word.as_bytes()), |id, end| {
                let (start, end_of_last) = (places[from].start, places[end - 1].end);
                out.push(Piece { id, start, end: end_of_last });
                from = end;
            });
            if !whole {
                out.truncate(first);
                out.push(Piece { id: self.unknown, start: places[0].start, end: places[word.len() - 1].end });
            }
        });
    }

    /// Appends the ids of the pieces of one word: lower-case, without accents, spaces and punctuation.
    /// One look-up where the vocabulary has the word; allocates nothing beyond `ids`.
    pub fn pieces_of_word(&self, word: &str, ids: &mut Vec<u32>) {
        let first = ids.len();
        if !self.cut(word, stable_hash(word.as_bytes()), |id, _| ids.push(id)) {
            ids.truncate(first);
            ids.push(self.unknown);
        }
    }

    /// Cuts a word with this [`stable_hash`], calling `each` with every piece's id and where it ends in the
    /// word. False where the word is unknown; what `each` was called with is then void.
    pub fn cut(&self, word: &str, hash: u64, mut each: impl FnMut(u32, usize)) -> bool {
        if word.len() > MAX_WORD_CHARS && word.chars().count() > MAX_WORD_CHARS {
            return false;
        }
        // Most words are there as they are.
        if word.len() <= self.longest
            && self.may_have(hash)
            && !word.is_empty()
            && let Some(id) = self.find(hash, &Sought::whole(word))
        {
            each(id, word.len());
            return true;
        }
        let mut at = 0;
        while at < word.len() {
            let Some((id, bytes)) = self.longest_match(at > 0, &word[at..]) else { return false };
            at += bytes;
            each(id, at);
        }
        true
    }

    /// The longest piece that stands at the beginning of `rest`, `inside` a word or at its beginning, and how much
    /// of `rest` it takes.
    fn longest_match(&self, inside: bool, rest: &str) -> Option<(u32, usize)> {
        let (state, marked) = if inside { (INSIDE, CONTINUATION.len()) } else { (StableHash::new(), 0) };
        let mut end = rest.len().min(self.longest - marked);
        let mut sought = Sought { bytes: [b'#'; MAX_PIECE_BYTES], length: 0 };
        let mut states = [state; MAX_PIECE_BYTES];
        let mut hash = state;
        for (place, byte) in rest.as_bytes()[..end].iter().enumerate() {
            hash.write(*byte);
            states[place] = hash;
            sought.bytes[marked + place] = *byte;
        }
        while end > 0 {
            sought.length = marked + end;
            let hash = states[end - 1].finish();
            if self.may_have(hash)
                && rest.is_char_boundary(end)
                && let Some(id) = self.find(hash, &sought)
            {
                return Some((id, end));
            }
            end -= 1;
        }
        None
    }

    /// Whether some piece may have this hash. Where it says no, none has.
    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        let bit = present_bit(hash);
        self.present[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// The id of a piece, by its hash.
    fn find(&self, hash: u64, sought: &Sought) -> Option<u32> {
        let head = sought.head(sought.length);
        let mut at = self.home(hash);
        loop {
            let Slot { head: found, length, id } = self.slots[at];
            if found == head && length as usize == sought.length && self.ends_with(id, sought) {
                return Some(id);
            }
            if length == 0 {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Whether a piece of that length ends with what doesn't fit a [`Slot`].
    fn ends_with(&self, id: u32, sought: &Sought) -> bool {
        sought.length <= HEAD_BYTES
            || self.piece(id).as_bytes()[HEAD_BYTES..] == sought.bytes[HEAD_BYTES..sought.length]
    }

    /// Where a hash belongs in the table.
    #[expect(clippy::cast_possible_truncation, reason = "the table has fewer places than 32 bits count")]
    const fn home(&self, hash: u64) -> usize {
        hash as u32 as usize & (self.slots.len() - 1)
    }
}

/// How many bits [`Vocabulary::present`] has.
const PRESENT_BITS: usize = 1 << 20;

/// The bit of a hash there: its high bits, which choose no place in the table.
const fn present_bit(hash: u64) -> usize {
    (hash >> 44) as usize
}

/// A piece to look for.
struct Sought {
    bytes: [u8; MAX_PIECE_BYTES],
    length: usize,
}

impl Sought {
    /// A piece of at most [`MAX_PIECE_BYTES`].
    fn whole(piece: &str) -> Self {
        let mut bytes = [0; MAX_PIECE_BYTES];
        bytes[..piece.len()].copy_from_slice(piece.as_bytes());
        Self { bytes, length: piece.len() }
    }

    /// The beginning of its first `length` bytes, at least one, as a [`Slot`] has it.
    #[inline]
    fn head(&self, length: usize) -> u128 {
        let (head, _) = self.bytes.split_first_chunk().expect("longer");
        u128::from_le_bytes(*head) & u128::MAX >> (8 * HEAD_BYTES.saturating_sub(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "[UNK]\nun\n##aff\n##able\nunaffable\nwanted\n##é\n!\nü";

    fn vocabulary() -> Vocabulary {
        Vocabulary::parse(LINES.as_bytes()).unwrap()
    }

    fn ids(word: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        vocabulary().pieces_of_word(word, &mut ids);
        ids
    }

    #[test]
    fn words_are_cut_greedily() {
        assert_eq!(ids("unaffable"), [4]);
        assert_eq!(ids("unable"), [1, 3]);
        assert_eq!(ids("unwanted"), [0]);
        assert_eq!(ids("uné"), [1, 6]);
        assert_eq!(ids("ü"), [8]);
        assert_eq!(ids("able"), [0]);
        assert_eq!(ids(""), [] as [u32; 0]);
    }

    #[test]
    fn long_pieces_are_told_apart_by_their_ends() {
        let lines =
            "[UNK]\n0123456789abcdef\n0123456789abcdefg\n0123456789abcdefh\n##0123456789abcdx\n##0123456789abcdy";
        let vocabulary = Vocabulary::parse(lines.as_bytes()).unwrap();
        let ids = |word: &str| {
            let mut ids = Vec::new();
            vocabulary.pieces_of_word(word, &mut ids);
            ids
        };
        assert_eq!(
            (ids("0123456789abcdef"), ids("0123456789abcdefg"), ids("0123456789abcdefh")),
            (vec![1], vec![2], vec![3])
        );
        assert_eq!(ids("0123456789abcdefg0123456789abcdy0123456789abcdx"), [2, 5, 4]);
        assert_eq!(ids("0123456789abcdefi"), [0]);
    }

    #[test]
    fn a_word_of_more_than_a_hundred_characters_is_unknown() {
        let word = |length: usize| format!("un{}", "able".repeat(length / 4))[..length].to_owned();
        assert_eq!(ids(&word(98)).len(), 25);
        assert_eq!(ids(&word(102)), [0]);
    }

    #[test]
    fn pieces_know_their_place() {
        let mut pieces = Vec::new();
        let text = "Ün-UNABLE! wantedx";
        vocabulary().pieces(text, &mut pieces);
        let found: Vec<(u32, &str)> = pieces.iter().map(|p| (p.id, &text[p.start as usize..p.end as usize])).collect();
        assert_eq!(found, [(1, "Ün"), (0, "-"), (1, "UN"), (3, "ABLE"), (7, "!"), (0, "wantedx")]);
    }

    #[test]
    fn pieces_are_found_by_their_ids() {
        let vocabulary = vocabulary();
        assert_eq!((vocabulary.len(), vocabulary.unknown()), (9, 0));
        let all: Vec<&str> = (0..9).map(|id| vocabulary.piece(id)).collect();
        assert_eq!(all, LINES.split('\n').collect::<Vec<_>>());
    }

    #[test]
    fn a_bad_vocabulary_is_refused_by_line() {
        let parse = |bytes: &[u8]| Vocabulary::parse(bytes).err();
        assert_eq!(parse(b"[UNK]\nx\n\xff"), Some(VocabularyError::Utf8 { line: 3 }));
        assert_eq!(parse(b"[UNK]\n\nx"), Some(VocabularyError::Empty { line: 2 }));
        assert_eq!(parse(b""), Some(VocabularyError::Empty { line: 1 }));
        assert_eq!(parse(b"a\n[UNK]\na\n"), Some(VocabularyError::Repeated { line: 3, piece: "a".to_owned() }));
        assert_eq!(parse(b"a\nb"), Some(VocabularyError::NoUnknown));
        let long = format!("[UNK]\n{}", "x".repeat(33));
        assert_eq!(parse(long.as_bytes()), Some(VocabularyError::TooLong { line: 2, bytes: 33 }));
    }
}
