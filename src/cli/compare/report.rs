//! What was compared, for people and as JSON.

use super::gather::{Disagreement, Gathered, Log};
use crate::classifier::PerspectiveAttribute;
use crate::cli::evaluate::table::{Table, count, figure, percent, share};
use crate::training::Progress;
use crate::training::evaluation::bootstrap::Bootstrap;
use crate::training::evaluation::panel::Figure;
use crate::training::evaluation::perspective::{Agreement, measure};
use crate::training::evaluation::queue_size::keeping;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Of more comments an interval is too narrow to matter, and takes minutes to draw.
const MOST_RESAMPLED: usize = 20_000;
const BOOTSTRAP: Bootstrap = Bootstrap { resamples: 500, seed: 1 };
/// Characters of a comment that are shown.
const SHOWN: usize = 160;

/// Everything, for `--json`.
#[derive(Serialize)]
pub struct Report {
    pub comments: u64,
    /// Comments that Perspective gave no score.
    pub without_perspective_score: u64,
    /// Comments that ombud gives none: another language, or no word.
    pub without_ombud_score: u64,
    /// Attributes in the log that ombud does not answer.
    pub not_answered: BTreeSet<String>,
    /// Where the disagreements are looked for, on Perspective's scale.
    pub threshold: f64,
    pub attributes: BTreeMap<PerspectiveAttribute, Compared>,
}

/// One attribute.
#[derive(Serialize)]
pub struct Compared {
    /// Comments with both scores.
    pub comments: u64,
    /// Spearman's, with its 95 % interval by bootstrap where the log is not long.
    pub rank_correlation: Option<Figure>,
    pub at: Vec<AtThreshold>,
    /// Perspective flags them, ombud does not.
    pub only_perspective: Vec<Disagreement>,
    /// The other way about.
    pub only_ombud: Vec<Disagreement>,
}

/// One threshold of Perspective's.
#[derive(Serialize)]
pub struct AtThreshold {
    #[serde(flatten)]
    pub agreement: Agreement,
    /// Where ombud flags as many, on Perspective's scale. `None` where Perspective flags none.
    pub same_queue: Option<f64>,
    /// The same as a probability of ombud's own, for `policy.toml`.
    pub same_queue_policy: Option<f64>,
}

impl Report {
    pub fn of(log: Log, thresholds: &[f64], threshold: f64, progress: &mut dyn Progress) -> Self {
        let compare = |(attribute, gathered)| (attribute, Compared::of(gathered, thresholds, progress));
        let attributes = log.attributes.into_iter().map(compare).collect();
        Self {
            comments: log.comments,
            without_perspective_score: log.refused,
            without_ombud_score: log.unscored,
            not_answered: log.unanswered,
            threshold,
            attributes,
        }
    }

    /// Tables, and the disagreements to read.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{} comments; Perspective gave no score to {}, ombud gives none to {} (another language, or no word).\n",
            count(self.comments),
            count(self.without_perspective_score),
            count(self.without_ombud_score)
        );
        if !self.not_answered.is_empty() {
            let names: Vec<&str> = self.not_answered.iter().map(String::as_str).collect();
            let _ = writeln!(text, "ombud does not answer {}.", names.join(", "));
        }
        for (attribute, compared) in &self.attributes {
            let _ = write!(text, "\n{}", compared.table(*attribute).text());
        }
        for (attribute, compared) in &self.attributes {
            let at = share(Some(self.threshold));
            let only = |who: &str, other: &str| format!("{attribute}: {who} is at {at} or above, {other} is not");
            listed(&mut text, &only("Perspective", "ombud"), &compared.only_perspective);
            listed(&mut text, &only("ombud", "Perspective"), &compared.only_ombud);
        }
        text
    }
}

impl Compared {
    fn of(gathered: Gathered, thresholds: &[f64], progress: &mut dyn Progress) -> Self {
        let Gathered { perspective, ombud, native, only_perspective, only_ombud } = gathered;
        let bootstrap = (ombud.len() <= MOST_RESAMPLED).then_some(BOOTSTRAP);
        let measured = measure(&ombud, &perspective, thresholds, bootstrap, progress);
        let at = |agreement: Agreement| {
            let flagged = perspective.iter().filter(|score| **score >= agreement.threshold).count();
            let lowest = |scores: &[f64]| keeping(scores, flagged).map(|(threshold, _)| threshold);
            AtThreshold { agreement, same_queue: lowest(&ombud), same_queue_policy: lowest(&native) }
        };
        Self {
            comments: ombud.len() as u64,
            rank_correlation: measured.rank_correlation,
            at: measured.at.into_iter().map(at).collect(),
            only_perspective: only_perspective.into_vec(),
            only_ombud: only_ombud.into_vec(),
        }
    }

    fn table(&self, attribute: PerspectiveAttribute) -> Table {
        let title = format!(
            "{attribute}: {} comments, rank correlation {}",
            count(self.comments),
            figure(self.rank_correlation)
        );
        let columns =
            ["threshold", "Perspective flags", "ombud flags", "agree", "kappa", "same queue at", "in policy.toml"];
        let mut table = Table::new(&title, &columns, "");
        for AtThreshold { agreement, same_queue, same_queue_policy } in &self.at {
            table.row([
                share(Some(agreement.threshold)),
                percent(agreement.flagged),
                percent(agreement.flagged_here),
                percent(agreement.agree),
                share(agreement.kappa),
                share(*same_queue),
                share(*same_queue_policy),
            ]);
        }
        table
    }
}

fn listed(text: &mut String, title: &str, disagreements: &[Disagreement]) {
    if disagreements.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    for Disagreement { line, perspective, ombud, text: comment } in disagreements {
        let (theirs, ours) = (share(Some(*perspective)), share(Some(*ombud)));
        let words: Vec<&str> = comment.split_whitespace().collect();
        let words = words.join(" ");
        let shown: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
        let more = if words.chars().nth(SHOWN).is_some() { " ..." } else { "" };
        let _ = writeln!(text, "  line {line}: Perspective {theirs}, ombud {ours}: {shown}{more}");
    }
}
