//! What the context said, in words.

use super::feature::{RARE_IDF, Reading};
use super::term::{Bag, bucket};
use crate::classifier::feature::Idf;
use crate::text::Normalised;

/// How many shared words a sentence names.
const MAX_WORDS: usize = 5;

/// One sentence for each neighbour that shares rare words, or one that says that none does.
pub fn sentences(reading: &Reading, text: &Normalised, idf: &Idf) -> Vec<String> {
    let context = &reading.context;
    let neighbours: Vec<(&str, &Bag)> = [
        ("the article", Some(&context.article)),
        ("its parent", context.parent.as_ref()),
        ("the thread", context.thread.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, bag)| bag.map(|bag| (name, bag)))
    .collect();
    let shared = neighbours.iter().filter_map(|(name, bag)| {
        let words = shared_words(reading, text, bag, idf);
        (!words.is_empty()).then(|| format!("shares {} with {name}", words.join(", ")))
    });
    let shared: Vec<String> = shared.collect();
    if !shared.is_empty() {
        return shared;
    }
    let names: Vec<&str> = neighbours.iter().map(|(name, _)| *name).collect();
    let list = match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => return Vec::new(),
    };
    vec![format!("shares no rare word with {list}")]
}

fn shared_words(reading: &Reading, text: &Normalised, bag: &Bag, idf: &Idf) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for term in &reading.terms {
        if idf.weight(bucket(term.hash)) >= RARE_IDF && bag.contains(term.hash) {
            let word = format!("\"{}\"", &text.as_str()[term.start..term.end]);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if words.len() == MAX_WORDS {
            break;
        }
    }
    words
}
