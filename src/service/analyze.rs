//! Scoring for callers that decide themselves: no policy, no evidence, nothing looked up but the site's models and
//! nothing stored.

use super::Ombud;
use super::metric::Measures;
use super::models::Serving;
use super::passages::Passages;
use crate::classifier::topicality::feature::THREAD_COMMENTS;
use crate::classifier::{ArticleText, Classifier, Counts, Input, Passage};
use crate::comment::{Scores, SiteId};
use crate::text::{Language, Normalised, Normaliser};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

/// What reading a text takes, kept from one to the next: making it anew takes as long as scoring.
#[derive(Default)]
struct Memory {
    normaliser: Normaliser,
    normalised: Normalised,
    counts: Counts,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// What a text stands among, as far as the caller sent it.
#[derive(Clone, Default)]
pub struct Around<'a> {
    /// Without it `OFF_TOPIC` is null.
    pub article: Option<ArticleText<'a>>,
    /// The text it answers.
    pub parent: Option<&'a str>,
    /// Texts of the thread so far, newest first.
    pub thread: Vec<&'a str>,
}

/// The models of one site, ready to score any number of texts.
pub struct Analyst {
    models: Arc<Serving>,
    passages: Arc<Passages>,
    measures: Arc<Measures>,
}

impl Ombud {
    /// The models in force on a site.
    pub async fn analyst(&self, site: &SiteId) -> Analyst {
        let (passages, measures) = (Arc::clone(&self.passages), Arc::clone(&self.measures));
        Analyst { models: self.models.of(site).await, passages, measures }
    }
}

impl Analyst {
    /// The classifiers in force.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        &self.models.in_force
    }

    /// Scores a text, in the language that it is in.
    #[must_use]
    pub fn scores(&self, text: &str, language: Language, around: &Around<'_>) -> Scores {
        let started = Instant::now();
        let reader = self.models.in_force.reader();
        let article = around.article.map(|article| self.passages.article(reader, article));
        // Without an article there is nothing to compare with.
        let compared = article.as_deref().map(|article| {
            let thread = around.thread.iter().take(THREAD_COMMENTS);
            let thread: Vec<Arc<Passage>> = thread.map(|text| self.passages.comment(reader, text)).collect();
            (article, around.parent.map(|text| self.passages.comment(reader, text)), thread)
        });
        let thread: Vec<&Passage> = compared.iter().flat_map(|(_, _, thread)| thread.iter().map(Arc::as_ref)).collect();
        MEMORY.with_borrow_mut(|Memory { normaliser, normalised, counts }| {
            normaliser.normalise_into(text, normalised);
            let input = Input {
                text,
                normalised,
                language,
                article: compared.as_ref().map(|(article, _, _)| *article),
                parent: compared.as_ref().and_then(|(_, parent, _)| parent.as_deref()),
                thread: &thread,
            };
            let scores = self.models.in_force.scores(&input, counts);
            self.measures.scored(&scores, started);
            scores
        })
    }
}
