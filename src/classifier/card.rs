//! The model card inside a model file: what it is, what it learned from, how good it is.

use super::ModelKind;
use crate::comment::Attribute;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where training rows came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceNote {
    pub name: String,
    pub licence: String,
    /// Rows learned from.
    pub rows: u64,
    /// How much a row counts beside one of weight 1.
    pub weight: f32,
}

/// How well one attribute is told, on held-out rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Rows labelled.
    pub rows: u64,
    /// Rows that carry the attribute.
    pub positives: u64,
    /// Area under the ROC curve over all rows; flatters, as sources differ in kind and base rate.
    pub auc: Option<f64>,
    /// Mean of the areas within each source that has enough rows of both kinds.
    pub auc_within_source: Option<f64>,
    /// The area within each such source.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_source: BTreeMap<String, f64>,
}

/// The card, as JSON in the model file's metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub kind: ModelKind,
    /// Of the file's layout.
    pub format: u32,
    /// What the features are, as a hash; see `feature::definition`.
    pub features: String,
    /// The attributes scored.
    pub attributes: Vec<Attribute>,
    pub seed: u64,
    /// Whether every source's licence allows the weights to be shipped.
    pub may_ship: bool,
    /// The command that makes the same file again from the same data.
    pub command: String,
    pub sources: Vec<SourceNote>,
    /// What the calibration rests on.
    pub calibration: String,
    /// By attribute name, or by kind of negative for topicality.
    pub metrics: BTreeMap<String, Metric>,
}
