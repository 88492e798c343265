//! Both scores of every comment of a log, and the comments on which they differ most.

use super::logged::{self, Logged};
use crate::classifier::{Classifier, PerspectiveAttribute};
use crate::comment::{Attribute, Scores};
use crate::text::{Language, detect};
use crate::training::Progress;
use anyhow::{Context as _, anyhow, bail};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

/// A comment that one flags and the other does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disagreement {
    /// From 1.
    pub line: usize,
    pub perspective: f64,
    /// On Perspective's scale.
    pub ombud: f64,
    pub text: String,
}

impl Disagreement {
    fn distance(&self) -> f64 {
        (self.perspective - self.ombud).abs()
    }
}

/// The furthest apart, furthest first.
#[derive(Default)]
pub struct Furthest(Vec<Disagreement>);

impl Furthest {
    fn offer(&mut self, disagreement: impl FnOnce() -> Disagreement, distance: f64, most: usize) {
        let at = self.0.partition_point(|kept| kept.distance() >= distance);
        if at < most {
            self.0.insert(at, disagreement());
            self.0.truncate(most);
        }
    }

    pub fn into_vec(self) -> Vec<Disagreement> {
        self.0
    }
}

/// One attribute: the scores of one comment stand at one place.
#[derive(Default)]
pub struct Gathered {
    pub perspective: Vec<f64>,
    /// On Perspective's scale.
    pub ombud: Vec<f64>,
    /// As the policy's thresholds are set.
    pub native: Vec<f64>,
    /// Perspective reaches the threshold, ombud does not.
    pub only_perspective: Furthest,
    /// The other way about.
    pub only_ombud: Furthest,
}

/// Everything that a log held.
#[derive(Default)]
pub struct Log {
    pub comments: u64,
    /// Comments that Perspective gave no score.
    pub refused: u64,
    /// Comments that ombud gives none: another language, or no word.
    pub unscored: u64,
    pub unanswered: BTreeSet<String>,
    pub attributes: BTreeMap<PerspectiveAttribute, Gathered>,
}

/// What is looked for among the disagreements.
pub struct Wanted {
    /// On Perspective's scale.
    pub threshold: f64,
    /// Most of each kind and attribute.
    pub most: usize,
}

/// Reads a log to its end and scores every comment.
///
/// # Errors
/// Names the first line that can't be read.
pub fn gather(
    mut lines: impl BufRead,
    classifier: &Classifier,
    wanted: &Wanted,
    progress: &mut dyn Progress,
) -> anyhow::Result<Log> {
    let (mut log, mut line, mut number) = (Log::default(), Vec::new(), 0);
    let mut reader = classifier.scorer();
    loop {
        line.clear();
        number += 1;
        let bytes = lines.read_until(b'\n', &mut line).with_context(|| format!("line {number}"))?;
        if bytes == 0 {
            break;
        }
        progress.advance(bytes);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let logged = logged::read(&line).map_err(|why| anyhow!("line {number}: {why}"))?;
        log.comments += 1;
        if logged.scores.is_empty() {
            log.refused += 1;
        }
        let scores: Scores = Attribute::ABUSE.into_iter().zip(reader.score(&logged.text)).collect();
        let readable = !matches!(detect(&logged.text), Language::Other(_));
        if readable && scores.iter().any(|(_, score)| score.is_some()) {
            log.take(number, logged, &scores, classifier, wanted);
        } else {
            log.unscored += 1;
            log.unanswered.extend(logged.unanswered);
        }
    }
    if log.comments == 0 {
        bail!("there is no comment in it");
    }
    Ok(log)
}

impl Log {
    fn take(&mut self, line: usize, logged: Logged, scores: &Scores, classifier: &Classifier, wanted: &Wanted) {
        let Logged { text, scores: theirs, unanswered } = logged;
        self.unanswered.extend(unanswered);
        for (attribute, perspective) in theirs {
            let ombud = classifier.on_perspective_scale(attribute, scores);
            let native = attribute.native().and_then(|native| scores.get(native));
            let (Some(ombud), Some(native)) = (ombud, native) else { continue };
            let gathered = self.attributes.entry(attribute).or_default();
            gathered.perspective.push(perspective);
            gathered.ombud.push(ombud);
            gathered.native.push(native);
            let sides = (perspective >= wanted.threshold, ombud >= wanted.threshold);
            let furthest = match sides {
                (true, false) => &mut gathered.only_perspective,
                (false, true) => &mut gathered.only_ombud,
                _ => continue,
            };
            let disagreement = || Disagreement { line, perspective, ombud, text: text.clone() };
            furthest.offer(disagreement, (perspective - ombud).abs(), wanted.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_gathered() {
        let lines = "{\"text\":\"You are a complete idiot\",\"scores\":{\"TOXICITY\":0.1,\"WIT\":1}}\n\n\
                     {\"text\":\"Thank you for the kind letter\",\"scores\":{\"TOXICITY\":0.99}}\n\
                     {\"text\":\"Thank you\",\"scores\":{\"TOXICITY\":0.01}}\n\
                     {\"text\":\"?!\",\"scores\":{\"TOXICITY\":0.5}}\n\
                     {\"text\":\"No answer came\"}";
        let wanted = Wanted { threshold: 0.8, most: 5 };
        let log = gather(lines.as_bytes(), &Classifier::embedded(), &wanted, &mut ()).unwrap();
        assert_eq!((log.comments, log.refused, log.unscored), (5, 1, 1));
        assert_eq!(log.unanswered, BTreeSet::from(["WIT".to_owned()]));
        let toxicity = &log.attributes[&PerspectiveAttribute::Toxicity];
        assert_eq!(toxicity.perspective, [0.1, 0.99, 0.01]);
        let lines = |furthest: &Furthest| furthest.0.iter().map(|d| d.line).collect::<Vec<_>>();
        assert_eq!((lines(&toxicity.only_ombud), lines(&toxicity.only_perspective)), (vec![1], vec![3]));
    }

    #[test]
    fn the_furthest_are_kept_in_order() {
        let mut furthest = Furthest::default();
        for (line, ombud) in [(1, 0.5), (2, 0.1), (3, 0.3), (4, 0.2)] {
            let disagreement = || Disagreement { line, perspective: 0.9, ombud, text: String::new() };
            furthest.offer(disagreement, 0.9 - ombud, 2);
        }
        assert_eq!(furthest.into_vec().iter().map(|d| d.line).collect::<Vec<_>>(), [2, 4]);
    }
}
