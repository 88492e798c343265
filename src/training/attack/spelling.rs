//! Words spelled otherwise: apart, stretched, shortened, shuffled, as they sound, with signs inside.

use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_xoshiro::Xoshiro256PlusPlus;

/// `i d i o t`, `i-d-i-o-t`, `i / d / i / o / t`, or in two: `idi ot`.
pub(super) fn spaced_out(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    if letters.len() > 3 && rng.random_bool(0.3) {
        let at = rng.random_range(2..letters.len() - 1);
        return format!("{} {}", letters[..at].concat(), letters[at..].concat());
    }
    let separators = [" ", " ", ".", "-", "_", ". ", " - ", "/", "..", "  "];
    letters.join(separators.choose(rng).unwrap_or(&" "))
}

/// One letter three to six times, the last letter so, or every letter twice.
pub(super) fn stretched(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let letters: Vec<char> = word.chars().collect();
    let vowels: Vec<usize> = (0..letters.len()).filter(|at| is_vowel(letters[*at])).collect();
    let last = letters.len().saturating_sub(1);
    let times = rng.random_range(3..=6);
    let (place, all) = match rng.random_range(0..4) {
        0 => (last, 1),
        1 => (usize::MAX, 2),
        _ => (vowels.choose(rng).copied().unwrap_or(last), 1),
    };
    let write = |(at, c): (usize, char)| std::iter::repeat_n(c, if at == place { times } else { all });
    letters.into_iter().enumerate().flat_map(write).collect()
}

/// Two inner neighbours that differ change places; of a long word sometimes two pairs, or all inner
/// letters are shuffled. The ends stay, by which people read.
pub(super) fn swapped_letters(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let end = letters.len().saturating_sub(1);
    if letters.len() > 5 && rng.random_bool(0.15) {
        letters[1..end].shuffle(rng);
        return letters.into_iter().collect();
    }
    let pairs = if letters.len() > 7 && rng.random_bool(0.3) { 2 } else { 1 };
    for _ in 0..pairs {
        let inner: Vec<usize> = (1..end.saturating_sub(1)).filter(|at| letters[*at] != letters[at + 1]).collect();
        // A word too short for that swaps its last two letters.
        let at = inner.choose(rng).copied().or(end.checked_sub(1));
        if let Some(at) = at {
            letters.swap(at, at + 1);
        }
    }
    letters.into_iter().collect()
}

/// One vowel left out, all inner vowels, or, where there is none, the letter before the last.
pub(super) fn dropped_letters(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let letters: Vec<char> = word.chars().collect();
    let vowels: Vec<usize> = (1..letters.len()).filter(|at| is_vowel(letters[*at])).collect();
    let dropped = match vowels.choose(rng) {
        Some(_) if letters.len() > 4 && rng.random_bool(0.25) => vowels,
        Some(one) => vec![*one],
        None => vec![letters.len().saturating_sub(2)],
    };
    letters.iter().enumerate().filter(|(at, _)| !dropped.contains(at)).map(|(_, c)| *c).collect()
}

/// Spellings that sound the same; where none fits, the first vowel is another.
pub(super) fn phonetic(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    const SOUNDS: [(&str, &[&str]); 18] = [
        ("ck", &["k", "kk", "cc", "q"]),
        ("ph", &["f"]),
        ("qu", &["kw"]),
        ("ght", &["t"]),
        ("sh", &["sch", "zh"]),
        ("ks", &["x"]),
        ("er", &["ah", "ur"]),
        ("oo", &["u", "ew"]),
        ("ee", &["ea", "ie"]),
        ("th", &["d", "f"]),
        ("f", &["ph", "v"]),
        ("c", &["k", "s"]),
        ("k", &["c", "q"]),
        ("s", &["z", "c"]),
        ("i", &["y", "ee"]),
        ("u", &["oo", "oe"]),
        ("o", &["oh", "aw"]),
        ("a", &["ah", "er"]),
    ];
    let lower = word.to_lowercase();
    // Pairs of letters sound more like themselves than single ones do, so they come first.
    let mut fitting: Vec<&(&str, &[&str])> = SOUNDS.iter().filter(|(sound, _)| lower.contains(sound)).collect();
    let pair = fitting.iter().filter(|(sound, _)| sound.len() > 1).count();
    if pair > 0 && rng.random_bool(0.6) {
        fitting.truncate(pair);
    }
    let times = rng.random_range(1..=2);
    let chosen: Vec<_> = fitting.choose_multiple(rng, times).collect();
    let written = chosen.into_iter().fold(lower.clone(), |written, (sound, others)| {
        written.replacen(sound, others.choose(rng).unwrap_or(sound), 1)
    });
    // Nothing fitted, or one change took back another.
    if written == lower { lower.replacen('e', "a", 1) + "z" } else { written }
}

/// A sign between two letters or between all, a letter in brackets, or letters masked by a sign.
pub(super) fn punctuation_inside(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    let signs = [".", "-", "_", "*", "'", "/", ",", "~", "\"", "|", "+", "^"];
    let sign = *signs.choose(rng).unwrap_or(&".");
    if letters.len() < 3 {
        return letters.join(sign);
    }
    let end = letters.len() - 1;
    let at = rng.random_range(1..end);
    match rng.random_range(0..6) {
        0 => letters.join(sign),
        1 | 2 => format!("{}{sign}{}", letters[..at].concat(), letters[at..].concat()),
        3 => {
            let [open, close] = *[["(", ")"], ["[", "]"], ["{", "}"]].choose(rng).unwrap_or(&["(", ")"]);
            format!("{}{open}{}{close}{}", letters[..at].concat(), letters[at], letters[at + 1..].concat())
        }
        masked => {
            let mask = *["*", "#", "_", "-", "%", "?"].choose(rng).unwrap_or(&"*");
            // One letter, or all but the first and the last.
            let hides = |place: usize| place == at || (masked == 4 && letters.len() < 7 && 0 < place && place < end);
            let written = letters.iter().enumerate();
            written.map(|(place, letter)| if hides(place) { mask } else { letter.as_str() }).collect()
        }
    }
}

const fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use std::collections::BTreeSet;

    type Rewriting = fn(&str, &mut Xoshiro256PlusPlus) -> String;

    fn written(rewrite: Rewriting, word: &str) -> BTreeSet<String> {
        (0..500).map(|seed| rewrite(word, &mut Xoshiro256PlusPlus::seed_from_u64(seed))).collect()
    }

    #[test]
    fn words_are_written_as_people_write_them() {
        let cases: [(Rewriting, &str, &[&str]); 7] = [
            (spaced_out, "idiot", &["i d i o t", "i.d.i.o.t", "i-d-i-o-t", "idi ot", "i/d/i/o/t"]),
            (stretched, "idiot", &["idiooot", "idiotttt", "iiddiioott"]),
            (swapped_letters, "idiot", &["iidot", "idoit"]),
            (dropped_letters, "stupid", &["stpid", "stupd", "stpd"]),
            (phonetic, "sucker", &["suker", "suckah", "sucqah"]),
            (phonetic, "fools", &["fuls", "phools", "phoolz"]),
            (punctuation_inside, "idiot", &["i.d.i.o.t", "id-iot", "id*ot", "i***t", "i(d)iot"]),
        ];
        for (rewrite, word, expected) in cases {
            let written = written(rewrite, word);
            let missing: Vec<_> = expected.iter().filter(|e| !written.contains(**e)).collect();
            assert!(missing.is_empty(), "{missing:?} not in {written:?}");
            assert!(!written.contains(word), "{word}");
        }
    }

    #[test]
    fn swapping_keeps_the_letters_and_the_ends() {
        for word in written(swapped_letters, "ridiculous") {
            let mut letters: Vec<char> = word.chars().collect();
            assert!(word.starts_with('r') && word.ends_with('s'), "{word}");
            letters.sort_unstable();
            assert_eq!(letters.into_iter().collect::<String>(), "cdiilorsuu");
        }
    }
}
