//! What an evaluation says. As JSON it is what `ombud evaluate --json` prints.

use super::article_text::KnownText;
use super::deletion::DeletionMeasures;
use super::length::Length;
use super::panel::{Difference, Figure, Figures};
use super::perspective::PerspectiveReport;
use super::suites::SuitesReport;
use super::target::Target;
use crate::classifier::{Card, ModelKind};
use crate::training::site::curve::Point;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything that was measured. The same models, data and options give the same report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The models measured.
    pub models: Vec<ModelNote>,
    /// How often the rows were resampled for the intervals; 0 where there are none.
    pub resamples: u32,
    /// `None` where the data has no labelled comments.
    pub abuse: Option<AbuseReport>,
    /// Whether evidence points at what made the score, by attribute; empty where no comment is scored high.
    pub evidence: BTreeMap<String, DeletionMeasures>,
    /// `None` where the data has no comments that Perspective scored.
    pub perspective: Option<PerspectiveReport>,
    /// `None` where the data has no articles with comments.
    pub topicality: Option<TopicalityReport>,
    /// `None` where the data has no labelled comments.
    pub suites: Option<SuitesReport>,
    /// Every figure that has an interval, by name: what `--against` compares.
    pub figures: Figures,
    /// What a newspaper's decisions would teach, from few to all; empty where the data has none, or where nobody waits for it.
    pub learning: Vec<Point>,
    /// What is aimed at, and what was reached.
    pub targets: Vec<Target>,
    /// The figures of the model compared with, beside these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Difference>,
}

/// A model file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelNote {
    pub kind: ModelKind,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// What it says of itself.
    pub card: Card,
}

/// How well one score tells positives from negatives.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measures {
    /// Rows with a label.
    pub rows: u64,
    pub positives: u64,
    /// Area under the ROC curve.
    pub auc: Option<Figure>,
    pub average_precision: Option<Figure>,
    /// The share of the positives among the highest scores, by the share of the rows that is reviewed.
    pub recall_at: Vec<Recall>,
    /// Why there is no area: only one kind of row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// `None` without rows.
    pub calibration: Option<Calibration>,
}

/// What a review budget catches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recall {
    /// Share of the rows that is reviewed, highest scores first.
    pub budget: f64,
    /// Share of the positives among them.
    pub recall: f64,
}

/// How far probabilities can be taken at their word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    pub rows: u64,
    /// Expected calibration error, 15 bins of equal mass, against the mean label.
    pub error: Figure,
    /// About what the error would be by chance if the probabilities were perfect.
    pub by_chance: f64,
    /// Mean square of score minus label.
    pub brier: f64,
    pub mean_score: f64,
    pub mean_label: f64,
}

/// The abuse model on labelled comments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AbuseReport {
    pub rows: u64,
    /// Rows that the service would give no score: another language, or no word. They are measured here all
    /// the same.
    pub unscored: u64,
    /// Mean area over the six attributes that other systems score too, each pooled over all sources.
    pub mean_auc_of_six: Option<Figure>,
    /// By attribute.
    pub attributes: BTreeMap<String, AttributeReport>,
    /// The sources that are comments of news sites: by source, then by attribute.
    pub news: BTreeMap<String, BTreeMap<String, Measures>>,
    /// The news comments at natural rates together, by attribute.
    pub news_calibration: BTreeMap<String, Calibration>,
    /// Comments that answer another, read with and without it.
    pub with_parent: Option<ParentReport>,
}

/// One attribute over all sources.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AttributeReport {
    pub pooled: Measures,
    /// Mean of the areas within each source that has at least 20 rows of either kind.
    pub auc_within_source: Option<Figure>,
    /// Those areas.
    pub by_source: BTreeMap<String, f64>,
    /// By length of the comment; ranges without rows are left out.
    pub by_length: BTreeMap<Length, LengthMeasures>,
    /// How well the source can be told from the score among negatives, 0 to 0.5; less is better.
    pub source_prediction: Option<f64>,
}

/// Comments of one range of lengths, or of articles of which as much is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LengthMeasures {
    pub rows: u64,
    pub positives: u64,
    pub auc: Option<f64>,
    pub auc_within_source: Option<f64>,
}

/// The same rows, read with and without the comment they answer: `TOXICITY`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParentReport {
    pub rows: u64,
    pub positives: u64,
    pub auc_with: Option<f64>,
    pub auc_without: Option<f64>,
}

/// The topicality model on comments of articles that it has not seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicalityReport {
    /// Comments of the dev articles.
    pub comments: u64,
    /// With the parent of replies and other comments of the thread.
    pub in_context: TopicalityMeasures,
    /// With the article alone, as for the first comment under it.
    pub cold: TopicalityMeasures,
    /// A whole conversation under its article against the same under another: drift.
    pub whole_thread: TopicalityMeasures,
    /// Where people said whether a comment is on topic, by source.
    pub people: BTreeMap<String, PeopleMeasures>,
}

/// Comments under their own article against the same comments under another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicalityMeasures {
    /// Share of comments under their own article that are too short or otherwise impossible to judge.
    pub unscored: f64,
    /// Under any other article.
    pub random: PairMeasures,
    /// Under another article of the same section.
    pub same_section: PairMeasures,
}

/// One kind of other article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairMeasures {
    /// Comments that have a score under both articles.
    pub comments: u64,
    pub auc: Option<Figure>,
    pub auc_within_source: Option<f64>,
    pub by_source: BTreeMap<String, f64>,
    pub by_length: BTreeMap<Length, LengthMeasures>,
    /// By how much of the comment's own article is known.
    pub by_text: BTreeMap<KnownText, LengthMeasures>,
}

/// Against the judgement of people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeopleMeasures {
    /// Comments that people judged.
    pub comments: u64,
    /// Those of them that the model gives a score.
    pub scored: u64,
    /// Of the scored, those that people called off-topic.
    pub off_topic: u64,
    pub auc: Option<f64>,
    /// What "the shorter, the more off-topic" gets on the same comments.
    pub auc_of_shortness: Option<f64>,
    /// Why there is no area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
}
