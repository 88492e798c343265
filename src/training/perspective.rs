//! Perspective's published scores of Wikipedia comments, from which `SEVERE_TOXICITY` is learned: people labelled few
//! comments so. A CSV file with a heading (RFC 4180), of which one half is never learned from.

use super::dataset::{AbuseRow, DatasetError, Split};
use super::source::PERSPECTIVE;
use crate::classifier::COLUMNS;
use crate::comment::Attribute;
use crate::text::normalise;
use std::collections::BTreeSet;
use std::io::Read;

/// The columns that are read: the comment's id, its text, and the score, 0 to 1.
const READ: [&str; 3] = ["id", "comment_text", "SEVERE_TOXICITY@2"];
/// Texts that begin alike are taken for the same one.
const LETTERS: usize = 60;

/// Reads the rows with an even id, a hexadecimal number, as training rows. Those with an odd one are kept for
/// comparing with Perspective.
///
/// # Errors
/// [`DatasetError`] names the line that a bad record starts on.
pub fn read_perspective(mut gzip: impl Read) -> Result<Vec<AbuseRow>, DatasetError> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&mut gzip)
        .read_to_string(&mut text)
        .map_err(|e| DatasetError { line: 1, cause: e.to_string() })?;
    let mut records = records(&text)?.into_iter();
    let (_, heading) = records.next().unwrap_or_default();
    let place = |name: &str| {
        let cause = || DatasetError { line: 1, cause: format!("there is no column {name}") };
        heading.iter().position(|column| column == name).ok_or_else(cause)
    };
    let [id, comment, score] = [place(READ[0])?, place(READ[1])?, place(READ[2])?];
    let mut rows = Vec::new();
    for (line, fields) in records {
        let fail = |cause: String| DatasetError { line, cause };
        if fields.len() != heading.len() {
            return Err(fail(format!("{} fields under {} headings", fields.len(), heading.len())));
        }
        let last = fields[id].chars().last().and_then(|digit| digit.to_digit(16));
        if !last.ok_or_else(|| fail(format!("the id {:?} is no number", fields[id])))?.is_multiple_of(2) {
            continue;
        }
        let severe: f32 = fields[score].parse().map_err(|_| fail(format!("{:?} is no score", fields[score])))?;
        if !(0.0..=1.0).contains(&severe) {
            return Err(fail(format!("{severe} is not between 0 and 1")));
        }
        let mut labels = [f32::NAN; COLUMNS];
        labels[Attribute::SevereToxicity.index()] = severe;
        rows.push(AbuseRow {
            id: format!("perspective:{}", fields[id]),
            text: fields[comment].clone(),
            parent: None,
            source: &PERSPECTIVE,
            split: Split::Train,
            labels,
            teacher: None,
        });
    }
    Ok(rows)
}

/// Takes out the rows whose text is that of a dev row among `others`, or begins like it: both come from Wikipedia.
pub fn take_out_dev_texts(rows: &mut Vec<AbuseRow>, others: &[AbuseRow]) {
    let dev: BTreeSet<String> = others.iter().filter(|r| r.split == Split::Dev).map(|r| beginning(&r.text)).collect();
    rows.retain(|row| !dev.contains(&beginning(&row.text)));
}

fn beginning(text: &str) -> String {
    normalise(text).as_str().chars().filter(|c| c.is_alphanumeric()).take(LETTERS).collect()
}

/// Each record's fields and the line it starts on, from 1.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, DatasetError> {
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut first, mut quoted) = (1, 1, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        line += usize::from(c == '\n');
        match c {
            // Two quotes within quotes stand for one.
            '"' if quoted && rest.peek() == Some(&'"') => field.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                fields.push(std::mem::take(&mut field));
                records.push((first, std::mem::take(&mut fields)));
                first = line;
            }
            _ => field.push(c),
        }
    }
    if quoted {
        return Err(DatasetError { line: first, cause: "a quote is not closed".to_owned() });
    }
    if !field.is_empty() || !fields.is_empty() {
        fields.push(field);
        records.push((first, fields));
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::source::SOURCES;
    use std::io::Write;

    fn read(text: &str) -> Result<Vec<AbuseRow>, DatasetError> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        read_perspective(&encoder.finish().unwrap()[..])
    }

    #[test]
    fn even_ids_teach_one_attribute() {
        let rows = read(
            "id,comment_text,TOXICITY@6,SEVERE_TOXICITY@2\r\n0a,\"Two\nlines, \"\"quoted\"\"\",.9,.25\r\n0b,odd,.9,.9\n1c,x,.9,1",
        )
        .unwrap();
        let read: Vec<(&str, &str)> = rows.iter().map(|r| (r.id.as_str(), r.text.as_str())).collect();
        assert_eq!(read, [("perspective:0a", "Two\nlines, \"quoted\""), ("perspective:1c", "x")]);
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
        let heading = "id,comment_text,SEVERE_TOXICITY@2\n";
        let cases = [
            ("a,t,.5\n", 1),
            (&format!("{heading}2,\"a\nb\",.5\n4,c\n"), 4),
            (&format!("{heading}2,t,1.5\n"), 2),
            (&format!("{heading}2,t,high\n"), 2),
            (&format!("{heading}2,t,.5\n?,t,.5\n"), 3),
            (&format!("{heading}2,\"t,.5\n"), 2),
        ];
        for (text, line) in cases {
            assert_eq!(read(text).unwrap_err().line, line, "{text}");
        }
    }

    #[test]
    fn texts_that_are_measured_on_are_not_learned() {
        let heading = "id,comment_text,SEVERE_TOXICITY@2\n";
        let mut rows = read(&format!("{heading}2,You are all FOOLS!,.5\n4,Another text,.5\n")).unwrap();
        let other =
            |split| AbuseRow { source: &SOURCES[0], split, text: "you are all fools".to_owned(), ..rows[0].clone() };
        let (dev, train) = (other(Split::Dev), other(Split::Train));
        take_out_dev_texts(&mut rows, &[train]);
        assert_eq!(rows.len(), 2);
        take_out_dev_texts(&mut rows, &[dev]);
        assert_eq!(rows.iter().map(|r| r.text.as_str()).collect::<Vec<_>>(), ["Another text"]);
    }
}
