//! Opens the files of a data directory.

use crate::classifier::COLUMNS;
use crate::training::dataset::{
    AbuseRow, ArticleLine, CommentLine, DatasetError, Split, read_abuse, read_lines, read_teacher,
};
use crate::training::perspective::{KnownTexts, PerspectiveRow, read_perspective, training_rows};
use crate::training::source::{Selection, UNLABELLED, calibration_only, select};
use anyhow::Context;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The teacher's scores, if the directory has them.
const TEACHER: &str = "teacher_toxic_comment_classifier";
/// Perspective's scores, a folder beside the labels.
pub const PERSPECTIVE: &str = "perspective/wikipedia_2k_scores.csv.gz";
/// Comments from these carry terms that forbid commercial use: not even the teacher's scores on them.
const NOT_TO_SHIP: [&str; 3] = ["c3_globe", "semeval2015", "semeval2016"];

/// `directory` itself, or its subdirectory `name` where there is one.
pub fn directory(directory: &Path, name: &str) -> PathBuf {
    let inner = directory.join(name);
    if inner.is_dir() { inner } else { directory.to_owned() }
}

/// Every row of the selected sources, with the teacher's scores; and what lies beside them: comments that Perspective has
/// scored, and unlabelled ones of the topicality data that the teacher has.
pub fn abuse_rows(data: &Path, selection: Selection, scored: &[PerspectiveRow]) -> anyhow::Result<Vec<AbuseRow>> {
    let folder = directory(data, "abuse");
    let mut rows = Vec::new();
    for source in select(selection) {
        rows.extend(read(&folder, source.name, |file| read_abuse(file, source))?);
    }
    let dev = KnownTexts::of(rows.iter().filter(|row| row.split == Split::Dev).map(|row| row.text.as_str()));
    rows.extend(training_rows(scored).into_iter().filter(|row| !dev.contains(&row.text)));
    if !folder.join(format!("{TEACHER}.jsonl.gz")).exists() {
        return Ok(rows);
    }
    let mut teacher = read(&folder, TEACHER, read_teacher)?;
    for row in &mut rows {
        row.teacher = teacher.remove(&row.id);
    }
    let beside = folder.parent().map(|parent| parent.join("topicality")).filter(|path| path.is_dir());
    if let Some(beside) = beside {
        let comments: Vec<CommentLine> = read(&beside, "comments", read_lines)?;
        let usable =
            comments.into_iter().filter(|c| c.split == Split::Train && !NOT_TO_SHIP.contains(&c.source.as_str()));
        rows.extend(usable.filter_map(|comment| {
            let id = format!("topicality:{}", comment.comment_id);
            let teacher = Some(teacher.remove(&id)?);
            let labels = [f32::NAN; COLUMNS];
            Some(AbuseRow {
                id,
                text: comment.text,
                parent: None,
                source: &UNLABELLED,
                split: Split::Train,
                labels,
                teacher,
            })
        }));
    }
    Ok(rows)
}

/// The comments that Perspective has scored; none where the data has no such file.
pub fn perspective_rows(data: &Path) -> anyhow::Result<Vec<PerspectiveRow>> {
    let path = directory(data, "abuse").parent().map(|parent| parent.join(PERSPECTIVE));
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(Vec::new()) };
    let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
    read_perspective(file).with_context(|| format!("reading {}", path.display()))
}

/// Rows of the sources that serve calibration alone.
pub fn calibration_rows(data: &Path) -> anyhow::Result<Vec<AbuseRow>> {
    let folder = directory(data, "abuse");
    let mut rows = Vec::new();
    for source in calibration_only() {
        rows.extend(read(&folder, source.name, |file| read_abuse(file, source))?);
    }
    Ok(rows)
}

/// The articles and comments for topicality.
pub fn topicality_rows(data: &Path) -> anyhow::Result<(Vec<ArticleLine>, Vec<CommentLine>)> {
    let folder = directory(data, "topicality");
    Ok((read(&folder, "articles", read_lines)?, read(&folder, "comments", read_lines)?))
}

/// The lines of a file, gzip'd or not.
pub fn lines(file: File) -> std::io::Result<Box<dyn BufRead>> {
    let mut plain = BufReader::new(file);
    let gzip = plain.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip { Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(plain))) } else { Box::new(plain) })
}

/// Reads `NAME.jsonl.gz` of a folder.
pub fn read<T>(folder: &Path, name: &str, parse: impl Fn(File) -> Result<T, DatasetError>) -> anyhow::Result<T> {
    let path = folder.join(format!("{name}.jsonl.gz"));
    let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
    parse(file).with_context(|| format!("reading {}", path.display()))
}
