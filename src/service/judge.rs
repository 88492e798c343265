//! Scoring and deciding: the classifier and the policy over gathered facts. No waiting happens here.

use super::Ombud;
use super::models::Serving;
use crate::classifier::topicality::feature::THREAD_COMMENTS;
use crate::classifier::{ArticleText, Input, Judgement, Passage};
use crate::comment::{Fingerprint, Shadowed, Timestamp, Verdict};
use crate::policy::{Context, Facts, Policy, UnknownArticle, basis, decide};
use crate::text::{Language, Normalised, detect, fingerprint, normalise};
use std::sync::Arc;
use std::time::Instant;

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

/// What the caller says of what is around a comment, in place of what the store knows and the policy says.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    pub parent: Option<&'a str>,
    /// Newest first.
    pub thread: Vec<&'a str>,
    /// What happens if nobody registered the article.
    pub unknown_article: Option<UnknownArticle>,
}

impl Ombud {
    /// Judges a text in its context by a policy; where a model runs in shadow, by that too.
    pub(super) fn judge(
        &self,
        models: &Serving,
        policy: &Policy,
        reading: &Reading<'_>,
        facts: &Facts,
        sent: &Surroundings<'_>,
        created_at: Timestamp,
    ) -> (Verdict, Judgement) {
        let (judgement, beside) = self.classify(models, reading, facts, sent);
        let context = Context {
            section: facts.article.as_ref().and_then(|a| a.section.as_deref()),
            text: reading.text,
            normalised: &reading.normalised,
            language: reading.language,
            fingerprint: reading.fingerprint,
            created_at,
            judgement: &judgement,
            facts,
            parent: facts.parent.as_ref().map(|parent| parent.state),
            unknown_article: sent.unknown_article.unwrap_or(policy.unknown_article()),
        };
        let (decision, priority) = decide(policy, &context, models.in_force.revision());
        let shadowed = models.shadow.as_ref().zip(beside.as_ref()).map(|((model, classifier), beside)| {
            let (would, _) = decide(policy, &Context { judgement: beside, ..context }, classifier.revision());
            Shadowed { model: model.clone(), live: decision.action, shadow: would.action }
        });
        let language = reading.language.code().map(str::to_owned);
        let thread = if facts.article.is_some() { facts.thread.as_slice() } else { &[] };
        let sent_along = sent.parent.is_some() || !sent.thread.is_empty();
        let basis =
            Some(basis(&context, &thread[..thread.len().min(THREAD_COMMENTS)], sent.unknown_article, sent_along));
        let scores = judgement.scores.clone();
        (Verdict { scores, decision, priority, shadowed, basis, language }, judgement)
    }

    /// What the models in force say, and the one in shadow.
    pub(super) fn classify(
        &self,
        models: &Serving,
        reading: &Reading<'_>,
        facts: &Facts,
        sent: &Surroundings<'_>,
    ) -> (Judgement, Option<Judgement>) {
        let started = Instant::now();
        let reader = models.in_force.reader();
        let article = facts.article.as_ref().map(|a| ArticleText { title: &a.title, body: a.body.as_deref() });
        // Without an article there is nothing to compare with.
        let around = article.map(|article| {
            let known = facts.thread.iter().map(|entry| entry.text.as_str());
            let thread = sent.thread.iter().copied().chain(known).take(THREAD_COMMENTS);
            let thread: Vec<_> = thread.map(|text| self.passages.comment(reader, text)).collect();
            let parent = facts.parent.as_ref().and_then(|p| Some(p.text()?.as_str())).or(sent.parent);
            let parent = parent.map(|text| self.passages.comment(reader, text));
            (self.passages.article(reader, article), parent, thread)
        });
        let thread: Vec<&Passage> = around.iter().flat_map(|(_, _, thread)| thread.iter().map(Arc::as_ref)).collect();
        let input = Input {
            text: reading.text,
            normalised: &reading.normalised,
            language: reading.language,
            article: around.as_ref().map(|(article, _, _)| article.as_ref()),
            parent: around.as_ref().and_then(|(_, parent, _)| parent.as_deref()),
            thread: &thread,
        };
        let mut judgement = models.in_force.judge(&input);
        judgement.drift = models.in_force.drift(&input);
        self.measures.scored(&judgement.scores, started);
        let beside = models.shadow.as_ref().map(|(_, classifier)| classifier.judge_beside(&judgement, &input));
        (judgement, beside)
    }
}
