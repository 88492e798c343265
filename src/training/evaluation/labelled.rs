//! Labelled comments to measure on: the dev rows of the training data, or JSON lines of one's own.

use crate::comment::Attribute;
use crate::training::dataset::{AbuseRow, DatasetError, Split, Targets};
use crate::training::source::SOURCES;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

/// The source of lines that name none.
const UNNAMED: &str = "unnamed";
/// A label from here on is a positive where the source is not known to say otherwise.
const POSITIVE_FROM: f32 = 0.5;

/// A comment with what people said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    pub text: String,
    /// The comment it answers, where the data has it.
    pub parent: Option<String>,
    pub source: String,
    /// Shares of people who said yes; NaN where nobody was asked.
    pub labels: Targets,
    /// A label from here on is a positive.
    pub positive_from: f32,
}

impl From<AbuseRow> for Labelled {
    /// A row of the training data, with the comment it answers.
    fn from(row: AbuseRow) -> Self {
        Self {
            text: row.text,
            parent: row.parent,
            source: row.source.name.to_owned(),
            labels: row.labels,
            positive_from: row.source.positive_from,
        }
    }
}

#[derive(Deserialize)]
struct Line {
    text: String,
    labels: BTreeMap<String, Option<f32>>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    parent_text: Option<String>,
    #[serde(default)]
    split: Option<Split>,
}

/// Reads JSON lines `{"id", "text", "labels": {ATTRIBUTE: share or null}, "source"?, "parent_text"?,
/// "split"?}`, gzip'd or not. Lines of the split `train` are left out: a model may know them by heart.
///
/// # Errors
/// [`DatasetError`] names the first line that is no UTF-8, no such JSON, has no labels, a label of an
/// attribute that is not one of abuse, or a label outside 0 to 1.
pub fn read(file: impl Read) -> Result<Vec<Labelled>, DatasetError> {
    let mut file = BufReader::new(file);
    let gzip = file.fill_buf().is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
    let reader: Box<dyn BufRead> =
        if gzip { Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file))) } else { Box::new(file) };
    let mut rows = Vec::new();
    for (index, text) in reader.lines().enumerate() {
        let line = index + 1;
        let text = text.map_err(|e| DatasetError { line, cause: e.to_string() })?;
        if text.trim().is_empty() {
            continue;
        }
        let parsed: Line = serde_json::from_str(&text).map_err(|e| DatasetError { line, cause: e.to_string() })?;
        if parsed.split != Some(Split::Train) {
            rows.push(labelled(parsed).map_err(|cause| DatasetError { line, cause })?);
        }
    }
    Ok(rows)
}

fn labelled(line: Line) -> Result<Labelled, String> {
    let mut labels = [f32::NAN; _];
    for (name, label) in line.labels {
        // As the training data calls it.
        let known = if name == "OBSCENE" { Ok(Attribute::Profanity) } else { name.parse() };
        let attribute: Attribute = known.map_err(|e| e.to_string())?;
        let place = labels.get_mut(attribute.index()).ok_or_else(|| format!("{name} is no label of abuse"))?;
        if let Some(label) = label {
            if !(0.0..=1.0).contains(&label) {
                return Err(format!("the label {name} is {label}, not between 0 and 1"));
            }
            *place = label;
        }
    }
    let source = line.source.unwrap_or_else(|| UNNAMED.to_owned());
    let known = SOURCES.iter().find(|s| s.name == source);
    let positive_from = known.map_or(POSITIVE_FROM, |s| s.positive_from);
    Ok(Labelled { text: line.text, parent: line.parent_text, source, labels, positive_from })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const LINES: &str = "{\"id\":1,\"text\":\"a\",\"labels\":{\"INSULT\":0.4,\"OBSCENE\":1,\"SPAM\":null}}\n\n\
        {\"id\":2,\"text\":\"b\",\"labels\":{},\"source\":\"c3_news\",\"parent_text\":\"p\",\"split\":\"dev\"}\n\
        {\"id\":3,\"text\":\"c\",\"labels\":{},\"split\":\"train\"}\n";

    #[test]
    fn lines_become_rows() {
        let rows = read(LINES.as_bytes()).unwrap();
        assert_eq!((rows.len(), rows[0].source.as_str(), rows[1].parent.as_deref()), (2, "unnamed", Some("p")));
        let labels = rows[0].labels;
        assert_eq!((labels[Attribute::Insult.index()], labels[Attribute::Profanity.index()]), (0.4, 1.0));
        assert!(labels[Attribute::Spam.index()].is_nan() && labels[Attribute::Toxicity.index()].is_nan());
        assert!(rows[0].positive_from > 0.4 && rows[1].positive_from < 0.4, "c3_news counts from a third");

        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(LINES.as_bytes()).unwrap();
        assert_eq!(read(&gzip.finish().unwrap()[..]).unwrap().len(), 2);
        assert_eq!(read(&b""[..]).unwrap(), []);
    }

    #[test]
    fn a_bad_line_is_named() {
        let good = "{\"id\":1,\"text\":\"a\",\"labels\":{}}\n";
        let cases: [(&[u8], &str); 6] = [
            (b"{\"text\":\"\xff\",\"labels\":{}}", "UTF-8"),
            (b"{\"text\":", "EOF"),
            (b"{\"text\":\"a\"}", "missing field `labels`"),
            (b"{\"text\":\"a\",\"labels\":{\"TOXICITI\":1}}", "TOXICITI"),
            (b"{\"text\":\"a\",\"labels\":{\"OFF_TOPIC\":1}}", "OFF_TOPIC is no label of abuse"),
            (b"{\"text\":\"a\",\"labels\":{\"INSULT\":1.5}}", "1.5, not between 0 and 1"),
        ];
        for (line, expected) in cases {
            let error = read(&[good.as_bytes(), line].concat()[..]).unwrap_err();
            assert!(error.line == 2 && error.cause.contains(expected), "{error}");
        }
    }
}
