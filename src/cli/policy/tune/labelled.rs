//! Comments that a person has labelled, from a file: scored here, and judged by the rules that need nothing but the comment.

use crate::classifier::Classifier;
use crate::cli::score::{LineIn, Read};
use crate::cli::training_data::lines;
use crate::comment::{CommentText, Timestamp};
use crate::policy::tuning::{Label, Row};
use crate::policy::{AuthorRecord, Context, Facts, Policy, UnknownArticle};
use crate::text::fingerprint;
use crate::training::Progress;
use anyhow::{Context as _, anyhow, ensure};
use serde::Deserialize;
use std::collections::HashSet;
use std::fs::File;
use std::io::BufRead as _;
use std::path::Path;

#[derive(Deserialize)]
struct Line {
    #[serde(flatten)]
    comment: LineIn,
    label: Label,
    #[serde(default)]
    section: Option<String>,
}

/// Reads and scores every line, gzip'd or not. One that can't be read ends it: evidence with holes is none.
pub fn read(
    path: &Path,
    classifier: &Classifier,
    policy: &Policy,
    progress: &mut dyn Progress,
) -> anyhow::Result<Vec<Row>> {
    let mut lines = lines(File::open(path)?)?;
    progress.stage("scoring labelled comments", 0);
    let (mut rows, mut ids, mut bytes) = (Vec::new(), HashSet::new(), Vec::new());
    for number in 1.. {
        bytes.clear();
        if lines.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let row = serde_json::from_slice::<Line>(&bytes).map_err(|error| said(&error)).and_then(|line| {
            let id = line.comment.id.to_string();
            ensure!(!ids.contains(&id), "the id {id} is here twice; each comment counts once");
            ids.insert(id);
            judge(&line, classifier, policy)
        });
        rows.push(row.with_context(|| format!("line {number}"))?);
        progress.advance(1);
    }
    Ok(rows)
}

/// What is wrong with a line, without the place within it that the reader of JSON counts: the line is named already.
fn said(error: &serde_json::Error) -> anyhow::Error {
    let text = error.to_string();
    let (what, _) = text.split_once(" at line ").unwrap_or((&text, ""));
    anyhow!("{}", what.replace("missing field", "missing key").replace("unknown variant", "unknown value"))
}

fn judge(line: &Line, classifier: &Classifier, policy: &Policy) -> anyhow::Result<Row> {
    let text = CommentText::parse(line.comment.text.as_str())?;
    let Read { normalised, language, judgement } = line.comment.read(classifier);
    // What only the store knows counts for nothing here: an author in good standing, an open article, no repeats.
    let author = AuthorRecord { published: u64::MAX, ..AuthorRecord::default() };
    let context = Context {
        section: line.section.as_deref(),
        text: text.as_str(),
        fingerprint: fingerprint(&normalised),
        normalised: &normalised,
        language,
        created_at: Timestamp::UNIX_EPOCH,
        judgement: &judgement,
        facts: &Facts { author, ..Facts::default() },
        parent: None,
        unknown_article: UnknownArticle::Judge,
    };
    Ok(Row::judged(policy, &context, line.label))
}
