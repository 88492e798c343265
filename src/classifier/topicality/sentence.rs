//! What the context said, in words.

use super::Reader;
use super::feature::{RARE_IDF, Surroundings};
use super::passage::Passage;
use super::term::{Bag, Term, bucket, terms};
use crate::text::Normalised;

/// How many shared words a sentence names.
const MAX_WORDS: usize = 5;

/// One sentence for each neighbour that shares rare words, or one that says that none does; then the
/// closest sentence of the article, or of the thread.
pub(super) fn sentences(
    comment: &Passage,
    text: &Normalised,
    around: &Surroundings<'_>,
    reader: &Reader,
) -> Vec<String> {
    let mut neighbours: Vec<(&str, Vec<&Bag>)> = vec![("the article", vec![&around.article.whole.bag])];
    neighbours.extend(around.parent.map(|parent| ("its parent", vec![&parent.bag])));
    let thread: Vec<&Bag> = around.thread.iter().map(|passage| &passage.bag).collect();
    neighbours.extend((!thread.is_empty()).then_some(("the thread", thread)));
    let (mut rare, _) = terms(text);
    rare.retain(|term| reader.idf.weight(bucket(term.hash)) >= RARE_IDF);
    let shared = neighbours.iter().filter_map(|(name, bags)| {
        let words = shared_words(text, &rare, bags);
        (!words.is_empty()).then(|| format!("shares {} with {name}", words.join(", ")))
    });
    let mut said: Vec<String> = shared.collect();
    if said.is_empty() {
        let names: Vec<&str> = neighbours.iter().map(|(name, _)| *name).collect();
        said.extend(names.split_last().map(|(last, others)| match others {
            [] => format!("shares no rare word with {last}"),
            _ => format!("shares no rare word with {} or {last}", others.join(", ")),
        }));
    }
    said.extend(closest_sentence(comment, around));
    said
}

fn closest_sentence(comment: &Passage, around: &Surroundings<'_>) -> Option<String> {
    let own = comment.meaning.as_ref()?;
    let cosines = around.article.sentences.iter().map(|sentence| (own.cosine(&sentence.meaning), &sentence.text));
    let (cosine, text) = cosines.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("closest sentence of the article ({cosine:.2} of 1): {text}"))
}

fn shared_words(text: &Normalised, rare: &[Term], bags: &[&Bag]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for term in rare {
        if bags.iter().any(|bag| bag.contains(term.hash)) {
            let word = format!("\"{}\"", &text.as_str()[term.start..term.end]);
            if !found.contains(&word) {
                found.push(word);
            }
        }
        if found.len() == MAX_WORDS {
            break;
        }
    }
    found
}
