//! Perspective's published scores of Wikipedia comments: a CSV file with a heading (RFC 4180), of which one half is never
//! learned from.
//!
//! `SEVERE_TOXICITY` is learned from them, as people labelled few comments so, and so is what Perspective's scores
//! mean (see [`super::perspective_scale`]).

use super::dataset::{AbuseRow, DatasetError, Split};
use super::source::PERSPECTIVE;
use crate::classifier::{COLUMNS, PerspectiveAttribute};
use crate::comment::Attribute;
use crate::text::normalise;
use std::collections::BTreeSet;
use std::io::Read;

const ID: &str = "id";
const TEXT: &str = "comment_text";
/// Where an attribute's column has another name: the newest version stands for it.
const COLUMN_NAMES: [(PerspectiveAttribute, &str); 2] =
    [(PerspectiveAttribute::Toxicity, "TOXICITY@6"), (PerspectiveAttribute::SevereToxicity, "SEVERE_TOXICITY@2")];
/// Texts that begin alike are taken for the same one.
const LETTERS: usize = 60;

/// A comment with what Perspective said of it.
#[derive(Debug, Clone)]
pub struct PerspectiveRow {
    pub id: String,
    pub text: String,
    /// Whether the id, a hexadecimal number, is even: this half is for learning, the other one for measuring.
    pub learns: bool,
    /// By attribute, 0 to 1; NaN for `OFF_TOPIC`.
    scores: [f32; PerspectiveAttribute::ALL.len()],
}

impl PerspectiveRow {
    /// What Perspective said, 0 to 1; NaN for `OFF_TOPIC`.
    #[must_use]
    pub const fn score(&self, attribute: PerspectiveAttribute) -> f32 {
        self.scores[attribute.index()]
    }

    /// The id of the training row that this one makes.
    #[must_use]
    pub fn training_id(&self) -> String {
        format!("perspective:{}", self.id)
    }
}

/// Reads the file.
///
/// # Errors
/// [`DatasetError`] names the line that a bad record starts on.
pub fn read_perspective(gzip: impl Read) -> Result<Vec<PerspectiveRow>, DatasetError> {
    let mut reader = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(gzip));
    let heading = reader.headers().map_err(|e| unreadable(&e, 1))?.clone();
    let place = |name: &str| {
        let cause = || DatasetError { line: 1, cause: format!("there is no column {name}") };
        heading.iter().position(|column| column == name).ok_or_else(cause)
    };
    let (id, text) = (place(ID)?, place(TEXT)?);
    let mut columns = Vec::new();
    // Perspective never scored whether a comment is off its article.
    for attribute in PerspectiveAttribute::ALL.into_iter().filter(|a| *a != PerspectiveAttribute::OffTopic) {
        let other = COLUMN_NAMES.into_iter().find(|(named, _)| *named == attribute);
        columns.push((attribute, place(other.map_or(attribute.name(), |(_, name)| name))?));
    }
    let (mut rows, mut record) = (Vec::new(), csv::StringRecord::new());
    while reader.read_record(&mut record).map_err(|e| unreadable(&e, line(reader.position())))? {
        let row = row(&record, id, text, &columns);
        rows.push(row.map_err(|cause| DatasetError { line: record.position().map_or(1, line), cause })?);
    }
    Ok(rows)
}

fn row(
    record: &csv::StringRecord,
    id: usize,
    text: usize,
    columns: &[(PerspectiveAttribute, usize)],
) -> Result<PerspectiveRow, String> {
    let id = &record[id];
    let last = id.chars().last().and_then(|digit| digit.to_digit(16));
    let learns = last.ok_or_else(|| format!("the id {id:?} is no number"))?.is_multiple_of(2);
    let mut scores = [f32::NAN; PerspectiveAttribute::ALL.len()];
    for (attribute, place) in columns {
        let score: f32 = record[*place].parse().map_err(|_| format!("{:?} is no score", &record[*place]))?;
        if !(0.0..=1.0).contains(&score) {
            return Err(format!("{score} is not between 0 and 1"));
        }
        scores[attribute.index()] = score;
    }
    Ok(PerspectiveRow { id: id.to_owned(), text: record[text].to_owned(), learns, scores })
}

fn line(position: &csv::Position) -> usize {
    usize::try_from(position.line()).unwrap_or(usize::MAX)
}

fn unreadable(error: &csv::Error, near: usize) -> DatasetError {
    let cause = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields under {expected_len} headings")
        }
        csv::ErrorKind::Utf8 { err, .. } => format!("no UTF-8: {err}"),
        _ => error.to_string(),
    };
    DatasetError { line: error.position().map_or(near, line), cause }
}

/// The rows of the half for learning, as training rows: `SEVERE_TOXICITY` alone.
#[must_use]
pub fn training_rows(scored: &[PerspectiveRow]) -> Vec<AbuseRow> {
    let row = |row: &PerspectiveRow| {
        let mut labels = [f32::NAN; COLUMNS];
        labels[Attribute::SevereToxicity.index()] = row.score(PerspectiveAttribute::SevereToxicity);
        AbuseRow {
            id: row.training_id(),
            text: row.text.clone(),
            parent: None,
            source: &PERSPECTIVE,
            split: Split::Train,
            labels,
            teacher: None,
        }
    };
    scored.iter().filter(|row| row.learns).map(row).collect()
}

/// Texts, to tell whether another one is the same or begins alike: much here comes from the same pages of Wikipedia.
pub struct KnownTexts(BTreeSet<String>);

impl KnownTexts {
    /// Takes note of these texts.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().map(beginning).collect())
    }

    /// Takes note of more.
    pub fn extend<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        self.0.extend(texts.into_iter().map(beginning));
    }

    /// Whether a text is one of them, or begins like one.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        self.0.contains(&beginning(text))
    }
}

fn beginning(text: &str) -> String {
    normalise(text).as_str().chars().filter(|c| c.is_alphanumeric()).take(LETTERS).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;

    const HEADING: &str = "id,comment_text,TOXICITY@6,SEVERE_TOXICITY@2,IDENTITY_ATTACK,INSULT,PROFANITY,\
        SEXUALLY_EXPLICIT,THREAT,FLIRTATION,ATTACK_ON_AUTHOR,ATTACK_ON_COMMENTER,INCOHERENT,INFLAMMATORY,\
        LIKELY_TO_REJECT,OBSCENE,SPAM,UNSUBSTANTIAL";

    fn read_text(text: &str) -> Result<Vec<PerspectiveRow>, DatasetError> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        read_perspective(&encoder.finish().unwrap()[..])
    }

    /// A row of which Perspective said the same for everything but severe toxicity.
    pub(crate) fn scored(id: usize, text: &str, score: f32, severe: f32) -> PerspectiveRow {
        let mut scores = [score; PerspectiveAttribute::ALL.len()];
        scores[PerspectiveAttribute::SevereToxicity.index()] = severe;
        PerspectiveRow { id: format!("{id:x}"), text: text.to_owned(), learns: id.is_multiple_of(2), scores }
    }

    /// Id and text, then severe toxicity, with .25 for the rest.
    fn record(start: &str, severe: &str) -> String {
        format!("{start},.25,{severe}{}", ",.25".repeat(14))
    }

    #[test]
    fn every_column_is_read() {
        let text = [
            HEADING.to_owned(),
            record("0a,\"Two\nlines, \"\"quoted\"\"\"", ".5"),
            record("0b,odd", "1"),
            record("1c,x", "0.00"),
        ];
        let rows = read_text(&text.join("\r\n")).unwrap();
        let read: Vec<(&str, &str, bool)> = rows.iter().map(|r| (r.id.as_str(), r.text.as_str(), r.learns)).collect();
        assert_eq!(read, [("0a", "Two\nlines, \"quoted\"", true), ("0b", "odd", false), ("1c", "x", true)]);
        let score = |attribute| rows[0].score(attribute);
        assert_eq!(score(PerspectiveAttribute::SevereToxicity).to_bits(), 0.5f32.to_bits());
        assert!(score(PerspectiveAttribute::OffTopic).is_nan());
        for attribute in [PerspectiveAttribute::Toxicity, PerspectiveAttribute::Unsubstantial] {
            assert_eq!(score(attribute).to_bits(), 0.25f32.to_bits());
        }
    }

    #[test]
    fn even_ids_teach_one_attribute() {
        let rows =
            training_rows(&[scored(0x1a, "a", 0.9, 0.25), scored(0x1b, "b", 0.9, 0.9), scored(0x2c, "c", 0.9, 1.0)]);
        assert_eq!(rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["perspective:1a", "perspective:2c"]);
        for (row, score) in rows.iter().zip([0.25, 1.0]) {
            assert_eq!(row.split, Split::Train);
            for attribute in Attribute::ABUSE {
                let label = row.labels[attribute.index()];
                assert!(if attribute == Attribute::SevereToxicity {
                    (label - score).abs() < 1e-6
                } else {
                    label.is_nan()
                });
            }
        }
    }

    #[test]
    fn a_bad_record_is_named() {
        let good = record("2,\"a\nb\"", ".5");
        let cases = [
            (format!("{}\n", HEADING.replace(",SPAM", "")), 1, "no column SPAM"),
            (format!("{HEADING}\n{good}\n4,c\n"), 4, "2 fields under 18"),
            (format!("{HEADING}\n{}\n", record("2,t", "1.5")), 2, "1.5"),
            (format!("{HEADING}\n{}\n", record("2,t", "high")), 2, "high"),
            (format!("{HEADING}\n{good}\n{}\n", record("?,t", ".5")), 4, "no number"),
            (format!("{HEADING}\n{}\n", record("2,\"t", ".5")), 2, "2 fields"),
        ];
        for (text, line, cause) in cases {
            let error = read_text(&text).unwrap_err();
            assert!(error.line == line && error.cause.contains(cause), "{text}: {error}");
        }
        assert!(read_perspective(&b"no gzip"[..]).is_err());
    }

    #[test]
    fn a_text_is_known_by_its_beginning() {
        let known = KnownTexts::of(["You are all FOOLS!"]);
        assert!(known.contains("you are all fools") && !known.contains("You are all right"));
    }
}
