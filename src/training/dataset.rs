//! Training data: JSON lines, as the data READMEs describe them, into rows.

use super::source::Source;
use crate::classifier::COLUMNS;
use crate::comment::Attribute;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

/// A line that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct DatasetError {
    /// From 1.
    pub line: usize,
    pub cause: String,
}

/// Which part of the data a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    Train,
    /// Never learned from.
    Dev,
}

/// Labels or scores by column of the abuse model, 0 to 1; NaN where unknown, which is not 0.
pub type Targets = [f32; COLUMNS];

/// One text with its labels.
#[derive(Debug, Clone)]
pub struct AbuseRow {
    pub id: String,
    pub text: String,
    /// The comment it answers, where the source has it.
    pub parent: Option<String>,
    pub source: &'static Source,
    pub split: Split,
    /// What people said.
    pub labels: Targets,
    /// What the teacher said, if it was asked.
    pub teacher: Option<Targets>,
}

/// A label or a score.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "f32")]
pub(super) struct Share(f32);

impl From<Share> for f32 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl TryFrom<f32> for Share {
    type Error = String;

    fn try_from(share: f32) -> Result<Self, String> {
        if (0.0..=1.0).contains(&share) { Ok(Self(share)) } else { Err(format!("{share} is not between 0 and 1")) }
    }
}

#[derive(Deserialize)]
struct AbuseLine {
    id: String,
    text: String,
    #[serde(default)]
    parent_text: Option<String>,
    split: Split,
    labels: BTreeMap<String, Option<Share>>,
}

#[derive(Deserialize)]
struct TeacherLine {
    id: String,
    scores: BTreeMap<String, Option<Share>>,
}

/// An article that comments stand under.
#[derive(Debug, Clone, Deserialize)]
pub struct ArticleLine {
    pub article_id: String,
    pub title: Option<String>,
    #[serde(rename = "abstract")]
    pub summary: Option<String>,
    pub body: Option<String>,
    pub section: Option<String>,
    pub source: String,
    pub split: Split,
}

/// A comment under an article.
#[derive(Debug, Clone, Deserialize)]
pub struct CommentLine {
    pub comment_id: String,
    pub article_id: String,
    pub parent_id: Option<String>,
    pub text: String,
    /// A person's judgement, 1 or 0; mostly unknown.
    pub on_topic: Option<u8>,
    pub source: String,
    pub split: Split,
}

/// Reads gzip'd JSON lines.
///
/// # Errors
/// [`DatasetError`] names the line.
pub fn read_lines<T: DeserializeOwned>(gzip: impl Read) -> Result<Vec<T>, DatasetError> {
    let reader = BufReader::new(flate2::read::MultiGzDecoder::new(gzip));
    let mut rows = Vec::new();
    for (index, text) in reader.lines().enumerate() {
        let fail = |cause: String| DatasetError { line: index + 1, cause };
        let text = text.map_err(|e| fail(e.to_string()))?;
        if !text.trim().is_empty() {
            rows.push(serde_json::from_str(&text).map_err(|e| fail(e.to_string()))?);
        }
    }
    Ok(rows)
}

/// Reads one source of abuse labels.
///
/// # Errors
/// [`DatasetError`] names the line.
pub fn read_abuse(gzip: impl Read, source: &'static Source) -> Result<Vec<AbuseRow>, DatasetError> {
    let lines: Vec<AbuseLine> = read_lines(gzip)?;
    let row = |line: AbuseLine| {
        let mut labels = targets(&line.labels);
        for ignored in source.ignored {
            labels[ignored.index()] = f32::NAN;
        }
        AbuseRow {
            id: line.id,
            text: line.text,
            parent: line.parent_text.filter(|text| !text.trim().is_empty()),
            source,
            split: line.split,
            labels,
            teacher: None,
        }
    };
    Ok(lines.into_iter().map(row).collect())
}

/// Reads the teacher's scores by row id.
///
/// # Errors
/// [`DatasetError`] names the line.
pub fn read_teacher(gzip: impl Read) -> Result<BTreeMap<String, Targets>, DatasetError> {
    let lines: Vec<TeacherLine> = read_lines(gzip)?;
    Ok(lines.into_iter().map(|line| (line.id, targets(&line.scores))).collect())
}

/// By column; the data says `OBSCENE` for what is `PROFANITY` here.
pub(super) fn targets<L: Copy + Into<f32>>(labels: &BTreeMap<String, Option<L>>) -> Targets {
    let label = |name: &str| labels.get(name).copied().flatten();
    Attribute::ABUSE.map(|attribute| {
        let other_name = if attribute == Attribute::Profanity { "OBSCENE" } else { attribute.name() };
        label(attribute.name()).or(label(other_name)).map_or(f32::NAN, Into::into)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::source::SOURCES;
    use std::io::Write;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn labels_find_their_columns() {
        let line = r#"{"id":"a","text":"t","split":"dev","labels":{"OBSCENE":0.3,"TOXICITY":null,"SPAM":1.0}}"#;
        let rows = read_abuse(&gzip(line)[..], &SOURCES[0]).unwrap();
        let labels = rows[0].labels;
        assert_eq!((labels[Attribute::Profanity.index()], labels[Attribute::Spam.index()]), (0.3, 1.0));
        assert!(labels[Attribute::Toxicity.index()].is_nan());
        assert_eq!((rows[0].split, rows[0].parent.as_deref()), (Split::Dev, None));
    }

    #[test]
    fn the_parent_comes_along() {
        let line = |parent| format!(r#"{{"id":"a","text":"t","split":"dev","labels":{{}},"parent_text":{parent}}}"#);
        for (written, read) in [("\"p\"", Some("p")), ("null", None), ("\" \"", None)] {
            let rows = read_abuse(&gzip(&line(written))[..], &SOURCES[0]).unwrap();
            assert_eq!(rows[0].parent.as_deref(), read);
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = read_teacher(&gzip("{\"id\":\"a\",\"scores\":{}}\n\n{oops\n")[..]).unwrap_err();
        assert_eq!(error.line, 3);
        let error = read_teacher(&b"no gzip"[..]).unwrap_err();
        assert_eq!(error.line, 1);
    }
}
