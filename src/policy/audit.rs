//! How often the machine is wrong, by what people said of decisions that were drawn evenly.
//!
//! Every decision is drawn with the same chance, so the judged ones are a sample of all. Where the share was changed, more of
//! one time would be in it than of another: then only those count whose number would have been drawn at the smallest share
//! that any of them was drawn at. So each decision of the time has one chance, and the exact binomial holds.

use super::tuning::Tally;
use crate::comment::{Action, Attribute, Audit, AuditOutcome};
use std::collections::BTreeMap;

/// Of fewer judged decisions no rate is told: of 30 without an error, up to 12 in a hundred may still be wrong.
pub const LEAST_JUDGED: u32 = 30;

/// How likely the truth is beyond either end of an interval.
const TAIL: f64 = 0.025;

/// How often the machine was wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErrorRates {
    /// Of what it published, how much a person would have rejected.
    pub published: Tally,
    /// Of what it rejected, how much a person would have published.
    pub rejected: Tally,
}

impl ErrorRates {
    /// Of all that it decided, how much a person would have decided otherwise.
    #[must_use]
    pub const fn all(&self) -> Tally {
        let Self { published, rejected } = self;
        Tally { of: published.of + rejected.of, hits: published.hits + rejected.hits }
    }
}

/// What follows from the audits of a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditFigures {
    /// The smallest share that any of them was drawn at; `None` where none was drawn.
    pub share: Option<f64>,
    pub drawn: u64,
    /// Of these, how many a person judged …
    pub judged: u64,
    /// … and how many of those count, as they would have been drawn at the smallest share too.
    pub counted: u64,
    /// How many there was nothing left to judge of.
    pub void: u64,
    /// How many wait.
    pub waiting: u64,
    pub paper: ErrorRates,
    /// By the section's name in lower case, with the name as it was written.
    pub sections: BTreeMap<String, (String, ErrorRates)>,
    /// Those with anything to say, in the order of [`Attribute::ALL`]. What was published wrongly counts for the attribute
    /// that the person named, out of all that was published; what was rejected, for those that the machine named.
    pub attributes: Vec<(Attribute, ErrorRates)>,
}

impl AuditFigures {
    /// The figures of these audits, which are all that were drawn in some time.
    #[must_use]
    pub fn of(audits: &[Audit]) -> Self {
        let share = audits.iter().map(|audit| audit.share).min_by(f64::total_cmp);
        let mut figures = Self { share, drawn: audits.len() as u64, ..Self::default() };
        let mut attributes = [ErrorRates::default(); Attribute::ALL.len()];
        for audit in audits {
            let (action, named) = match &audit.outcome {
                None => {
                    figures.waiting += 1;
                    continue;
                }
                Some(AuditOutcome::Void { .. }) => {
                    figures.void += 1;
                    continue;
                }
                Some(AuditOutcome::Judged { action, attribute, .. }) => (*action, *attribute),
            };
            figures.judged += 1;
            if !Audit::is_drawn(audit.draw, share.unwrap_or_default()) {
                continue;
            }
            figures.counted += 1;
            let wrong = u32::from(action != audit.action);
            let count = |rates: &mut ErrorRates| {
                let tally = if audit.action == Action::Publish { &mut rates.published } else { &mut rates.rejected };
                tally.of += 1;
                tally.hits += wrong;
            };
            count(&mut figures.paper);
            if let Some(section) = &audit.section {
                let of_section = figures.sections.entry(section.to_lowercase());
                count(&mut of_section.or_insert_with(|| (section.clone(), ErrorRates::default())).1);
            }
            match audit.action {
                Action::Publish => {
                    if let Some(named) = named.filter(|_| wrong > 0) {
                        attributes[named.index()].published.hits += 1;
                    }
                }
                Action::Reject | Action::Review => {
                    audit.attributes.iter().for_each(|attribute| count(&mut attributes[attribute.index()]));
                }
            }
        }
        for (attribute, mut rates) in Attribute::ALL.into_iter().zip(attributes) {
            rates.published.of = figures.paper.published.of;
            if rates.published.hits > 0 || rates.rejected.of > 0 {
                figures.attributes.push((attribute, rates));
            }
        }
        figures
    }
}

/// Between what the true rate lies, with confidence 95 % (Clopper and Pearson): never less often than that.
#[must_use]
pub fn interval(tally: Tally) -> (f64, f64) {
    (tally.lower_bound(TAIL), tally.upper_bound(TAIL))
}

#[cfg(test)]
mod tests;
