//! From what each word added to a score to phrases that a person can read.

use super::evidence::WordWeight;

/// Words that add less log-odds than this are not shown by themselves.
const MIN_WEIGHT: f64 = 0.05;
/// A function word that takes away more than this is no bridge: it speaks for the other side.
const MAX_AGAINST: f64 = 0.5;

/// Words that hold a phrase together and say nothing at its ends, sorted. Not among them is what changes what
/// it says ("not"), whom it meets ("you"), or what a verb means ("off", "up", "out").
const FUNCTION_WORDS: [&str; 46] = [
    "a", "also", "am", "an", "and", "are", "as", "at", "be", "been", "but", "by", "did", "do", "does", "for", "from",
    "had", "has", "have", "i'm", "if", "in", "is", "it", "it's", "its", "of", "on", "or", "so", "such", "than", "that",
    "the", "then", "there", "these", "this", "those", "to", "was", "were", "which", "who", "with",
];

fn holds_together(word: &str) -> bool {
    FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// The phrases of a normalised text that spoke for a score, in order, each with the exact sum of its words:
/// neighbours of one sentence that speak for it, and single function words between two of them. No phrase
/// begins or ends with a function word.
pub(super) fn phrases(text: &str, words: &[WordWeight]) -> Vec<WordWeight> {
    let mut found = Vec::new();
    let mut run: Vec<WordWeight> = Vec::new();
    let mut bridge = None;
    for word in words {
        let end = bridge.or(run.last().copied()).map_or(word.start, |last: WordWeight| last.end);
        if ends_sentence(&text[end..word.start]) {
            found.extend(phrase(text, &run));
            run.clear();
            bridge = None;
        }
        if word.weight >= MIN_WEIGHT {
            run.extend(bridge.take());
            run.push(*word);
        } else if bridge.is_none() && !run.is_empty() && word.weight >= -MAX_AGAINST && holds_together(of(text, word)) {
            bridge = Some(*word);
        } else {
            found.extend(phrase(text, &run));
            run.clear();
            bridge = None;
        }
    }
    found.extend(phrase(text, &run));
    found
}

fn of<'a>(text: &'a str, word: &WordWeight) -> &'a str {
    &text[word.start..word.end]
}

/// Whether a sentence ends between two words: "3.5" and "a.example" are no sentences.
fn ends_sentence(between: &str) -> bool {
    between.contains(char::is_whitespace) && between.contains(['.', '!', '?', ';', ':'])
}

/// One phrase of these words; `None` if they say nothing.
fn phrase(text: &str, run: &[WordWeight]) -> Option<WordWeight> {
    let says = |word: &WordWeight| !holds_together(of(text, word));
    let first = run.iter().position(says)?;
    let last = run.iter().rposition(says)?;
    let kept = &run[first..=last];
    let weight: f64 = kept.iter().map(|word| word.weight).sum();
    (weight >= MIN_WEIGHT).then(|| WordWeight { start: run[first].start, end: run[last].end, weight })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    /// The phrases of a text, where every word is followed by what it adds.
    fn found(marked: &[(&str, f64)]) -> Vec<(String, f64)> {
        let text = marked.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" ");
        let weight = |(w, (_, weight)): (crate::text::Word<'_>, &(&str, f64))| WordWeight {
            start: w.start,
            end: w.end,
            weight: *weight,
        };
        let words: Vec<WordWeight> = words(&text).zip(marked).map(weight).collect();
        assert_eq!(words.len(), marked.len());
        let shown = |p: WordWeight| (text[p.start..p.end].to_owned(), (p.weight * 100.0).round() / 100.0);
        phrases(&text, &words).into_iter().map(shown).collect()
    }

    fn phrase(text: &str, weight: f64) -> (String, f64) {
        (text.to_owned(), weight)
    }

    #[test]
    fn the_function_words_are_sorted() {
        assert!(FUNCTION_WORDS.is_sorted());
    }

    #[test]
    fn a_function_word_between_two_that_speak_is_a_bridge() {
        let text = [("you", 0.2), ("are", 0.0), ("a", 0.0), ("liar", 1.0), ("and", -0.1), ("a", 0.3), ("cheat", 1.0)];
        assert_eq!(found(&text), [phrase("you", 0.2), phrase("liar and a cheat", 2.2)]);
        let text = [("liar", 1.0), ("of", 0.01), ("liars", 1.0)];
        assert_eq!(found(&text), [phrase("liar of liars", 2.01)]);
        // Other words are no bridge, nor is one that speaks against.
        assert_eq!(found(&[("liar", 1.0), ("minister", 0.0), ("liar", 1.0)]).len(), 2);
        assert_eq!(found(&[("liar", 1.0), ("and", -0.6), ("liar", 1.0)]).len(), 2);
    }

    #[test]
    fn no_phrase_begins_or_ends_with_a_function_word() {
        let text =
            [("is", 0.5), ("an", 0.5), ("utter", 1.0), ("fool", 1.0), ("and", 0.5), ("the", 0.5), ("mayor", -1.0)];
        assert_eq!(found(&text), [phrase("utter fool", 2.0)]);
        assert_eq!(found(&[("fool", 1.0), ("and", 0.0)]), [phrase("fool", 1.0)]);
        assert_eq!(found(&[("it", 1.0), ("is", 1.0)]), []);
        // These say something.
        assert_eq!(found(&[("shut", 1.0), ("up", 0.5)]), [phrase("shut up", 1.5)]);
        assert_eq!(found(&[("kill", 1.0), ("you", 0.5)]), [phrase("kill you", 1.5)]);
    }

    #[test]
    fn no_phrase_reaches_across_sentences() {
        assert_eq!(found(&[("fool!", 1.0), ("liar", 1.0)]), [phrase("fool", 1.0), phrase("liar", 1.0)]);
        assert_eq!(found(&[("fool.", 1.0), ("and", 0.0), ("liar", 1.0)]).len(), 2);
        assert_eq!(found(&[("fool", 1.0), ("and.", 0.0), ("liar", 1.0)]).len(), 2);
        assert_eq!(found(&[("fool,", 1.0), ("liar", 1.0)]), [phrase("fool, liar", 2.0)]);
        let address = [WordWeight { start: 0, end: 3, weight: 1.0 }, WordWeight { start: 4, end: 11, weight: 1.0 }];
        assert_eq!(phrases("win.example", &address).len(), 1);
    }

    #[test]
    fn what_weighs_nothing_is_left_out() {
        assert_eq!(found(&[("fool", 0.04), ("liar", -1.0)]), []);
        assert_eq!(found(&[("fool", 0.06), ("and", -0.3), ("liar", 0.06)]), []);
    }
}
