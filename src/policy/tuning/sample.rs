//! Comments of a site that stand for all that come in: an even draw, of which people have said what should become of each.
//!
//! Every comment has a number, which a keyed hash draws for it and nothing that it says has a part in. Below one bound all have a
//! label: what the machine decided alone was drawn for an audit by the same number, and what it held was decided by
//! moderators. So those below it are a random part of all, whatever the policies of the time did with them. The bound is the
//! smallest share of audits in that time, and no higher than the first number of a comment that still waits for its label.

use super::evidence::Row;
use crate::comment::{Audit, Timestamp};

/// Of those below the bound, so many may be without label for a reason that hangs on what was decided, before the rest can't
/// stand for all any longer.
pub const MOST_UNKNOWN: f64 = 0.01;

/// How many numbers there are.
const NUMBERS: f64 = 4_294_967_296.0;

/// Whose word a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labelled {
    /// The machine decided, and a person judged it blind.
    Audit,
    /// The machine held it, and a moderator decided.
    Queue,
}

/// What is known of a comment.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// What a person would do with it.
    Labelled(Labelled, Row),
    /// Somebody is still to say.
    Waits,
    /// Nobody will: the machine decided on it and no audit is kept, or its text is gone.
    Unknown,
}

/// A comment and its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// Of 2³² equally likely ones.
    pub draw: u32,
    pub received_at: Timestamp,
    pub known: Known,
}

/// Comments drawn evenly, with their labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    pub rows: Vec<Row>,
    /// Of the rows, those that an audit has labelled; moderators the rest.
    pub audited: u64,
    /// Which share of all comments has a number below the bound, 0 to 1.
    pub share: f64,
    /// How many have a number below the smallest share of audits, and wait for a label: the first of them is the bound.
    pub waiting: u64,
    /// How many below the bound are without label for good.
    pub unknown: u64,
}

/// Why there is no even draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Too many have no label for a reason that hangs on what was decided.
    #[error(
        "{unknown} of {of} comments drawn can't be judged: the machine decided on them and no audit is kept, or their text is no \
         longer. The rest does not stand for all"
    )]
    Unknown {
        unknown: u64,
        of: u64,
        /// When the last of them came in: what came in since is without such gaps.
        last: Timestamp,
    },
}

impl Sample {
    /// The sample among these, of which all are there whose number is below the share, and others may be.
    ///
    /// # Errors
    /// [`Gap`], where more than [`MOST_UNKNOWN`] are without label for good.
    pub fn of(comments: Vec<Numbered>, share: f64) -> Result<Self, Gap> {
        let drawn = |draw: u32| Audit::is_drawn(draw, share);
        let waits = |comment: &&Numbered| comment.known == Known::Waits && drawn(comment.draw);
        let waiting = comments.iter().filter(waits).count() as u64;
        let bound = comments.iter().filter(waits).map(|comment| comment.draw).min();
        let within = |draw: u32| drawn(draw) && bound.is_none_or(|bound| draw < bound);
        let share = bound.map_or(share, |bound| f64::from(bound) / NUMBERS);
        let mut sample = Self { share, waiting, ..Self::default() };
        let mut last = None;
        for comment in comments.into_iter().filter(|comment| within(comment.draw)) {
            match comment.known {
                Known::Labelled(by, row) => {
                    sample.audited += u64::from(by == Labelled::Audit);
                    sample.rows.push(row);
                }
                Known::Unknown => {
                    sample.unknown += 1;
                    last = last.max(Some(comment.received_at));
                }
                Known::Waits => {}
            }
        }
        let of = sample.rows.len() as u64 + sample.unknown;
        #[expect(clippy::cast_precision_loss, reason = "comments are counted")]
        let too_many = sample.unknown as f64 > MOST_UNKNOWN * of as f64;
        match last.filter(|_| too_many) {
            Some(last) => Err(Gap::Unknown { unknown: sample.unknown, of, last }),
            None => Ok(sample),
        }
    }
}

#[cfg(test)]
mod tests;
