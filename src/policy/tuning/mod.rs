//! Thresholds from targets: what editors want of a policy, in place of the numbers that bring it about.
//!
//! [`tune`] turns two [dials](Dial) that move all thresholds together, and takes, among the settings that keep what
//! is asked with the confidence asked, the one that leaves moderators least to read. What it rests on are [rows](Row):
//! comments of which a person has said what should become of them, drawn evenly from all that come in.

mod binomial;
mod board;
mod certify;
mod dial;
mod draft;
mod evidence;
mod number;
mod refusal;
mod sample;
mod share;
#[cfg(test)]
mod simulation;
mod tune;

pub use binomial::Tally;
pub use board::Figures;
pub use dial::{Dial, Kind, Moved, PRESENT, STEPS, Setting};
pub use draft::{Drafted, Fault, Field, changed, draft, written};
pub use evidence::{Label, Row};
pub use refusal::{Promised, Refusal};
pub use sample::{Gap, Known, Labelled, MOST_UNKNOWN, Numbered, Sample};
pub use share::{Share, ShareError, percent};
pub use tune::{Along, Load, Point, Targets, Tuned, labels, tune};
