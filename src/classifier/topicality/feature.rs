//! The numbers that topicality is judged by: how much a comment shares with what stands around it, in
//! words and in meaning.

use super::alignment::Alignment;
use super::others::Others;
use super::passage::{ArticlePassage, Passage};
use super::term::IDF_BUCKETS;
use super::{Reader, drift};
use crate::classifier::ArticleText;
use crate::classifier::embedding::{Embedding, Meaning};
use crate::classifier::feature::Idf;
use crate::text::{combine, normalise};
use std::sync::Arc;

/// The features, in order.
pub const NAMES: [&str; 58] = [
    "title_cosine",
    "body_cosine",
    "article_share",
    "article_rare",
    "parent_cosine",
    "parent_share",
    "parent_rare",
    "thread_best_cosine",
    "thread_share",
    "thread_rare",
    "parent_article_cosine",
    "log_words",
    "is_reply",
    "has_thread",
    "log_article_terms",
    "log_best_share",
    "log_article_share",
    "log_best_share_by_log_words",
    "log_article_share_by_log_article_terms",
    "log_best_rare",
    "names_in_common",
    "title_meaning",
    "article_meaning",
    "best_sentence_meaning",
    "best_article_meaning",
    "article_meaning_against_others",
    "parent_meaning",
    "parent_meaning_against_others",
    "thread_meaning",
    "thread_meaning_against_others",
    "thread_best_meaning",
    "thread_article_meaning",
    "parent_article_meaning",
    "best_meaning_against_others",
    "best_article_meaning_by_log_words",
    "article_against_others_by_log_words",
    "parent_meaning_by_log_words",
    "thread_meaning_by_log_words",
    "thread_against_others_by_log_words",
    "best_against_others_by_log_words",
    "best_article_meaning_if_reply",
    "article_against_others_if_reply",
    "thread_article_meaning_by_thread_meaning",
    "parent_article_meaning_by_parent_meaning",
    "likeness_to_others",
    "log_thread_comments",
    "likeness_to_nearest_others",
    "article_over_nearest_others",
    "article_over_nearest_others_by_log_words",
    "log_others_above_article",
    "log_others_above_article_by_log_words",
    "title_alignment_of_comment",
    "title_alignment",
    "title_alignment_best_of_comment",
    "title_alignment_best",
    "title_alignment_related_of_comment",
    "title_alignment_related",
    "title_alignment_highest",
];
/// How many features there are.
pub const COUNT: usize = NAMES.len();

/// A word of this idf or more is rare: about one text in 150 has it.
pub const RARE_IDF: f32 = 6.0;
/// Beyond three, further rare words or names in common say nothing new.
const RARE_CAP: usize = 3;
/// The smallest share that is told from none.
const LEAST_SHARE: f32 = 0.02;
/// The logarithm of a share, 0 for none: that nothing at all is shared says far more than that little is.
pub(super) fn log_share(share: f32) -> f32 {
    (share + LEAST_SHARE).ln() - LEAST_SHARE.ln()
}

/// How many comments of the thread are compared with.
pub const THREAD_COMMENTS: usize = 20;

/// What stands around a comment, read for comparing.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub article: &'a ArticlePassage,
    /// The comment it answers.
    pub parent: Option<&'a Passage>,
    /// Recent published comments, newest first; [`THREAD_COMMENTS`] are looked at.
    pub thread: &'a [&'a Passage],
}

impl Surroundings<'_> {
    /// Whether there is the article and nothing else.
    #[must_use]
    pub const fn alone(&self) -> bool {
        self.parent.is_none() && self.thread.is_empty()
    }
}

/// Whether there is enough to compare.
///
/// Eight words of which five carry content are enough by themselves; a reply may do with five and three,
/// if its parent carries content to compare with. Around it there must be something that speaks.
#[must_use]
pub fn comparable(comment: &Passage, around: &Surroundings<'_>) -> bool {
    let enough = comment.words >= 8 && comment.bag.terms() >= 5;
    let some = comment.words >= 5 && comment.bag.terms() >= 3;
    let parent_speaks = around.parent.is_some_and(|parent| parent.bag.len() >= 5);
    let something_speaks = around.article.whole.bag.len() >= 3 || parent_speaks || !around.thread.is_empty();
    something_speaks && (enough || (some && parent_speaks))
}

/// The features of a comment among its surroundings, as [`NAMES`] lists them.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
pub fn features(comment: &Passage, around: &Surroundings<'_>, reader: &Reader) -> [f32; COUNT] {
    let article = around.article;
    let thread = &around.thread[..around.thread.len().min(THREAD_COMMENTS)];
    let words = Words::of(comment, around, thread, reader);
    let meanings = Meanings::of(comment, around, thread, reader);
    // Beside a parent or a thread it brought .002 of the area, and took a fifth of the time.
    let aligned = if around.alone() {
        Alignment::of(&comment.pieces, &article.title_pieces, &reader.embedding, &reader.piece_idf)
    } else {
        Alignment::default()
    };
    let log_words = (1.0 + comment.words as f32).ln();
    let log_article_terms = (1.0 + article.whole.bag.len() as f32).ln();
    let log_best_share = log_share(words.shares.into_iter().fold(0.0, f32::max));
    let log_article_share = log_share(words.shares[0]);
    let flag = |set: bool| if set { 1.0 } else { 0.0 };
    let is_reply = flag(around.parent.is_some());
    let over_nearest = meanings.best_article() - meanings.others.nearest;
    let log_above = log_share(meanings.others.above);
    let names = comment.bag.hashes().filter(|hash| article.names.binary_search(hash).is_ok()).count();
    [
        comment.bag.cosine(&article.title.bag),
        comment.bag.cosine(&article.body.bag),
        words.shares[0],
        words.rares[0],
        words.parent_cosine,
        words.shares[1],
        words.rares[1],
        words.thread_best_cosine,
        words.shares[2],
        words.rares[2],
        words.parent_article_cosine,
        log_words,
        is_reply,
        flag(!thread.is_empty()),
        log_article_terms,
        log_best_share,
        log_article_share,
        log_best_share * log_words,
        log_article_share * log_article_terms,
        words.rares.into_iter().sum::<f32>().ln_1p(),
        names.min(RARE_CAP) as f32,
        meanings.title,
        meanings.article,
        meanings.best_sentence,
        meanings.best_article(),
        meanings.against_others(meanings.best_article()),
        meanings.parent,
        meanings.if_there(meanings.parent),
        meanings.thread,
        meanings.if_there(meanings.thread),
        meanings.thread_best,
        meanings.thread_article,
        meanings.parent_article,
        meanings.against_others(meanings.best()),
        meanings.best_article() * log_words,
        meanings.against_others(meanings.best_article()) * log_words,
        meanings.parent * log_words,
        meanings.thread * log_words,
        meanings.if_there(meanings.thread) * log_words,
        meanings.against_others(meanings.best()) * log_words,
        meanings.best_article() * is_reply,
        meanings.against_others(meanings.best_article()) * is_reply,
        meanings.thread_article * meanings.thread,
        meanings.parent_article * meanings.parent,
        meanings.others.mean,
        (1.0 + thread.len() as f32).ln(),
        meanings.others.nearest,
        over_nearest,
        over_nearest * log_words,
        log_above,
        log_above * log_words,
        aligned.comment,
        aligned.title,
        aligned.comment_best,
        aligned.title_best,
        aligned.comment_related,
        aligned.title_related,
        aligned.highest,
    ]
}

/// What is shared in words.
struct Words {
    /// With the article, the parent, the thread.
    shares: [f32; 3],
    rares: [f32; 3],
    parent_cosine: f32,
    parent_article_cosine: f32,
    thread_best_cosine: f32,
}

impl Words {
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    fn of(comment: &Passage, around: &Surroundings<'_>, thread: &[&Passage], reader: &Reader) -> Self {
        let (bag, article) = (&comment.bag, &around.article.whole.bag);
        let rare = |overlap: (f32, usize)| overlap.1.min(RARE_CAP) as f32;
        let with = |others: &[&Passage]| {
            let bags: Vec<_> = others.iter().map(|passage| &passage.bag).collect();
            bag.overlap(&bags, &reader.idf, RARE_IDF)
        };
        let parent: Vec<&Passage> = around.parent.into_iter().collect();
        let overlaps = [with(&[&around.article.whole]), with(&parent), with(thread)];
        let cosine = |passage: &Passage| bag.cosine(&passage.bag);
        Self {
            shares: overlaps.map(|overlap| overlap.0),
            rares: overlaps.map(rare),
            parent_cosine: around.parent.map_or(0.0, cosine),
            parent_article_cosine: around.parent.map_or(0.0, |parent| parent.bag.cosine(article)),
            thread_best_cosine: thread.iter().map(|passage| cosine(passage)).fold(0.0, f32::max),
        }
    }
}

/// What is shared in meaning: cosines, 0 where there is nothing to compare with.
#[derive(Default)]
struct Meanings {
    title: f32,
    article: f32,
    best_sentence: f32,
    parent: f32,
    thread: f32,
    thread_best: f32,
    thread_article: f32,
    parent_article: f32,
    others: Others,
}

impl Meanings {
    fn of(comment: &Passage, around: &Surroundings<'_>, thread: &[&Passage], reader: &Reader) -> Self {
        let Some(own) = &comment.meaning else { return Self::default() };
        let article = around.article;
        let whole = article.whole.meaning.as_ref();
        let cosine = |other: Option<&Meaning>| other.map_or(0.0, |other| own.cosine(other));
        let parent = around.parent.and_then(|parent| parent.meaning.as_ref());
        let centre = Meaning::centre(thread.iter().filter_map(|passage| passage.meaning.as_ref()));
        let both = |one: Option<&Meaning>| one.zip(whole).map_or(0.0, |(one, whole)| one.cosine(whole));
        let best = |cosines: &mut dyn Iterator<Item = f32>| cosines.reduce(f32::max).unwrap_or(0.0);
        Self {
            title: cosine(article.title.meaning.as_ref()),
            article: cosine(whole),
            best_sentence: best(&mut article.sentences.iter().map(|sentence| own.cosine(&sentence.meaning))),
            parent: cosine(parent),
            thread: cosine(centre.as_ref()),
            thread_best: best(&mut thread.iter().filter_map(|passage| Some(own.cosine(passage.meaning.as_ref()?)))),
            thread_article: both(centre.as_ref()),
            parent_article: both(parent),
            others: Others::of(own, cosine(whole), &reader.others),
        }
    }

    fn best_article(&self) -> f32 {
        self.title.max(self.article).max(self.best_sentence)
    }

    fn best(&self) -> f32 {
        self.best_article().max(self.parent).max(self.thread)
    }

    /// A cosine in standard deviations above those with unrelated articles (the z-norm of speaker
    /// recognition; Li and Porter 1988): some comments are like everything, some like nothing.
    fn against_others(&self, cosine: f32) -> f32 {
        if self.others.spread > 0.0 { (cosine - self.others.mean) / self.others.spread } else { 0.0 }
    }

    fn if_there(&self, cosine: f32) -> f32 {
        if cosine == 0.0 { 0.0 } else { self.against_others(cosine) }
    }
}

/// Names what [`features`] computes, by computing it on a sample with this embedding.
#[must_use]
pub fn definition(embedding: &Arc<Embedding>) -> String {
    let idf = Idf((0..IDF_BUCKETS).map(|bucket| u8::try_from(bucket % 180).unwrap_or(0) + 16).collect());
    let piece_idf = Idf((0..embedding.len()).map(|piece| u8::try_from(piece % 140).unwrap_or(0) + 30).collect());
    let mut reader = Reader { idf, piece_idf, embedding: Arc::clone(embedding), others: Vec::new() };
    reader.others.extend(["Rain is coming", "The film won"].map(|text| embedding.meaning(text)).into_iter().flatten());
    let reader = &reader;
    let text = "The ceasefire talks in the embassy failed; ministers 4rgue, as the Times' readers see.";
    let body = "Ministers left the embassy at noon. They said that Geneva would host the talks again.";
    let article = ArticlePassage::read(reader, ArticleText { title: "Talks fail", body: Some(body) });
    let parent = Passage::read(reader, "What do the readers of the Times say about ceasefire talks and embassies?");
    let thread = ["Ministers always leave.", "The embassy is closed."].map(|text| Passage::read(reader, text));
    let thread: Vec<&Passage> = thread.iter().collect();
    let around = Surroundings { article: &article, parent: Some(&parent), thread: &thread };
    let alone = Surroundings { article: &article, parent: None, thread: &[] };
    let comment = Passage::of(reader, &normalise(text));
    let thread = ["Nobody left.", "Geneva is cold."].map(|text| Passage::read(reader, text));
    let longer = Surroundings { thread: &[around.thread, &thread.each_ref()].concat(), ..around };
    let mut values: Vec<f32> =
        [around, alone].map(|around| features(&comment, &around, reader)).into_iter().flatten().collect();
    values.extend(drift::features(&comment, &longer, reader).into_iter().flatten());
    let start = combine(values.len() as u64, embedding.fingerprint());
    let sum = values.iter().fold(start, |sum, value| {
        // Three digits: enough to tell definitions apart, whatever the last bits of `ln` are.
        #[expect(clippy::cast_possible_truncation, reason = "features are small")]
        let value = (value * 1000.0).round() as i64;
        combine(sum, value.cast_unsigned())
    });
    format!("{sum:016x}")
}
