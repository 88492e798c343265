//! The numbers that topicality is judged by: how much a comment shares with what stands around it.

use super::term::{Bag, Term, terms};
use crate::classifier::feature::Idf;
use crate::classifier::{ArticleText, Input};
use crate::text::{combine, normalise};

/// The features, in order.
pub const NAMES: [&str; 21] = [
    "title_cosine",
    "body_cosine",
    "article_share",
    "article_rare",
    "parent_cosine",
    "parent_share",
    "parent_rare",
    "thread_cosine",
    "thread_share",
    "thread_rare",
    "parent_article_cosine",
    "log_words",
    "is_reply",
    "has_thread",
    "log_article_terms",
    "thread_cosine_by_log_words",
    "log_best_share",
    "log_article_share",
    "log_best_share_by_log_words",
    "log_article_share_by_log_article_terms",
    "log_best_rare",
];
/// How many features there are.
pub const COUNT: usize = NAMES.len();

/// A word of this idf or more is rare: about one text in 150 has it.
pub const RARE_IDF: f32 = 6.0;
/// Beyond three, further rare words in common say nothing new.
const RARE_CAP: usize = 3;
/// The smallest share that is told from none.
const LEAST_SHARE: f32 = 0.02;
/// How much of a body is read, in bytes; the subject is clear by then.
const BODY_BYTES: usize = 16 * 1024;
/// How much of the parent and of each comment of the thread is read, in bytes.
const COMMENT_BYTES: usize = 2 * 1024;
/// How many comments of the thread are read.
const THREAD_COMMENTS: usize = 20;

/// What stands around a comment, ready to be compared with.
pub struct Context {
    title: Bag,
    body: Bag,
    /// Title and body together.
    pub article: Bag,
    pub parent: Option<Bag>,
    pub thread: Option<Bag>,
}

impl Context {
    /// Reads the article, the parent and the thread.
    #[must_use]
    pub fn read(article: ArticleText<'_>, parent: Option<&str>, thread: &[&str], idf: &Idf) -> Self {
        let title = hashes(article.title, COMMENT_BYTES);
        let body = article.body.map_or_else(Vec::new, |body| hashes(body, BODY_BYTES));
        let around: Vec<u32> =
            thread.iter().take(THREAD_COMMENTS).flat_map(|text| hashes(text, COMMENT_BYTES)).collect();
        Self {
            title: Bag::new(title.iter().copied(), idf),
            body: Bag::new(body.iter().copied(), idf),
            article: Bag::new(title.into_iter().chain(body), idf),
            parent: parent.map(|text| Bag::new(hashes(text, COMMENT_BYTES), idf)),
            thread: Some(Bag::new(around, idf)).filter(|bag| !bag.is_empty()),
        }
    }
}

fn hashes(text: &str, limit_bytes: usize) -> Vec<u32> {
    let text = &text[..text.floor_char_boundary(limit_bytes)];
    terms(&normalise(text)).0.iter().map(|t| t.hash).collect()
}

/// A comment, its surroundings and the features of the two.
pub struct Reading {
    pub terms: Vec<Term>,
    pub context: Context,
    pub features: [f32; COUNT],
}

/// Reads a comment in its surroundings; `None` where nobody could tell whether it is off-topic.
///
/// That is: the article is unknown or says nothing, or the comment is too short. Eight words of which
/// five carry content are enough by themselves; a reply may do with five and three, if its parent
/// carries content to compare with.
#[must_use]
pub fn read(input: &Input<'_>, idf: &Idf) -> Option<Reading> {
    let article = input.article?;
    let (terms, words) = terms(input.normalised);
    let enough = words >= 8 && terms.len() >= 5;
    if !enough && (words < 5 || terms.len() < 3 || input.parent.is_none()) {
        return None;
    }
    let context = Context::read(article, input.parent, input.thread, idf);
    let parent_speaks = context.parent.as_ref().is_some_and(|parent| parent.len() >= 5);
    let surroundings = context.article.len() >= 3 || parent_speaks || context.thread.is_some();
    if (!enough && !parent_speaks) || !surroundings {
        return None;
    }
    let comment = Bag::new(terms.iter().map(|t| t.hash), idf);
    let features = features(&comment, words, &context, idf);
    Some(Reading { terms, context, features })
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn features(comment: &Bag, words: usize, context: &Context, idf: &Idf) -> [f32; COUNT] {
    let nothing = Bag::default();
    let parent = context.parent.as_ref().unwrap_or(&nothing);
    let thread = context.thread.as_ref().unwrap_or(&nothing);
    let rare = |other: &Bag| comment.rare_in_common(other, idf, RARE_IDF).min(RARE_CAP) as f32;
    let flag = |set: bool| if set { 1.0 } else { 0.0 };
    let log_words = (1.0 + words as f32).ln();
    let thread_cosine = comment.cosine(thread);
    let shares = [comment.share(&context.article), comment.share(parent), comment.share(thread)];
    // That nothing at all is shared says far more than that little is: hence the logarithm.
    let log_share = |share: f32| (share + LEAST_SHARE).ln() - LEAST_SHARE.ln();
    let log_best_share = log_share(shares.into_iter().fold(0.0, f32::max));
    let log_article_share = log_share(shares[0]);
    let log_article_terms = (1.0 + context.article.len() as f32).ln();
    let rares = [rare(&context.article), rare(parent), rare(thread)];
    [
        comment.cosine(&context.title),
        comment.cosine(&context.body),
        shares[0],
        rares[0],
        comment.cosine(parent),
        shares[1],
        rares[1],
        thread_cosine,
        shares[2],
        rares[2],
        parent.cosine(&context.article),
        log_words,
        flag(context.parent.is_some()),
        flag(context.thread.is_some()),
        log_article_terms,
        thread_cosine * log_words,
        log_best_share,
        log_article_share,
        log_best_share * log_words,
        log_article_share * log_article_terms,
        rares.into_iter().sum::<f32>().ln_1p(),
    ]
}

/// Names what [`read`] computes, by computing it on a sample.
#[must_use]
pub fn definition() -> String {
    let text = "The ceasefire talks in the embassy failed; ministers 4rgue, as the Times' readers see.";
    let input = Input {
        text,
        normalised: &normalise(text),
        language: crate::text::Language::English,
        article: Some(ArticleText { title: "Talks fail", body: Some("Ministers left the embassy at noon.") }),
        parent: Some("What do the readers of the Times say about ceasefire talks and embassies?"),
        thread: &["Ministers always leave.", "The embassy is closed."],
    };
    let idf = Idf((0..super::term::IDF_BUCKETS).map(|bucket| u8::try_from(bucket % 180).unwrap_or(0) + 16).collect());
    let values = read(&input, &idf).map_or([0.0; COUNT], |reading| reading.features);
    let sum = values.iter().fold(COUNT as u64, |sum, value| {
        // Three digits: enough to tell definitions apart, whatever the last bits of `ln` are.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "features are small, not negative")]
        let value = (value * 1000.0).round() as u64;
        combine(sum, value)
    });
    format!("{sum:016x}")
}
