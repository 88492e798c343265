//! Whether a whole conversation has drifted from its article: each comment of it may well answer the one before.
//!
//! What single comments say is too little to tell. A conversation is read as the direction in which its comments
//! point together, and that is compared with the article.

use super::feature::{Surroundings, THREAD_COMMENTS, log_share};
use super::others::Others;
use super::{Passage, Reader};
use crate::classifier::embedding::Meaning;

/// The features, in order.
pub const NAMES: [&str; 9] = [
    "title_meaning",
    "article_meaning",
    "best_sentence_meaning",
    "best_against_others",
    "best_over_nearest_others",
    "log_others_above_article",
    "log_comments",
    "best_against_others_by_log_comments",
    "best_over_nearest_others_by_log_comments",
];
/// How many features there are.
pub const COUNT: usize = NAMES.len();

/// So many comments make a conversation.
pub const LEAST_COMMENTS: usize = 4;

/// The features of a comment with what it answers and the thread before it, as [`NAMES`] lists them; `None` where fewer
/// than [`LEAST_COMMENTS`] of them say anything, or the article does not.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of comments")]
pub fn features(comment: &Passage, around: &Surroundings<'_>, reader: &Reader) -> Option<[f32; COUNT]> {
    let thread = &around.thread[..around.thread.len().min(THREAD_COMMENTS)];
    let all = || [Some(comment), around.parent].into_iter().flatten().chain(thread.iter().copied());
    let meanings = || all().filter_map(|passage| passage.meaning.as_ref());
    let count = meanings().count();
    if count < LEAST_COMMENTS {
        return None;
    }
    let (centre, whole) = (Meaning::centre(meanings())?, around.article.whole.meaning.as_ref()?);
    let article = centre.cosine(whole);
    let title = around.article.title.meaning.as_ref().map_or(0.0, |title| centre.cosine(title));
    let sentences = around.article.sentences.iter().map(|sentence| centre.cosine(&sentence.meaning));
    let best_sentence = sentences.fold(0.0, f32::max);
    let best = title.max(article).max(best_sentence);
    let others = Others::of(&centre, article, &reader.others);
    let against = if others.spread > 0.0 { (best - others.mean) / others.spread } else { 0.0 };
    let over_nearest = best - others.nearest;
    let log_above = log_share(others.above);
    let log_count = (count as f32).ln();
    Some([
        title,
        article,
        best_sentence,
        against,
        over_nearest,
        log_above,
        log_count,
        against * log_count,
        over_nearest * log_count,
    ])
}
