//! Scoring: every score is a probability, and the same every time. The input is a comment, and after the first line that
//! is empty what it answers, and then its article.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::classifier::{ArticleText, Classifier, Counts, Input};
use ombud::comment::Attribute;
use ombud::text::{Language, normalise};
use std::sync::LazyLock;

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(Classifier::embedded);

fuzz_target!(|bytes: &[u8]| {
    let all = String::from_utf8_lossy(bytes);
    let mut parts = all.splitn(3, "\n\n");
    let (text, parent, article) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let normalised = normalise(text);
    let reader = CLASSIFIER.reader();
    let parent = parent.map(|parent| reader.passage(parent));
    let article = article.map(|article| reader.article(ArticleText { title: article, body: None }));
    let input = Input {
        text,
        normalised: &normalised,
        // The target `normalise` tells languages, which takes longer than scoring.
        language: Language::English,
        article: article.as_ref(),
        parent: parent.as_ref(),
        thread: &[],
    };
    let judgement = CLASSIFIER.judge(&input);
    for attribute in Attribute::ALL {
        let score = judgement.scores.get(attribute);
        assert!(score.is_none_or(|score| (0.0..=1.0).contains(&score)), "a score is a probability");
    }
    assert_eq!(CLASSIFIER.scores(&input, &mut Counts::default()), judgement.scores, "both ways score the same");
});
