//! Scoring and deciding: the classifier and the policy over gathered facts. No waiting happens here.

use super::Ombud;
use crate::classifier::{ArticleText, Input, Judgement};
use crate::comment::{Fingerprint, Timestamp, Verdict};
use crate::policy::{Context, Facts, Policy, decide};
use crate::text::{Language, Normalised, detect, fingerprint, normalise};

/// A text, read once for everything that looks at it.
pub(super) struct Reading<'a> {
    pub text: &'a str,
    pub normalised: Normalised,
    pub language: Language,
    pub fingerprint: Fingerprint,
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let normalised = normalise(text);
        let fingerprint = fingerprint(&normalised);
        Self { text, normalised, language: detect(text), fingerprint }
    }
}

/// Texts around a comment that the caller sent, in place of those the store knows.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    pub parent: Option<&'a str>,
    /// Newest first.
    pub thread: Vec<&'a str>,
}

impl Ombud {
    /// Judges a text in its context by a policy.
    pub(super) fn judge(
        &self,
        policy: &Policy,
        reading: &Reading<'_>,
        facts: &Facts,
        sent: &Surroundings<'_>,
        created_at: Timestamp,
    ) -> (Verdict, Judgement) {
        let judgement = self.classify(reading, facts, sent);
        let context = Context {
            section: facts.article.as_ref().and_then(|a| a.section.as_deref()),
            text: reading.text,
            normalised: &reading.normalised,
            language: reading.language,
            fingerprint: reading.fingerprint,
            created_at,
            judgement: &judgement,
            facts,
        };
        let (decision, priority) = decide(policy, &context, self.model_revision());
        (Verdict { scores: judgement.scores.clone(), decision, priority }, judgement)
    }

    fn classify(&self, reading: &Reading<'_>, facts: &Facts, sent: &Surroundings<'_>) -> Judgement {
        let known = facts.thread.iter().map(|entry| entry.text.as_str());
        let thread: Vec<&str> = sent.thread.iter().copied().chain(known).collect();
        self.classifier.judge(&Input {
            text: reading.text,
            normalised: &reading.normalised,
            language: reading.language,
            article: facts.article.as_ref().map(|a| ArticleText { title: &a.title, body: a.body.as_deref() }),
            parent: facts.parent.as_ref().map(|p| p.text.as_str()).or(sent.parent),
            thread: &thread,
        })
    }
}
