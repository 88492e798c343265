//! Scoring on one core, without a store or a network.

use super::row::Scoring;
use super::synthetic::Synthetic;
use crate::classifier::{ArticleText, Classifier, Input, Passage};
use crate::text::{Normalised, Normaliser, detect, normalise};
use crate::training::Progress;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Comments that are scored over and over: more than the caches of a core hold.
const POOL: usize = 8_192;

/// Most comments of one row, which bounds the memory that their times take (16 MB).
const MOST: usize = 4_000_000;

/// Comments between two looks at whether it is time to stop.
const BATCH: usize = 256;

/// Earlier comments under the article, as many as the service gathers.
const THREAD: usize = 20;

/// Measures the stages of scoring: normalising; hashing, which is all that knows no model; scoring for abuse;
/// detecting the language; and judging for abuse and topicality in full context, with evidence.
pub fn measure(classifier: &Classifier, duration: Duration, bar: &mut impl Progress) -> Vec<Scoring> {
    let mut source = Synthetic::seeded(1);
    let comments: Vec<String> = (0..POOL).map(|_| source.comment()).collect();
    let (title, body, parent) = (source.comment(), source.article(), source.comment());
    let thread: Vec<String> = (0..THREAD).map(|_| source.comment()).collect();
    // As the service does: what stands around a comment is read once and kept.
    let reader = classifier.reader();
    let article = reader.article(ArticleText { title: &title, body: Some(&body) });
    let parent = reader.passage(&parent);
    let thread: Vec<Passage> = thread.iter().map(|text| reader.passage(text)).collect();
    let thread: Vec<&Passage> = thread.iter().collect();

    let (mut reading, mut out) = (Normaliser::default(), Normalised::default());
    let (mut hashing, mut scoring) = (classifier.scorer(), classifier.scorer());
    vec![
        row("normalise", &comments, duration, bar, |text| {
            reading.normalise_into(text, &mut out);
            black_box(&out);
        }),
        row("normalise and hash", &comments, duration, bar, |text| {
            black_box(hashing.read(text));
        }),
        row("abuse", &comments, duration, bar, |text| {
            black_box(scoring.score(text));
        }),
        row("detect language", &comments, duration, bar, |text| {
            black_box(detect(text));
        }),
        row("abuse and topicality", &comments, duration, bar, |text| {
            let normalised = normalise(text);
            let (language, article, parent) = (detect(text), Some(&article), Some(&parent));
            let input = Input { text, normalised: &normalised, language, article, parent, thread: &thread };
            black_box(classifier.judge(&input));
        }),
    ]
}

fn row(
    name: &'static str,
    comments: &[String],
    duration: Duration,
    bar: &mut impl Progress,
    mut work: impl FnMut(&str),
) -> Scoring {
    comments.iter().take(BATCH).for_each(|text| work(text));
    bar.stage(name, 100);
    let (mut nanos, mut bytes, mut shown) = (Vec::new(), 0, 0);
    let start = Instant::now();
    let mut before = start;
    for batch in comments.chunks(BATCH).cycle() {
        for text in batch {
            work(text);
            let now = Instant::now();
            nanos.push(u32::try_from((now - before).as_nanos()).unwrap_or(u32::MAX));
            bytes += text.len();
            before = now;
        }
        if before - start >= duration || nanos.len() >= MOST {
            break;
        }
        // Outside the time of any comment.
        let percent = usize::try_from((before - start).as_millis() * 100 / duration.as_millis()).unwrap_or(100);
        bar.advance(percent - shown);
        shown = percent;
        before = Instant::now();
    }
    Scoring::of(name, before - start, nanos, bytes)
}
