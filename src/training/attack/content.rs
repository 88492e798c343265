//! Which words a rewriting hits.

use rand::seq::index;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::ops::Range;

/// Long words that carry no content; nobody troubles to hide them.
const FUNCTION_WORDS: [&str; 35] = [
    "about", "also", "been", "from", "have", "here", "into", "just", "like", "more", "much", "only", "over", "some",
    "such", "than", "that", "their", "them", "then", "there", "these", "they", "this", "those", "very", "were", "what",
    "when", "which", "will", "with", "would", "your", "you're",
];

/// Rewrites half of the content words, rounded up.
pub(super) fn each(
    text: &str,
    rng: &mut Xoshiro256PlusPlus,
    rewrite: impl Fn(&str, &mut Xoshiro256PlusPlus) -> String,
) -> String {
    let places = content_words(text);
    let mut chosen = index::sample(rng, places.len(), places.len().div_ceil(2)).into_vec();
    chosen.sort_unstable();
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for place in chosen.into_iter().map(|c| &places[c]) {
        out += &text[at..place.start];
        out += &rewrite(&text[place.clone()], rng);
        at = place.end;
    }
    out + &text[at..]
}

/// The places of words of four letters or more that carry content; where there are none, of words of
/// three letters, then of any word of two.
fn content_words(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let at_least = |letters: usize| -> Vec<Range<usize>> {
        words.iter().filter(|w| text[(*w).clone()].chars().count() >= letters).cloned().collect()
    };
    let content = |places: Vec<Range<usize>>| -> Vec<Range<usize>> {
        let carries = |w: &Range<usize>| !FUNCTION_WORDS.contains(&text[w.clone()].to_lowercase().as_str());
        places.into_iter().filter(carries).collect()
    };
    [content(at_least(4)), at_least(3), at_least(2)].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Runs of letters, with apostrophes inside, outside links and addresses.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut next = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let offset = next;
        next += token.len();
        if token.contains("://") || token.contains("www.") || token.contains('@') {
            continue;
        }
        let mut start = None;
        for (at, c) in token.char_indices().chain([(token.len(), ' ')]) {
            let inside = c.is_alphabetic() || (c == '\'' && start.is_some());
            match (inside, start) {
                (true, None) => start = Some(at),
                (false, Some(first)) => {
                    found.push(offset + first..offset + token[..at].trim_end_matches('\'').len());
                    start = None;
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn hit(text: &str) -> Vec<&str> {
        content_words(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn content_words_are_long_and_say_something() {
        assert_eq!(hit("You're with those 'stupid' idiots, aren't you?"), ["stupid", "idiots", "aren't"]);
        assert_eq!(hit("see www.example.org or a@b.example, you fool"), ["fool"]);
        assert_eq!(hit("an ass he is"), ["ass"]);
        assert_eq!(hit("go on"), ["go", "on"]);
        assert_eq!(hit("1234 🤡"), [] as [&str; 0]);
    }

    #[test]
    fn half_of_them_are_hit() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let text = "one stupid silly foolish clumsy reader";
        let rewritten = each(text, &mut rng, |word, _| word.to_uppercase());
        assert_eq!(rewritten.to_lowercase(), text);
        let upper = rewritten.split(' ').filter(|w| w.chars().all(char::is_uppercase)).count();
        assert_eq!(upper, 3);
    }
}
