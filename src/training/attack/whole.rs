//! Techniques that take a text as a whole.

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Two or three neighbours run together, about half of the words in all; or the whole as a hashtag.
pub(super) fn joined_words(text: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |word: &&str| !word.contains("://") && !word.contains('@');
    if (2..=8).contains(&words.len()) && words.iter().all(plain) && rng.random_bool(0.25) {
        return format!("#{}", words.iter().map(|w| capitalised(w)).collect::<String>());
    }
    let mut out = String::new();
    let mut at = 0;
    let mut joined = false;
    while at < words.len() {
        // From the start, every second stretch; the last pair at the latest.
        let length = rng.random_range(2..=3).min(words.len() - at);
        let stretch = &words[at..at + length];
        let due = rng.random_bool(0.5) || (!joined && at + 3 >= words.len());
        out += if out.is_empty() { "" } else { " " };
        if length > 1 && due && stretch.iter().all(plain) {
            joined = true;
            match rng.random_range(0..4) {
                0 => out += &stretch.iter().map(|w| capitalised(w)).collect::<String>(),
                1 => out += &stretch.join(["_", "-", "."].choose(rng).unwrap_or(&"_")),
                _ => out += &stretch.concat(),
            }
            at += length;
        } else {
            out += words[at];
            at += 1;
        }
    }
    if words.is_empty() { text.to_owned() } else { out }
}

/// A fence, inline code, indentation, a comment or a call that prints it.
pub(super) fn code_block(text: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    match rng.random_range(0..8) {
        0 => format!("```{text}```"),
        1 => format!("```\n{text}\n```"),
        2 => format!("```text\n{text}\n```"),
        3 => format!("`{text}`"),
        4 => text.lines().flat_map(|line| ["    ", line, "\n"]).collect(),
        5 => format!("<code>{text}</code>"),
        6 => format!("// {text}"),
        _ => format!("print(\"{text}\")"),
    }
}

/// Letters of each word from behind, of the whole text, or of the content words alone.
pub(super) fn reversed(text: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    match rng.random_range(0..4) {
        0 => text.chars().rev().collect(),
        1 | 2 => super::content::each(text, rng, |word, _| word.chars().rev().collect()),
        _ => text
            .split_inclusive(|c: char| !c.is_alphabetic())
            .flat_map(|part| {
                let letters = part.trim_end_matches(|c: char| !c.is_alphabetic());
                letters.chars().rev().chain(part[letters.len()..].chars())
            })
            .collect(),
    }
}

/// Every letter turned on its head, from behind, as sites for that write it.
pub(super) fn upside_down(text: &str) -> String {
    const UPRIGHT: &str = "abcdefghijklmnopqrstuvwxyz.,?!'\"&_()[]";
    const TURNED: &str = "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz˙'¿¡,„⅋‾)(][";
    let turn = |c: char| {
        let place = UPRIGHT.chars().position(|upright| upright == c.to_ascii_lowercase());
        place.and_then(|p| TURNED.chars().nth(p)).unwrap_or(c)
    };
    text.chars().rev().map(turn).collect()
}

/// A friendly sentence before or behind it, or friendly words at both ends.
pub(super) fn friendly_padding(text: &str, rng: &mut Xoshiro256PlusPlus) -> String {
    const SENTENCES: [&str; 10] = [
        "Thank you for this thoughtful article.",
        "Have a lovely day, everyone!",
        "Love and peace to all of you.",
        "What a beautiful morning it is here by the sea.",
        "Great photographs, I enjoyed them very much.",
        "My grandmother bakes wonderful apple cake and the garden is in bloom.",
        "I hope that you and your family are well.",
        "The weather is nice, and the children are happy at the playground.",
        "Good luck to the team on Saturday.",
        "I really appreciate the hard work of the reporters.",
    ];
    const WORDS: [&str; 8] = ["love", "peace", "thanks", "friend", "happy", "beautiful", "❤️", "wonderful"];
    match rng.random_range(0..3) {
        0 => format!("{} {text}", SENTENCES.choose(rng).unwrap_or(&"")),
        1 => {
            let sentences: Vec<&str> = SENTENCES.choose_multiple(rng, 2).copied().collect();
            format!("{text} {}", sentences.join(" "))
        }
        _ => {
            let words: Vec<&str> = WORDS.choose_multiple(rng, 4).copied().collect();
            format!("{} {text} {}", words[..2].join(" "), words[2..].join(" "))
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars().filter(|c| c.is_alphanumeric());
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    type Rewriting = fn(&str, &mut Xoshiro256PlusPlus) -> String;

    fn written(rewrite: Rewriting, text: &str) -> Vec<String> {
        (0..300).map(|seed| rewrite(text, &mut Xoshiro256PlusPlus::seed_from_u64(seed))).collect()
    }

    #[test]
    fn texts_are_written_as_people_write_them() {
        let text = "You are an idiot";
        let cases: [(Rewriting, &[&str]); 4] = [
            (joined_words, &["#YouAreAnIdiot", "Youare an idiot", "Youare anidiot", "You are_an_idiot"]),
            (code_block, &["```You are an idiot```", "    You are an idiot\n", "`You are an idiot`"]),
            (reversed, &["uoY era na toidi", "You are an toidi", "toidi na era uoY"]),
            (friendly_padding, &["Have a lovely day, everyone! You are an idiot"]),
        ];
        for (rewrite, expected) in cases {
            let written = written(rewrite, text);
            let missing: Vec<_> = expected.iter().filter(|e| !written.contains(&(**e).to_owned())).collect();
            assert!(missing.is_empty(), "{missing:?} not in {written:?}");
        }
        assert_eq!(upside_down("You are an idiot!"), "¡ʇoᴉpᴉ uɐ ǝɹɐ noʎ");
    }

    #[test]
    fn something_is_always_joined() {
        for text in ["two words", "You are an idiot", "one two three four five six seven eight nine ten eleven"] {
            assert!(written(joined_words, text).iter().all(|w| w != text), "{text}");
        }
    }
}
