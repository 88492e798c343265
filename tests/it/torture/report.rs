//! What came of an attack, for people.

use super::ledger::{Tally, Violation};
use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

/// How many violations of a kind are told in detail.
const TOLD: usize = 20;

/// What was done, and what was found.
#[derive(Debug)]
pub struct Report {
    pub store: &'static str,
    pub seed: u64,
    pub seconds: u64,
    pub comments: usize,
    pub steps: usize,
    pub tallies: BTreeMap<&'static str, Tally>,
    pub faults: BTreeMap<&'static str, u64>,
    pub deliveries: u64,
    pub failed_deliveries: u64,
    pub shown: usize,
    /// How long after the attack everybody had been told everything.
    pub rest_seconds: u64,
    pub violations: Vec<Violation>,
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "{}, {} s, seed {}", self.store, self.seconds, self.seed)?;
        writeln!(
            f,
            "  {:<18} {:>8} {:>12} {:>8} {:>9} {:>7}",
            "calls", "sent", "acknowledged", "refused", "in doubt", "unsent"
        )?;
        let mut all = Tally::default();
        for (operation, tally) in &self.tallies {
            let Tally { sent, acknowledged, refused, in_doubt, unsent } = *tally;
            writeln!(f, "  {operation:<18} {sent:>8} {acknowledged:>12} {refused:>8} {in_doubt:>9} {unsent:>7}")?;
            all.sent += sent;
            all.acknowledged += acknowledged;
            all.in_doubt += in_doubt;
        }
        for (fault, times) in &self.faults {
            writeln!(f, "  {fault}: {times}")?;
        }
        let Self { comments, steps, shown, deliveries, failed_deliveries, rest_seconds, .. } = self;
        writeln!(f, "  {comments} comments, {steps} steps, {shown} comments shown in threads")?;
        writeln!(f, "  {deliveries} deliveries, {failed_deliveries} of them answered with an error")?;
        writeln!(f, "  at rest {rest_seconds} s after the attack")?;
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for violation in &self.violations {
            *kinds.entry(violation.kind).or_default() += 1;
        }
        writeln!(f, "  violations: {} {kinds:?}", self.violations.len())?;
        // Some of each kind, so that many of one hide none of another.
        for kind in kinds.keys() {
            for violation in self.violations.iter().filter(|violation| violation.kind == *kind).take(TOLD) {
                writeln!(f, "    {kind}: {}", violation.detail)?;
            }
        }
        let faults: u64 = self.faults.values().sum();
        write!(
            f,
            "| {} | {} | {} s | {faults} | {} | {} | {} | {comments} | {deliveries} | {rest_seconds} s | {} |",
            self.store,
            self.seed,
            self.seconds,
            all.sent,
            all.acknowledged,
            all.in_doubt,
            self.violations.len()
        )
    }
}
