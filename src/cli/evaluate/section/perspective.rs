//! The table of the agreement with Perspective.

use super::Section;
use crate::cli::evaluate::table::{Table, count, figure, percent, share};
use crate::training::evaluation::perspective::{Agreement, PerspectiveReport, THRESHOLDS};

/// Rank correlation, and decisions at a few thresholds.
pub fn section(report: &PerspectiveReport) -> Section {
    let note = format!(
        "{} Wikipedia comments that the Perspective API scored in August 2018, {} of which ombud gives no score; no text \
         of theirs was learned from. At each threshold: the share of comments that both put on the same side, and in \
         brackets the share that Perspective flags, the share that ombud flags on Perspective's scale, and Cohen's \
         kappa, agreement beyond chance. SPAM is ombud's own score, as it is.",
        count(report.comments),
        count(report.unscored)
    );
    let thresholds = THRESHOLDS.map(|threshold| format!("at {}", share(Some(threshold)).trim_end_matches('0')));
    let columns: Vec<&str> =
        ["attribute", "rank correlation"].into_iter().chain(thresholds.iter().map(String::as_str)).collect();
    let mut table = Table::new("Agreement with Perspective", &columns, &note);
    for (attribute, measures) in &report.attributes {
        let named = [attribute.to_string(), figure(measures.rank_correlation)];
        table.row(named.into_iter().chain(measures.at.iter().map(cell)));
    }
    Section { name: "perspective", title: "Agreement with Perspective", tables: vec![table] }
}

fn cell(at: &Agreement) -> String {
    format!("{} ({}, {}, {})", percent(at.agree), percent(at.flagged), percent(at.flagged_here), share(at.kappa))
}
