//! Texts read once, to be compared with many comments: that is most of the work, so callers keep them.

use super::Reader;
use super::alignment::{TitlePiece, rarest};
use super::term::{Bag, stem_hash, terms};
use crate::classifier::ArticleText;
use crate::classifier::embedding::Meaning;
use crate::text::{Normalised, normalise, words};

/// How much of a body is read, in bytes; the subject is clear by then.
const BODY_BYTES: usize = 16 * 1024;
/// How much of any other text is read, in bytes.
const PASSAGE_BYTES: usize = 2 * 1024;
/// How many sentences of a body are kept.
const MAX_SENTENCES: usize = 80;
/// A sentence with fewer content words says too little to be compared with.
const MIN_SENTENCE_TERMS: usize = 3;
/// How much of a sentence is shown to people, in code points.
const SHOWN_CHARS: usize = 160;

/// A text, read for comparing.
pub struct Passage {
    /// Its content words.
    pub bag: Bag,
    /// What it is about; `None` where no word of it says anything.
    pub meaning: Option<Meaning>,
    /// Its rarest word pieces, each once, rarest first.
    pub pieces: Vec<u32>,
    /// How many words it has in all.
    pub words: usize,
}

/// An article, read for comparing.
pub struct ArticlePassage {
    pub title: Passage,
    /// The title's rarest word pieces.
    pub title_pieces: Vec<TitlePiece>,
    pub body: Passage,
    /// Title and body together.
    pub whole: Passage,
    /// Stems of the capitalised words inside its sentences, ascending.
    pub names: Vec<u32>,
    pub sentences: Vec<Sentence>,
}

/// A sentence of an article's body.
pub struct Sentence {
    /// As it stands in the article, cut to a length worth showing.
    pub text: String,
    pub meaning: Meaning,
}

impl Passage {
    pub(super) fn of(reader: &Reader, normalised: &Normalised) -> Self {
        let (terms, words) = terms(normalised);
        let bag = Bag::new(terms.iter().map(|t| t.hash), &reader.idf);
        let mut pieces = Vec::with_capacity(normalised.as_str().len() / 4);
        reader.embedding.pieces(normalised.as_str(), &mut pieces);
        let meaning = reader.embedding.meaning_of(&pieces);
        rarest(&mut pieces, &reader.embedding, &reader.piece_idf);
        Self { bag, meaning, pieces, words }
    }

    pub(super) fn read(reader: &Reader, text: &str) -> Self {
        Self::of(reader, &normalise(cut(text, PASSAGE_BYTES)))
    }

    /// Roughly how many bytes it takes on the heap.
    const fn heap_bytes(&self) -> usize {
        self.bag.len() * size_of::<(u32, f32)>() + self.pieces.len() * size_of::<u32>()
    }
}

impl ArticlePassage {
    /// Roughly how many bytes it takes in memory, most of them for the meanings of its sentences: what a cache counts.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let passages: usize = [&self.title, &self.body, &self.whole].into_iter().map(Passage::heap_bytes).sum();
        let sentences: usize = self.sentences.iter().map(|sentence| size_of::<Sentence>() + sentence.text.len()).sum();
        let titles = self.title_pieces.len() * size_of::<TitlePiece>();
        size_of::<Self>() + passages + sentences + titles + self.names.len() * size_of::<u32>()
    }

    pub(super) fn read(reader: &Reader, article: ArticleText<'_>) -> Self {
        let title = cut(article.title, PASSAGE_BYTES);
        let body = cut(article.body.unwrap_or(""), BODY_BYTES);
        let normalised = normalise(body);
        let original: Vec<char> = body.chars().collect();
        let title_read = Passage::of(reader, &normalise(title));
        Self {
            title_pieces: TitlePiece::all(&title_read.pieces, &reader.embedding, &reader.piece_idf),
            title: title_read,
            whole: Passage::of(reader, &normalise(&format!("{title}\n{body}"))),
            names: names(&normalised, &original),
            sentences: sentences(reader, &normalised, &original),
            body: Passage::of(reader, &normalised),
        }
    }
}

fn cut(text: &str, limit_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(limit_bytes)]
}

/// Capitalised words that do not begin a sentence.
fn names(body: &Normalised, original: &[char]) -> Vec<u32> {
    let text = body.as_str();
    let capitalised = words(text).filter(|word| {
        let before = text[..word.start].trim_end_matches(['"', '\'', '(', ' ']);
        let begins = before.is_empty() || before.ends_with(['.', '!', '?', ':']);
        let (first, _) = body.span(word.start, word.end);
        !begins && original.get(first as usize).is_some_and(|c| c.is_uppercase())
    });
    let mut names: Vec<u32> = capitalised.filter(|word| word.text.len() > 2).map(|word| stem_hash(word.text)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn sentences(reader: &Reader, body: &Normalised, original: &[char]) -> Vec<Sentence> {
    let text = body.as_str();
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() && found.len() < MAX_SENTENCES {
        let end = sentence_end(text, start);
        let piece = &text[start..end];
        if words(piece).filter(|word| word.text.len() > 3).count() >= MIN_SENTENCE_TERMS
            && let Some(meaning) = reader.embedding.meaning(piece)
        {
            let (from, to) = body.span(start, end);
            let shown: String = original[from as usize..to as usize].iter().collect();
            found.push(Sentence { text: shorten(shown.trim()), meaning });
        }
        start = end;
    }
    found
}

/// One past the next full stop that a space follows; the end of the text if there is none.
fn sentence_end(text: &str, start: usize) -> usize {
    let ends = text[start..].match_indices(['.', '!', '?']).map(|(at, _)| start + at + 1);
    ends.into_iter().find(|end| text[*end..].starts_with([' ', '"'])).unwrap_or(text.len())
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARS {
        return text.to_owned();
    }
    let cut: String = text.chars().take(SHOWN_CHARS).collect();
    let whole_words = cut.rfind(' ').map_or(cut.as_str(), |space| &cut[..space]);
    format!("{whole_words} …")
}

#[cfg(test)]
mod tests {
    use super::super::tests::model;
    use super::*;

    fn read(title: &str, body: &str) -> ArticlePassage {
        model().reader().article(ArticleText { title, body: Some(body) })
    }

    #[test]
    fn names_are_capitalised_inside_sentences() {
        let article = read("Talks", "Yesterday the envoy flew to Geneva. \"Nobody met Kowalski there,\" she said.");
        let mut expected = ["geneva", "kowalski"].map(stem_hash);
        expected.sort_unstable();
        assert_eq!(article.names, expected);
    }

    #[test]
    fn sentences_end_where_a_space_follows() {
        let body =
            "Version 2.5 costs three dollars more. Really? Nobody wants to pay that much! Its dreaded end comes soon";
        let article = read("Prices", body);
        let texts: Vec<&str> = article.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
        assert_eq!(
            texts,
            ["Version 2.5 costs three dollars more.", "Nobody wants to pay that much!", "Its dreaded end comes soon"],
            "too short to say anything: one word"
        );
    }

    #[test]
    fn what_an_article_takes_grows_with_its_sentences() {
        let sentence = "The river flooded several villages again. ";
        let bytes = |sentences| read("Floods", &sentence.repeat(sentences)).bytes();
        let (one, three) = (bytes(1), bytes(3));
        assert!(one > size_of::<ArticlePassage>());
        let two_more = 2 * (size_of::<Sentence>() + sentence.trim().len());
        assert_eq!(three - one, two_more, "the same words again are no more terms and no more pieces");
    }

    #[test]
    fn long_texts_are_cut() {
        let sentence = "The river flooded several villages again. ";
        let article = read("Floods", &sentence.repeat(500));
        assert_eq!(article.sentences.len(), MAX_SENTENCES);
        assert!(article.body.words < 6 * 500, "a body of more than {BODY_BYTES} bytes");
        let long = format!("The river {}again.", "flooded several villages ".repeat(20));
        let shown = &read("Floods", &long).sentences[0].text;
        assert!(shown.ends_with(" …") && shown.chars().count() <= SHOWN_CHARS + 2, "{shown}");
    }

    #[test]
    fn title_and_body_make_the_whole() {
        let article = read("Floods in Bavaria", "Rivers rose.");
        assert_eq!(article.whole.bag.len(), article.title.bag.len() + article.body.bag.len());
        assert!(read("", "").whole.meaning.is_none());
    }
}
