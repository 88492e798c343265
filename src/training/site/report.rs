//! What came of learning, for an editor and for a machine.

use super::adapt::Adapted;
use super::people::{Person, Repeats};
use super::row::Row;
use crate::classifier::Check;
use crate::comment::Attribute;
use serde::Serialize;
use std::collections::BTreeMap;

/// What decisions taught about one attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Taught {
    pub attribute: Attribute,
    /// Decisions learned from that say it holds, and that say it does not.
    pub positives: usize,
    pub negatives: usize,
    /// How much of what they say is taken, 0 to 1; at 0 only the calibration is the site's own.
    pub blend: f32,
}

impl Taught {
    pub(super) fn of(adapted: &Adapted, rows: &[&Row]) -> Self {
        let of = |kind| rows.iter().filter(|row| row.positive[adapted.attribute.index()] == Some(kind)).count();
        Self { attribute: adapted.attribute, positives: of(true), negatives: of(false), blend: adapted.blend }
    }
}

/// What was learned from, what was found, and the verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Whether every check passed: then the new model should replace the one in force.
    pub promoted: bool,
    /// SHA-256 of the base model's file.
    pub base: String,
    /// Decisions read, each comment once a moderator.
    pub decisions: usize,
    /// Of these, corrections of scores by a platform.
    pub corrections: usize,
    pub learned_from: usize,
    pub held_out: usize,
    /// Decisions replaced by a later one on the same comment by the same moderator.
    pub replaced: usize,
    /// Corrections left out, as a moderator's decision about the same text says all that they say.
    pub outranked: usize,
    /// Rejections that teach nothing, by reason.
    pub untaught: BTreeMap<String, usize>,
    /// Texts that are never scored: in another language, or without a word.
    pub unscored: usize,
    /// Decisions left out because the same text is held out.
    pub held_out_again: usize,
    pub attributes: Vec<Taught>,
    pub repeats: Repeats,
    /// By name.
    pub people: Vec<Person>,
    pub checks: Vec<Check>,
}
