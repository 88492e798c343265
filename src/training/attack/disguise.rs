//! Letters that look like the letters they stand for, and what is laid over or between them.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Chance that one letter is replaced in a partly disguised word; there one letter always is.
const PART: f64 = 0.35;

/// `1d10t` or `idi0t`: every letter that has a sign for it, or a part of them.
pub(super) fn leet(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    replace(word, rng, |c, rng| {
        let signs: &[&str] = match c.to_ascii_lowercase() {
            'a' => &["4", "@", "/\\"],
            'b' => &["8", "6"],
            'c' => &["(", "<"],
            'e' => &["3", "€"],
            'g' => &["9", "6"],
            'h' => &["#"],
            'i' => &["1", "!", "|"],
            'l' => &["1", "|", "7"],
            'o' => &["0", "()"],
            's' => &["5", "$", "z"],
            't' => &["7", "+"],
            'u' => &["v", "|_|"],
            'z' => &["2"],
            _ => return None,
        };
        // The first sign of each is by far the commonest.
        let sign = if rng.random_bool(0.6) { signs.first() } else { signs.choose(rng) };
        sign.map(|s| (*s).to_owned())
    })
}

/// Cyrillic, Greek and other letters that pass for Latin ones; or a whole word in a style of letters
/// that Unicode keeps for mathematics, or in full width, or in small capitals.
pub(super) fn homoglyph(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    if rng.random_bool(0.25) {
        // First letters of: bold, italic, script, double-struck, sans-serif, monospace, full width.
        let styles = ['\u{1d41a}', '\u{1d482}', '\u{1d4ea}', '\u{1d552}', '\u{1d5ba}', '\u{1d68a}', '\u{ff41}'];
        let first = *styles.choose(rng).unwrap_or(&'\u{ff41}');
        return word.chars().map(|c| styled(c, first).unwrap_or(c)).collect();
    }
    replace(word, rng, |c, rng| {
        let twins = match c.to_ascii_lowercase() {
            'a' => "аαɑ",
            'b' => "ьƅɓ",
            'c' => "сϲƈ",
            'd' => "ԁɗð",
            'e' => "еҽɛ",
            'f' => "ƒϝ",
            'g' => "ɡɠց",
            'h' => "һհɦ",
            'i' => "іιɨ",
            'j' => "јʝ",
            'k' => "кκƙ",
            'l' => "ӏⅼƚ",
            'm' => "мɱⅿ",
            'n' => "ոηɲ",
            'o' => "оοθ",
            'p' => "рρƥ",
            'q' => "ԛʠ",
            'r' => "гɼʀ",
            's' => "ѕꜱʂ",
            't' => "тτŧ",
            'u' => "սυʉ",
            'v' => "νѵʋ",
            'w' => "ԝωɯ",
            'x' => "хχ",
            'y' => "уγʏ",
            'z' => "ᴢʐ",
            _ => return None,
        };
        // Two narrow letters beside one another pass for a wide one.
        let pair = match c {
            'd' => Some("cl"),
            'm' => Some("rn"),
            'w' => Some("vv"),
            _ => None,
        };
        if let Some(pair) = pair.filter(|_| rng.random_bool(0.2)) {
            return Some(pair.to_owned());
        }
        let twins: Vec<char> = twins.chars().collect();
        twins.choose(rng).map(char::to_string)
    })
}

/// An invisible character between some letters.
pub(super) fn zero_width(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    const INVISIBLE: [char; 8] =
        ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{fe0f}', '\u{200e}'];
    let invisible = *INVISIBLE.choose(rng).unwrap_or(&'\u{200b}');
    let everywhere = rng.random_bool(0.4);
    let count = word.chars().count();
    let always = if count > 1 { rng.random_range(0..count - 1) } else { usize::MAX };
    let mut out = String::new();
    for (at, c) in word.chars().enumerate() {
        out.push(c);
        if at == always || (at + 1 < count && (everywhere || rng.random_bool(0.2))) {
            out.push(invisible);
        }
    }
    out
}

/// One accent on some letters, one stroke through all, or heaps of marks.
pub(super) fn combining_marks(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    const ACCENTS: [char; 8] = ['\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{307}', '\u{308}', '\u{323}', '\u{32f}'];
    const STROKES: [char; 4] = ['\u{335}', '\u{336}', '\u{332}', '\u{338}'];
    let style = rng.random_range(0..3);
    let stroke = *STROKES.choose(rng).unwrap_or(&'\u{336}');
    let mut out = String::new();
    for (at, c) in word.chars().enumerate() {
        out.push(c);
        match style {
            0 if at == 0 || rng.random_bool(PART) => out.extend(ACCENTS.choose(rng)),
            1 => out.push(stroke),
            2 => (0..rng.random_range(1..=4)).for_each(|_| out.extend(ACCENTS.choose(rng))),
            _ => {}
        }
    }
    out
}

/// A word in flags, squares or circles, or with emoji in the place of some letters.
pub(super) fn emoji_letters(word: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    // First letters of: regional indicators, squared, negative circled, negative squared, circled.
    let styles = ['\u{1f1e6}', '\u{1f130}', '\u{1f150}', '\u{1f170}', '\u{24d0}'];
    match rng.random_range(0..=styles.len()) {
        0 => {
            // Set apart, as two flags beside one another become the flag of a country.
            let apart = if rng.random_bool(0.5) { " " } else { "\u{200b}" };
            let letters: Vec<String> = word.chars().map(|c| styled(c, styles[0]).unwrap_or(c).to_string()).collect();
            letters.join(apart)
        }
        style if style < styles.len() => word.chars().map(|c| styled(c, styles[style]).unwrap_or(c)).collect(),
        _ => replace(word, rng, |c, rng| {
            let emoji: &[&str] = match c.to_ascii_lowercase() {
                'a' => &["🅰️", "4️⃣"],
                'b' => &["🅱️", "8️⃣"],
                'c' => &["☪️", "©️"],
                'e' => &["3️⃣", "📧"],
                'h' => &["♓"],
                'i' => &["ℹ️", "1️⃣"],
                'l' => &["🕒", "1️⃣"],
                'm' => &["Ⓜ️", "♏"],
                'n' => &["♑", "📈"],
                'o' => &["🅾️", "⭕", "0️⃣"],
                'p' => &["🅿️"],
                'r' => &["®️"],
                's' => &["💲", "5️⃣"],
                't' => &["✝️", "7️⃣"],
                'u' => &["⛎"],
                'v' => &["✔️", "♈"],
                'x' => &["❌", "❎"],
                'z' => &["💤"],
                _ => return None,
            };
            emoji.choose(rng).map(|e| (*e).to_owned())
        }),
    }
}

/// The letter of an alphabet whose `a` is `first`.
fn styled(c: char, first: char) -> Option<char> {
    let lower = c.to_ascii_lowercase();
    let place = lower.is_ascii_lowercase().then(|| u32::from(lower) - u32::from('a'))?;
    char::from_u32(u32::from(first) + place)
}

/// Replaces all letters that `twin` knows (one word in three), or a part of them and at least one.
fn replace(
    word: &str,
    rng: &mut Xoshiro256PlusPlus,
    twin: impl Fn(char, &mut Xoshiro256PlusPlus) -> Option<String>,
) -> String {
    let twins: Vec<Option<String>> = word.chars().map(|c| twin(c, rng)).collect();
    let known: Vec<usize> = (0..twins.len()).filter(|at| twins[*at].is_some()).collect();
    let always = known.choose(rng).copied();
    let all = rng.random_bool(1.0 / 3.0);
    let mut out = String::new();
    for (at, (c, twin)) in word.chars().zip(twins).enumerate() {
        match twin {
            Some(twin) if all || Some(at) == always || rng.random_bool(PART) => out += &twin,
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;
    use rand::SeedableRng;

    fn written(rewrite: fn(&str, &mut Xoshiro256PlusPlus) -> String) -> Vec<String> {
        (0..300).map(|seed| rewrite("idiots", &mut Xoshiro256PlusPlus::seed_from_u64(seed))).collect()
    }

    #[test]
    fn leet_is_full_or_partial() {
        let written = written(leet);
        assert!(written.iter().any(|w| w == "1d1075"), "{written:?}");
        assert!(written.iter().any(|w| w == "idi0ts"), "{written:?}");
        assert!(written.iter().all(|w| w != "idiots"));
    }

    #[test]
    fn invisible_characters_and_marks_are_all_that_is_added() {
        for word in written(zero_width).iter().chain(&written(combining_marks)) {
            assert!(word.chars().count() > 6, "{word:?}");
            assert_eq!(normalise(word).as_str(), "idiots", "{word:?}");
        }
    }

    #[test]
    fn letters_are_taken_from_their_alphabets() {
        let (written, flags) = (written(homoglyph), written(emoji_letters));
        assert!(written.contains(&"𝐢𝐝𝐢𝐨𝐭𝐬".to_owned()), "{written:?}");
        assert!(flags.contains(&"🇮 🇩 🇮 🇴 🇹 🇸".to_owned()), "{flags:?}");
        assert!(flags.contains(&"🅸🅳🅸🅾🆃🆂".to_owned()), "{flags:?}");
    }
}
