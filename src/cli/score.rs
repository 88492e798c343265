//! `ombud score`: scores comments from standard input, one JSON object a line.

use super::model;
use crate::classifier::topicality::feature::THREAD_COMMENTS;
use crate::classifier::{ArticleText, Classifier, Input, Judgement, Passage};
use crate::comment::{Attribute, Evidence, Scores};
use crate::text::{Language, Normalised, detect, normalise};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Score comments: JSON lines in, JSON lines out, in the same order.
///
/// A line in: `{"id", "text", "parent_text"?, "thread"?: [text], "article"?: {"title", "body"?}}`.
/// A line out: `{"id", "scores": {…}, "drift"?, "evidence"?: {…}}`, or `{"line", "error"}` for one that can't be
/// read; then the exit code is 1 at the end.
#[derive(clap::Args)]
pub struct Args {
    /// A folder with embedding.safetensors, abuse.safetensors and topicality.safetensors, or one of them, such as a site's own abuse model; the embedded models if left out.
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
    /// Say what made each score.
    #[arg(long)]
    evidence: bool,
}

/// A comment with its context, as a line has it.
#[derive(Deserialize)]
pub(super) struct LineIn {
    pub id: serde_json::Value,
    pub text: String,
    #[serde(default)]
    parent_text: Option<String>,
    #[serde(default)]
    thread: Option<Vec<String>>,
    #[serde(default)]
    article: Option<ArticleIn>,
}

/// A comment, read and scored.
pub(super) struct Read {
    pub normalised: Normalised,
    pub language: Language,
    pub judgement: Judgement,
}

#[derive(Deserialize)]
struct ArticleIn {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Serialize)]
struct LineOut {
    id: serde_json::Value,
    scores: Scores,
    /// See [`Classifier::drift`].
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<BTreeMap<Attribute, Evidence>>,
}

#[derive(Serialize)]
struct ErrorOut {
    line: usize,
    error: String,
}

/// Runs the command.
///
/// # Errors
/// If the models can't be read, or standard input or output fails.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let classifier = model::load(args.model.as_deref())?;
    let failed = score_lines(&classifier, args.evidence, std::io::stdin().lock(), std::io::stdout().lock())?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Scores every line and answers each; returns how many could not be read.
fn score_lines(
    classifier: &Classifier,
    evidence: bool,
    mut lines: impl BufRead,
    answers: impl Write,
) -> std::io::Result<usize> {
    let mut answers = BufWriter::new(answers);
    let (mut line, mut number, mut failed) = (Vec::new(), 0, 0);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            answers.flush()?;
            return Ok(failed);
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<LineIn>(&line) {
            Ok(comment) => serde_json::to_writer(&mut answers, &score(classifier, evidence, comment))?,
            Err(error) => {
                failed += 1;
                serde_json::to_writer(&mut answers, &ErrorOut { line: number, error: error.to_string() })?;
            }
        }
        answers.write_all(b"\n")?;
    }
}

fn score(classifier: &Classifier, evidence: bool, line: LineIn) -> LineOut {
    let Judgement { scores, evidence: found, drift } = line.read(classifier).judgement;
    LineOut { id: line.id, scores, drift, evidence: evidence.then_some(found) }
}

impl LineIn {
    /// Reads the comment as the server would, and scores it, its drift included.
    pub(super) fn read(&self, classifier: &Classifier) -> Read {
        let (normalised, language) = (normalise(&self.text), detect(&self.text));
        let reader = classifier.reader();
        let article = self.article.as_ref().map(|article| {
            reader.article(ArticleText { title: article.title.as_deref().unwrap_or(""), body: article.body.as_deref() })
        });
        let parent = self.parent_text.as_deref().map(|text| reader.passage(text));
        let thread: Vec<Passage> =
            self.thread.iter().flatten().take(THREAD_COMMENTS).map(|text| reader.passage(text)).collect();
        let input = Input {
            text: &self.text,
            normalised: &normalised,
            language,
            article: article.as_ref(),
            parent: parent.as_ref(),
            thread: &thread.iter().collect::<Vec<_>>(),
        };
        let mut judgement = classifier.judge(&input);
        judgement.drift = classifier.drift(&input);
        Read { normalised, language, judgement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_answered_in_its_place() {
        let lines = "{\"id\":1,\"text\":\"You idiot\"}\n\nnonsense\n{\"id\":\"b\",\"text\":\"Thank you\",\"article\":{\"title\":null}}";
        let mut out = Vec::new();
        let failed = score_lines(&Classifier::embedded(), true, lines.as_bytes(), &mut out).unwrap();
        assert_eq!(failed, 1);
        let answers: Vec<serde_json::Value> =
            String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(answers[0]["id"], 1);
        assert!(answers[0]["scores"]["TOXICITY"].is_number() && answers[0]["evidence"]["TOXICITY"].is_object());
        assert_eq!(answers[1]["line"], 3);
        assert_eq!((&answers[2]["id"], answers.len()), (&"b".into(), 3));
        assert!(answers[2]["scores"]["OFF_TOPIC"].is_null());
    }
}
