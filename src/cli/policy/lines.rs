//! Comments from a file, one JSON object a line: scored here, and judged by the rules that need nothing but the comment.

use crate::classifier::Classifier;
use crate::cli::score::{LineIn, Read};
use crate::cli::training_data::lines;
use crate::comment::{CommentText, Timestamp};
use crate::policy::tuning::Label;
use crate::policy::{AuthorRecord, Context, Facts, UnknownArticle};
use crate::text::{fingerprint, stable_hash};
use crate::training::Progress;
use anyhow::{Context as _, anyhow, ensure};
use serde::Deserialize;
use std::collections::HashSet;
use std::fs::File;
use std::io::BufRead;
use std::num::NonZeroUsize;
use std::path::Path;

/// How many lines are in memory at a time.
const PAGE: usize = 2_000;

/// A line: what `ombud score` reads, and what is known besides.
#[derive(Deserialize)]
pub(super) struct Line {
    #[serde(flatten)]
    pub comment: LineIn,
    /// What a person would do with it.
    #[serde(default)]
    pub label: Option<Label>,
    #[serde(default)]
    pub section: Option<String>,
    /// When it was written.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

impl Line {
    /// The comment in its context, as far as that stands in the line.
    pub(super) fn judge<T>(
        &self,
        classifier: &Classifier,
        judge: impl FnOnce(&Context<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let text = CommentText::parse(self.comment.text.as_str())?;
        let Read { normalised, language, judgement } = self.comment.read(classifier);
        // What only the store knows counts for nothing here: an author in good standing, an open article, no repeats.
        let author = AuthorRecord { published: u64::MAX, ..AuthorRecord::default() };
        judge(&Context {
            section: self.section.as_deref(),
            text: text.as_str(),
            fingerprint: fingerprint(&normalised),
            normalised: &normalised,
            language,
            created_at: self.created_at.unwrap_or(Timestamp::UNIX_EPOCH),
            judgement: &judgement,
            facts: &Facts { author, ..Facts::default() },
            parent: None,
            unknown_article: UnknownArticle::Judge,
        })
    }
}

/// Works on every line, gzip'd or not, on all cores, and hands what came of it on in their order. One that can't be read ends
/// it: a file with holes stands for nothing.
pub(super) fn each<T: Send>(
    path: &Path,
    stage: &str,
    progress: &mut dyn Progress,
    work: impl Fn(&Line) -> anyhow::Result<T> + Sync,
    mut add: impl FnMut(T),
) -> anyhow::Result<()> {
    let named = || path.display().to_string();
    let file = File::open(path).with_context(named)?;
    let mut pages = Pages { lines: lines(file).with_context(named)?, number: 0, ids: HashSet::new() };
    progress.stage(stage, 0);
    let mut empty = true;
    loop {
        let page = pages.next().with_context(named)?;
        let done = on_all_cores(&page, &work).with_context(named)?;
        if done.is_empty() {
            ensure!(!empty, "{} holds no comments", path.display());
            return Ok(());
        }
        empty = false;
        for found in done {
            add(found);
            progress.advance(1);
        }
    }
}

/// What comes of some lines, in their order.
fn on_all_cores<T: Send>(
    page: &[(usize, Line)],
    work: &(impl Fn(&Line) -> anyhow::Result<T> + Sync),
) -> anyhow::Result<Vec<T>> {
    let at_once = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let of_part = |part: &[(usize, Line)]| -> anyhow::Result<Vec<T>> {
        part.iter().map(|(number, line)| work(line).with_context(|| format!("line {number}"))).collect()
    };
    let parts = std::thread::scope(|scope| {
        let parts = page.chunks(page.len().div_ceil(at_once).max(1));
        let parts: Vec<_> = parts.map(|part| scope.spawn(|| of_part(part))).collect();
        let joined = parts.into_iter().map(|part| part.join().map_err(|_| anyhow!("a thread ended"))?);
        joined.collect::<anyhow::Result<Vec<_>>>()
    })?;
    Ok(parts.into_iter().flatten().collect())
}

/// A file, some lines at a time.
struct Pages {
    lines: Box<dyn BufRead>,
    number: usize,
    /// Hashes of the ids so far.
    ids: HashSet<u64>,
}

impl Pages {
    /// The next lines with their numbers; none at the end.
    fn next(&mut self) -> anyhow::Result<Vec<(usize, Line)>> {
        let (mut page, mut bytes) = (Vec::new(), Vec::new());
        while page.len() < PAGE {
            bytes.clear();
            if self.lines.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            self.number += 1;
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let line = self.line(&bytes).with_context(|| format!("line {}", self.number))?;
            page.push((self.number, line));
        }
        Ok(page)
    }

    fn line(&mut self, bytes: &[u8]) -> anyhow::Result<Line> {
        let line: Line = serde_json::from_slice(bytes).map_err(|error| said(&error))?;
        let id = line.comment.id.to_string();
        ensure!(self.ids.insert(stable_hash(id.as_bytes())), "the id {id} is here twice; each comment counts once");
        Ok(line)
    }
}

/// What is wrong with a line, without the place within it that the reader of JSON counts: the line is named already.
fn said(error: &serde_json::Error) -> anyhow::Error {
    let text = error.to_string();
    let (what, _) = text.split_once(" at line ").unwrap_or((&text, ""));
    anyhow!("{}", what.replace("missing field", "missing key").replace("unknown variant", "unknown value"))
}
