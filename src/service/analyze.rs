//! Scoring for callers that decide themselves: no policy, no evidence, nothing looked up but the site's models and
//! nothing stored.

use super::Ombud;
use super::models::Serving;
use super::passages::Passages;
use crate::classifier::topicality::feature::THREAD_COMMENTS;
use crate::classifier::{ArticleText, Classifier, Input, Passage};
use crate::comment::{Scores, SiteId};
use crate::text::{Language, normalise};
use std::sync::Arc;

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
    passages: Passages,
}

impl Ombud {
    /// The models in force on a site.
    pub async fn analyst(&self, site: &SiteId) -> Analyst {
        Analyst { models: self.models.of(site).await, passages: self.passages.clone() }
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
        let normalised = normalise(text);
        let reader = self.models.in_force.reader();
        let article = around.article.map(|article| self.passages.article(reader, article));
        // Without an article there is nothing to compare with.
        let compared = article.as_deref().map(|article| {
            let thread = around.thread.iter().take(THREAD_COMMENTS);
            let thread: Vec<Arc<Passage>> = thread.map(|text| self.passages.comment(reader, text)).collect();
            (article, around.parent.map(|text| self.passages.comment(reader, text)), thread)
        });
        let thread: Vec<&Passage> = compared.iter().flat_map(|(_, _, thread)| thread.iter().map(Arc::as_ref)).collect();
        self.models.in_force.scores(&Input {
            text,
            normalised: &normalised,
            language,
            article: compared.as_ref().map(|(article, _, _)| *article),
            parent: compared.as_ref().and_then(|(_, parent, _)| parent.as_deref()),
            thread: &thread,
        })
    }
}
