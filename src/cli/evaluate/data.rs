//! The rows that are measured on: a data directory's dev rows, or a file of one's own.

use crate::cli::training_data::{directory, lines, perspective_rows, read, topicality_rows};
use crate::training::Progress;
use crate::training::dataset::{AbuseRow, ArticleLine, CommentLine, DatasetError, Split, read_abuse};
use crate::training::evaluation::labelled::{self, Labelled};
use crate::training::perspective::{KnownTexts, PerspectiveRow};
use crate::training::site::decision::{self, Decisions};
use crate::training::source::SOURCES;
use anyhow::{Context, bail, ensure};
use std::fs::File;
use std::path::Path;

/// What was found; a part may be empty, but not all.
pub struct Data {
    pub comments: Vec<Labelled>,
    /// Comments that Perspective scored, of the half that is not learned from and of texts that no source has.
    pub perspective: Vec<PerspectiveRow>,
    pub articles: Vec<ArticleLine>,
    pub comments_of_articles: Vec<CommentLine>,
    /// What one newspaper's moderators could have decided, and comments of other articles of theirs to measure it on.
    pub newspaper: Option<[Decisions; 2]>,
}

/// The newspaper whose comments the shipped models don't learn from, beside two numbers of calibration.
const NEWSPAPER: &str = "c3_news";

impl Data {
    /// Reads a directory as for training, or one file of JSON lines.
    pub fn open(path: &Path, progress: &mut dyn Progress) -> anyhow::Result<Self> {
        if path.is_dir() {
            return Self::of_directory(path, progress);
        }
        let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
        let comments = labelled::read(file).with_context(|| format!("reading {}", path.display()))?;
        ensure!(!comments.is_empty(), "{} holds no labelled comments to measure on", path.display());
        let nothing = (Vec::new(), Vec::new(), Vec::new());
        let (perspective, articles, comments_of_articles) = nothing;
        Ok(Self { comments, perspective, articles, comments_of_articles, newspaper: None })
    }

    fn of_directory(path: &Path, progress: &mut dyn Progress) -> anyhow::Result<Self> {
        let has = |folder: &Path, name: &str| folder.join(format!("{name}.jsonl.gz")).exists();
        let folder = directory(path, "abuse");
        let sources: Vec<_> = SOURCES.iter().filter(|source| has(&folder, source.name)).collect();
        let topical = has(&directory(path, "topicality"), "articles");
        if sources.is_empty() && !topical {
            bail!(
                "{} holds neither abuse/SOURCE.jsonl.gz, of a source that ombud knows, nor topicality/articles.jsonl.gz",
                path.display()
            );
        }
        progress.stage("reading", sources.len());
        let scored = perspective_rows(path)?;
        let (to_learn, mut perspective): (Vec<_>, Vec<_>) = scored.into_iter().partition(|row| row.learns);
        let mut known = KnownTexts::of(to_learn.iter().map(|row| row.text.as_str()));
        let mut comments = Vec::new();
        for source in sources {
            let rows: Vec<AbuseRow> = read(&folder, source.name, |file| read_abuse(file, source))?;
            known.extend(rows.iter().filter(|row| row.split == Split::Train).map(|row| row.text.as_str()));
            comments.extend(rows.into_iter().filter(|row| row.split == Split::Dev).map(Labelled::from));
            progress.advance(1);
        }
        perspective.retain(|row| !known.contains(&row.text));
        let (articles, comments_of_articles) = if topical { topicality_rows(path)? } else { Default::default() };
        let unseen = articles.iter().any(|a| a.split == Split::Dev);
        ensure!(!comments.is_empty() || unseen, "{} holds nothing of the split dev", path.display());
        let decisions = |split| {
            let reason = |reason: &str| reason.to_ascii_uppercase().parse().ok();
            let unreadable = |e: std::io::Error| DatasetError { line: 1, cause: e.to_string() };
            read(&folder, NEWSPAPER, |file| decision::read(lines(file).map_err(unreadable)?, Some(split), &reason))
        };
        let newspaper =
            has(&folder, NEWSPAPER).then(|| Ok::<_, anyhow::Error>([decisions(Split::Train)?, decisions(Split::Dev)?]));
        let newspaper = newspaper.transpose()?;
        Ok(Self { comments, perspective, articles, comments_of_articles, newspaper })
    }
}
