//! The pieces of words are those of the reference: the `tokenizers` library with BERT's normaliser,
//! pre-tokenizer and `WordPiece` over the shipped vocabulary, without special tokens. What it answered
//! stands in `wordpiece.json`: sentences, odd Unicode, and random strings.

use ombud::classifier::Embedding;
use ombud::classifier::embedding::wordpiece::Piece;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

static EMBEDDING: LazyLock<Arc<Embedding>> = LazyLock::new(Embedding::embedded);

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
    /// Of each piece, in code points.
    spans: Vec<(usize, usize)>,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    EMBEDDING.vocabulary().pieces(text, &mut pieces);
    pieces
}

#[test]
fn pieces_are_those_of_the_reference() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("wordpiece.json")).expect("cases");
    assert!(cases.len() > 300, "only {} cases", cases.len());
    for case in cases {
        let ids: Vec<u32> = pieces(&case.text).iter().map(|p| p.id).collect();
        assert_eq!(ids, case.ids, "{:?}", case.text);
        let at = |byte: u32| case.text[..byte as usize].chars().count();
        let spans: Vec<(usize, usize)> = pieces(&case.text).iter().map(|p| (at(p.start), at(p.end))).collect();
        assert_eq!(spans, case.spans, "{:?}", case.text);
    }
}

#[test]
fn every_piece_of_the_vocabulary_is_found() {
    assert_eq!(EMBEDDING.vocabulary().len(), 30_522);
    for id in 0..30_522 {
        let mut ids = Vec::new();
        EMBEDDING.vocabulary().pieces_of_word(EMBEDDING.vocabulary().piece(id), &mut ids);
        assert_eq!(ids, [id], "{}", EMBEDDING.vocabulary().piece(id));
    }
}

/// What greedy longest match is, as one would write it down: no hashing, no prefixes kept.
fn greedy(word: &str) -> Option<Vec<String>> {
    static PIECES: LazyLock<std::collections::HashSet<&str>> =
        LazyLock::new(|| (0..30_522).map(|id| EMBEDDING.vocabulary().piece(id)).collect());
    let characters: Vec<char> = word.chars().collect();
    let (mut at, mut found) = (0, Vec::new());
    while at < characters.len() {
        let prefix = if at == 0 { "" } else { "##" };
        let candidates = (at + 1..=characters.len()).rev();
        let piece = |end: usize| format!("{prefix}{}", characters[at..end].iter().collect::<String>());
        let end = candidates.into_iter().find(|end| PIECES.contains(piece(*end).as_str()))?;
        found.push(piece(end));
        at = end;
    }
    Some(found)
}

proptest! {
    #[test]
    fn any_word_is_cut_greedily(word in "[a-zé0-9に\u{1f600}]{1,40}") {
        let mut ids = Vec::new();
        EMBEDDING.vocabulary().pieces_of_word(&word, &mut ids);
        let found: Vec<String> = ids.iter().map(|id| EMBEDDING.vocabulary().piece(*id).to_owned()).collect();
        prop_assert_eq!(found, greedy(&word).unwrap_or_else(|| vec!["[UNK]".to_owned()]));
    }

    #[test]
    fn pieces_of_any_text_lie_in_it(text in any::<String>()) {
        for piece in pieces(&text) {
            prop_assert!(text.get(piece.start as usize..piece.end as usize).is_some_and(|t| !t.is_empty()));
        }
    }
}
