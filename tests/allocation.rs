//! Scoring allocates nothing in the long run. A program of its own, as the allocator that counts is for the
//! whole of it, and so are the counts: this must stay its only test.

use ombud::classifier::{Classifier, PerspectiveAttribute};
use ombud::comment::{Attribute, Scores};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const PLAIN: [&str; 5] = [
    "The minister should publish the terms before anybody is asked to vote on them.",
    "What a load of cr@p, you 1d10t!!! s t o p it, sooooo tired of this",
    "“Don’t” — Тhe cеasеfire, ｉｄｉｏｔ 🐒🐒  b\u{200b}elieves b\u{301}efore ＯＫ?",
    "Это полная чушь, и министр это прекрасно знает.",
    "?!",
];

#[test]
fn scoring_allocates_nothing_once_warm() {
    let mut comments: Vec<String> = (0..1_000)
        .map(|n| format!("{} {n} {}", PLAIN[n % PLAIN.len()], PLAIN[n / PLAIN.len() % PLAIN.len()]))
        .collect();
    // A long one, of words in the vocabulary, in none, and with apostrophes.
    let long = comments[..150].join(" quilvaygru isn't ");
    assert!((15_000..30_000).contains(&long.len()), "{}", long.len());
    comments.push(long);
    let classifier = Classifier::embedded();
    let mut scorer = classifier.scorer();
    for comment in &comments {
        black_box(scorer.score(comment));
    }
    let judged: Scores = Attribute::ABUSE.into_iter().zip(scorer.score(&comments[0])).collect();
    let region = Region::new(ALLOCATOR);
    for comment in &comments {
        black_box(scorer.score(comment));
    }
    for attribute in PerspectiveAttribute::ALL {
        black_box(classifier.on_perspective_scale(attribute, &judged));
    }
    let change = region.change();
    assert_eq!((change.allocations, change.reallocations, change.deallocations), (0, 0, 0));
    drop(black_box(vec![1u8; 100]));
    assert_eq!(region.change().allocations, 1, "what is allocated is counted");
}
