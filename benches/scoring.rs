//! How long a comment takes to read and to score, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ombud::classifier::feature::Features;
use ombud::classifier::{AbuseModel, ArticleText, Classifier, Counts, Input, Passage};
use ombud::comment::Attribute;
use ombud::text::{Language, Normalised, Normaliser, detect, normalise};
use std::hint::black_box;

/// About as long as the median comment of a news site.
const COMMENT: &str = "The ceasefire terms look thin to me. If the minister believes in them, she should publish the \
                       whole text before the vote, as every government before hers has done, and let us judge.";
/// The same, written to dodge filters.
const DISGUISED: &str = "Тhe cеasеfire tеrms l00k thiiiin to me, you 1d10t!! If the m!nister b\u{200b}elieves in them, \
                         she should p u b l i s h the whole text b\u{301}efore the vote, and let us judge, ＯＫ?";
const PARENT: &str = "Nobody has seen the ceasefire text yet, so how can anyone say that the terms are good or bad?";

fn body() -> String {
    "Ministers left the embassy late on Tuesday without a signature, and both sides blamed the other for the \
     stalled talks. A draft of the ceasefire, seen by two people close to the negotiations, would open the border \
     for aid and delay the vote in parliament. "
        .repeat(12)
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Elements(1));
    let (mut normaliser, mut out) = (Normaliser::default(), Normalised::default());
    for (name, text) in [("normalise plain", COMMENT), ("normalise disguised", DISGUISED)] {
        group.bench_function(name, |b| b.iter(|| normaliser.normalise_into(black_box(text), &mut out)));
    }
    group.bench_function("detect", |b| b.iter(|| detect(black_box(COMMENT))));
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    let classifier = Classifier::embedded();
    let reader = classifier.reader();
    let body = body();
    let text = ArticleText { title: "Ceasefire talks stall over border crossing", body: Some(&body) };
    let (article, parent) = (reader.article(text), reader.passage(PARENT));
    let thread: Vec<Passage> = (0..20).map(|_| reader.passage(COMMENT)).collect();
    let thread: Vec<&Passage> = thread.iter().collect();
    let mut group = criterion.benchmark_group("judge");
    group.throughput(Throughput::Elements(1));
    let cases = [
        ("abuse, harmless", COMMENT, None),
        ("abuse, abusive with evidence", DISGUISED, None),
        ("abuse and topicality", COMMENT, Some(&article)),
    ];
    for (name, text, article) in cases {
        let normalised = normalise(text);
        let (parent, thread) = if article.is_some() { (Some(&parent), &thread[..]) } else { (None, &[][..]) };
        let input = Input { text, normalised: &normalised, language: Language::English, article, parent, thread };
        group.bench_function(name, |b| b.iter(|| classifier.judge(black_box(&input))));
    }
    group.bench_function("read an article", |b| b.iter(|| reader.article(black_box(text))));
    group.bench_function("read a comment of the thread", |b| b.iter(|| reader.passage(black_box(COMMENT))));
    group.finish();
}

fn abuse(criterion: &mut Criterion) {
    let classifier = Classifier::embedded();
    let model = AbuseModel::embedded();
    let normalised = normalise(COMMENT);
    let (mut counts, counted) = (Counts::default(), Counts::of(normalised.as_str()));
    let features = Features::of(normalised.as_str());
    let mut scorer = classifier.scorer();
    let mut group = criterion.benchmark_group("abuse");
    group.throughput(Throughput::Elements(1));
    group.bench_function("hash", |b| b.iter(|| counts.read(black_box(normalised.as_str()))));
    group.bench_function("score", |b| b.iter(|| model.probabilities(normalised.as_str(), black_box(&counted))));
    group.bench_function("normalise, hash and score", |b| b.iter(|| scorer.score(black_box(COMMENT))));
    group.bench_function("explain", |b| {
        b.iter(|| model.explain(normalised.as_str(), &counted, black_box(&features), Attribute::Insult));
    });
    group.finish();
}

criterion_group!(benches, reading, abuse, scoring);
criterion_main!(benches);
