//! The table of the evidence.

use super::Section;
use crate::cli::evaluate::table::{Table, count, percent};
use crate::training::evaluation::deletion::DeletionMeasures;
use std::collections::BTreeMap;

/// Whether the first span is what made the score.
pub fn section(report: &BTreeMap<String, DeletionMeasures>) -> Section {
    let note = "Comments scored at .5 or more, at most 2,000. Top: deleting the first span shown lowers the score, and \
                deleting no other lowers it more. Heaviest: how often that would be so of the span with the greatest \
                additive weight.";
    let columns =
        ["attribute", "comments", "top matters most", "with several spans", "top of several", "heaviest of several"];
    let mut table = Table::new("Evidence, deleted from the text", &columns, note);
    let some = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
    for (name, m) in report {
        let shares =
            [percent(m.first_matters_most), count(m.several), some(m.first_of_several), some(m.heaviest_of_several)];
        table.row([name.clone(), count(m.comments)].into_iter().chain(shares));
    }
    Section { name: "evidence", title: "Evidence", tables: vec![table] }
}
