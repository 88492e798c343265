//! The model card inside a model file: what it is, what it learned from, how good it is.

use super::{ModelKind, PerspectiveAttribute};
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

/// One thing that must not get worse when a site's model replaces the one in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub name: String,
    /// Of the model in force.
    pub before: f64,
    /// Of the site's new model.
    pub after: f64,
    /// How much worse it may look without being worse: its noise, or a bound that was set.
    pub margin: f64,
    pub passed: bool,
}

impl Check {
    /// More is better: `after` may lie below `before` by the margin.
    #[must_use]
    pub fn not_lower(name: impl Into<String>, before: f64, after: f64, margin: f64) -> Self {
        Self { name: name.into(), before, after, margin, passed: after >= before - margin }
    }

    /// Less is better: `after` may lie above `before` by the margin.
    #[must_use]
    pub fn not_higher(name: impl Into<String>, before: f64, after: f64, margin: f64) -> Self {
        Self { name: name.into(), before, after, margin, passed: after <= before + margin }
    }
}

/// What a site's own decisions made of a base model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteNote {
    /// SHA-256 of the base model's file.
    pub base: String,
    /// Decisions learned from.
    pub learned_from: u64,
    /// Decisions held out: the metrics and checks rest on them.
    pub held_out: u64,
    /// How much of the head was taken, 0 to 1, by attribute name.
    pub blends: BTreeMap<String, f32>,
    pub checks: Vec<Check>,
}

/// What the curves to Perspective's scale rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaleNote {
    /// The attributes that have a curve, in the order of the tensor `perspective`.
    pub attributes: Vec<PerspectiveAttribute>,
    /// How, and on what, they were fitted.
    pub fitted: String,
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
    /// Set where an abuse model has curves to Perspective's scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perspective: Option<ScaleNote>,
    /// Set where a site's decisions were learned on top of a base model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteNote>,
}
