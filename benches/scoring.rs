//! How long a comment takes to read and to score, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ombud::classifier::{ArticleText, Classifier, Input};
use ombud::text::{Language, detect, normalise};
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
    group.bench_function("normalise plain", |b| b.iter(|| normalise(black_box(COMMENT))));
    group.bench_function("normalise disguised", |b| b.iter(|| normalise(black_box(DISGUISED))));
    group.bench_function("detect", |b| b.iter(|| detect(black_box(COMMENT))));
    group.finish();
}

fn scoring(criterion: &mut Criterion) {
    let classifier = Classifier::embedded();
    let body = body();
    let thread = [COMMENT; 20];
    let article = ArticleText { title: "Ceasefire talks stall over border crossing", body: Some(&body) };
    let mut group = criterion.benchmark_group("judge");
    group.throughput(Throughput::Elements(1));
    let cases = [
        ("abuse, harmless", COMMENT, None),
        ("abuse, abusive with evidence", DISGUISED, None),
        ("abuse and topicality", COMMENT, Some(article)),
    ];
    for (name, text, article) in cases {
        let normalised = normalise(text);
        let (parent, thread) = if article.is_some() { (Some(PARENT), &thread[..]) } else { (None, &[][..]) };
        let input = Input { text, normalised: &normalised, language: Language::English, article, parent, thread };
        group.bench_function(name, |b| b.iter(|| classifier.judge(black_box(&input))));
    }
    group.finish();
}

criterion_group!(benches, reading, scoring);
criterion_main!(benches);
